package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachFunctionIsOneSmallBootstrap(t *testing.T) {
	out := t.TempDir()
	// This machine's architecture: its packages are compiled already.
	require.NoError(t, bundle(functions, runtime.GOARCH, out, io.Discard))
	for _, name := range functions {
		info, err := os.Stat(filepath.Join(out, name+".zip"))
		require.NoError(t, err)
		most := int64(6_500_000)
		if name == "interact" {
			most = 9_000_000 // its approval page needs html/template, which keeps every exported method
		}
		require.Less(t, info.Size(), most, name)
		archive, err := zip.OpenReader(filepath.Join(out, name+".zip"))
		require.NoError(t, err)
		require.Len(t, archive.File, 1)
		require.Equal(t, "bootstrap", archive.File[0].Name)
		require.Equal(t, os.FileMode(0o755), archive.File[0].Mode().Perm())
		require.NoError(t, archive.Close())
	}

	sums, err := os.ReadFile(filepath.Join(out, checksums))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(sums)), "\n")
	require.Len(t, lines, 2*len(functions))
	for _, line := range lines {
		sum, name, ok := strings.Cut(line, "  ")
		require.True(t, ok, line)
		content, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		require.Equal(t, sum, fmt.Sprintf("%x", sha256.Sum256(content)), name)
	}
	bom, err := os.ReadFile(filepath.Join(out, "interact.sbom.txt"))
	require.NoError(t, err)
	require.Contains(t, string(bom), "dep\tgithub.com/slack-go/slack\tv0.35.0\th1:")

	again := t.TempDir()
	require.NoError(t, bundle(functions[:1], runtime.GOARCH, again, io.Discard))
	name := functions[0] + ".zip"
	first, err := os.ReadFile(filepath.Join(out, name))
	require.NoError(t, err)
	second, err := os.ReadFile(filepath.Join(again, name))
	require.NoError(t, err)
	require.True(t, bytes.Equal(first, second), "the same source gives the same bytes")
}

func TestAnArchitectureThatLambdaLacksIsRefused(t *testing.T) {
	require.ErrorContains(t, bundle(functions, "riscv64", t.TempDir(), io.Discard), "expected arm64 or amd64")
}
