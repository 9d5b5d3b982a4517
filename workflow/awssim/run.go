package awssim

import (
	"cmp"
	"slices"
	"time"
)

// A command's way through a machine: send, deliver, start, work and, after an
// Install, perhaps a reboot; then end. Everything here runs with the lock held.

// lockWait is how long a patch script tries for the lock another one holds.
const lockWait = time.Second

// outcome is how an invocation ends.
type outcome struct {
	status  string
	details string // default: the status
	code    int
	stderr  string
}

func (f *Fleet) send(c *command, n *node) {
	i := &invocation{command: c, node: n, status: "Pending", details: "Pending", code: -1}
	c.invocations = append(c.invocations, i)
	f.after(f.config.DeliveryTime, func() { f.deliver(i) })
	f.after(f.expiry(c), func() {
		if i.started.IsZero() {
			f.end(i, outcome{status: "TimedOut", details: "DeliveryTimedOut", code: -1})
		}
	})
}

// deliver starts the command if the machine can hear it, and is tried again when
// the machine comes back.
func (f *Fleet) deliver(i *invocation) {
	switch {
	case !i.open() || !i.started.IsZero():
	case !i.node.managed():
		f.end(i, outcome{status: "Failed", details: "Undeliverable", code: -1})
	case i.node.state != "running":
		i.status, i.details = "Delayed", "Delayed"
	case f.reachable(i.node):
		if fault, refused := f.strike(CommandFails, i.node, func(fault *Fault) bool {
			return fault.hits(i.command) && neverDelivered(fault.StatusDetails)
		}); refused {
			f.end(i, outcome{status: "Failed", details: fault.StatusDetails, code: -1})
			return
		}
		f.start(i)
	}
}

// neverDelivered reports whether an invocation with these StatusDetails ended
// before its machine heard of it (Systems Manager guide, "Understanding command
// statuses").
func neverDelivered(details string) bool {
	return slices.Contains([]string{"DeliveryTimedOut", "Undeliverable", "AccessDenied", "InvalidPlatform", "Terminated"}, details)
}

// wake goes on with what waited for the machine.
func (f *Fleet) wake(n *node) {
	if n.hung && !f.broken(RebootHangs, n) {
		n.hung = false
		n.boot()
		return
	}
	for _, c := range f.commands {
		for _, i := range c.invocations {
			switch {
			case i.node != n || !i.open():
			case i.stalled:
				f.work(i)
			case f.now().Sub(c.requested) >= f.config.DeliveryTime:
				f.deliver(i)
			}
		}
	}
}

func (f *Fleet) start(i *invocation) {
	i.status, i.details, i.started = "InProgress", "InProgress", f.now()
	f.emitCommand(i)
	f.after(f.config.ExecutionTimeout, func() {
		f.end(i, outcome{status: "TimedOut", details: "ExecutionTimedOut", code: -1})
	})
	if i.command.patches() && i.node.running != nil {
		f.after(lockWait, func() {
			f.end(i, outcome{status: "Failed", code: 1, stderr: "Cannot acquire lock: another patching operation is running on this node.\n"})
		})
		return
	}
	if i.command.patches() {
		i.node.running = i
	}
	f.after(f.runTime(i.command), func() { f.work(i) })
}

// runTime is how long a command runs, if nothing comes between.
func (f *Fleet) runTime(c *command) time.Duration {
	switch {
	case slices.Contains(f.documents, c.documentName()):
		return f.config.DocumentTime
	case c.operation == "Scan":
		return f.config.ScanTime
	}
	return f.config.PatchTime
}

// work does what the command was sent for, at the end of the time it takes.
func (f *Fleet) work(i *invocation) {
	if !i.open() {
		return
	}
	_, hangs := f.strikeCommand(CommandHangs, i)
	if i.stalled = hangs || !f.reachable(i.node); i.stalled {
		return
	}
	if fault, fails := f.strikeCommand(CommandFails, i); fails {
		f.end(i, fault.outcome())
		return
	}
	switch {
	case !i.command.patches():
		f.end(i, outcome{status: "Success"})
		return
	case i.command.operation == "Install":
		f.install(i)
		return
	}
	f.finish(i, f.scanRecord(i.node, i.baseline(), i.started), outcome{status: "Success"})
}

// outcome of a command that the fault spoils.
func (fault Fault) outcome() outcome {
	return outcome{
		status:  "Failed",
		details: fault.StatusDetails,
		code:    cmp.Or(fault.ExitCode, 1),
		stderr:  cmp.Or(fault.Stderr, "failed to run commands: exit status 1\n"),
	}
}

// install brings the patches onto the machine. With RebootIfNeeded it reboots
// after any installed patch, whether or not that patch asks for it, and when an
// older one still waits for a reboot: so does AWS.
func (f *Fleet) install(i *invocation) {
	n, end, keep := i.node, outcome{status: "Success"}, 0
	if fault, partial := f.strikeCommand(InstallIsPartial, i); partial {
		keep = cmp.Or(fault.Patches, 1)
		if fault.ExitCode != 0 {
			end = fault.outcome()
		}
	}
	if fault, late := f.strikeCommand(InstallFailsLate, i); late {
		end = fault.outcome()
	}
	installed := n.install(i.baseline(), keep, f.now())
	failed := n.missing(i.baseline())
	for k := range failed {
		failed[k].state = stateFailed
	}
	finish := func() {
		f.finish(i, f.installRecord(i, failed), end)
	}
	if i.command.rebootOption == noReboot || installed == 0 && !n.has(statePendingReboot) {
		finish()
		return
	}
	f.reboot(n, finish)
}

// reboot takes the machine away for a while, and tells when it is back.
func (f *Fleet) reboot(n *node, back func()) {
	n.rebooting = true
	n.reboots++
	n.boot = func() {
		n.finishReboot()
		f.checksInitialize(n)
		back()
		f.wake(n)
	}
	f.after(f.config.RebootTime, func() {
		if n.hung = f.broken(RebootHangs, n); !n.hung {
			n.boot()
		}
	})
}

// end closes an invocation; a second end changes nothing.
func (f *Fleet) end(i *invocation, with outcome) {
	if !i.open() {
		return
	}
	i.status, i.details = with.status, cmp.Or(with.details, with.status)
	i.code, i.stderr, i.ended, i.stalled = with.code, with.stderr, f.now(), false
	if i.node.running == i {
		i.node.running = nil
		if r := cmp.Or(i.report, i.node.lastRecord()); r != nil && (with.status == "Success" || with.status == "Failed") {
			i.stdout = f.summary(i.node, r)
		}
	}
	i.hold = f.newHold(StatusLags, i.node, 0, func(fault *Fault) bool {
		return fault.hits(i.command) && fault.isAbout(CommandEvent)
	})
	f.emitCommand(i)
}
