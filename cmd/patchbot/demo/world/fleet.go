package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// instances are there from the beginning. All but the first are up to date.
var instances = []awssim.Instance{
	{ID: FirstInstance, Name: "web-1", Platform: awssim.AmazonLinux2023, Tags: owned("payments"), Volumes: []awssim.Volume{{}, {SizeGiB: 100}}},
	{ID: "i-05d1f0c2b7a94e318", Name: "web-2", Platform: awssim.AmazonLinux2023, Tags: owned("payments")},
	{ID: "i-0c41e8a7f3b2d6590", Name: "cart-1", Platform: awssim.Ubuntu2204, Tags: owned("checkout"), Volumes: []awssim.Volume{{}, {SizeGiB: 40}}},
	{ID: "i-0a7b93d14e5f26c80", Name: "search-1", Platform: awssim.AmazonLinux2023, Tags: owned("search")},
	{ID: "i-0e62b5907d8c1fa34", Name: "report-1", Platform: awssim.WindowsServer2022, Tags: owned("data"), Volumes: []awssim.Volume{{SizeGiB: 60}}},
	{ID: "i-08f4d2c96ab7e1530", Name: "legacy-1", Platform: awssim.Ubuntu2204, Tags: map[string]string{"patch-policy": "patch-on-approval"}},
}

func owned(owner string) map[string]string {
	return map[string]string{"owner": owner, "patch-policy": "patch-on-approval"}
}

// MakeNonCompliant lets instances lack what their platform's catalogue has, and scans them.
// One that lacked something before gets one patch more, of which the event tells. The clock is
// put forward some minutes where a request has just ended: what is found so soon is taken for
// that request's own scan.
func (w *World) MakeNonCompliant(ids []string) error {
	if err := w.afterLastRequests(ids); err != nil {
		return err
	}
	statuses := map[string]awssim.Status{}
	for _, s := range w.Fleet.Statuses() {
		statuses[s.ID] = s
	}
	for _, id := range ids {
		s, ok := statuses[id]
		if !ok {
			return fmt.Errorf("make %s non-compliant: %w", id, awssim.ErrNoInstance)
		}
		missing := w.published(s.Platform)
		if s.Missing > 0 {
			missing = missing[:1]
		}
		if err := w.publish(id, missing); err != nil {
			return err
		}
		if !s.Compliant { // a scan that finds more of the same sends no event
			if err := w.Fleet.ReportNonCompliance(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// publish lets an instance lack patches, and scans it.
func (w *World) publish(id string, missing []awssim.Patch) error {
	if err := w.Fleet.Publish(id, missing...); err != nil {
		return err
	}
	return w.Fleet.Scan(id)
}

// ownScan is longer than patchbot takes an event for that of a request's own last scan.
const ownScan = 11 * time.Minute

func (w *World) afterLastRequests(ids []string) error {
	for _, id := range ids {
		last, err := w.Store.ByInstance(context.Background(), id, 1)
		if err != nil {
			return fmt.Errorf("look for the last request of %s: %w", id, err)
		}
		if len(last) > 0 && !last[0].Status.Open() {
			w.Clock.Skip(last[0].EndedAt.Add(ownScan))
		}
	}
	return nil
}

// published is the platform's catalogue, in versions that nobody has yet, as a patch baseline
// reports it that knows what is critical.
func (w *World) published(p awssim.Platform) []awssim.Patch {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.patches++
	patches := awssim.WithLevels(awssim.Catalogue(p))
	for i := range patches {
		if w.patches > 1 && p != awssim.WindowsServer2022 {
			patches[i].Title = fmt.Sprintf("%s.%d", patches[i].Title, w.patches)
		}
	}
	return patches
}

// SetOnline takes instances off the network, or brings them back.
func (w *World) SetOnline(ids []string, online bool) {
	for _, id := range ids {
		w.Fleet.Heal(id, awssim.Offline)
		if !online {
			w.Fleet.Break(awssim.Fault{Kind: awssim.Offline, Instance: id})
		}
	}
}

// FailNextInstall lets the next install on each of the instances fail, or no longer.
func (w *World) FailNextInstall(ids []string, fail bool) {
	for _, id := range ids {
		w.Fleet.Heal(id, awssim.CommandFails)
		if fail {
			w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: id, Operation: "Install", Times: 1, ExitCode: 100,
				Stderr: "dpkg: error: dpkg frontend lock was locked by another process"})
		}
	}
}

const (
	patchDaySize = 200
	// mostInstances bounds what a page has to show.
	mostInstances = 1000
)

// ErrFull says that no more instances can be added.
var ErrFull = errors.New("as many instances as a demo can have")

// PatchDay adds instances of all owners and makes them non-compliant at once, or returns ErrFull.
// Every third has the critical patches already.
func (w *World) PatchDay() error {
	first, err := w.addUp(patchDaySize)
	if err != nil {
		return err
	}
	owners := []string{"payments", "checkout", "search", "data"}
	all := w.published(awssim.AmazonLinux2023)
	rest := slices.DeleteFunc(slices.Clone(all), func(p awssim.Patch) bool { return p.ComplianceLevel == "CRITICAL" })
	for n := first + 1; n <= first+patchDaySize; n++ {
		owner, missing := owners[n%len(owners)], all
		if n%3 == 0 {
			missing = rest
		}
		id := fmt.Sprintf("i-0fa%014x", n)
		if err := w.Fleet.AddScanned(awssim.Instance{ID: id, Name: fmt.Sprintf("%s-%d", owner, n+100), Platform: awssim.AmazonLinux2023, Tags: owned(owner)}); err != nil {
			return err
		}
		if err := w.publish(id, missing); err != nil {
			return err
		}
	}
	return nil
}

// addUp counts instances that are about to be added, and returns how many were before.
func (w *World) addUp(more int) (before int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.added+more > mostInstances {
		return 0, ErrFull
	}
	w.added += more
	return w.added - more, nil
}

// InstanceOf is the id of the instance that an execution is about; empty if it names none.
func InstanceOf(e asl.Execution) string {
	var input struct {
		InstanceID string `json:"instance_id"`
		Detail     struct {
			ResourceID string `json:"resource-id"`
		} `json:"detail"`
	}
	if json.Unmarshal(e.Input, &input) != nil || input.InstanceID != "" {
		return input.InstanceID
	}
	return input.Detail.ResourceID
}
