package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// server is a row.
type server struct {
	name  string
	disks int
	since time.Time
}

var columns = []Column[server]{
	{"name", func(s server) any { return s.name }},
	{"disks", func(s server) any {
		if s.disks == 0 {
			return nil
		}
		return s.disks
	}},
	{"since", func(s server) any { return s.since }},
}

var at = time.Date(2026, 11, 24, 13, 0, 0, 5000, time.FixedZone("CET", 3600))

func printed(t *testing.T, format Format, rows ...server) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Write(&out, format, columns, rows))
	return out.String()
}

func TestRowsInEachFormat(t *testing.T) {
	rows := []server{{"web-1", 2, at}, {"a \"b\", c", 0, at}}
	require.Equal(t, "name      disks  since\nweb-1     2      2026-11-24T12:00:00Z\na \"b\", c  -      2026-11-24T12:00:00Z\n", printed(t, Table, rows...))
	require.Equal(t, "name,disks,since\nweb-1,2,2026-11-24T12:00:00Z\n\"a \"\"b\"\", c\",,2026-11-24T12:00:00Z\n", printed(t, CSV, rows...))
	require.Equal(t, "[\n  {\"name\": \"web-1\", \"disks\": 2, \"since\": \"2026-11-24T12:00:00Z\"},\n  {\"name\": \"a \\\"b\\\", c\", \"disks\": null, \"since\": \"2026-11-24T12:00:00Z\"}\n]\n", printed(t, JSON, rows...))
	require.Equal(t, "[]\n", printed(t, JSON))
	require.Equal(t, "name,disks,since\n", printed(t, CSV))
	require.ErrorContains(t, Write(&bytes.Buffer{}, "xml", columns, nil), `the format is "xml", expected table, csv or json`)
}

func TestNoCellOfACSVIsAFormula(t *testing.T) {
	for _, name := range []string{"=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"} {
		lines, err := csv.NewReader(strings.NewReader(printed(t, CSV, server{name: name}))).ReadAll()
		require.NoError(t, err)
		require.Equal(t, byte('\''), lines[1][0][0], "%q", name)
	}
	require.Contains(t, printed(t, CSV, server{name: "web-1=2"}), "\nweb-1=2,", "what only holds one stays as it is")
}

func TestTextFromOutsideDoesNotSteerTheTerminal(t *testing.T) {
	evil := "\x1b[2Jweb\n1\u202e" + strings.Repeat("x", 1000)
	out := printed(t, Table, server{name: evil})
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "\u202e")
	require.Equal(t, 2, strings.Count(out, "\n"))
	require.Less(t, len(out), 500)

	var rows []struct{ Name string }
	require.NoError(t, json.Unmarshal([]byte(printed(t, JSON, server{name: evil})), &rows))
	require.Equal(t, evil, rows[0].Name, "programs get all of it")
}
