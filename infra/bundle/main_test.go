package main

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	require.NoError(t, bundle("arm64", first, io.Discard))
	require.NoError(t, bundle("arm64", second, io.Discard))
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
		require.Equal(t, elf.EM_AARCH64, machineOf(t, archive.File[0]))
		require.NoError(t, archive.Close())
	}
}

func TestAnArchitectureThatLambdaLacksIsRefused(t *testing.T) {
	require.ErrorContains(t, bundle("riscv64", t.TempDir(), io.Discard), "expected arm64 or amd64")
}

// machineOf is the processor that a bootstrap is for.
func machineOf(t *testing.T, f *zip.File) elf.Machine {
	t.Helper()
	r, err := f.Open()
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	binary, err := elf.NewFile(bytes.NewReader(content))
	require.NoError(t, err)
	return binary.Machine
}
