package patchbot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/patchbot/patchbot"

// arrow is a dependency that must not exist, neither directly nor through other packages.
// Both ends are paths without the module's; a path that ends in /... stands for all below it
// and itself.
type arrow struct {
	from, to string
	why      string
}

// forbidden are the arrows that would turn the layers around; see ARCHITECTURE.md.
var forbidden = []arrow{
	{from: "workflow", to: module + "/...", why: "workflow is the contract that everything else builds on"},
	{from: "workflow/...", to: "bot/...", why: "what runs or simulates the machine must not know what the bot expects of it"},
	{from: "workflow/...", to: "cmd/...", why: "commands put packages together; nothing builds on a command"},
	{from: "bot/...", to: "cmd/...", why: "commands put packages together; nothing builds on a command"},
	{from: "bot", to: "github.com/slack-go/...", why: "the core keeps facts; each chat has its own words and its own client"},
	{from: "bot", to: "github.com/aws/...", why: "the core declares what it needs of AWS, and tests give it that"},
	{from: "bot", to: "bot/...", why: "the core knows neither its chats nor its stores"},
	{from: "bot/wording", to: "github.com/slack-go/...", why: "what is said in every chat has no chat's markup"},
	{from: "bot/email", to: "github.com/slack-go/...", why: "mail must work where Slack does not"},
	{from: "bot/email", to: "github.com/aws/...", why: "who sends a mail is given to it"},
	{from: "bot/webpage", to: "github.com/slack-go/...", why: "the page must work where Slack does not"},
	{from: "bot/webpage", to: "bot/slackchat/...", why: "each way to decide has words of its own, and shares those in bot/wording"},
	{from: "bot/webpage", to: "github.com/aws/...", why: "the page needs nothing of AWS but what bot says of it"},
	{from: "bot/slackchat/...", to: "github.com/aws/...", why: "Slack's part needs nothing of AWS but what bot says of it"},
	{from: "bot/slackchat/...", to: "bot/slacksim", why: "what runs in production must not lean on a simulator"},
	{from: "bot/slacksim", to: "bot", why: "a simulator that knows the bot is kinder to it than Slack"},
	{from: "bot/slacksim", to: "bot/slackchat", why: "a simulator that knows the bot is kinder to it than Slack"},
	{from: "bot/dynamostore", to: "github.com/slack-go/...", why: "a store keeps requests of every chat"},
	{from: "bot/memstore", to: "github.com/slack-go/...", why: "a store keeps requests of every chat"},
	{from: "cmd/notify", to: "bot/slacksim", why: "functions are small, and start fast"},
	{from: "cmd/interact", to: "bot/slacksim", why: "functions are small, and start fast"},
	{from: "cmd/interact", to: "workflow/awssim", why: "functions are small, and start fast"},
	{from: "cmd/wiring", to: "bot/memstore", why: "what is kept in memory is lost with the function"},
	{from: "cmd/wiring", to: "cmd/patchbot/...", why: "functions are small, and start fast"},
}

// slackImporters are the packages that may import slack-go, under bot one alone.
var slackImporters = []string{"bot/slackchat", "cmd/wiring", "cmd/patchbot/..."}

// goPackage is what go list tells of a package.
type goPackage struct {
	ImportPath string
	Imports    []string // direct ones
	Deps       []string // all of them
}

func (a arrow) String() string {
	return fmt.Sprintf("%s must not depend on %s: %s", a.from, a.to, a.why)
}

// violations lists each forbidden arrow that a package has, with where it leads.
func violations(packages []goPackage, arrows []arrow) []string {
	var found []string
	for _, p := range packages {
		for _, a := range arrows {
			if !stands(a.from, p.ImportPath) {
				continue
			}
			for _, dep := range p.Deps {
				if stands(a.to, dep) {
					found = append(found, fmt.Sprintf("%s depends on %s, but %s", p.ImportPath, dep, a))
				}
			}
		}
	}
	return found
}

// stands reports whether a pattern of an arrow stands for a package.
func stands(pattern, importPath string) bool {
	if !strings.HasPrefix(pattern, "github.com/") {
		pattern = module + "/" + pattern
	}
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
	}
	return importPath == pattern
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	require.NoError(t, err)
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

func TestImportsPointOneWay(t *testing.T) {
	all := packages(t)
	require.Empty(t, violations(all, forbidden))
	for _, a := range forbidden {
		require.True(t, slices.ContainsFunc(all, func(p goPackage) bool { return stands(a.from, p.ImportPath) }), "there is no package %s", a.from)
	}
	for _, p := range all {
		if slices.Contains(p.Imports, "github.com/slack-go/slack") {
			require.True(t, slices.ContainsFunc(slackImporters, func(s string) bool { return stands(s, p.ImportPath) }),
				"%s imports slack-go; only %v may", p.ImportPath, slackImporters)
		}
	}
}

func TestAForbiddenArrowIsFound(t *testing.T) {
	require.Equal(t, []string{module + "/bot depends on github.com/slack-go/slack, but bot must not depend on github.com/slack-go/...: " +
		"the core keeps facts; each chat has its own words and its own client"},
		violations([]goPackage{{ImportPath: module + "/bot", Deps: []string{"time", module + "/workflow", "github.com/slack-go/slack"}}}, forbidden))
	require.Len(t, violations([]goPackage{{ImportPath: module + "/workflow/asl", Deps: []string{module + "/bot/slackchat"}}}, forbidden), 1)
	require.Empty(t, violations([]goPackage{{ImportPath: module + "/bot/slacksim", Deps: []string{module + "/bot/slackchat/limit"}}}, forbidden))
}
