package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
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
		require.Less(t, info.Size(), int64(6_000_000), name)
		archive, err := zip.OpenReader(filepath.Join(out, name+".zip"))
		require.NoError(t, err)
		require.Len(t, archive.File, 1)
		require.Equal(t, "bootstrap", archive.File[0].Name)
		require.Equal(t, os.FileMode(0o755), archive.File[0].Mode().Perm())
		require.NoError(t, archive.Close())
	}

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
