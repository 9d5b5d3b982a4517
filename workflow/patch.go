package workflow

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Severity says which missing patches are worth asking about; the zero value is
// not valid.
type Severity string

// The severities that can be configured, from the narrowest to the widest.
const (
	SeverityCritical Severity = "critical" // SSM's CriticalNonCompliantCount; AWS's own baselines never set that level
	SeveritySecurity Severity = "security" // or SecurityNonCompliantCount
	SeverityAny      Severity = "any"      // anything missing, failed or waiting for a reboot
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

// Name is the patch's title, or its KB id where Systems Manager gives no title.
func (p Patch) Name() string {
	return cmp.Or(strings.TrimSpace(p.Title), p.KBID, "a patch without a name")
}

// WorseFirst orders patches by severity, then by title.
func WorseFirst(a, b Patch) int {
	if d := severityRank(a) - severityRank(b); d != 0 {
		return d
	}
	return strings.Compare(a.Name(), b.Name())
}

func severityRank(p Patch) int {
	if i := slices.Index(severityOrder, strings.ToLower(p.Severity)); i >= 0 {
		return i
	}
	return len(severityOrder)
}

// Names are the missing patches without their CVE ids: a list a member, in the same order.
// The machine sends them where the CVE ids of all patches are too many for one message.
type Names struct {
	Titles          []string `json:"titles,omitempty"`
	KBIDs           []string `json:"kb_ids,omitempty"`
	Classifications []string `json:"classifications,omitempty"`
	Severities      []string `json:"severities,omitempty"`
	States          []string `json:"states,omitempty"`
}

// Missing lists the patches that the machine named, at most 50, the worst first; the counts
// tell the rest.
func (d ApprovalRequested) Missing() []Patch {
	patches := append(slices.Clone(d.Patches), d.Names.Patches()...)
	slices.SortStableFunc(patches, WorseFirst)
	return patches
}

// Patches are the patches that the lists name, in their order.
func (n Names) Patches() []Patch {
	at := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return ""
	}
	var patches []Patch
	for i := range n.KBIDs {
		patches = append(patches, Patch{Title: at(n.Titles, i), KBID: n.KBIDs[i],
			Classification: at(n.Classifications, i), Severity: at(n.Severities, i), State: at(n.States, i)})
	}
	return patches
}

// Counts are the numbers of DescribeInstancePatchStates that the machine carries. Critical,
// Security and Other count patches that are missing, failed, rejected or awaiting a reboot,
// by level; a patch can be in two of them, so no sum of them means anything.
type Counts struct {
	Missing       int    `json:"missing"`        // applicable and not installed
	Failed        int    `json:"failed"`         // attempted in the last operation
	Installed     int    `json:"installed"`      // those that the baseline approves; 0 where the scan does not say
	PendingReboot int    `json:"pending_reboot"` // installed, effective after a reboot
	Rejected      int    `json:"rejected"`       // installed although the baseline rejects them
	Critical      int    `json:"critical"`       // of the baseline's compliance level CRITICAL
	Security      int    `json:"security"`       // classified as security
	Other         int    `json:"other"`          // neither
	BaselineID    string `json:"baseline_id"`    // the patch baseline that the scan used, e.g. "pb-0be1ccde3be43f5aa"
	// Due is what executions say that began under an earlier definition; nothing reads it.
	Due json.RawMessage `json:"due,omitempty"`
}

// ToInstall is how many patches an install would try: those missing and those that failed
// the last time.
func (c Counts) ToInstall() int { return c.Missing + c.Failed }

// MoreThan is how many patches were installed between two scans beyond those that the first
// one found to install, since the baseline approved more in the meantime; 0 where the scans do
// not say.
func (c Counts) MoreThan(first Counts) int {
	if first.Installed == 0 {
		return 0
	}
	return max(0, c.Installed+c.PendingReboot-first.Installed-first.PendingReboot-first.ToInstall())
}

// RebootOnly reports whether nothing is left to install and only a reboot is pending.
func (c Counts) RebootOnly() bool { return c.ToInstall() == 0 && c.PendingReboot > 0 }
