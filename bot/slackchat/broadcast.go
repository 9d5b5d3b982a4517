package slackchat

import (
	"slices"

	"github.com/patchbot/patchbot/bot"
)

// A thread's line notifies only those who follow the thread, so some are shown in the channel,
// too, and mention somebody.

// broadcasts reports whether a line is shown in the channel, too: it tells of a bad end, or of
// what waits for somebody to say how it goes on.
func broadcasts(l bot.Line) bool {
	return slices.ContainsFunc(l.Requests, func(r bot.Request) bool { return wantsSomebody(r, l.Kind) })
}

// wantsSomebody reports whether a request's line tells what its approvers should hear of, and
// what still is so.
func wantsSomebody(r bot.Request, kind bot.LineKind) bool {
	switch kind {
	case bot.LineReminded, bot.LineEscalated:
		return r.Status == bot.StatusAsked
	case bot.LineFailed:
		return r.Status == bot.StatusFailed
	case bot.LineNotStarted:
		return r.Status == bot.StatusNotStarted
	case bot.LineEmergency:
		return r.EmergencyPending()
	case bot.LineScanned:
		return r.Status == bot.StatusNonCompliant
	case bot.LineExpired:
		return r.Status == bot.StatusExpired
	case bot.LineStopped, bot.LineEndUnheard:
		return r.Status == bot.StatusStopped
	case bot.LineRollBackFailed:
		return r.Status == bot.StatusRollBackFailed
	case bot.LineHeld: // of several that are held in one group, the next one's
		return held(r) && r.Turn.Place == 1
	case bot.LineDecided, bot.LineApproved, bot.LineChanged, bot.LineOverruled, bot.LineBackedUp, bot.LineOutOfService, bot.LineBefore, bot.LineAfter, bot.LineInService, bot.LineInstalling, bot.LineInstallEnded, bot.LineNodeBack, bot.LineTriedAgain, bot.LineWentOn, bot.LineFrozen,
		bot.LineRestStopped, bot.LineResumed, bot.LineAskedAnew, bot.LineRollBackAsked, bot.LineReplacing, bot.LineReplaced, bot.LineRolledBack:
	}
	return false
}

// mentioning is what a line says after what it tells, so that somebody is notified; "" where it
// is nobody. After a bad end it mentions those who may decide, after a good one whoever decided:
// in a digest's thread after the first bad end, and when nothing is left to happen.
func mentioning(m bot.Message, l bot.Line) string {
	others := slices.DeleteFunc(slices.Clone(m.Requests), func(r bot.Request) bool {
		return slices.ContainsFunc(l.Requests, func(told bot.Request) bool { return told.ID == r.ID })
	})
	untold := func(r bot.Request) bool { return r.Has(bot.EffectReply) }
	switch {
	case l.Stored != "", l.Kind == bot.LineHeld, l.Kind == bot.LineEmergency, l.Kind == bot.LineReminded, l.Kind == bot.LineEscalated: // which says itself who decides
		return ""
	case broadcasts(l):
		if slices.ContainsFunc(others, func(r bot.Request) bool { return endedBadly(r) && !untold(r) }) {
			return ""
		}
		return whoHears(l.Requests)
	case l.Kind != bot.LineScanned, slices.ContainsFunc(others, untold),
		slices.ContainsFunc(m.Requests, func(r bot.Request) bool { return r.Status.Open() }):
		return ""
	}
	return approvedBy(m.Requests)
}

func endedBadly(r bot.Request) bool {
	return slices.Contains([]bot.Status{bot.StatusFailed, bot.StatusNonCompliant, bot.StatusNotStarted, bot.StatusExpired, bot.StatusStopped, bot.StatusRollBackFailed}, r.Status)
}
