// Package table prints rows for people, as a table; for spreadsheets, as CSV; or for programs,
// as JSON.
package table

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// Format is how rows are printed.
type Format string

// The formats.
const (
	Table Format = "table"
	CSV   Format = "csv"
	JSON  Format = "json"
)

// Column is one column of rows of a type.
type Column[R any] struct {
	Name string // e.g. "median_minutes"
	// Value is a string, an int, a time, which is printed as RFC 3339 in UTC, or nil for none.
	Value func(R) any
}

// Write prints rows in a format.
func Write[R any](w io.Writer, format Format, columns []Column[R], rows []R) error {
	cells := make([][]any, len(rows))
	for i, row := range rows {
		for _, c := range columns {
			cells[i] = append(cells[i], c.Value(row))
		}
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	switch format {
	case CSV:
		return writeCSV(w, names, cells)
	case JSON:
		return writeJSON(w, names, cells)
	case Table:
		return writeTable(w, names, cells)
	}
	return fmt.Errorf("the format is %q, expected %s, %s or %s", format, Table, CSV, JSON)
}

// text is a value in words; empty for none.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	}
	return ""
}

// cellLength is how much of a text a table shows, in characters.
const cellLength = 100

// writeTable aligns columns. Text from outside is made one line of visible characters, so that
// it cannot steer the terminal.
func writeTable(w io.Writer, names []string, rows [][]any) error {
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	lines := [][]string{names}
	for _, row := range rows {
		line := make([]string, len(row))
		for i, value := range row {
			if line[i] = bot.Tidy(text(value), cellLength); line[i] == "" {
				line[i] = "-"
			}
		}
		lines = append(lines, line)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(aligned, strings.Join(line, "\t")); err != nil {
			return err
		}
	}
	return aligned.Flush()
}

func writeCSV(w io.Writer, names []string, rows [][]any) error {
	out := csv.NewWriter(w)
	if err := out.Write(names); err != nil {
		return err
	}
	for _, row := range rows {
		line := make([]string, len(row))
		for i, value := range row {
			line[i] = inert(text(value))
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert puts an apostrophe before what a spreadsheet would take for a formula, which could run a
// program or send the sheet away: cells that begin with = + - @, a tab or a carriage return. Names
// of owners and instances are tags, which many people can set.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// writeJSON prints a list of objects, one a line, whose members stand in the order of the columns.
func writeJSON(w io.Writer, names []string, rows [][]any) error {
	var out strings.Builder
	out.WriteString("[")
	for n, row := range rows {
		if n > 0 {
			out.WriteString(",")
		}
		out.WriteString("\n  {")
		for i, value := range row {
			if at, ok := value.(time.Time); ok {
				value = text(at)
			}
			data, err := json.Marshal(value)
			if err != nil {
				return fmt.Errorf("encode %s: %w", names[i], err)
			}
			if i > 0 {
				out.WriteString(", ")
			}
			fmt.Fprintf(&out, "%q: %s", names[i], data)
		}
		out.WriteString("}")
	}
	if len(rows) > 0 {
		out.WriteString("\n")
	}
	out.WriteString("]\n")
	_, err := io.WriteString(w, out.String())
	return err
}
