package web_test

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
)

var update = flag.Bool("update", false, "take the pictures in docs anew")

const docs = "../../../../docs"

// album takes pictures of the page, and keeps them where the README shows them if -update is
// given.
type album struct {
	t        *testing.T
	chromium context.Context
	page     page
}

func TestThePicturesOfTheREADME(t *testing.T) {
	a := album{t, startChromium(t), open(t, 30)}
	a.page.question()
	a.animate("story.gif", a.story())
	a.shoot("demo-light.png", size{1440, 900, "light"}, "")
	a.shoot("demo-dark.png", size{1440, 900, "dark"}, "")
	a.shoot("phone.png", size{390, 844, "light"}, "")
	a.shoot("views.png", size{1440, 900, "light"}, "#/views")
	require.NoError(t, a.page.PatchDay())
	a.shoot("patch-day.png", size{1440, 900, "dark"}, "")
	a.approveMany()
	a.shoot("digest.png", size{1440, 1100, "light"}, "")
}

func TestEveryPictureIsShown(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(docs, "..", "README.md"))
	require.NoError(t, err)
	conversation, err := os.ReadFile(filepath.Join(docs, "conversation.md"))
	require.NoError(t, err)
	require.Contains(t, string(readme), "docs/conversation.md")
	pictures, err := os.ReadDir(docs)
	require.NoError(t, err)
	shown := 0
	for _, picture := range pictures {
		if name := picture.Name(); name != "conversation.md" {
			require.True(t, strings.Contains(string(readme), "docs/"+name) || strings.Contains(string(conversation), "("+name+")"), name)
			shown++
		}
	}
	require.Greater(t, shown, 10)
}

// frame is a picture of the animation, and how long it stands.
type frame struct {
	image.Image
	stands time.Duration
}

// story approves the first question and watches what happens until the instance is up to date.
func (a album) story() (frames []frame) {
	b := visit(a.t, a.chromium, a.page.url, size{1200, 720, "light"})
	defer b.close()
	see := func(stands time.Duration) { frames = append(frames, frame{b.picture(), stands}) }
	b.shows("[role=log]", "6 patches to install on web-1")
	b.click("tab", "State machines")
	b.find("button", "Prompt User for Approval…")
	see(3 * time.Second)
	b.click("button", "Approve")
	b.find("dialog", "…")
	see(2 * time.Second)
	b.click("button", "Approve")
	for _, at := range [][2]string{{"Backing up web-1", "Wait for the Backup"}, {"Installing since", "Wait for the Install"}, {"Scanning web-1 again", "Wait for the Scan"}} {
		b.shows("[role=log]", at[0])
		b.shows(`[aria-label="Steps"]`, at[1])
		see(1500 * time.Millisecond)
	}
	b.shows("[role=log]", "web-1 is up to date")
	b.shows(`[aria-label="Steps"]`, "Done")
	see(2 * time.Second)
	b.click("button", "6 replies…")
	b.shows("main", "Scanned again: nothing missing.")
	see(4 * time.Second)
	b.sound()
	return frames
}

// approveMany approves payments' 45, of which one fails, and has the rest go on after it.
func (a album) approveMany() {
	a.t.Helper()
	many := a.page.Slack.Messages(a.page.Home.ID)[1]
	click := func(button string) {
		_, err := a.page.Slack.Click(a.t.Context(), a.page.People[0].ID, many.Channel, many.TS, button)
		require.NoError(a.t, err)
	}
	says := func(pattern string) {
		what := regexp.MustCompile(pattern)
		a.page.until(pattern, func(h heard) bool {
			return slices.ContainsFunc(h.Messages, func(m message) bool { return m.TS == many.TS && what.MatchString(m.Text) })
		})
	}
	click(slackchat.ButtonApproveAll)
	says("3 patching")
	open, err := a.page.Store.AllOpen(a.t.Context())
	require.NoError(a.t, err)
	runs := slices.IndexFunc(open, func(s bot.Summary) bool { return s.Status == bot.StatusBackingUp })
	a.page.FailNextInstall([]string{open[runs].Instance}, true)
	says("with patches still missing")
	says(" held · ")
	click(slackchat.ButtonGoOn)
	a.page.Clock.SetSpeed(brisk)
	says(`1\d up to date · \d patching .*waiting for their turn`)
	a.page.Clock.SetSpeed(0)
}

func (a album) shoot(name string, in size, route string) {
	a.t.Helper()
	b := visit(a.t, a.chromium, a.page.url+route, in)
	defer b.close()
	switch {
	case route != "":
		b.find("article", "…")
	case name == "digest.png":
		b.click("button", "payments…")
		b.shows("[role=log]", "up to date · ")
		b.do("scroll to it", chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("[role=log] article")[1].scrollIntoView()`))
	case name == "patch-day.png":
		b.shows("main", "200 asked")
		b.click("button", "payments…")
		b.find("button", "Approve all")
	default:
		b.shows("[role=log]", "web-1 is up to date")
	}
	a.keepPicture(name, b)
}

// keepPicture keeps what a window shows.
func (a album) keepPicture(name string, b *browser) {
	a.t.Helper()
	var data bytes.Buffer
	require.NoError(a.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&data, b.picture()))
	a.keep(name, data.Bytes())
	b.sound()
}

func (a album) animate(name string, frames []frame) {
	a.t.Helper()
	var data bytes.Buffer
	require.NoError(a.t, gif.EncodeAll(&data, animation(frames)))
	a.keep(name, data.Bytes())
}

func (a album) keep(name string, data []byte) {
	a.t.Helper()
	path := filepath.Join(docs, name)
	if *update {
		require.NoError(a.t, os.MkdirAll(docs, 0o750))
		require.NoError(a.t, os.WriteFile(path, data, 0o600))
	}
	require.FileExists(a.t, path, "make pictures takes it")
}

// picture is what the window shows.
func (b *browser) picture() image.Image {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waitAtMost)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(b.tb, err)
	picture, err := png.Decode(bytes.NewReader(data))
	require.NoError(b.tb, err)
	return picture
}
