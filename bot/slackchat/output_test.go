package slackchat

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

func TestOutputIsShownOnceTheInstallHasEnded(t *testing.T) {
	for _, name := range []string{"installed", "back", "proven", "proven_partly", "not_back"} {
		require.NotNil(t, outputButton(states(t)[name]), name)
	}
	for _, name := range []string{"asked", "patching", "failed", "stopped"} {
		require.Nil(t, outputButton(states(t)[name]), name)
	}
}

func TestAnyOutputFitsItsWindow(t *testing.T) {
	all := states(t)
	rapid.Check(t, func(t *rapid.T) {
		c := click{User: "U0ADA", Request: hugeRequest(all).Draw(t, "request")}
		c.Request.Install.Output = bot.TidyLines(c.Request.Install.Output, 2500)
		view := outputView(aboutAlone(c))
		openAndUpdate(t, view)
		data, err := json.Marshal(view)
		require.NoError(t, err)
		require.Less(t, len(data), limit.ViewBytes)
		require.False(t, hasInvisible(string(data)))
	})
}

func TestNoTokenIsInALinkToTheConsole(t *testing.T) {
	for name, r := range states(t) {
		r.ApprovalToken = "secret-token"
		r.Wait = &bot.Wait{Token: "secret-token"}
		require.NotContains(t, consoleLinks(r), "secret-token", name)
		for link := range strings.SplitSeq(consoleLinks(r), " · ") {
			require.True(t, link == "" || strings.HasPrefix(link, "<https://us-east-1.console.aws.amazon.com/"), "%s: %s", name, link)
		}
	}
	elsewhere := states(t)["proven"]
	elsewhere.ExecutionARN = "arn:aws-eusc:states:eusc-de-east-1:111122223333:execution:patch-approval:e1"
	require.Equal(t, workflow.Console{}, workflow.ConsoleOf(elsewhere.ExecutionARN))
	require.Empty(t, consoleLinks(elsewhere))
}
