package world_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// brisk leaves the bot some real time of the 30 seconds for which it claims a request.
const brisk = 60

// company is a world whose Slack a test can wait for.
type company struct {
	*world.World
	t        *testing.T
	happened chan struct{}
}

func start(t *testing.T, speed float64) company {
	t.Helper()
	w, err := world.Start(time.Now(), speed, slog.New(slog.NewTextHandler(revocations{t}, nil)))
	require.NoError(t, err)
	t.Cleanup(w.Close)
	c := company{w, t, make(chan struct{}, 1)}
	w.Slack.Watch(func(slacksim.Change) {
		select {
		case c.happened <- struct{}{}:
		default:
		}
	})
	return c
}

// revocations is a log that must not tell of a Slack which was switched off.
type revocations struct{ t *testing.T }

func (r revocations) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "token_revoked") {
		r.t.Errorf("logged: %s", line)
	}
	return len(line), nil
}

// until waits for the newest message of the first channel to say something.
func (c company) until(text string) slacksim.Message {
	c.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		messages := c.Slack.Messages(c.Home.ID)
		if n := len(messages); n > 0 && strings.Contains(slacksim.PlainText(messages[n-1], slacksim.Reader{Name: c.Slack.Name}), text) {
			return messages[n-1]
		}
		select {
		case <-c.happened:
		case <-deadline:
			require.Fail(c.t, "Slack never said: "+text, c.screen())
		}
	}
}

// screen is all that the first channel shows, and where executions are.
func (c company) screen() string {
	var lines []string
	for _, m := range c.Slack.Messages(c.Home.ID) {
		lines = append(lines, slacksim.PlainText(m, slacksim.Reader{Name: c.Slack.Name}))
		for _, reply := range c.Slack.Thread(c.Home.ID, m.TS) {
			lines = append(lines, "  "+slacksim.PlainText(reply, slacksim.Reader{Name: c.Slack.Name}))
		}
	}
	for _, e := range c.Machine.List() {
		lines = append(lines, fmt.Sprint(e.Name, e.Status, e.Places, string(e.Output), e.Error, e.Cause))
	}
	return strings.Join(lines, "\n")
}

func TestTheStoryCanBePlayedTwice(t *testing.T) {
	c := start(t, brisk)
	for _, count := range []string{"6 patches to install on web-1", "6 patches to install on web-1"} {
		require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
		question := c.until(count)
		_, err := c.Slack.Click(t.Context(), c.People[1].ID, c.Home.ID, question.TS, question.Buttons()[0].ActionID)
		require.NoError(t, err)
		c.until("web-1 is up to date")
	}
}

func TestWhoeverWasRejectedIsAskedAboutMore(t *testing.T) {
	c := start(t, brisk)
	require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
	question := c.until("6 patches to install on web-1")
	_, err := c.Slack.Click(t.Context(), c.People[0].ID, c.Home.ID, question.TS, slackchat.ButtonReject)
	require.NoError(t, err)
	_, err = c.Slack.SubmitView(t.Context(), c.People[0].ID, c.Slack.Views(c.People[0].ID)[0].ID, nil)
	require.NoError(t, err)
	c.until("was rejected")
	require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
	c.until("7 patches to install on web-1")
}

func TestEveryOwnerIsAskedAboutWhatIsTheirs(t *testing.T) {
	c := start(t, brisk)
	var ids []string
	for _, s := range c.Fleet.Statuses() {
		ids = append(ids, s.ID)
	}
	require.NoError(t, c.MakeNonCompliant(ids))
	for _, id := range ids {
		require.Eventually(t, func() bool {
			found, err := c.Store.ByInstance(t.Context(), id, 1)
			return err == nil && len(found) == 1 && found[0].Place.Shown()
		}, 20*time.Second, 10*time.Millisecond, "nobody was asked about %s", id)
	}
}

func TestAnInstallFailsOnce(t *testing.T) {
	c := start(t, brisk)
	c.FailNextInstall([]string{world.FirstInstance}, true)
	c.FailNextInstall([]string{world.FirstInstance}, true)
	require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
	question := c.until("6 patches to install on web-1")
	_, err := c.Slack.Click(t.Context(), c.People[0].ID, c.Home.ID, question.TS, question.Buttons()[0].ActionID)
	require.NoError(t, err)
	c.until("6 patches still to install on web-1")
	for _, s := range c.Fleet.Statuses() {
		require.False(t, s.InstallBroken, "the next install works")
	}
}

func TestTheClockSkipsToTheDeadline(t *testing.T) {
	c := start(t, 1)
	_, waits := c.NextDeadline(c.Machine.List())
	require.False(t, waits)
	require.ErrorIs(t, c.SkipToDeadline(), world.ErrNoDeadline)
	require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
	c.until("6 patches to install on web-1")
	asked := c.Clock.Now()
	leads := slices.IndexFunc(c.Slack.Channels(), func(ch slacksim.Channel) bool { return ch.Name == "leads" })
	escalated := func() bool { return len(c.Slack.Messages(c.Slack.Channels()[leads].ID)) == 1 }
	for _, skip := range []struct {
		after   time.Duration // since the question
		reminds bool
		shows   string
	}{
		{24 * time.Hour, true, "again at"},
		{48 * time.Hour, true, ""},
		{60 * time.Hour, true, ""},
		{72 * time.Hour, false, "Nobody decided about web-1 in time"},
	} {
		var next world.Deadline
		require.Eventually(t, func() bool {
			next, waits = c.NextDeadline(c.Machine.List())
			return waits && next.At.After(asked.Add(skip.after-time.Minute))
		}, 20*time.Second, 10*time.Millisecond)
		require.Equal(t, "web-1", next.Instance)
		require.Equal(t, skip.reminds, next.Reminds)
		require.WithinDuration(t, asked.Add(skip.after), next.At, time.Minute)
		require.NoError(t, c.SkipToDeadline())
		if skip.shows != "" {
			c.until(skip.shows)
		}
		if skip.after == 60*time.Hour {
			require.Eventually(t, escalated, 20*time.Second, 10*time.Millisecond)
		}
	}
}

func TestAWorldWhoseClockStandsStillEnds(t *testing.T) {
	c := start(t, brisk)
	require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
	c.until("6 patches to install on web-1")
	c.Clock.SetSpeed(0) // the channel's writer waits a second after each post
	ended := make(chan struct{})
	go func() { c.Close(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		require.Fail(t, "the world never ended")
	}
}

func TestThreeOfAnOwnerArePatchedAtOnce(t *testing.T) {
	c := start(t, brisk)
	require.NoError(t, c.PatchDay())
	c.until("3 are patched at a time")
}

func TestMailsGoOutWhileSlackIsAway(t *testing.T) {
	c := start(t, brisk)
	c.SetSlackAway(true)
	require.True(t, c.SlackAway())
	require.NoError(t, c.MakeNonCompliant([]string{world.FirstInstance}))
	require.Eventually(t, func() bool { return len(c.Mails()) > 0 }, 20*time.Second, 10*time.Millisecond, "no mail came")
	require.Contains(t, c.Mails()[0].Subject, "6 patches to install on web-1")
	require.Equal(t, "payments", c.Mails()[0].Owner)
	c.SetSlackAway(false)
	c.until("6 patches to install on web-1")
}

func TestAPatchDayAsksAboutTwoHundred(t *testing.T) {
	c := start(t, 30)
	before := len(c.Fleet.Statuses())
	require.NoError(t, c.PatchDay())
	require.Len(t, c.Fleet.Statuses(), before+200)
	require.ErrorIs(t, c.MakeNonCompliant([]string{"i-00000000000000000"}), awssim.ErrNoInstance)
	require.Eventually(t, func() bool {
		open, err := c.Store.AllOpen(t.Context())
		unshown, unshownErr := c.Store.UnshownChannels(t.Context())
		return err == nil && unshownErr == nil && len(open) == 200 && len(unshown) == 0
	}, 60*time.Second, 50*time.Millisecond, "not all were asked")
	messages := 0
	for _, ch := range c.Slack.Channels() {
		messages += len(c.Slack.Messages(ch.ID))
	}
	require.Equal(t, 8, messages, "each of four owners has 50 instances, of which a message lists 45")
	for range 4 {
		require.NoError(t, c.PatchDay())
	}
	require.ErrorIs(t, c.PatchDay(), world.ErrFull)
	require.ErrorIs(t, c.PatchDay(), world.ErrFull)
}
