package manifest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/patchbot/patchbot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// slackApp is what the tests read of a manifest.
type slackApp struct {
	DisplayInformation struct{ Name, Description string } `yaml:"display_information" json:"display_information"`
	Features           struct {
		SlashCommands []struct {
			Command     string `yaml:"command" json:"command"`
			Description string `yaml:"description" json:"description"`
			UsageHint   string `yaml:"usage_hint" json:"usage_hint"`
			URL         string `yaml:"url" json:"url"`
		} `yaml:"slash_commands" json:"slash_commands"`
	} `yaml:"features" json:"features"`
	OAuth struct {
		Scopes struct{ Bot []string } `yaml:"scopes" json:"scopes"`
	} `yaml:"oauth_config" json:"oauth_config"`
	Settings struct {
		Interactivity struct {
			RequestURL string `yaml:"request_url" json:"request_url"`
		} `yaml:"interactivity" json:"interactivity"`
	} `yaml:"settings" json:"settings"`
}

func readManifest(t *testing.T, manifest string) slackApp {
	t.Helper()
	var app slackApp
	require.NoError(t, yaml.Unmarshal([]byte(manifest), &app))
	return app
}

func TestTheManifestAgreesWithTheBot(t *testing.T) {
	app := readManifest(t, patchbot.Manifest)
	require.Equal(t, slackchat.Scopes(), app.OAuth.Scopes.Bot)
	require.Len(t, app.Features.SlashCommands, 1)
	command := app.Features.SlashCommands[0]
	require.Equal(t, slackchat.SlashCommand, command.Command)
	for _, c := range slackchat.Commands() {
		require.Contains(t, command.UsageHint, strings.TrimSpace(c.Name+" "+c.Usage), "the hint names every subcommand")
	}
}

func TestTheManifestStaysUnderSlacksLimits(t *testing.T) {
	app := readManifest(t, patchbot.Manifest)
	for text, most := range map[string]int{
		app.DisplayInformation.Name:               limit.ManifestName,
		app.DisplayInformation.Description:        limit.ManifestDescription,
		app.Features.SlashCommands[0].Command:     limit.CommandText,
		app.Features.SlashCommands[0].UsageHint:   limit.UsageHint,
		app.Features.SlashCommands[0].Description: 2000,
	} {
		require.LessOrEqual(t, utf8.RuneCountInString(text), most, text)
	}
}

func TestTheManifestCommandFillsInTheURL(t *testing.T) {
	const base = "https://abc123.execute-api.us-east-1.amazonaws.com"
	out, _, err := commandtest.Output(t, &Command{}, nil, "--url", base+"/")
	require.NoError(t, err)
	app := readManifest(t, out)
	require.Equal(t, base+"/slack/commands", app.Features.SlashCommands[0].URL)
	require.Equal(t, base+"/slack/interactions", app.Settings.Interactivity.RequestURL)

	link, _, err := commandtest.Output(t, &Command{}, nil, "--url", base, "--link")
	require.NoError(t, err)
	u, err := url.Parse(strings.TrimSpace(link))
	require.NoError(t, err)
	require.Equal(t, "api.slack.com", u.Host)
	require.Equal(t, "1", u.Query().Get("new_app"))
	var linked slackApp
	require.NoError(t, json.Unmarshal([]byte(u.Query().Get("manifest_json")), &linked))
	require.Equal(t, app, linked)
	_, escaped, _ := strings.Cut(strings.TrimSpace(link), "manifest_json=")
	unescaped, err := url.PathUnescape(escaped)
	require.NoError(t, err)
	require.Equal(t, u.Query().Get("manifest_json"), unescaped, "a decoder to which + is a plus reads the same")
	require.True(t, slices.Contains(strings.Split(out, "\n"), "# "+strings.TrimSpace(link)))
}

func TestTheManifestCommandWantsAnHTTPSAddress(t *testing.T) {
	for _, bad := range []string{"http://example.com", "example.com", "https://", "https://example.com/?a=b"} {
		_, _, err := commandtest.Output(t, &Command{}, nil, "--url", bad)
		require.ErrorAs(t, err, new(terminal.UsageError), bad)
		require.ErrorContains(t, err, "expected an address such as https://")
	}
}
