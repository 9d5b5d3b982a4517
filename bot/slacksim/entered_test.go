package slacksim

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// choosing is a modal with a menu that the app hears of, a menu for several in a block of some
// id, and a reason.
func choosing(block string, values ...string) slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, v := range values {
		options = append(options, slack.NewOptionBlockObject(v, label(v), nil))
	}
	filter := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "filter", options...)
	several := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, "several", options...).WithInitialOptions(options...)
	modal := rejectModal()
	modal.Blocks.BlockSet = append(modal.Blocks.BlockSet[:1],
		slack.NewSectionBlock(label("Which"), nil, slack.NewAccessory(filter), slack.SectionBlockOptionBlockID("which")),
		slack.NewInputBlock(block, label("Some"), nil, several))
	return modal
}

func TestWhatWasEnteredStaysWhileItsInputDoes(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, choosing("a", "one", "two", "three"))
	require.NoError(t, o.FillView(o.ada.ID, v.ID, Inputs{"reason": {"too busy"}, "several": {"one"}}))
	_, err := o.ActInView(t.Context(), o.ada.ID, v.ID, Element{ActionID: "filter", Value: "two"})
	require.NoError(t, err)
	state := o.app.last().View.State.Values
	require.Equal(t, "too busy", state["why"]["reason"].Value)
	require.Len(t, state["a"]["several"].SelectedOptions, 1)

	_, err = o.client.UpdateView(choosing("a", "one", "two"), "", "", v.ID)
	require.NoError(t, err)
	_, err = o.ActInView(t.Context(), o.ada.ID, v.ID, Element{ActionID: "filter", Value: "one"})
	require.NoError(t, err)
	state = o.app.last().View.State.Values
	require.Equal(t, "too busy", state["why"]["reason"].Value)
	require.Len(t, state["a"]["several"].SelectedOptions, 1, "the initial options are for whoever chose nothing")

	_, err = o.client.UpdateView(choosing("b", "two", "three"), "", "", v.ID)
	require.NoError(t, err)
	_, err = o.SubmitView(t.Context(), o.ada.ID, v.ID, nil)
	require.NoError(t, err)
	state = o.app.last().View.State.Values
	require.Len(t, state["b"]["several"].SelectedOptions, 2, "another block begins anew")
	require.Empty(t, state["which"]["filter"].SelectedOption.Value, "what was chosen is not offered any more")

	require.ErrorIs(t, o.FillView(o.ada.ID, v.ID, nil), ErrNotShown)
}

func TestErrorsLeaveWhatWasEntered(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	o.answers(t, slack.NewErrorsViewSubmissionResponse(map[string]string{"why": "Say more."}))
	_, err := o.SubmitView(t.Context(), o.ada.ID, v.ID, Inputs{"reason": {"busy"}})
	require.NoError(t, err)
	_, err = o.SubmitView(t.Context(), o.ada.ID, v.ID, nil)
	require.NoError(t, err)
	require.Equal(t, "busy", o.app.last().View.State.Values["why"]["reason"].Value)
}

func TestAnInputBlockTellsOfNothingBeforeItIsSubmitted(t *testing.T) {
	o := newOffice(t)
	quiet := o.open(t, choosing("a", "one"))
	_, err := o.ActInView(t.Context(), o.ada.ID, quiet.ID, Element{ActionID: "several", Value: "one"})
	require.ErrorIs(t, err, ErrNotShown)
	telling := choosing("a", "one")
	telling.Blocks.BlockSet[2].(*slack.InputBlock).DispatchAction = true
	loud := o.open(t, telling)
	_, err = o.ActInView(t.Context(), o.ada.ID, loud.ID, Element{ActionID: "several", Value: "one"})
	require.NoError(t, err)
}
