package bot

import (
	"cmp"
	"time"

	"github.com/patchbot/patchbot/workflow"
)

// first makes the request of the first notification of an execution.
func first(n workflow.Notification) Change {
	r := Request{
		ID:           RequestID(n.ExecutionARN),
		ExecutionARN: n.ExecutionARN,
		CreatedAt:    n.OccurredAt,
		Instance: Instance{ID: n.InstanceID, Name: n.InstanceID,
			Region: workflow.Region(n.ExecutionARN), Account: workflow.Account(n.ExecutionARN)},
	}
	d, ok := n.Detail.(workflow.ApprovalRequested)
	if !ok {
		return r.advance(n)
	}
	r.Status = StatusAsked
	r.Instance.Name = cmp.Or(Tidy(tag(d.Instance.Tags, TagName), keptName), n.InstanceID)
	r.Instance.Platform = Tidy(d.Instance.Platform.String(), keptName)
	r.Instance.Volumes, r.Instance.RootVolumeID = len(d.Instance.VolumeIDs), d.Instance.RootVolumeID()
	for _, gib := range d.Instance.VolumeSizes {
		r.Instance.VolumeGiB += gib
	}
	r.Severity, r.Before = d.Severity, d.Counts
	r.Patches = kept(d.Missing())
	r.Rehearsal = d.Rehearsal
	r.Owner, r.Group = tag(d.Instance.Tags, TagOwner), groupOf(d.Instance.Tags)
	r.NoBackup, r.Hooks = noBackup(d), hooksOf(d)
	r.WithBackup = d.Backup && r.NoBackup == ""
	r.AnswerBy = n.OccurredAt.Add(time.Duration(d.AnswerWithinSeconds) * time.Second)
	r.ScheduleWithin = time.Duration(d.ScheduleWithinSeconds) * time.Second
	r.Freeze = freezeOf(d.Freeze, n.OccurredAt)
	r.ApprovalToken = n.Token
	return r.with(lookExecution, render)
}

// What is kept of text that comes from outside, in characters: no inventory and no error may
// make a request too large to be saved, and so keep a question from being asked.
const (
	keptName  = 256 // Amazon EC2's limit for a tag's value
	keptCause = 1000
	keptTitle = 200
	keptID    = 100
	keptWord  = 40 // a severity, a state
	keptCVE   = 20 // e.g. CVE-2024-50264
	keptCVEs  = 20 // of a patch
)

// kept is what is kept of patches.
func kept(patches []workflow.Patch) []workflow.Patch {
	var tidied []workflow.Patch
	for _, p := range patches {
		tidy := workflow.Patch{Title: Tidy(p.Title, keptTitle), KBID: Tidy(p.KBID, keptID), Classification: Tidy(p.Classification, keptWord),
			Severity: Tidy(p.Severity, keptWord), State: Tidy(p.State, keptWord)}
		for _, cve := range p.CVEs[:min(len(p.CVEs), keptCVEs)] {
			tidy.CVEs = append(tidy.CVEs, Tidy(cve, keptCVE))
		}
		tidied = append(tidied, tidy)
	}
	return tidied
}
