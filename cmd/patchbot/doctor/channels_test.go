package doctor

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
)

func TestTheChannelOfAnEscalationIsLookedAt(t *testing.T) {
	x := examination{Installation: installation.Installation{DefaultChannel: "C1"}, owners: map[string]bot.Owner{
		"payments": {Channel: "C2", Escalation: bot.Escalation{Channel: "C3"}}, "search": {}}}
	require.Equal(t, map[string]string{"C1": "the Terraform variable default_channel", "C2": "the channel of the owner payments",
		"C3": "the escalation channel of the owner payments"}, x.channels())
}
