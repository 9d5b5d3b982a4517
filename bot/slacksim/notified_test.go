package slacksim_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestWhomAMessageNotifies(t *testing.T) {
	w := slacksim.New(slacksim.Config{SigningSecret: "s"})
	ada, lin := w.AddUser(slacksim.User{Name: "ada"}), w.AddUser(slacksim.User{Name: "lin"})
	eve, gone := w.AddUser(slacksim.User{Name: "eve"}), w.AddUser(slacksim.User{Name: "gone", Deleted: true})
	group := w.AddUserGroup(slacksim.UserGroup{Handle: "oncall", Members: []string{lin.ID, gone.ID, eve.ID}})
	ch := w.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true, Members: []string{ada.ID, lin.ID, gone.ID}})
	direct := w.AddChannel(slacksim.Channel{ID: "D0ADA", BotIsMember: true, DirectWith: ada.ID, Members: []string{ada.ID}})
	blocks := func(kind string) json.RawMessage {
		text := map[string]any{"type": "mrkdwn", "text": "Who decides: <@" + ada.ID + ">"}
		block := map[string]any{"type": kind, "text": text}
		if kind == "context" {
			block = map[string]any{"type": kind, "elements": []any{text}}
		}
		data, err := json.Marshal([]any{block})
		require.NoError(t, err)
		return data
	}
	for name, c := range map[string]struct {
		message slacksim.Message
		heard   []string
	}{
		"nobody without a mention":                    {slacksim.Message{Text: "3 patches are missing"}, nil},
		"who is mentioned in the text":                {slacksim.Message{Text: "<@" + ada.ID + "> and <@" + lin.ID + "|lin>"}, []string{ada.ID, lin.ID}},
		"who is mentioned in a section":               {slacksim.Message{Blocks: blocks("section")}, []string{ada.ID}},
		"nobody for a mention in a context block":     {slacksim.Message{Blocks: blocks("context")}, nil},
		"nobody for a mention in text beside blocks":  {slacksim.Message{Text: "<@" + lin.ID + ">", Blocks: blocks("context")}, nil},
		"a group's members who are here and active":   {slacksim.Message{Text: "<!subteam^" + group.ID + ">"}, []string{lin.ID}},
		"nobody who is not in the channel":            {slacksim.Message{Text: "<@" + eve.ID + ">"}, nil},
		"everybody here for @channel":                 {slacksim.Message{Text: "<!channel>"}, []string{ada.ID, lin.ID}},
		"not its author":                              {slacksim.Message{User: ada.ID, Text: "<@" + ada.ID + ">"}, nil},
		"not by a message to one person":              {slacksim.Message{Ephemeral: ada.ID, Text: "<@" + ada.ID + ">"}, nil},
		"the other person of direct messages, always": {slacksim.Message{Channel: direct.ID, Text: "Hello"}, []string{ada.ID}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.message.Channel == "" {
				c.message.Channel = ch.ID
			}
			require.ElementsMatch(t, c.heard, w.Notified(c.message))
		})
	}
	t.Run("who follows a thread", func(t *testing.T) {
		question := w.Say(w.BotUserID(), ch.ID, "", "Who decides: <@"+ada.ID+">")
		w.Say(lin.ID, ch.ID, question.TS, "I look at it")
		line := w.Say(w.BotUserID(), ch.ID, question.TS, "Approved.")
		require.ElementsMatch(t, []string{ada.ID, lin.ID}, w.Notified(line))
		require.Empty(t, w.Notified(w.Say(w.BotUserID(), ch.ID, "", "Another question")))
	})
}
