package moduletest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var declared = regexp.MustCompile(`(?m)^(variable|output) "(\w+)"`)

func TestTheREADMENamesEveryVariableAndOutput(t *testing.T) {
	readme, err := os.ReadFile(moduleFolder + "/README.md")
	require.NoError(t, err)
	files, err := filepath.Glob(moduleFolder + "/*.tf")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range declared.FindAllStringSubmatch(string(source), -1) {
			require.Contains(t, string(readme), "`"+name[2]+"`", "%s in %s", name[1], file)
			found++
		}
	}
	require.Greater(t, found, 40)
}
