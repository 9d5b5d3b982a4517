package wiring

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// named are the first groups of what a pattern finds in some files, in order, each once.
func named(t *testing.T, pattern string, globs ...string) (names []string) {
	t.Helper()
	for _, glob := range globs {
		files, err := filepath.Glob(glob)
		require.NoError(t, err)
		require.NotEmpty(t, files, glob)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, found := range regexp.MustCompile(pattern).FindAllSubmatch(data, -1) {
				names = append(names, string(found[1]))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestTheREADMEHasEverySettingByOwnerAndByTag compares the columns of its table with the tags that the code
// reads, the attributes of an owner's entry, and the module's variables.
func TestTheREADMEHasEverySettingByOwnerAndByTag(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "\n## Settings by owner and by tag\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var columns [5][]string // the names in each
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) == 7 {
			require.NotEmpty(t, strings.TrimSpace(cells[1]), line)
			for i, cell := range cells[1:6] {
				for _, name := range regexp.MustCompile("`([A-Za-z_-]+)`").FindAllStringSubmatch(cell, -1) {
					columns[i] = append(columns[i], name[1])
				}
			}
		}
	}

	tags := named(t, `(?m)^(?:const)?\s*(?:Tag[A-Z]\w*|PolicyTag)\s*= "([A-Za-z-]+)"`, "../../bot/*.go", "../../workflow/*.go")
	require.Greater(t, len(tags), 8)
	require.ElementsMatch(t, tags, columns[1])

	variables, err := os.ReadFile("../../infra/variables_owners.tf")
	require.NoError(t, err)
	_, entry, _ := strings.Cut(string(variables), `variable "owners"`)
	entry, _, _ = strings.Cut(entry, "validation {")
	var attributes []string
	for _, a := range regexp.MustCompile(`(?m)^    (\w+)\s+= optional`).FindAllStringSubmatch(entry, -1) {
		attributes = append(attributes, a[1])
	}
	require.Greater(t, len(attributes), 12)
	require.ElementsMatch(t, attributes, columns[2])

	require.Subset(t, named(t, `(?m)^variable "(\w+)"`, "../../infra/variables*.tf"), columns[3])
}
