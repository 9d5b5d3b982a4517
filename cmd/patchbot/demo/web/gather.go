package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// gather collects what has changed since the last time. The caller holds the lock.
func (h *hub) gather() update {
	var u update
	h.gatherSlack(&u)
	for _, s := range h.world.Fleet.Statuses() {
		u.Instances = append(u.Instances, h.instances.put(s.ID, instanceOf(s))...)
	}
	approvals := h.world.Machine.List()
	h.gatherExecutions(&u, h.world.Machine, approvals)
	h.gatherExecutions(&u, h.world.Finder, h.world.Finder.List())
	h.gatherExecutions(&u, h.world.Back, h.world.Back.List())
	for n, m := range h.world.Mails() {
		id := fmt.Sprint(n + 1)
		u.Emails = append(u.Emails, h.emails.put(id, emailView{ID: id, At: m.At, Owner: m.Owner, Subject: m.Subject, Body: m.Body})...)
	}
	if away := h.world.SlackAway(); away != h.slackAway {
		h.slackAway = away
		u.SlackAway = &away
	}
	if frozen := h.world.Frozen(); frozen != h.frozen {
		h.frozen = frozen
		u.Frozen = &frozen
	}
	h.gatherClock(&u, approvals)
	return u
}

// What has ended is forgotten when so many others have ended since, and it is so long ago that
// nobody asks for it any more.
const (
	keptEnded    = 500 // as many as keep their history
	forgottenAge = time.Hour
)

func (h *hub) gatherExecutions(u *update, machine *asl.Interpreter, list []asl.Progress) {
	ended := 0
	for _, e := range slices.Backward(list) {
		if e.Status != asl.StatusRunning {
			ended++
		}
		if ended > keptEnded && h.world.Clock.Now().Sub(e.Stopped) > forgottenAge && machine.Forget(e.ARN) == nil {
			delete(h.told, e.ARN)
			h.executions.remove(e.ARN)
			u.Gone = append(u.Gone, e.ARN)
		}
	}
	for _, e := range list {
		now := extent{e.Status, e.Events}
		if before, known := h.told[e.ARN]; known && before == now || slices.Contains(u.Gone, e.ARN) {
			continue
		}
		h.told[e.ARN] = now
		u.Executions = append(u.Executions, h.executions.put(e.ARN, executionOf(machine, e))...)
	}
}

// gatherClock tells the time when something about the clock has changed, and now and then.
func (h *hub) gatherClock(u *update, approvals []asl.Progress) {
	clock := clockView{Speed: h.world.Clock.Speed(), Now: h.world.Clock.Now()}
	if next, ok := h.world.NextDeadline(approvals); ok {
		what := "the answer about %s is due"
		switch {
		case next.Frozen:
			what = "the change calendar is read again for %s"
		case next.Reminds:
			what = "a reminder about %s is due"
		}
		clock.Next = &deadlineView{At: next.At, What: fmt.Sprintf(what, next.Instance)}
	}
	expected := h.clock.Now.Add(time.Duration(float64(time.Since(h.clockTold)) * h.clock.Speed))
	same := clock.Speed == h.clock.Speed && sameDeadline(clock.Next, h.clock.Next) && clock.Now.Sub(expected).Abs() < time.Second
	if same && time.Since(h.clockTold) < tellTimeEvery {
		return
	}
	h.clock, h.clockTold = clock, time.Now()
	u.Clock = &clock
}

func sameDeadline(a, b *deadlineView) bool {
	return a == b || a != nil && b != nil && a.At.Equal(b.At) && a.What == b.What
}

func (h *hub) gatherSlack(u *update) {
	h.newsMu.Lock()
	news := h.news
	h.news = nil
	h.newsMu.Unlock()
	for _, c := range news {
		switch c.Kind {
		case slacksim.Posted, slacksim.Updated:
			u.Messages = append(u.Messages, h.message(c)...)
		case slacksim.Deleted:
			id := messageID{c.Message.Channel, c.Message.TS}
			delete(h.notified, id)
			if h.messages.remove(id.Channel + "/" + id.TS) {
				u.Deleted = append(u.Deleted, id)
			}
		case slacksim.ViewShown, slacksim.ViewClosed:
			h.gatherView(u, c.View)
		}
	}
	if channels := len(h.world.Slack.Channels()); h.company == nil || channels != len(h.company.Channels) {
		h.company = companyOf(h.world)
		u.World = h.company
	}
}

// gatherView tells of a view as it stands now.
func (h *hub) gatherView(u *update, v slacksim.View) {
	shown := h.world.Slack.Views(v.User)
	if home, ok := h.world.Slack.Home(v.User); ok {
		shown = append(shown, home)
	}
	for _, now := range shown {
		if now.ID == v.ID {
			u.Views = append(u.Views, h.views.put(v.ID, viewOf(now))...)
			return
		}
	}
	if h.views.remove(v.ID) {
		u.ClosedViews = append(u.ClosedViews, v.ID)
	}
}

// message is a message as it stands now: two changes may have been seen in either order.
func (h *hub) message(c slacksim.Change) []json.RawMessage {
	m, id := c.Message, messageID{c.Message.Channel, c.Message.TS}
	if c.Kind == slacksim.Posted {
		h.notified[id] = h.world.Slack.Notified(m)
	}
	now, there := h.world.Slack.Message(m.Channel, m.TS)
	switch {
	case there:
		m = now
	case m.Ephemeral == "":
		return nil // it has been deleted
	}
	return h.messages.put(id.Channel+"/"+id.TS, messageView{messageID: id, Thread: m.ThreadTS, Broadcast: m.Broadcast, User: m.User, Text: m.Text, Blocks: m.Blocks,
		Ephemeral: m.Ephemeral, Edited: m.Edited, Notifies: append([]string{}, h.notified[id]...)})
}

func viewOf(v slacksim.View) blocksView {
	return blocksView{ID: v.ID, User: v.User, Type: v.Type, Hash: v.Hash, Title: v.Title.Text, Submit: v.Submit.Text, Close: v.Close.Text,
		Blocks: v.Blocks, Previous: v.Previous}
}

func companyOf(w *world.World) *worldView {
	company := &worldView{App: appView{Name: "patchbot", User: w.Slack.BotUserID(), Command: slackchat.SlashCommand}}
	for _, c := range slackchat.Commands() {
		company.App.Commands = append(company.App.Commands, commandView{c.Examples[0], c.Help})
	}
	for _, p := range w.People {
		company.People = append(company.People, personView{ID: p.ID, Name: p.Name, RealName: p.RealName, Role: p.Role})
	}
	for _, g := range w.Groups {
		company.Groups = append(company.Groups, groupView{ID: g.ID, Handle: g.Handle, Members: g.Members})
	}
	channels := w.Slack.Channels()
	slices.SortFunc(channels, func(a, b slacksim.Channel) int { return cmp.Compare(a.Name, b.Name) })
	for _, ch := range channels {
		c := channelView{ID: ch.ID, Name: ch.Name, Private: ch.Private, Members: append([]string{}, ch.Members...), DirectWith: ch.DirectWith}
		if c.DirectWith != "" {
			c.Name = company.App.Name
		}
		company.Channels = append(company.Channels, c)
	}
	company.Machines = []machineView{
		{string(workflow.PatchApproval), w.Machine.MachineARN(), w.Machine.Definition()},
		{string(workflow.FindMissing), w.Finder.MachineARN(), w.Finder.Definition()},
		{string(workflow.RollBack), w.Back.MachineARN(), w.Back.Definition()},
	}
	return company
}

func instanceOf(s awssim.Status) instanceView {
	i := instanceView{ID: s.ID, Name: s.Name, Owner: s.Tags["owner"], Platform: string(s.Platform), State: s.State, Online: s.Online,
		Missing: s.Missing, RebootPending: s.RebootPending, FailNext: s.InstallBroken}
	switch {
	case s.Rebooting:
		i.Activity = "rebooting"
	case s.Operation == "Install":
		i.Activity = "installing"
	case s.Operation == "Scan":
		i.Activity = "scanning"
	}
	return i
}

func executionOf(machine *asl.Interpreter, e asl.Progress) executionView {
	v := executionView{ARN: e.ARN, Name: e.Name, Machine: machineName(machine), Instance: world.InstanceOf(e.Execution), Status: string(e.Status),
		States: []string{}, Events: e.Events, Started: e.Started, Error: e.Error, Cause: e.Cause}
	for _, p := range e.Places {
		v.States = append(v.States, p.State)
	}
	if !e.Stopped.IsZero() {
		v.Stopped = &e.Stopped
	}
	var output struct{ Outcome string }
	if json.Unmarshal(e.Output, &output) == nil {
		v.Outcome = output.Outcome
	}
	return v
}
