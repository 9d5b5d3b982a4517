package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheKeysOfTheNewestMailsAreKept(t *testing.T) {
	var m Mail
	var keys []MailKey
	for range keptKeys + 2 {
		keys = append(keys, newMailKey())
		m = m.withKey(keys[len(keys)-1])
	}
	require.Len(t, m.Keys, keptKeys)
	require.NotContains(t, m.Keys, keys[1].hash())
	require.Contains(t, m.Keys, keys[2].hash())
	require.Equal(t, keys[len(keys)-1].hash(), m.Keys[keptKeys-1])
}
