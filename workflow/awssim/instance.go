package awssim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Instance describes a machine to [Fleet.Add].
type Instance struct {
	ID       string            // "i-" and 8 to 17 characters (EC2), or "mi-" and 17 (hybrid)
	Name     string            // becomes the tag Name and the computer's name
	Platform Platform          // default AmazonLinux2023
	Tags     map[string]string // e.g. {"patch-policy": "patch-on-approval"}

	Missing   []Patch // applicable and not installed
	Installed []Patch // installed before the story begins
	Rejected  []Patch // installed although the baseline rejects them: not compliant

	// Policy is a patch policy that the instance is under; nil for none.
	Policy *Policy

	// Volumes are attached to an EC2 instance, the root volume first. Default: one
	// root volume of 8 GiB.
	Volumes []Volume

	// NeverScanned keeps the instance out of the patch states until its first Scan.
	// Otherwise a Scan has just ended when the instance is added.
	NeverScanned bool
}

// Volume is an EBS volume.
type Volume struct {
	ID      string // e.g. "vol-0a1b2c3d4e5f67890"; made up if empty
	SizeGiB int    // default 8
	Type    string // e.g. "st1"; default "gp3"
}

// Hybrid reports whether only Systems Manager knows the machine.
func (i Instance) Hybrid() bool { return strings.HasPrefix(i.ID, "mi-") }

// node is an instance and what became of it.
type node struct {
	Instance
	address string // private IPv4
	since   time.Time
	state   string // of EC2: pending, running, stopping, stopped, shutting-down, terminated

	rootsBefore  []string // root volumes that were replaced
	rootDetached bool     // it has no root volume now

	patches   []patchEntry   // as they are on the machine
	records   []*patchRecord // what Systems Manager heard of them, oldest first
	rebooting bool
	hung      bool   // its reboot does not end
	boot      func() // what comes when it does
	reboots   int
	checkedAt time.Time   // from when on EC2's status checks know how it is, after a boot
	told      compliance  // by the last event; empty before the first
	running   *invocation // holds the machine's patch lock
}

// Add puts an instance into the fleet, running. Nothing was told of its compliance
// yet, so its next Scan sends an event. It fails for an id that is taken or that
// Systems Manager would not take.
func (f *Fleet) Add(instance Instance) error {
	return f.change(func() error {
		_, err := f.add(instance)
		return err
	})
}

// AddScanned is Add for an instance whose compliance event was sent before anybody
// listened: there are counts, and a Scan that finds the same sends nothing. It fails
// for an instance that is NeverScanned.
func (f *Fleet) AddScanned(instance Instance) error {
	return f.change(func() error {
		if instance.NeverScanned {
			return fmt.Errorf("add scanned instance: %s is never scanned", instance.ID)
		}
		n, err := f.add(instance)
		if err == nil {
			n.told = complianceOf(n.lastRecord().compliant())
		}
		return err
	})
}

func (f *Fleet) add(instance Instance) (*node, error) {
	if !isNodeID(instance.ID) {
		return nil, fmt.Errorf("add instance: id %q is neither i- and 8 to 17 characters nor mi- and 17", instance.ID)
	}
	if f.node(instance.ID) != nil {
		return nil, fmt.Errorf("add instance: %s is already there", instance.ID)
	}
	n := &node{
		Instance: f.complete(instance),
		address:  fmt.Sprintf("10.0.%d.%d", len(f.nodes)/250, len(f.nodes)%250+4),
		since:    f.now(),
		state:    "running",
	}
	n.patches = slices.Concat(
		entries(instance.Installed, stateInstalled, n.since.AddDate(0, -1, 0)),
		entries(instance.Rejected, stateRejected, n.since.AddDate(0, -1, 0)),
		instance.missingEntries())
	if !instance.NeverScanned {
		f.keepRecord(n, f.scanRecord(n, n.scheduled(), n.since.Add(-f.config.ScanTime)), 0)
	}
	f.nodes = append(f.nodes, n)
	return n, nil
}

// complete fills in defaults and copies what the caller could still change.
func (f *Fleet) complete(i Instance) Instance {
	i.Platform = cmp.Or(i.Platform, AmazonLinux2023)
	i.Policy = i.Policy.clone()
	i.Tags = maps.Clone(i.Tags)
	if i.Tags == nil {
		i.Tags = make(map[string]string)
	}
	if i.Name != "" {
		i.Tags["Name"] = i.Name
	}
	if i.Hybrid() {
		i.Volumes = nil
		return i
	}
	i.Volumes = slices.Clone(i.Volumes)
	if len(i.Volumes) == 0 {
		i.Volumes = []Volume{{}}
	}
	for v := range i.Volumes {
		i.Volumes[v].ID = cmp.Or(i.Volumes[v].ID, f.ids.hex17("vol-"))
		i.Volumes[v].Type = cmp.Or(i.Volumes[v].Type, "gp3")
		i.Volumes[v].SizeGiB = cmp.Or(i.Volumes[v].SizeGiB, 8)
	}
	return i
}

// SetState moves an instance to one of EC2's states: "pending", "running",
// "stopping", "stopped", "shutting-down" or "terminated". A machine that starts
// after it was stopped has booted: pending reboots are done and waiting commands
// are delivered. A terminated one is forgotten by Systems Manager, though not at
// once by EC2. For a hybrid node "terminated" means deregistered.
func (f *Fleet) SetState(id, state string) error {
	return f.changeNode(id, func(n *node) error {
		if _, ok := stateCode(state); !ok {
			return fmt.Errorf("set state of %s: EC2 has no state %q", id, state)
		}
		booted := state == "running" && n.state == "stopped"
		n.state = state
		if booted {
			n.finishReboot()
			f.checksInitialize(n)
		}
		f.wake(n)
		return nil
	})
}

// SetTags replaces the instance's tags, its name among them.
func (f *Fleet) SetTags(id string, tags map[string]string) error {
	return f.changeNode(id, func(n *node) error {
		n.Tags = maps.Clone(tags)
		return nil
	})
}

// Reboots is how often patching has rebooted the instance; 0 for an unknown one.
func (f *Fleet) Reboots(id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := f.node(id); n != nil {
		return n.reboots
	}
	return 0
}

// reachable reports whether the agent on the machine would answer now.
func (f *Fleet) reachable(n *node) bool {
	return n.state == "running" && !n.rebooting && !f.broken(Offline, n)
}

// managed reports whether Systems Manager still has the machine on its list.
func (n *node) managed() bool { return n.state != "terminated" && n.state != "shutting-down" }

// listed reports whether Systems Manager shows the machine in its inventory.
func (n *node) listed() bool { return n.managed() && n.state != "stopped" }

// arn is how events about the machine's commands name it.
func (f *Fleet) arn(n *node) string {
	if n.Hybrid() {
		return f.managedARN(n)
	}
	return fmt.Sprintf("arn:%s:ec2:%s:%s:instance/%s", f.config.Partition, f.config.Region, f.config.Account, n.ID)
}

// managedARN is how events about compliance name it.
func (f *Fleet) managedARN(n *node) string {
	return fmt.Sprintf("arn:%s:ssm:%s:%s:managed-instance/%s", f.config.Partition, f.config.Region, f.config.Account, n.ID)
}
