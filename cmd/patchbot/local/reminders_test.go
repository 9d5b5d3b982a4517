package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// pass lets simulated time pass, and what follows from it happen.
func pass(d time.Duration) {
	time.Sleep(d) // simulated
	synctest.Wait()
}

// broadcasts are the lines of threads that the channel of payments shows.
func (w *system) broadcasts() (lines []string) {
	for _, m := range w.Slack.Broadcasts(w.payments.ID) {
		lines = append(lines, w.read(m))
	}
	return lines
}

// escalating has a channel, with its members, and the gus of payments hear of what nobody answers.
func (w *system) escalating() (leads slacksim.Channel, gus slacksim.User) {
	gus = w.Slack.AddUser(slacksim.User{Name: "gus"})
	leads = w.Slack.AddChannel(slacksim.Channel{Name: "leads", BotIsMember: true})
	owners := w.Bot.Owners.(bot.Directory)
	o := owners["payments"]
	o.Escalation = bot.Escalation{Channel: leads.ID, Users: []string{gus.ID}}
	owners["payments"] = o
	return leads, gus
}

func TestTheOwnerIsRemindedTwiceAndApproves(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		deadline := w.request().AnswerBy
		pass(24*time.Hour + time.Minute)
		require.Len(t, w.broadcasts(), 1)
		reminder := w.Slack.Broadcasts(w.payments.ID)[0]
		require.Contains(t, w.read(reminder), "⏰ web-1 "+web1+" still waits for a decision. Please decide by")
		require.ElementsMatch(t, []string{w.ada.ID, w.lin.ID}, w.Slack.Notified(reminder))
		require.Contains(t, w.message(w.payments.ID), "[Approve]")
		require.Contains(t, w.message(w.payments.ID), "again at")

		pass(24 * time.Hour)
		require.Len(t, w.broadcasts(), 2)
		require.Equal(t, deadline, w.request().AnswerBy)
		w.click(w.ada, slackchat.ButtonApprove)
		require.Equal(t, "compliant", outcome(t, w.end()))
		synctest.Wait()
		require.Len(t, w.broadcasts(), 2, "nobody is reminded of what was decided")
		require.Equal(t, 1, w.questions())
		require.Equal(t, 1, w.installs())
	})
}

// TestAClickInTheMomentOfATimeout: the token of the question has just timed out, and the reminder's is still on its way.
func TestAClickInTheMomentOfATimeout(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(w *system)
		outcome string
	}{
		"an approval": {func(w *system) { w.click(w.ada, slackchat.ButtonApprove) }, "compliant"},
		"a rejection": {func(w *system) { w.rejects(w.ada, nil) }, "rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{Notifications: late("approval_reminded", 10*time.Minute)}, func(t *testing.T, w *system) {
				w.asked()
				pass(24*time.Hour + time.Minute)
				c.answer(w)
				synctest.Wait()
				require.Empty(t, w.toldAlone(w.ada), "she is told nothing of it")
				require.False(t, w.request().Delivered)
				require.NotContains(t, w.screen(), "failed")
				require.Equal(t, c.outcome, outcome(t, w.end()))
				pass(time.Hour)
				require.True(t, w.request().Delivered)
				require.Empty(t, w.broadcasts(), "nobody is reminded of what was decided")
				require.Equal(t, map[string]int{"compliant": 1}[c.outcome], w.installs())
			})
		})
	}
}

func TestNobodyAnswersAndItEscalatesToAChannel(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		leads, gus := w.escalating()
		w.asked()
		pass(60*time.Hour + time.Minute)
		last := w.Slack.Broadcasts(w.payments.ID)[2]
		require.Contains(t, w.read(last), "This is the last reminder.\nFor @gus: none of those who decide has answered.\n#leads is told, too.")
		require.ElementsMatch(t, []string{w.ada.ID, gus.ID, w.lin.ID}, w.Slack.Notified(last))
		posts := w.Slack.Messages(leads.ID)
		require.Len(t, posts, 1)
		require.Contains(t, w.read(posts[0]), "Nobody answers: ")
		require.Contains(t, w.read(posts[0]), "web-1 "+web1)
		require.Contains(t, w.read(posts[0]), "Who decides: @ada, @oncall-payments")
		require.Contains(t, posts[0].Text, w.Slack.Permalink(w.question()))

		w.click(gus, slackchat.ButtonApprove)
		require.Contains(t, w.toldAlone(gus)[0], "Only approvers of payments can decide this", "an escalation makes nobody an approver")
		pass(13 * time.Hour)
		require.Equal(t, "expired", outcome(t, w.end()))
		require.Len(t, w.Slack.Messages(leads.ID), 1)
		require.Contains(t, w.message(w.payments.ID), "Nobody decided about web-1 in time")
	})
}

func TestThePlatformChannelHearsWhereTheOwnerHasNoEscalation(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		platform := w.Slack.AddChannel(slacksim.Channel{Name: "platform", BotIsMember: true})
		w.Bot.PlatformChannel = platform.ID
		w.asked()
		pass(61 * time.Hour)
		require.Len(t, w.Slack.Messages(platform.ID), 1)
	})
}

func TestAnEscalationThatItsChannelDoesNotTakeGoesToThePlatformChannel(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		leads, _ := w.escalating()
		w.Slack.EditChannel(leads.ID, func(ch *slacksim.Channel) { ch.Archived = true })
		platform := w.Slack.AddChannel(slacksim.Channel{Name: "platform", BotIsMember: true})
		w.Bot.PlatformChannel = platform.ID
		w.asked()
		pass(61 * time.Hour)
		require.Len(t, w.Slack.Messages(platform.ID), 1)
		require.False(t, w.request().Has(bot.EffectEscalate))
	})
}

func TestNobodyAnswersAndIsAskedAgainAsTheSettingSays(t *testing.T) {
	for after, c := range map[bot.AfterNoAnswer]struct {
		says  string
		again int
	}{
		bot.AfterNoAnswerLeave:    {"You are asked again when other patches are missing, or after", 1},
		bot.AfterNoAnswerAskAgain: {"You are asked again the next time that this is found.", 2},
	} {
		t.Run(string(after), func(t *testing.T) {
			simulated(t, local.Config{AfterNoAnswer: after}, func(t *testing.T, w *system) {
				w.asked()
				seen := w.question()
				require.Equal(t, "expired", outcome(t, w.end()))
				pass(time.Minute)
				require.Contains(t, w.message(w.payments.ID), c.says)
				require.Contains(t, w.thread(w.payments.ID)[3], c.says)
				w.lateClick(w.ada, seen, slackchat.ButtonApprove)
				require.Contains(t, w.toldAlone(w.ada)[0], "This request expired at")
				require.Contains(t, w.toldAlone(w.ada)[0], c.says)
				_, err := w.FindMissing()
				require.NoError(t, err)
				pass(time.Minute)
				require.Equal(t, c.again, w.questions())
			})
		})
	}
}

func TestCriticalPatchesAreMoreUrgent(t *testing.T) {
	settings := workflow.DefaultSettings()
	settings.Critical = workflow.Waiting{AnswerWithin: 8 * time.Hour, RemindAfter: []time.Duration{2 * time.Hour}}
	simulated(t, local.Config{Settings: settings}, func(t *testing.T, w *system) {
		require.NoError(t, w.Fleet.Add(awssim.Instance{ID: web2, Name: "web-2", Platform: awssim.AmazonLinux2023,
			Tags:    map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"},
			Missing: awssim.WithLevels(awssim.Catalogue(awssim.AmazonLinux2023))}))
		w.asked()
		require.Zero(t, w.request().Before.Critical)
		require.Equal(t, 72*time.Hour, w.request().AnswerBy.Sub(w.request().CreatedAt))
		require.NoError(t, w.Fleet.Scan(web2))
		pass(2*time.Hour + 5*time.Minute)
		require.Positive(t, w.of(web2).Before.Critical)
		require.Equal(t, 8*time.Hour, w.of(web2).AnswerBy.Sub(w.of(web2).CreatedAt))
		require.Len(t, w.broadcasts(), 1)
		require.Contains(t, w.broadcasts()[0], "web-2")
		require.NotContains(t, w.broadcasts()[0], "web-1")
		pass(6 * time.Hour)
		require.Equal(t, bot.StatusExpired, w.of(web2).Status)
		require.Equal(t, bot.StatusAsked, w.request().Status)
	})
}

// TestADigestIsRemindedInOneLine: 45 reminders come within a quarter of an hour, as their questions did.
func TestADigestIsRemindedInOneLine(t *testing.T) {
	for name, apart := range map[string]time.Duration{"within a minute": time.Second, "within a quarter of an hour": 15 * time.Second} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{Pace: slackchat.Pace(), RateLimits: true}, func(t *testing.T, w *system) {
				leads, _ := w.escalating()
				d := &patchDay{system: w, owners: 1, each: 45}
				for i := range d.each {
					require.NoError(t, w.Fleet.Add(awssim.Instance{ID: manyID(i), Name: "db", Platform: awssim.AmazonLinux2023,
						Tags: map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}, Missing: awssim.Catalogue(awssim.AmazonLinux2023)}))
					d.ids = append(d.ids, manyID(i))
				}
				d.scan(45 * apart)
				pass(time.Hour)
				require.Equal(t, 1, w.questions())
				pass(24 * time.Hour)
				require.Len(t, w.broadcasts(), 1, strings.Join(w.broadcasts(), "\n"))
				require.Contains(t, w.broadcasts()[0], "45 instances")
				require.ElementsMatch(t, []string{w.ada.ID, w.lin.ID}, w.Slack.Notified(w.Slack.Broadcasts(w.payments.ID)[0]))

				pass(36 * time.Hour)
				require.Len(t, w.broadcasts(), 3)
				require.Len(t, w.Slack.Messages(leads.ID), 1, "one message for all of a digest")
				require.Contains(t, w.read(w.Slack.Messages(leads.ID)[0]), "45 instances of payments")
				for _, id := range d.ids {
					require.False(t, w.of(id).Has(bot.EffectEscalate))
					require.False(t, w.of(id).Has(bot.EffectReply))
				}
			})
		})
	}
}

// halfHeard is a queue that takes every second signal; of the others it says so only every second time.
type halfHeard struct {
	bot.Channels
	n atomic.Int32
}

func (h *halfHeard) Signal(ctx context.Context, s bot.Signal) error {
	switch h.n.Add(1) % 4 {
	case 1:
		return errors.New("503")
	case 3:
		return nil
	}
	return h.Channels.Signal(ctx, s)
}

// TestRemindersOfWhateverIsLostOrDoubled: each is told once, and the last one decided.
func TestRemindersOfWhateverIsLostOrDoubled(t *testing.T) {
	twice := func(data []byte, deliver func([]byte)) {
		deliver(data)
		time.AfterFunc(10*time.Minute, func() { deliver(data) })
	}
	for name, config := range map[string]local.Config{
		"every notification is doubled": {Notifications: twice},
		"every event is doubled": {Events: func(event json.RawMessage, deliver func(json.RawMessage)) {
			deliver(event)
			if !strings.Contains(string(event), awssim.ComplianceEvent) {
				deliver(event)
			}
		}},
		"no event comes": {Events: loseEvents},
		"half of all signals are refused or lost": {Channels: func(c bot.Channels) bot.Channels { return &halfHeard{Channels: c} }},
		"the first reminder is lost": {Notifications: func(data []byte, deliver func([]byte)) {
			if !strings.Contains(string(data), `"attempt":1,`) {
				deliver(data)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, config, func(t *testing.T, w *system) {
				leads, _ := w.escalating()
				require.NoError(t, w.Fleet.Scan(web1))
				pass(61 * time.Hour)
				want := 3
				if name == "the first reminder is lost" {
					want = 2
				}
				require.Len(t, w.broadcasts(), want, w.screen())
				require.Len(t, w.Slack.Messages(leads.ID), 1)
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, "compliant", outcome(t, w.end()))
				pass(time.Hour)
				require.Contains(t, w.message(w.payments.ID), "web-1 is up to date")
				require.Equal(t, 1, w.installs())
			})
		})
	}
}
