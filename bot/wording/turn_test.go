package wording_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/wording"
)

func TestPlacesInARow(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th",
		20: "20th", 21: "21st", 102: "102nd", 111: "111th", 113: "113th", 1003: "1003rd"} {
		require.Equal(t, want, wording.Ordinal(n))
	}
	require.Equal(t, "1 is patched at a time", wording.AtATime(1))
	require.Equal(t, "3 are patched at a time", wording.AtATime(3))
}
