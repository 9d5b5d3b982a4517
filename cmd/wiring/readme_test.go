package wiring

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheREADMENamesEveryVariable(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, v := range Variables() {
		require.Contains(t, string(readme), "| `"+v.Name+"` |")
	}
}
