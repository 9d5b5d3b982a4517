// Package terminal gives a command what it reads and writes, and the error of a command
// line that cannot be carried out.
package terminal

import "io"

// Terminal is what a command reads and writes.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer
}

// UsageError is a command line that cannot be carried out, e.g. "--speed is 0, expected a
// number above 0".
type UsageError string

func (e UsageError) Error() string { return string(e) }
