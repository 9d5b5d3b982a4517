package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func TestTextFromOutsideIsTidied(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"spaces and line breaks":     {" a\t\nb\u2028c\u00a0d ", "a b c d"},
		"an escape sequence":         {"\x1b[31mred\x1b[0m\a", "[31mred[0m"},
		"a text that reads backward": {"safe\u202egnp.exe", "safegnp.exe"},
		"what is not seen":           {"pay\u200bments\ufeff\u00ad", "payments"},
		"what is no text":            {"a\xff\ue000b", "ab"},
		"too much":                   {strings.Repeat("é", 21), strings.Repeat("é", 19) + "…"},
		"just enough":                {strings.Repeat("é", 20), strings.Repeat("é", 20)},
		"emoji of one code point":    {"web 🚀", "web 🚀"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Tidy(c.text, 20)) })
	}
}

func TestNoInventoryKeepsAQuestionFromBeingAsked(t *testing.T) {
	d := approvalRequested()
	d.Instance.Tags[0].Value = strings.Repeat("<", 5000)
	d.Instance.Platform.Names = []string{strings.Repeat("<", 5000)}
	d.Patches = nil
	for i := range 50 {
		p := workflow.Patch{Title: fmt.Sprint(i, strings.Repeat("<", 4096)), KBID: strings.Repeat("<", 4096), Severity: strings.Repeat("<", 4096),
			Classification: strings.Repeat("<", 4096), State: "Missing"}
		for range 200 {
			p.CVEs = append(p.CVEs, strings.Repeat("<", 400))
		}
		d.Patches = append(d.Patches, p)
	}
	r := tell(Request{}, 0, d)
	data, err := json.Marshal(r)
	require.NoError(t, err)
	require.Len(t, r.Patches, 50)
	require.Less(t, len(data), 400_000, "DynamoDB's limit for an item is 400 KB")
}
