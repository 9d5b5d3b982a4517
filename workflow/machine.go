package workflow

import (
	_ "embed" // the state machine's definition
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// A machine's file and the shared one are one YAML document: what stands below "machine" is
// the definition, and its aliases refer to the policies of the shared file.
var (
	//go:embed shared.asl.yaml
	sharedPolicies string
	//go:embed patch-approval.asl.yaml
	definition string
)

// Settings fill the placeholders of the state machine. Terraform fills the same
// placeholders of the same file.
type Settings struct {
	NotificationsTopicARN string        // the SNS topic of every notify step
	Severity              Severity      // which missing patches are asked about
	Backup                bool          // snapshot all volumes before an install
	AnswerWithin          time.Duration // how long the owner has, whole seconds
	BackupWithin          time.Duration // after which EC2 is asked about the snapshots
	PatchWithin           time.Duration // after which SSM is asked about the install
	ScanWithin            time.Duration // after which SSM is asked about the scan
}

// DefaultSettings are the defaults of the Terraform module, without a topic: three days to
// answer, a day for snapshots, since the first ones of large volumes take hours, four hours
// for a scan. The install has much more than the two hours after which AWS-RunPatchBaseline
// gives up: a reboot or another patch run on the node makes it longer.
func DefaultSettings() Settings {
	return Settings{
		Severity:     SeveritySecurity,
		Backup:       true,
		AnswerWithin: 72 * time.Hour,
		BackupWithin: 24 * time.Hour,
		PatchWithin:  8 * time.Hour,
		ScanWithin:   4 * time.Hour,
	}
}

func (s Settings) values() map[string]string {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	return map[string]string{
		"notifications_topic_arn": s.NotificationsTopicARN,
		"severity":                string(s.Severity),
		"backup":                  strconv.FormatBool(s.Backup),
		"answer_within_seconds":   seconds(s.AnswerWithin),
		"backup_within_seconds":   seconds(s.BackupWithin),
		"patch_within_seconds":    seconds(s.PatchWithin),
		"scan_within_seconds":     seconds(s.ScanWithin),
	}
}

func (s Settings) check() error {
	if !s.Severity.Valid() {
		return fmt.Errorf("severity is %q, expected critical, security or any", s.Severity)
	}
	for name, d := range map[string]time.Duration{"AnswerWithin": s.AnswerWithin, "BackupWithin": s.BackupWithin,
		"PatchWithin": s.PatchWithin, "ScanWithin": s.ScanWithin} {
		if d < time.Second || d > 365*24*time.Hour {
			return fmt.Errorf("%s is %s, expected 1s to 1 year, the longest that an execution can run", name, d)
		}
	}
	return nil
}

// placeholder is what Terraform's templatefile replaces.
var placeholder = regexp.MustCompile(`\$\{([a-z_]+)\}`)

// Render returns the definition of the state machine, in JSON, with the settings filled in.
func Render(s Settings) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("render state machine: %w", err)
	}
	values := s.values()
	var unknown []string
	filled := placeholder.ReplaceAllStringFunc(sharedPolicies+definition, func(match string) string {
		name := match[2 : len(match)-1]
		value, ok := values[name]
		if !ok && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
		return value
	})
	if len(unknown) > 0 {
		return nil, fmt.Errorf("render state machine: no value for placeholders %v", unknown)
	}
	var document struct{ Machine map[string]any }
	if err := yaml.Unmarshal([]byte(filled), &document); err != nil {
		return nil, fmt.Errorf("render state machine: %w", err)
	}
	return json.Marshal(document.Machine)
}
