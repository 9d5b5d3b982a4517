package local_test

import (
	"encoding/json"
	"testing"

	"github.com/patchbot/patchbot/cmd/patchbot/local"
)

// everyWay tells a story in simulated time again and again: as events and notifications usually
// come, without any event but the one that starts it, and with everything doubled. It has to end
// the same way.
func everyWay(t *testing.T, config local.Config, story func(*testing.T, *system)) {
	t.Helper()
	for name, change := range map[string]func(*local.Config){
		"as usual":            func(*local.Config) {},
		"every event missing": func(c *local.Config) { c.Events = loseEvents },
		"everything doubled": func(c *local.Config) {
			c.Events = func(event json.RawMessage, deliver func(json.RawMessage)) {
				deliver(event)
				deliver(event)
			}
			c.Notifications = func(data []byte, deliver func([]byte)) {
				deliver(data)
				deliver(data)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := config
			change(&config)
			simulated(t, config, story)
		})
	}
}
