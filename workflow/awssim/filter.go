package awssim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// tag is a tag as both services write it.
type tag struct {
	Key   string
	Value string
}

// tagList returns tags in the order of their keys, never nil.
func tagList(tags map[string]string) []tag {
	list := make([]tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{key, tags[key]})
	}
	return list
}

// ec2Filter is met when one of its values matches one of the resource's.
type ec2Filter struct {
	Name   string
	Values []string
}

// checkFilters refuses names that are neither known nor about tags.
func checkFilters(filters []ec2Filter, known ...string) error {
	for _, f := range filters {
		if !slices.Contains(known, f.Name) && f.Name != "tag-key" && !strings.HasPrefix(f.Name, "tag:") {
			return ec2Error("InvalidParameterValue", "The filter '%s' is invalid", f.Name)
		}
	}
	return nil
}

// meets reports whether all filters match a resource with these tags, whose other
// filter values are in values.
func meets(filters []ec2Filter, tags map[string]string, values map[string]string) bool {
	for _, f := range filters {
		var have []string
		if key, ok := strings.CutPrefix(f.Name, "tag:"); ok {
			if value, ok := tags[key]; ok {
				have = []string{value}
			}
		} else if f.Name == "tag-key" {
			have = slices.Collect(maps.Keys(tags))
		} else {
			have = []string{values[f.Name]}
		}
		if !slices.ContainsFunc(f.Values, func(pattern string) bool { return anyMatches(pattern, have) }) {
			return false
		}
	}
	return true
}

// anyMatches compares with EC2's wildcards: * for any characters, ? for one. A
// backslash takes their meaning away. Case counts.
func anyMatches(pattern string, values []string) bool {
	if !strings.ContainsAny(pattern, `*?\`) {
		return slices.Contains(values, pattern)
	}
	expression := regexp.QuoteMeta(pattern)
	expression = strings.NewReplacer(`\\\*`, `\*`, `\\\?`, `\?`, `\*`, `.*`, `\?`, `.`).Replace(expression)
	return slices.ContainsFunc(values, regexp.MustCompile(`(?s)^`+expression+`$`).MatchString)
}
