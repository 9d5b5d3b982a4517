package slackchat

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
)

// installation is where the app is installed, and which app it is.
type installation struct {
	AppID        string // e.g. "A0123456789"
	TeamID       string // e.g. "T0123456789"
	EnterpriseID string // the organisation, e.g. "E0123456789"; empty outside Enterprise Grid
}

// installationTime is how long the answer to which app this is may be used: another app's token
// may have been set up since.
const installationTime = 5 * time.Minute

// knownInstallation remembers which app this is. Its zero value is ready to use.
type knownInstallation struct {
	mu     sync.Mutex
	known  *installation
	asked  time.Time
	asking chan struct{} // closed when whoever asks Slack just now has its answer; nil: nobody does
}

// get asks Slack, unless that was done a short while ago. Whoever comes meanwhile waits for the same
// answer, as long as their own time allows. While Slack does not answer, what it said before counts.
func (k *knownInstallation) get(ctx context.Context, api API, now time.Time) (installation, error) {
	for {
		k.mu.Lock()
		if k.known != nil && now.Sub(k.asked) < installationTime {
			defer k.mu.Unlock()
			return *k.known, nil
		}
		asking := k.asking
		if asking == nil {
			k.asking = make(chan struct{})
			refreshing := k.known != nil
			k.mu.Unlock()
			if refreshing { // a Slack that hangs must not cost what was clicked
				var cancel context.CancelFunc
				ctx, cancel = bot.Share(ctx, refreshPart, refreshTime)
				defer cancel()
			}
			id, err := askInstallation(ctx, api)
			return k.learn(id, err, now)
		}
		k.mu.Unlock()
		select {
		case <-asking: // which may have failed
		case <-ctx.Done():
			return k.before(fmt.Errorf("wait for which app this is: %w", ctx.Err()))
		}
	}
}

// While it is known which app this is, looking again may take refreshTime, and refreshPart of the time
// there is.
const (
	refreshTime = 500 * time.Millisecond
	refreshPart = 0.3
)

// learn takes Slack's answer over.
func (k *knownInstallation) learn(id installation, err error, now time.Time) (installation, error) {
	k.mu.Lock()
	switch {
	case err == nil:
		k.known, k.asked = &id, now
	case k.known != nil: // try again in a minute, and not with every click
		k.asked = now.Add(time.Minute - installationTime)
	}
	close(k.asking)
	k.asking = nil
	k.mu.Unlock()
	return k.before(err)
}

// before is what Slack said last; err, where it never said anything.
func (k *knownInstallation) before(err error) (installation, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil {
		return installation{}, err
	}
	return *k.known, nil
}

// FindInstallation asks Slack which app this is, where that is not known, so that the first click
// need not wait for it as long. It says whether it is known then.
func (c *Chat) FindInstallation(ctx context.Context) error {
	_, err := c.installed.get(ctx, c.api, c.now())
	return err
}

// isUnknown reports whether Slack has yet to say which app this is, as in a process that has just
// started.
func (k *knownInstallation) isUnknown() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known == nil
}

func askInstallation(ctx context.Context, api API) (installation, error) {
	var id installation
	err := api(ctx, func(s *slack.Client) error {
		who, err := s.AuthTestContext(ctx)
		if err != nil {
			return err
		}
		info, err := s.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: who.BotID})
		if err != nil {
			return err
		}
		id = installation{AppID: info.AppID, TeamID: who.TeamID, EnterpriseID: who.EnterpriseID}
		return nil
	})
	if err == nil && (id.AppID == "" || id.TeamID == "") {
		err = errors.New("the answer names no app or no workspace")
	}
	if err != nil {
		return installation{}, fmt.Errorf("ask Slack which app this is: %w", err)
	}
	return id, nil
}

// origin is where something says that it was done. Of an organisation-wide install Slack may
// leave the team out.
type origin struct {
	AppID        string
	TeamID       string
	EnterpriseID string
	OrgWide      bool // whether Slack says that the install is organisation-wide
}

// errForeign says that something was done in another app, workspace or organisation.
var errForeign = errors.New("it was not done in the workspace where this app is installed")

// check refuses what comes from elsewhere although its signature is right.
func (id installation) check(from origin) error {
	switch {
	case from.AppID != id.AppID:
		return errForeign
	case from.TeamID == id.TeamID:
		return nil
	case from.OrgWide && id.EnterpriseID != "" && from.EnterpriseID == id.EnterpriseID:
		return nil
	}
	return errForeign
}

// isForeign reports whether a person's own team shows that they are of another organisation.
// On Enterprise Grid that is only certain of what Slack says about the person.
func (id installation) isForeign(userTeamID string) bool {
	return userTeamID == "" || id.EnterpriseID == "" && userTeamID != id.TeamID
}

// has reports whether somebody belongs to the workspace, or to its organisation.
func (id installation) has(u *slack.User) bool {
	return u.TeamID == id.TeamID || id.EnterpriseID != "" && (u.TeamID == id.EnterpriseID || u.Enterprise.EnterpriseID == id.EnterpriseID)
}
