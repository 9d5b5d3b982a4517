// Command bundle builds the Lambda functions into dist/*.zip, each holding one bootstrap
// for provided.al2023. The same source gives the same bytes, whoever builds it.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// functions are the commands that become Lambda functions.
var functions = []string{"notify", "interact", "progress"}

func main() {
	arch := flag.String("arch", "arm64", "arm64 or amd64")
	out := flag.String("out", "dist", "folder for the zip files")
	flag.Parse()
	if err := bundle(functions, *arch, *out, os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// bundle writes one zip file a function and prints its size.
func bundle(names []string, arch, out string, report io.Writer) error {
	if arch != "arm64" && arch != "amd64" {
		return fmt.Errorf("-arch is %q, expected arm64 or amd64: Lambda has no other", arch)
	}
	if err := os.MkdirAll(out, 0o755); err != nil { // #nosec G301 -- what is released is for everybody to read
		return err
	}
	scratch, err := os.MkdirTemp("", "bundle")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	for _, name := range names {
		binary := filepath.Join(scratch, name)
		if err := build(name, arch, binary); err != nil {
			return err
		}
		size, err := pack(binary, filepath.Join(out, name+".zip"))
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		_, _ = fmt.Fprintf(report, "%s.zip  %s  %.2f MB\n", filepath.Join(out, name), arch, float64(size)/1e6)
		if err := describe(binary, filepath.Join(out, name+".sbom.txt")); err != nil {
			return fmt.Errorf("list what %s is made of: %w", name, err)
		}
	}
	return sum(names, out)
}

// describe writes what a binary is made of: the Go version and every module with its version
// and checksum, as `go version -m` reads them out of the binary.
func describe(binary, target string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	return os.WriteFile(target, []byte(info.String()), 0o644) // #nosec G306 -- what is released is for everybody to read
}

// checksums is the file that `sha256sum -c` reads.
const checksums = "SHA256SUMS"

// sum writes the checksums of all that is released.
func sum(names []string, out string) error {
	var lines strings.Builder
	for _, name := range names {
		for _, file := range []string{name + ".sbom.txt", name + ".zip"} {
			content, err := os.ReadFile(filepath.Join(out, file)) // #nosec G304 -- the names are our own
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(content), file)
		}
	}
	return os.WriteFile(filepath.Join(out, checksums), []byte(lines.String()), 0o644) // #nosec G306 -- what is released is for everybody to read
}

// build compiles one function. Nothing of this machine enters the binary: no paths, no
// version control state, no build id.
func build(name, arch, binary string) error {
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", // #nosec G204 -- the names are our own
		"-ldflags", "-s -w -buildid=", "-o", binary, "github.com/patchbot/patchbot/cmd/"+name)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0", "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, bytes.TrimSpace(output))
	}
	return nil
}

// pack writes a zip file with one executable named bootstrap, as provided.al2023 wants it.
func pack(binary, target string) (size int, err error) {
	content, err := os.ReadFile(binary) // #nosec G304 -- the file was built just now
	if err != nil {
		return 0, err
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o755)
	entry, err := w.CreateHeader(header)
	if err != nil {
		return 0, err
	}
	if _, err := entry.Write(content); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return archive.Len(), os.WriteFile(target, archive.Bytes(), 0o644) // #nosec G306 -- what is released is for everybody to read
}
