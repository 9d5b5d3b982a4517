package patchbot_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// longestFile is in lines. The linter holds the length of functions.
const longestFile = 300

func TestAFileOfSourceHasOneSubject(t *testing.T) {
	seen := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != "." {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		seen++
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		require.LessOrEqual(t, bytes.Count(source, []byte("\n")), longestFile, "%s: give what is in it a file each", path)
		return nil
	}))
	require.Greater(t, seen, 100)
}
