package bot

import (
	"fmt"
	"strconv"
	"strings"
)

// TurnLimit says how many requests of a group are patched at once, and when the others are held.
// The zero value is the strictest: one at once, and none after the first failure.
type TurnLimit struct {
	AtOnce    AtOnce
	Canary    bool // the first of a run is patched alone, until one has ended well
	HoldAfter int  `json:",omitzero"` // how many failures hold the rest of a run; 0: 1
}

// StrictTurns is the limit where nothing else is known, or what is known has a mistake.
func StrictTurns() TurnLimit { return TurnLimit{AtOnce: One, HoldAfter: 1} }

// MaxAtOnce and MaxHoldAfter are the largest numbers that a limit can have.
const (
	MaxAtOnce    = 1000
	MaxHoldAfter = 1000
)

// AtOnce is how many of a run are patched at once: a number, or a share in percent. The zero
// value says nothing, and counts as One.
type AtOnce struct {
	n       int
	percent bool
}

// One is one at once.
var One = AtOnce{n: 1}

// ParseAtOnce reads a number such as "3", or a share such as "25%".
func ParseAtOnce(text string) (AtOnce, error) {
	digits, percent := strings.CutSuffix(text, "%")
	most := MaxAtOnce
	if percent {
		most = 100
	}
	n, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(n) != digits || n < 1 || n > most {
		return AtOnce{}, fmt.Errorf("%q is not how many are patched at once: expected a number from 1 to %d such as 3, or a share from 1%% to 100%% such as 25%%", text, MaxAtOnce)
	}
	return AtOnce{n: n, percent: percent}, nil
}

// String is what ParseAtOnce reads, "" of the zero value.
func (a AtOnce) String() string {
	switch {
	case a.n == 0:
		return ""
	case a.percent:
		return strconv.Itoa(a.n) + "%"
	}
	return strconv.Itoa(a.n)
}

// Known reports whether it says anything.
func (a AtOnce) Known() bool { return a != AtOnce{} }

// Of is how many that is of a run that so many requests have entered: a share is rounded down,
// and at least one.
func (a AtOnce) Of(entered int) int {
	if a.percent {
		return max(1, entered*a.n/100)
	}
	return max(1, a.n)
}

// MarshalText writes it as String does.
func (a AtOnce) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *AtOnce) UnmarshalText(text []byte) (err error) {
	*a = AtOnce{}
	if len(text) > 0 {
		*a, err = ParseAtOnce(string(text))
	}
	return err
}

// holdAfter is how many failures hold the rest.
func (l TurnLimit) holdAfter() int { return max(1, l.HoldAfter) }
