package slacksim

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// answers makes the app answer with a modal and an action.
func (o *office) answers(t *testing.T, response *slack.ViewSubmissionResponse) {
	t.Helper()
	body, err := json.Marshal(response)
	require.NoError(t, err)
	o.app.kind, o.app.body = "application/json", string(body)
}

func TestSubmissionsCarryWhatWasEntered(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	d, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {"too busy"}})
	require.NoError(t, err)
	require.Empty(t, d.FieldErrors)

	got := o.app.last()
	require.Equal(t, slack.InteractionTypeViewSubmission, got.Type)
	require.Equal(t, "reject", got.View.CallbackID)
	require.Equal(t, "request-1", got.View.PrivateMetadata)
	require.Equal(t, "too busy", got.View.State.Values["why"]["reason"].Value)
	require.Empty(t, got.View.State.Values["tell"]["person"].SelectedUser)
	require.Equal(t, v.Hash, got.View.Hash)
	require.NotEmpty(t, got.TriggerID)
	require.Empty(t, o.Views(o.ada.ID), "an empty answer closes the modal")

	_, err = o.SubmitView(t.Context(), o.ada.ID, v.ID, nil)
	require.ErrorIs(t, err, ErrNotShown)
}

func TestSlackItselfRefusesBadInput(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, nil)
	require.ErrorIs(t, err, ErrIncomplete)
	_, err = o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {chars(21)}})
	require.ErrorContains(t, err, "21 characters, allowed are 0 to 20")
	_, err = o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"colour": {"red"}})
	require.ErrorIs(t, err, ErrNotShown)
	_, err = o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {"a", "b"}})
	require.ErrorContains(t, err, "takes one value")
	_, err = o.SubmitView(t.Context(), o.lin.ID, v.ID, Inputs{"reason": {"not mine"}})
	require.ErrorIs(t, err, ErrNotShown)
	require.Len(t, o.app.got, 1, "only the click that opened it")
}

func TestEveryKindOfInputHasItsState(t *testing.T) {
	o := newOffice(t)
	modal := rejectModal()
	one := slack.NewOptionBlockObject("one", label("One"), nil)
	two := slack.NewOptionBlockObject("two", label("Two"), nil)
	block := func(id string, e slack.BlockElement) slack.Block {
		return slack.NewInputBlock(id, label(id), nil, e)
	}
	date := slack.NewDatePickerBlockElement("date")
	date.InitialDate = "2026-11-25"
	modal.Blocks.BlockSet = []slack.Block{
		block("1", date),
		block("2", slack.NewTimePickerBlockElement("time")),
		block("3", slack.NewDateTimePickerBlockElement("moment")),
		block("4", slack.NewCheckboxGroupsBlockElement("boxes", one, two)),
		block("5", slack.NewRadioButtonsBlockElement("radio", one, two)),
		block("6", slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "select", one, two)),
		block("7", slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, "user")),
		block("8", slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, nil, "users")),
	}
	v := o.open(t, modal)
	enter := Inputs{
		"time": {"17:00"}, "moment": {"1795626000"}, "boxes": {"one", "two"}, "radio": {"one"},
		"select": {"two"}, "user": {o.ada.ID}, "users": {o.ada.ID, o.lin.ID},
	}
	for action, wrong := range map[string]string{
		"time": "25:00", "date": "soon", "moment": "now", "radio": "three",
	} {
		bad := Inputs{}
		for k, v := range enter {
			bad[k] = v
		}
		bad[action] = []string{wrong}
		_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, bad)
		require.ErrorContains(t, err, "enter "+action)
	}
	_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, enter)
	require.NoError(t, err)
	got := o.app.last().View.State.Values
	require.Equal(t, "2026-11-25", got["1"]["date"].SelectedDate, "as it was preset")
	require.Equal(t, "17:00", got["2"]["time"].SelectedTime)
	require.EqualValues(t, 1795626000, got["3"]["moment"].SelectedDateTime)
	require.Len(t, got["4"]["boxes"].SelectedOptions, 2)
	require.Equal(t, "one", got["5"]["radio"].SelectedOption.Value)
	require.Equal(t, "Two", got["6"]["select"].SelectedOption.Text.Text)
	require.Equal(t, o.ada.ID, got["7"]["user"].SelectedUser)
	require.Equal(t, []string{o.ada.ID, o.lin.ID}, got["8"]["users"].SelectedUsers)
}

func TestAnswersToSubmissionsAreCarriedOut(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	next := rejectModal()
	next.Title = label("Sure?")
	submit := func(id string) Delivery {
		d, err := o.SubmitView(t.Context(), o.ada.ID, id, Inputs{"reason": {"too busy"}})
		require.NoError(t, err)
		return d
	}

	o.answers(t, slack.NewErrorsViewSubmissionResponse(map[string]string{"why": "Say more."}))
	require.Equal(t, map[string]string{"why": "Say more."}, submit(v.ID).FieldErrors)
	require.Len(t, o.Views(o.ada.ID), 1)

	o.answers(t, slack.NewUpdateViewSubmissionResponse(&next))
	submit(v.ID)
	require.Equal(t, "Sure?", o.Views(o.ada.ID)[0].Title.Text)
	require.Equal(t, v.ID, o.Views(o.ada.ID)[0].ID)

	o.answers(t, slack.NewPushViewSubmissionResponse(&next))
	submit(v.ID)
	top := o.Views(o.ada.ID)[1]
	require.Equal(t, v.ID, top.Root)
	require.Equal(t, v.ID, top.Previous)
	_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {"x"}})
	require.ErrorIs(t, err, ErrNotShown, "it is below another")

	submit(top.ID)
	third := o.Views(o.ada.ID)[2]
	_, err = o.SubmitView(t.Context(), o.ada.ID, third.ID, Inputs{"reason": {"x"}})
	require.ErrorContains(t, err, "no more than 3 may be open")

	o.answers(t, slack.NewClearViewSubmissionResponse())
	submit(third.ID)
	require.Empty(t, o.Views(o.ada.ID))
}

func TestAnswersThatSlackCannotUse(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	for name, body := range map[string]string{
		"is no JSON":                      `ok`,
		"has an unknown action":           `{"response_action":"dance"}`,
		"has errors for an unknown block": `{"response_action":"errors","errors":{"colour":"red"}}`,
		"has errors without errors":       `{"response_action":"errors"}`,
		"has a view that is none":         `{"response_action":"update","view":{"type":"modal"}}`,
	} {
		t.Run("an answer that "+name+" leaves the modal open", func(t *testing.T) {
			o.app.body = body
			_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {"x"}})
			var seen *DeliveryError
			require.ErrorAs(t, err, &seen)
			require.Equal(t, "dispatch_failed", seen.Code)
			require.Len(t, o.Views(o.ada.ID), 1)
		})
	}
	o.app.status = http.StatusBadGateway
	_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {"x"}})
	require.ErrorContains(t, err, "dispatch_failed (HTTP status 502)")
}

func TestClosingAModal(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	_, err := o.CloseView(t.Context(), o.ada.ID, v.ID)
	require.NoError(t, err)
	require.Empty(t, o.Views(o.ada.ID))
	require.Len(t, o.app.got, 1, "the app did not ask to be told")
	_, err = o.CloseView(t.Context(), o.ada.ID, v.ID)
	require.ErrorIs(t, err, ErrNotShown)

	told := rejectModal()
	told.NotifyOnClose = true
	v = o.open(t, told)
	_, err = o.CloseView(t.Context(), o.ada.ID, v.ID)
	require.NoError(t, err)
	require.Equal(t, slack.InteractionTypeViewClosed, o.app.last().Type)
	require.Equal(t, v.ID, o.app.last().View.ID)
}
