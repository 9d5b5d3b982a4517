package awssim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Policy is a patch policy of Quick Setup on an instance: a patch baseline of its own
// beside the account's default one. Its scheduled scans ([Fleet.Scan]) and the
// commands with exactly its Override go by it; all others go by the default baseline
// and [Instance].Missing, whatever override they name.
type Policy struct {
	// Override is the BaselineOverride of its runs, e.g.
	// "s3://aws-quicksetup-patchpolicy-123456789012-q4k2x/baseline_overrides.json".
	Override   string
	BaselineID string  // what its runs report, e.g. "pb-0c10e65780EXAMPLE"; default: the default baseline's
	Missing    []Patch // what its baseline approves and the instance lacks
}

// baseline is what a run compares a machine with.
type baseline struct {
	id    string
	scope scope
}

// scope is a baseline that approves a patch. A patch that all of them approve has none.
type scope string

const (
	byDefault scope = "default baseline"
	byPolicy  scope = "policy"
)

// baseline of a run with this BaselineOverride, which may be empty.
func (n *node) baseline(override string) baseline {
	if n.Policy != nil && override != "" && override == n.Policy.Override {
		return n.scheduled()
	}
	return baseline{baselineID, byDefault}
}

// scheduled is the baseline of the runs that come by themselves.
func (n *node) scheduled() baseline {
	if n.Policy == nil {
		return baseline{baselineID, byDefault}
	}
	return baseline{cmp.Or(n.Policy.BaselineID, baselineID), byPolicy}
}

func (p *Policy) clone() *Policy {
	if p == nil {
		return nil
	}
	copied := *p
	copied.Missing = slices.Clone(p.Missing)
	return &copied
}

// missingEntries lists what the baselines find missing, what both do only once.
func (i Instance) missingEntries() []patchEntry {
	list := entries(i.Missing, stateMissing, time.Time{})
	if i.Policy == nil {
		return list
	}
	for k := range list {
		if !hasTitle(i.Policy.Missing, list[k].Title) {
			list[k].only = byDefault
		}
	}
	for _, e := range entries(i.Policy.Missing, stateMissing, time.Time{}) {
		if !hasTitle(i.Missing, e.Title) {
			e.only = byPolicy
			list = append(list, e)
		}
	}
	return list
}

func hasTitle(patches []Patch, title string) bool {
	return slices.ContainsFunc(patches, func(p Patch) bool { return p.Title == title })
}

// missingFor reports whether the patch is missing by the baseline.
func (e patchEntry) missingFor(b baseline) bool {
	return e.state == stateMissing && (e.only == "" || e.only == b.scope)
}

// visibleTo reports whether a run by the baseline speaks of the patch.
func (e patchEntry) visibleTo(b baseline) bool { return e.state != stateMissing || e.missingFor(b) }

// reports reports whether a run with this BaselineOverride updates the patch
// compliance of its machine. The Systems Manager guide says of the parameter that with
// an override from a bucket of one's own it does not: only patch policies do.
func reports(override string) bool {
	return override == "" || strings.HasPrefix(bucketOf(override), "aws-quicksetup-patchpolicy-")
}

// bucketOf is the S3 bucket in an address s3://BUCKET/…, https://s3.REGION.…/BUCKET/…
// or https://BUCKET.s3.….
func bucketOf(address string) string {
	if path, ok := strings.CutPrefix(address, "s3://"); ok {
		bucket, _, _ := strings.Cut(path, "/")
		return bucket
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
	if strings.HasPrefix(host, "s3.") || strings.HasPrefix(host, "s3-") {
		bucket, _, _ := strings.Cut(path, "/")
		return bucket
	}
	bucket, _, _ := strings.Cut(host, ".")
	return bucket
}
