package slacksim

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func label(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// rejectModal asks for a reason, and for a person who may be told.
func rejectModal() slack.ModalViewRequest {
	tell := slack.NewInputBlock("tell", label("Tell"), nil,
		slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, "person"))
	tell.Optional = true
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: label("Reject"), Submit: label("Reject"), Close: label("Back"),
		CallbackID: "reject", PrivateMetadata: "request-1",
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("why", label("Reason"), nil,
				slack.NewPlainTextInputBlockElement(nil, "reason").WithMaxLength(20)),
			tell,
		}},
	}
}

// open shows a modal to ada and returns it.
func (o *office) open(t *testing.T, modal slack.ModalViewRequest) View {
	t.Helper()
	m := o.postButton(t, o.ops.ID)
	_, err := o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.NoError(t, err)
	got, err := o.client.OpenView(o.app.last().TriggerID, modal)
	require.NoError(t, err)
	views := o.Views(o.ada.ID)
	require.Equal(t, got.ID, views[len(views)-1].ID)
	return views[len(views)-1]
}

func TestTriggersOpenOneModalWithinThreeSeconds(t *testing.T) {
	o := newOffice(t)
	trigger := func() string {
		m := o.postButton(t, o.ops.ID)
		_, err := o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
		require.NoError(t, err)
		return o.app.last().TriggerID
	}
	used, late := trigger(), trigger()
	_, err := o.client.OpenView(used, rejectModal())
	require.NoError(t, err)
	_, err = o.client.OpenView(used, rejectModal())
	require.Equal(t, "exchanged_trigger_id", code(err))
	o.clock.advance(3*time.Second + time.Millisecond)
	_, err = o.client.OpenView(late, rejectModal())
	require.Equal(t, "expired_trigger_id", code(err))
	_, err = o.client.OpenView("1.2.abc", rejectModal())
	require.Equal(t, "invalid_trigger_id", code(err))

	named := rejectModal()
	named.ExternalID = "only-one"
	o.open(t, named)
	_, err = o.client.OpenView(trigger(), named)
	require.Equal(t, "duplicate_external_id", code(err))
}

func TestModalsAreChecked(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		name string
		edit func(*slack.ModalViewRequest)
		want string
	}{
		{"a title of 25", func(m *slack.ModalViewRequest) { m.Title = label(chars(25)) }, "must be less than 25 characters [json-pointer:/view/title/text]"},
		{"a submit of 25", func(m *slack.ModalViewRequest) { m.Submit = label(chars(25)) }, "must be less than 25 characters [json-pointer:/view/submit/text]"},
		{"a close of 25", func(m *slack.ModalViewRequest) { m.Close = label(chars(25)) }, "must be less than 25 characters [json-pointer:/view/close/text]"},
		{"no title", func(m *slack.ModalViewRequest) { m.Title = nil }, "missing required field: title [json-pointer:/view]"},
		{"metadata of 3,001", func(m *slack.ModalViewRequest) { m.PrivateMetadata = chars(3001) }, "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{"a callback_id of 256", func(m *slack.ModalViewRequest) { m.CallbackID = chars(256) }, "must be less than 256 characters [json-pointer:/view/callback_id]"},
		{"inputs without submit", func(m *slack.ModalViewRequest) { m.Submit, m.Blocks.BlockSet = nil, m.Blocks.BlockSet[:1] }, "must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]"},
		{"101 blocks", func(m *slack.ModalViewRequest) {
			m.Blocks.BlockSet = make([]slack.Block, 101)
			for i := range m.Blocks.BlockSet {
				m.Blocks.BlockSet[i] = slack.NewDividerBlock()
			}
		}, "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"a home", func(m *slack.ModalViewRequest) { m.Type = slack.VTHomeTab }, "unsupported type: home [json-pointer:/view/type]"},
		{"one block_id twice", func(m *slack.ModalViewRequest) {
			d := slack.NewDividerBlock()
			d.BlockID = "a"
			m.Blocks.BlockSet = []slack.Block{d, d}
		}, "duplicate block_id: a [json-pointer:/view/blocks/1/block_id]"},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			modal := rejectModal()
			c.edit(&modal)
			_, err := o.client.OpenView("1.2.abc", modal)
			var refused slack.SlackErrorResponse
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "invalid_arguments", refused.Err)
			require.Equal(t, []string{"[ERROR] " + c.want}, refused.ResponseMetadata.Messages)
		})
	}
	_, got := o.postJSON(t, "/api/views.open", o.cfg.BotToken, `{"trigger_id":"1.2.a","view":"not a view"}`)
	require.Equal(t, "invalid_arguments", got.Error)
	_, got = o.postJSON(t, "/api/views.open", o.cfg.BotToken,
		`{"trigger_id":"1.2.a","view":{"type":"modal","x":"`+strings.Repeat("x", 250_001)+`"}}`)
	require.Equal(t, "view_too_large", got.Error)
}

func TestViewsAreUpdatedByIDAndHash(t *testing.T) {
	o := newOffice(t)
	named := rejectModal()
	named.ExternalID = "request-1"
	v := o.open(t, named)
	next := rejectModal()
	next.Title = label("Loaded")

	_, err := o.client.UpdateView(next, "", "stale", v.ID)
	require.Equal(t, "hash_conflict", code(err))
	_, err = o.client.UpdateView(next, "request-1", v.Hash, "")
	require.NoError(t, err)
	require.Equal(t, "Loaded", o.Views(o.ada.ID)[0].Title.Text)
	require.NotEqual(t, v.Hash, o.Views(o.ada.ID)[0].Hash)
	_, err = o.client.UpdateView(next, "", "", "V404")
	require.Equal(t, "not_found", code(err))
	next.Title = nil
	_, err = o.client.UpdateView(next, "", "", v.ID)
	require.Equal(t, "invalid_arguments", code(err))
}

func TestAppHome(t *testing.T) {
	o := newOffice(t)
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewActionBlock("all", slack.NewButtonBlockElement("refresh", "", label("Refresh"))),
	}}}
	_, there := o.Home(o.ada.ID)
	require.False(t, there)
	var shown []Change
	o.Watch(func(c Change) { shown = append(shown, c) })
	first, err := o.client.PublishView(o.ada.ID, home, "")
	require.NoError(t, err)
	require.Equal(t, ViewShown, shown[0].Kind)
	require.Equal(t, o.ada.ID, shown[0].View.User)

	second, err := o.client.PublishView(o.ada.ID, home, first.Hash)
	require.NoError(t, err)
	require.Equal(t, first.ID, second.ID)
	_, err = o.client.PublishView(o.ada.ID, home, first.Hash)
	require.Equal(t, "hash_conflict", code(err))
	_, err = o.client.PublishView("U404", home, "")
	require.Equal(t, "user_not_found", code(err))
	_, err = o.client.PublishView(o.ada.ID, slack.HomeTabViewRequest{Type: slack.VTModal}, "")
	require.Equal(t, "invalid_arguments", code(err))

	v, _ := o.Home(o.ada.ID)
	require.Equal(t, "Refresh", v.Buttons()[0].Label)
	_, err = o.ClickView(t.Context(), o.ada.ID, v.ID, "refresh")
	require.NoError(t, err)
	require.Equal(t, v.ID, o.app.last().View.ID)
	require.Equal(t, "refresh", o.app.last().ActionCallback.BlockActions[0].ActionID)
	_, err = o.ClickView(t.Context(), o.lin.ID, v.ID, "refresh")
	require.ErrorIs(t, err, ErrNotShown, "it is ada's")
	_, err = o.ClickView(t.Context(), o.ada.ID, v.ID, "explode")
	require.ErrorIs(t, err, ErrNotShown)

	d, err := o.OpenHome(t.Context(), o.ada.ID)
	require.NoError(t, err)
	require.Contains(t, string(d.Body), v.ID)
}
