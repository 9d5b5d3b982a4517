package workflow

import (
	"encoding/json"
	"slices"
	"strings"
)

// TagChange tells that tags of an instance or a hybrid node changed. What they were before it
// does not say.
type TagChange struct {
	InstanceID  string            `json:"instance_id"` // in an event, it is among the resources
	ChangedKeys []string          `json:"changed-tag-keys"`
	Tags        map[string]string `json:"tags"` // all that there are now
}

// Subject is the instance.
func (c TagChange) Subject() Subject { return Subject("instance/" + c.InstanceID) }

// InCare reports whether the instance is in patchbot's hands by its tags, or just came into or
// out of them.
func (c TagChange) InCare() bool {
	isPolicy := func(key string) bool { return strings.EqualFold(key, PolicyTag) }
	for key := range c.Tags {
		if isPolicy(key) {
			return true
		}
	}
	return slices.ContainsFunc(c.ChangedKeys, isPolicy)
}

// parseTagChange reads the detail of an event about resources, one each.
func parseTagChange(resources []string, data json.RawMessage) (EventDetail, error) {
	var c TagChange
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, err
	}
	c.InstanceID = ""
	if len(resources) == 1 {
		c.InstanceID = resources[0][strings.LastIndexByte(resources[0], '/')+1:]
	}
	return named(c)
}
