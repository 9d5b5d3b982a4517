package moduletest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// moduleFolder is where the module is, seen from this package.
const moduleFolder = ".."

// terraform runs Terraform in a copy of the module, so that nothing of it stays in the tree.
type terraform struct {
	root string   // holds infra/ and workflow/ as the repository does
	env  []string // what the tests add to the environment
}

// newTerraform copies the module and finds the AWS provider. Without Terraform or the
// provider it skips the test, except where the environment variable CI is set.
func newTerraform(t *testing.T) terraform {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		unavailable(t, err.Error())
	}
	tf := terraform{root: t.TempDir()}
	copyFiles(t, moduleFolder, filepath.Join(tf.root, "infra"), "*.tf", "*.hcl")
	copyFiles(t, "../../workflow", filepath.Join(tf.root, "workflow"), "*.asl.yaml")
	tf.env = []string{
		"TF_CLI_CONFIG_FILE=" + writeCLIConfig(t, tf.root),
		"TF_DATA_DIR=", "TF_CLI_ARGS=", "TF_WORKSPACE=", "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		"TF_VAR_packages_dir=" + writePackages(t),
	}
	if out, code := tf.init(t, "infra/modules/patch-policies"); code != 0 {
		unavailable(t, "the AWS provider cannot be installed:\n"+out)
	}
	return tf
}

// installing is held during an init, since two at once would break a shared plugin cache.
var installing sync.Mutex

func (tf terraform) init(t *testing.T, dir string) (string, int) {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	return tf.run(t, dir, "init", "-input=false", "-no-color")
}

func (tf terraform) mustInit(t *testing.T, dir string) {
	t.Helper()
	out, code := tf.init(t, dir)
	require.Zero(t, code, "terraform init in %s:\n%s", dir, out)
}

// run runs Terraform in a folder of the copy and returns what it printed and its exit code.
func (tf terraform) run(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "terraform", args...)
	cmd.Dir = filepath.Join(tf.root, dir)
	cmd.Env = append(os.Environ(), tf.env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// must runs Terraform and fails the test when it fails.
func (tf terraform) must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, code := tf.run(t, dir, args...)
	require.Zero(t, code, "terraform %s in %s:\n%s", strings.Join(args, " "), dir, out)
	return out
}

// writeCLIConfig points Terraform at a provider that is installed on this machine, or else
// at a plugin cache that all runs share: the provider has 600 MB.
func writeCLIConfig(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "terraform.rc")
	config := ""
	if mirror := findMirror(); mirror != "" {
		config = "provider_installation {\n  filesystem_mirror {\n    path = " + quote(mirror) + "\n  }\n}\n"
	} else {
		cache, err := os.UserCacheDir()
		require.NoError(t, err)
		cache = filepath.Join(cache, "patchbot", "terraform-plugins")
		require.NoError(t, os.MkdirAll(cache, 0o755))
		config = "plugin_cache_dir = " + quote(cache) + "\n"
	}
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	return path
}

func quote(path string) string { return `"` + filepath.ToSlash(path) + `"` }

// findMirror finds a folder in mirror layout that has the AWS provider.
func findMirror() string {
	home, _ := os.UserHomeDir()
	for _, base := range []string{"/opt", "/usr/share", "/usr/local/share", filepath.Join(home, ".terraform.d")} {
		for _, below := range []string{"", "*", "*/*"} {
			found, _ := filepath.Glob(filepath.Join(base, below, "registry.terraform.io", "hashicorp", "aws"))
			if len(found) > 0 {
				return filepath.Dir(filepath.Dir(filepath.Dir(found[0])))
			}
		}
	}
	return ""
}

// copyFiles copies the files with one of the patterns, with their folders.
func copyFiles(t *testing.T, from, to string, patterns ...string) {
	t.Helper()
	wanted := func(name string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := filepath.Match(p, name); return ok })
	}
	require.NoError(t, filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == ".terraform" {
			return fs.SkipDir
		}
		if entry.IsDir() || !wanted(entry.Name()) || entry.Name() == ".terraform.lock.hcl" {
			return nil
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	}))
}

// writePackages makes packages that no function could run, but that Terraform can upload.
func writePackages(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, function := range functions {
		var data bytes.Buffer
		archive := zip.NewWriter(&data)
		file, err := archive.Create("bootstrap")
		require.NoError(t, err)
		_, err = file.Write([]byte("#!/bin/sh\n"))
		require.NoError(t, err)
		require.NoError(t, archive.Close())
		require.NoError(t, os.WriteFile(filepath.Join(dir, function+".zip"), data.Bytes(), 0o600))
	}
	return dir
}

func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("this test needs Terraform and its AWS provider, and CI may not skip it: %s", why)
	}
	t.Skipf("this test needs Terraform and its AWS provider: %s", why)
}
