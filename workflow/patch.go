package workflow

import (
	"encoding/json"
	"slices"
	"strings"
)

// Severity says which missing patches are worth asking about; the zero value is
// not valid.
type Severity string

// The severities that can be configured, from the narrowest to the widest.
const (
	SeverityCritical Severity = "critical" // SSM's CriticalNonCompliantCount
	SeveritySecurity Severity = "security" // and SecurityNonCompliantCount
	SeverityAny      Severity = "any"      // anything missing or failed
)

// Valid reports whether s is one of the three severities.
func (s Severity) Valid() bool {
	return s == SeverityCritical || s == SeveritySecurity || s == SeverityAny
}

// Patch is one entry of SSM's DescribeInstancePatches, as SSM names its members.
// Members that AWS adds later are ignored.
type Patch struct {
	Title          string // e.g. "kernel.x86_64:0:6.1.112-122.189.amzn2023"
	KBID           string // e.g. "KB5046616", or the package's name on Linux
	Classification string // e.g. "Security"
	Severity       string // e.g. "Critical"; SSM's spelling differs by platform
	State          string // e.g. "Missing", "Failed"; compare without case
	CVEs           []string
}

type patchJSON struct {
	Title          string `json:"Title"`
	KBID           string `json:"KBId"`
	Classification string `json:"Classification"`
	Severity       string `json:"Severity"`
	State          string `json:"State"`
	CVEIDs         string `json:"CVEIds,omitempty"` // comma-separated
}

// UnmarshalJSON reads the form that SSM gives, with CVE ids in one string.
func (p *Patch) UnmarshalJSON(data []byte) error {
	var raw patchJSON
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*p = Patch{Title: raw.Title, KBID: raw.KBID, Classification: raw.Classification,
		Severity: raw.Severity, State: raw.State}
	for id := range strings.SplitSeq(raw.CVEIDs, ",") {
		if id = strings.TrimSpace(id); id != "" {
			p.CVEs = append(p.CVEs, id)
		}
	}
	return nil
}

// MarshalJSON writes the form that SSM gives.
func (p Patch) MarshalJSON() ([]byte, error) {
	return json.Marshal(patchJSON{p.Title, p.KBID, p.Classification, p.Severity, p.State, strings.Join(p.CVEs, ",")})
}

// severityOrder lists SSM's severities from the worst; unknown ones come last.
var severityOrder = []string{"critical", "important", "high", "moderate", "medium", "low"}

// WorseFirst orders patches by severity, then by title.
func WorseFirst(a, b Patch) int {
	if d := severityRank(a) - severityRank(b); d != 0 {
		return d
	}
	return strings.Compare(a.Title, b.Title)
}

func severityRank(p Patch) int {
	if i := slices.Index(severityOrder, strings.ToLower(p.Severity)); i >= 0 {
		return i
	}
	return len(severityOrder)
}

// Counts are the numbers of DescribeInstancePatchStates that the machine carries.
// Critical, Security and Other count patches that are missing, failed, rejected or
// awaiting a reboot, by compliance level.
type Counts struct {
	Missing       int `json:"missing"`        // applicable and not installed
	Failed        int `json:"failed"`         // attempted in the last operation
	PendingReboot int `json:"pending_reboot"` // installed, effective after a reboot
	Critical      int `json:"critical"`
	Security      int `json:"security"`
	Other         int `json:"other"`
	Due           Due `json:"due"`
}

// Due is how many patches are asked about at each configured severity.
type Due struct {
	Critical int `json:"critical"`
	Security int `json:"security"`
	Any      int `json:"any"`
}

// At returns how many patches are due at a severity.
func (c Counts) At(s Severity) int {
	switch s {
	case SeverityCritical:
		return c.Due.Critical
	case SeveritySecurity:
		return c.Due.Security
	}
	return c.Due.Any
}

// NotInstalled is how many patches an install would try: those missing and those
// that failed the last time.
func (c Counts) NotInstalled() int { return c.Missing + c.Failed }

// RebootOnly reports whether nothing is left to install and only a reboot is pending.
func (c Counts) RebootOnly() bool { return c.NotInstalled() == 0 && c.PendingReboot > 0 }
