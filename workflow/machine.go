package workflow

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A machine's file and the shared one are one YAML document: what stands below "machine" is
// the definition, and its aliases refer to what the shared file defines.
//
//go:embed *.asl.yaml
var definitions embed.FS

// Machine names one of the state machines, e.g. "patch-approval".
type Machine string

// The state machines.
const (
	PatchApproval Machine = "patch-approval" // asks, waits, installs, scans
	FindMissing   Machine = "find-missing"   // looks for what no event told of
	RollBack      Machine = "roll-back"      // replaces a root volume by its snapshot, scans
)

// PolicyTag is the tag that puts a node into patchbot's hands, where its value is
// Settings.PolicyTagValue.
const PolicyTag = "patch-policy"

// Settings fill the placeholders of the state machines. Terraform fills the same
// placeholders of the same files.
type Settings struct {
	NotificationsTopicARN string        // the SNS topic of every notify step; its partition is the machine's
	PatchApprovalARN      string        // the state machine that FindMissing starts
	PolicyTagValue        string        // the value of PolicyTag that means us
	Severity              Severity      // which missing patches are asked about
	Backup                bool          // snapshot all volumes before an install
	HookDocuments         []string      // the SSM documents that tags may have run before and after an install, e.g. "drain-web"
	BaselineOverride      string        // the override of Quick Setup's scans, "" for none; see AWS-RunPatchBaseline
	ScheduleWithin        time.Duration // how far away a scheduled time may be, whole seconds
	TurnWithin            time.Duration // how long an approved instance waits for its turn, whole seconds
	Calendars             []string      // change calendars, by name or ARN, in whose closed times nothing is patched; see Calendar
	FreezeWithin          time.Duration // how long an approved instance waits for such a time to end
	BackupWithin          time.Duration // after which snapshots that are pending have failed
	PatchWithin           time.Duration // after which an install that runs is given up
	BackWithin            time.Duration // how long after an install the node may need to be back
	OutputLogGroup        string        // the CloudWatch log group of what commands print, e.g. "/patchbot/command-output"
	ScanWithin            time.Duration // after which a scan that runs is given up
	HookWithin            time.Duration // after which a document that runs before or after the install is given up
	RollBackWithin        time.Duration // after which a replacement of a root volume that runs is given up
	Waiting                             // how long a question waits for its answer
	Critical              Waiting       // the same where a critical patch is missing; the zero value: as Waiting
}

// DefaultSettings are the defaults of the Terraform module, without ARNs: three days to
// answer, with a reminder each day, and half a day for those to whom it escalates; a week to wait for a scheduled time, and another for a turn; a day for snapshots, since the first one of a large volume takes hours; for an
// install and for a scan several times what AWS-RunPatchBaseline allows itself, which is two
// hours; as long for a root volume to be replaced, which takes minutes as a rule.
func DefaultSettings() Settings {
	return Settings{
		PolicyTagValue: "patch-on-approval",
		Severity:       SeveritySecurity,
		Backup:         true,
		Waiting:        Waiting{AnswerWithin: 72 * time.Hour, RemindAfter: []time.Duration{24 * time.Hour, 48 * time.Hour}, EscalateAfter: 60 * time.Hour},
		ScheduleWithin: 7 * 24 * time.Hour,
		TurnWithin:     7 * 24 * time.Hour,
		FreezeWithin:   60 * 24 * time.Hour,
		BackupWithin:   24 * time.Hour,
		PatchWithin:    8 * time.Hour,
		BackWithin:     30 * time.Minute,
		OutputLogGroup: "/patchbot/command-output",
		ScanWithin:     4 * time.Hour,
		HookWithin:     time.Hour,
		RollBackWithin: 2 * time.Hour,
	}
}

// Looks share out a bound, in parts of 24: after each the machine asks AWS itself. Somebody who
// listens to events and looks every few minutes resumes the machine long before, so a look only
// matters when nobody does. Snapshots, and volumes made from them, have early looks that grow apart;
// a command has a late first one. Of a node's return nobody tells: a look comes before each of its waits, and after the last. A freeze can end at any time, so its looks are evenly apart.
var (
	snapshotLooks = []int{1, 2, 4, 8, 9}
	commandLooks  = []int{16, 2, 2, 4}
	backLooks     = []int{1, 1, 2, 4, 8, 8}
	freezeLooks   = slices.Repeat([]int{1}, 24)
)

func looks(bound time.Duration, parts []int) string {
	seconds := make([]int, len(parts))
	for i, part := range parts {
		seconds[i] = int(bound/time.Second) * part / 24
	}
	list, _ := json.Marshal(seconds) // whole numbers always marshal
	return string(list)
}

func (s Settings) values() map[string]string {
	return map[string]string{
		"partition":               cmp.Or(Partition(s.NotificationsTopicARN), "aws"),
		"notifications_topic_arn": s.NotificationsTopicARN,
		"patch_approval_arn":      s.PatchApprovalARN,
		"policy_tag_value":        s.PolicyTagValue,
		"severity":                string(s.Severity),
		"backup":                  strconv.FormatBool(s.Backup),
		"baseline_override":       s.BaselineOverride,
		"waits":                   s.waits(),
		"critical_waits":          s.critical().waits(),
		"schedule_within_seconds": strconv.Itoa(int(s.ScheduleWithin / time.Second)),
		"turn_within_seconds":     strconv.Itoa(int(s.TurnWithin / time.Second)),
		"calendars":               s.calendars(),
		"freeze_looks":            looks(s.FreezeWithin, freezeLooks),
		"freeze_within_seconds":   strconv.Itoa(int(s.FreezeWithin / time.Second)),
		"backup_looks":            looks(s.BackupWithin, snapshotLooks),
		"patch_looks":             looks(s.PatchWithin, commandLooks),
		"scan_looks":              looks(s.ScanWithin, commandLooks),
		"hook_looks":              looks(s.HookWithin, commandLooks),
		"hook_documents":          hookDocuments(s.HookDocuments),
		"roll_back_looks":         looks(s.RollBackWithin, snapshotLooks),
		"back_looks":              looks(s.BackWithin, backLooks),
		"output_log_group":        s.OutputLogGroup,
	}
}

func (s Settings) check() error {
	if !s.Severity.Valid() {
		return fmt.Errorf("severity is %q, expected critical, security or any", s.Severity)
	}
	if s.PolicyTagValue == "" {
		return fmt.Errorf("PolicyTagValue is empty, expected the value of the tag %s that means this installation", PolicyTag)
	}
	if !logGroup.MatchString(s.OutputLogGroup) {
		return fmt.Errorf("OutputLogGroup is %q, expected 1 to 512 letters, digits and . - _ / #", s.OutputLogGroup)
	}
	const longest = 365 * 24 * time.Hour
	for name, d := range map[string]time.Duration{"AnswerWithin": s.AnswerWithin, "Critical.AnswerWithin": s.critical().AnswerWithin, "ScheduleWithin": s.ScheduleWithin,
		"TurnWithin": s.TurnWithin, "FreezeWithin": s.FreezeWithin, "BackupWithin": s.BackupWithin, "PatchWithin": s.PatchWithin, "BackWithin": s.BackWithin, "ScanWithin": s.ScanWithin, "HookWithin": s.HookWithin,
		"RollBackWithin": s.RollBackWithin} {
		shortest := 24 * time.Second                                                                     // a bound is shared out in parts of 24, a second at least
		if strings.HasSuffix(name, "AnswerWithin") || name == "ScheduleWithin" || name == "TurnWithin" { // waited for in one piece
			shortest = time.Second
		}
		if d < shortest || d > longest {
			return fmt.Errorf("%s is %s, expected %s to 1 year, the longest that an execution can run", name, d, shortest)
		}
	}
	return errors.Join(s.Waiting.check(), s.Critical.check(), checkHookDocuments(s.HookDocuments), checkCalendars(s.Calendars))
}

// logGroup is the form of a log group's name that SendCommand takes.
var logGroup = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

// placeholder is what Terraform's templatefile replaces.
var placeholder = regexp.MustCompile(`\$\{([a-z_]+)\}`)

// Render returns the definition of a state machine, in JSON, with the settings filled in.
func (m Machine) Render(s Settings) ([]byte, error) {
	definition, err := m.render(s)
	if err != nil {
		return nil, fmt.Errorf("render state machine %s: %w", m, err)
	}
	return definition, nil
}

func (m Machine) render(s Settings) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	source, err := m.source()
	if err != nil {
		return nil, err
	}
	values := s.values()
	var unknown []string
	filled := placeholder.ReplaceAllStringFunc(source, func(match string) string {
		name := match[2 : len(match)-1]
		value, ok := values[name]
		if !ok && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
		return value
	})
	if len(unknown) > 0 {
		return nil, fmt.Errorf("no value for placeholders %v", unknown)
	}
	var document struct{ Machine map[string]any }
	if err := yaml.Unmarshal([]byte(filled), &document); err != nil {
		return nil, err
	}
	return json.Marshal(document.Machine)
}

// source is the YAML document of a machine.
func (m Machine) source() (string, error) {
	shared, err := definitions.ReadFile("shared.asl.yaml")
	if err != nil {
		return "", err
	}
	own, err := definitions.ReadFile(string(m) + ".asl.yaml")
	return string(shared) + string(own), err
}
