package main

import (
	"archive/zip"
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
		require.NoError(t, archive.Close())
	}
}

func TestBothArchitecturesAreBuilt(t *testing.T) {
	for arch, machine := range map[string]elf.Machine{"arm64": elf.EM_AARCH64, "amd64": elf.EM_X86_64} {
		binary := filepath.Join(t.TempDir(), "notify")
		require.NoError(t, build("notify", arch, binary))
		f, err := elf.Open(binary)
		require.NoError(t, err)
		require.Equal(t, machine, f.Machine)
		require.NoError(t, f.Close())
	}
	require.ErrorContains(t, bundle("riscv64", t.TempDir(), io.Discard), "expected arm64 or amd64")
}
