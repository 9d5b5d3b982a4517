package awssim

import (
	"fmt"
	"math/rand/v2"
	"regexp"
)

// idSource makes identifiers that look like AWS's and repeat with the seed.
type idSource struct{ random *rand.Rand }

func newIDSource(seed uint64) *idSource {
	return &idSource{random: rand.New(rand.NewPCG(seed, 0x617773))} // #nosec G404 -- ids of a simulation are repeatable on purpose
}

// uuid returns a version 4 UUID: of events, commands, requests and patch snapshots.
func (s *idSource) uuid() string {
	high, low := s.random.Uint64(), s.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
		high>>32, high>>16&0xffff, high&0xfff, low>>48&0x3fff|0x8000, low&0xffffffffffff)
}

// hex17 returns prefix and 17 hex digits, e.g. "snap-0a1b2c3d4e5f67890".
func (s *idSource) hex17(prefix string) string {
	return fmt.Sprintf("%s0%016x", prefix, s.random.Uint64())
}

// isNodeID reports whether an id looks like a managed node's: i- and 8 to 17
// characters, mi- and 17. Systems Manager's own pattern takes only 8 or 17 after i-, but
// the sample events in AWS's documentation have others, and must be playable.
func isNodeID(id string) bool {
	return regexp.MustCompile(nodeIDPattern).MatchString(id)
}

const nodeIDPattern = `^(i-\w{8,17}|mi-\w{17})$`

// checkNodeID answers like the SSM API to an id of the wrong shape.
func checkNodeID(member, id string) error {
	if isNodeID(id) {
		return nil
	}
	return invalidMember(member, id, "Member must satisfy regular expression pattern: "+nodeIDPattern)
}
