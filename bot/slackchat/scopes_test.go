package slackchat_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat"
)

// calledMethods lists the methods of slack-go's client that the sources of folders call.
func calledMethods(t *testing.T, folders ...string) map[string]bool {
	t.Helper()
	client, called := reflect.TypeFor[*slack.Client](), map[string]bool{}
	for _, folder := range folders {
		paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, paths, folder)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && strings.HasSuffix(s.Sel.Name, "Context") {
					if _, ok := client.MethodByName(s.Sel.Name); ok {
						called[s.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	return called
}

func TestEveryWebAPIMethodThatIsCalledHasItsScopes(t *testing.T) {
	known := map[string]bool{}
	for _, m := range slackchat.Methods() {
		known[m.Call] = true
	}
	commands := filepath.Join("..", "..", "cmd", "patchbot")
	require.Equal(t, known, calledMethods(t, ".", filepath.Join(commands, "doctor"), filepath.Join(commands, "setup"), filepath.Join(commands, "installation")))
}
