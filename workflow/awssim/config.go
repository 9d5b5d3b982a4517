package awssim

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/patchbot/patchbot/workflow/clock"
)

// Config is what a fleet is made of. The zero value works: every duration left
// at zero takes the default named beside it.
type Config struct {
	Partition string // of every ARN: "aws" (default), "aws-cn", "aws-us-gov"
	Region    string // default "us-east-1"
	Account   string // default "123456789012"

	// Emit receives each event whole, as an EventBridge rule would hand it to a
	// target: one at a time, in order, outside of the fleet's locks, so it may
	// call the fleet. An event that arises while Emit runs waits for its return.
	Emit func(event json.RawMessage)

	DeliveryTime     time.Duration // from SendCommand to InProgress; 2 s
	ScanTime         time.Duration // a Scan's run; 20 s
	PatchTime        time.Duration // an Install's run without the reboot; 3 min
	RebootTime       time.Duration // a node's ConnectionLost after an Install; 45 s
	StatusCheckTime  time.Duration // from a boot until EC2's status checks are no longer initializing; 2 min. A negative one means at once
	DocumentTime     time.Duration // the run of a document of AddDocument; 30 s
	StandbyTime      time.Duration // from EnteringStandby to Standby, and from Pending to InService; 20 s
	SnapshotTime     time.Duration // from pending to completed; 1 min
	ReplaceTime      time.Duration // until a root volume that is replaced is detached; 1 min
	ExecutionTimeout time.Duration // of AWS-RunPatchBaseline's steps; 2 h, as in the document

	// VisibleAfter is how long GetCommandInvocation and ListCommandInvocations do not
	// know a new command, and neither DescribeSnapshots lists a new snapshot nor
	// DescribeReplaceRootVolumeTasks a new task; 1 s. A negative one means at once.
	VisibleAfter time.Duration

	// StatesVisibleAfter is how long after a command's end DescribeInstancePatchStates
	// and DescribeInstancePatches still show the run before; 2 s. A negative one means
	// at once.
	StatesVisibleAfter time.Duration

	// DescribesPerSecond is how many of Systems Manager's calls that describe or list
	// are answered; the others are throttled. A second's worth may come at once. 0 is
	// no limit.
	DescribesPerSecond int
	// ThrottleName is what ErrorEquals sees then, e.g. "Ssm.ThrottlingException".
	// Default: that of the fault Throttling, "Ssm.SsmException".
	ThrottleName string

	// EventEveryScan lets every Scan send a compliance event. Otherwise one comes only
	// when an instance's compliance changes, or becomes known.
	EventEveryScan bool

	// WindowsSecurityCounts lets Windows' classification SecurityUpdates count in
	// SecurityNonCompliantCount, as Linux' Security does. Whether AWS counts it is
	// unconfirmed.
	WindowsSecurityCounts bool

	Clock clock.Clock // default the time of package time
	Seed  uint64      // equal seeds give equal ids
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.Real{}
	}
	c.Partition = cmp.Or(c.Partition, "aws")
	c.Region = cmp.Or(c.Region, "us-east-1")
	c.Account = cmp.Or(c.Account, "123456789012")
	c.DeliveryTime = cmp.Or(c.DeliveryTime, 2*time.Second)
	c.ScanTime = cmp.Or(c.ScanTime, 20*time.Second)
	c.PatchTime = cmp.Or(c.PatchTime, 3*time.Minute)
	c.RebootTime = cmp.Or(c.RebootTime, 45*time.Second)
	c.StatusCheckTime = cmp.Or(c.StatusCheckTime, 2*time.Minute)
	c.VisibleAfter = cmp.Or(c.VisibleAfter, time.Second)
	c.StatesVisibleAfter = cmp.Or(c.StatesVisibleAfter, 2*time.Second)
	c.DocumentTime = cmp.Or(c.DocumentTime, 30*time.Second)
	c.StandbyTime = cmp.Or(c.StandbyTime, 20*time.Second)
	c.SnapshotTime = cmp.Or(c.SnapshotTime, time.Minute)
	c.ReplaceTime = cmp.Or(c.ReplaceTime, time.Minute)
	c.ExecutionTimeout = cmp.Or(c.ExecutionTimeout, 2*time.Hour)
	return c
}
