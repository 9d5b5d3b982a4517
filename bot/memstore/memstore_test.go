package memstore_test

import (
	"testing"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/storetest"
)

func TestStoreKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (bot.Store, storetest.ReadAudit) {
		s := memstore.New()
		return s, func(t *testing.T, id string) []bot.AuditEntry { return s.Audit(id) }
	})
}
