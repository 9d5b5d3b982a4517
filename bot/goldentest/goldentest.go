// Package goldentest compares what tests make with golden files, and rewrites these with the flag
// -update.
package goldentest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// JSON compares v, as indented JSON, with a file.
func JSON(t *testing.T, path string, v any) {
	t.Helper()
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(v))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, got.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path) // #nosec G304 -- a test names its own file
	require.NoError(t, err, "run the package's tests with -update to make it")
	require.Equal(t, string(want), got.String(), "run the package's tests with -update, then read the diff")
}

// Text compares a text with a file.
func Text(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path) // #nosec G304 -- a test names its own file
	require.NoError(t, err, "run the package's tests with -update to make it")
	require.Equal(t, string(want), got, "run the package's tests with -update, then read the diff")
}
