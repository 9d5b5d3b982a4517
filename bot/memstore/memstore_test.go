package memstore_test

import (
	"testing"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/storetest"
)

func TestStoreKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) bot.Store { return memstore.New() })
}
