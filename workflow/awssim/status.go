package awssim

import "maps"

// Status is an instance as a person who could look into everything would see it.
type Status struct {
	ID       string
	Name     string
	Platform Platform
	Tags     map[string]string

	State         string // of EC2, e.g. "running"
	Online        bool   // its agent answers
	Missing       int    // patches that it lacks, whether a scan has found them or not
	RebootPending bool   // a patch is installed and waits for a reboot
	Compliant     bool   // as last told to Systems Manager; true before the first scan
	Operation     string // of the patch command under way: "Scan", "Install" or empty
	Rebooting     bool   // while an Install is under way
	InstallBroken bool   // a fault waits for its next Install
}

// Statuses tells of all instances, in the order in which they were added.
func (f *Fleet) Statuses() []Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Status, 0, len(f.nodes))
	for _, n := range f.nodes {
		s := Status{
			ID: n.ID, Name: n.Name, Platform: n.Platform, Tags: maps.Clone(n.Tags),
			State: n.state, Online: f.reachable(n), Missing: len(n.missing(n.scheduled())),
			RebootPending: n.has(statePendingReboot), Compliant: n.lastRecord() == nil || n.lastRecord().compliant(),
			Rebooting:     n.rebooting,
			InstallBroken: f.find(CommandFails, n, func(fault *Fault) bool { return fault.Operation != "Scan" }) != nil,
		}
		if n.running != nil {
			s.Operation = n.running.command.operation
		}
		list = append(list, s)
	}
	return list
}
