package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	require.NoError(t, bundle(runtime.GOARCH, first, io.Discard)) // this machine's: its packages are compiled already
	require.NoError(t, bundle(runtime.GOARCH, second, io.Discard))
	for _, name := range functions {
		a, err := os.ReadFile(filepath.Join(first, name+".zip"))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(second, name+".zip"))
		require.NoError(t, err)
		require.Equal(t, a, b, name)
		require.Less(t, len(a), 6_000_000, name)

		archive, err := zip.OpenReader(filepath.Join(first, name+".zip"))
		require.NoError(t, err)
		require.Len(t, archive.File, 1)
		require.Equal(t, "bootstrap", archive.File[0].Name)
		require.Equal(t, os.FileMode(0o755), archive.File[0].Mode().Perm())
		require.NoError(t, archive.Close())
	}
}

func TestAnArchitectureThatLambdaLacksIsRefused(t *testing.T) {
	require.ErrorContains(t, bundle("riscv64", t.TempDir(), io.Discard), "expected arm64 or amd64")
}
