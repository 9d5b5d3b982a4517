// Package manifest prints the manifest of the Slack app, and a link that creates the app.
package manifest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/patchbot/patchbot"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// Command prints the Slack app.
type Command struct {
	URL  string `required:"" placeholder:"https://…" help:"Where the bot listens: the Terraform output api_url."`
	Link bool   `help:"Print only the link that creates the app."`
}

// Run prints the manifest with the request URLs filled in, and a link that creates the
// app with one click.
func (c Command) Run(t terminal.Terminal) error {
	manifest, err := manifestFor(c.URL)
	if err != nil {
		return err
	}
	link, err := createLink(manifest)
	if err != nil {
		return err
	}
	if c.Link {
		_, err = fmt.Fprintln(t.Out, link)
		return err
	}
	_, err = fmt.Fprintf(t.Out, "%s\n# Create the app with one click:\n# %s\n", strings.TrimSpace(manifest), link)
	return err
}

// manifestFor fills the bot's address into the manifest. Slack takes only https.
func manifestFor(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", terminal.UsageError(fmt.Sprintf("--url is %q, expected an address such as https://abc123.execute-api.us-east-1.amazonaws.com", base))
	}
	return strings.ReplaceAll(patchbot.Manifest, patchbot.ManifestURL, strings.TrimRight(base, "/")), nil
}

// createLink is the address at which Slack offers to create the app. Spaces are %20 in it:
// not every decoder reads + as a space.
func createLink(manifest string) (string, error) {
	var app map[string]any
	if err := yaml.Unmarshal([]byte(manifest), &app); err != nil {
		return "", fmt.Errorf("read manifest: %w", err)
	}
	data, err := json.Marshal(app)
	if err != nil {
		return "", fmt.Errorf("encode manifest: %w", err)
	}
	escaped := strings.ReplaceAll(url.QueryEscape(string(data)), "+", "%20")
	return "https://api.slack.com/apps?new_app=1&manifest_json=" + escaped, nil
}
