package email

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// sent keeps the last mail.
type sent struct{ owner, subject, body string }

func (s *sent) Email(_ context.Context, owner, subject, body string) error {
	*s = sent{owner, subject, body}
	return nil
}

func mailed(t *testing.T, state string) sent {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "requests", state+".json"))
	require.NoError(t, err)
	var r bot.Request
	require.NoError(t, json.Unmarshal(data, &r))
	var mail sent
	require.NoError(t, Emails{&mail}.Email(t.Context(), r))
	return mail
}

func TestAQuestionThatSlackDoesNotTakeComesByMail(t *testing.T) {
	require.Equal(t, sent{
		owner:   "payments",
		subject: "patchbot: 7 patches to install on web-1",
		body: `7 patches to install on web-1
Instance i-0933335a5598d1c2e in us-east-1, account 111122223333.

Slack does not take this message, so it comes by mail.
- curl-8.5.0 <with> & markup (Critical)
- kernel-6.1.112 (Critical)
- openssl-3.0.8 (Critical)
- expat-2.6.3 (Important)
- vim-9.1.785 (Medium)

Please decide by Wed, 25 Nov 2026 17:00:00 UTC. If nobody does, nothing is installed.
The question appears in Slack as soon as the bot can post again: ask your platform team to run ` + "`patchbot doctor`.",
	}, mailed(t, "asked"))
}

func TestAMailAfterTheQuestionAsksNothing(t *testing.T) {
	require.Equal(t, `Patching web-1 failed ❌
Instance i-0933335a5598d1c2e in us-east-1, account 111122223333.

Slack does not take this message, so it comes by mail.`, mailed(t, "failed").body)
}
