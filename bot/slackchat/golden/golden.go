// Package golden holds everything that patchbot says in Slack, in every state: the golden files
// that the tests of slackchat hold it to, for whoever shows them to a person.
package golden

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed *.json messages/*.json digests/*.json modals/*.json homes/*.json
var files embed.FS

// View is one thing that is said, in one state.
type View struct {
	Group  string          `json:"group"` // e.g. "Messages"
	Name   string          `json:"name"`  // of the state, e.g. "asked"; of a line or refusal with its kind before it
	Text   string          `json:"text"`  // mrkdwn; of a message what notifications and screen readers get, of a modal its title
	Blocks json.RawMessage `json:"blocks,omitempty"`
}

// Views lists all of them, a group after the other, by name.
func Views() ([]View, error) {
	views, err := shown()
	if err != nil {
		return nil, err
	}
	for _, of := range []struct{ group, file string }{
		{"Lines of the thread", "lines.json"},
		{"Lines of a digest's thread", "digest_lines.json"},
		{"Escalations in another channel", "escalations.json"},
		{"Answers to one person", "refusals.json"},
		{"Answers to /patch status", "status_answers.json"},
		{"Answers to /patch approve and reject", "many_answers.json"},
		{"Answers to /patch list", "list_answers.json"},
		{"Answers to /patch history", "history_answers.json"},
		{"Answers to /patch report", "report_answers.json"},
	} {
		texts, err := texts(of.file)
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			views = append(views, View{Group: of.group, Name: name, Text: texts[name]})
		}
	}
	return views, nil
}

// shown lists what has blocks.
func shown() ([]View, error) {
	var views []View
	for _, of := range []struct{ group, folder string }{{"Messages", "messages"}, {"Digests", "digests"}, {"Modals", "modals"}, {"App Home", "homes"}} {
		paths, err := fs.Glob(files, of.folder+"/*.json")
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			v := View{Group: of.group, Name: strings.TrimSuffix(path.Base(p), ".json")}
			if err := read(p, &v); err != nil {
				return nil, err
			}
			views = append(views, v)
		}
	}
	return views, nil
}

// texts reads a file of texts by name, or of those by kind.
func texts(file string) (map[string]string, error) {
	var byKind map[string]json.RawMessage
	if err := read(file, &byKind); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for kind, data := range byKind {
		var text string
		var byName map[string]string
		if json.Unmarshal(data, &text) == nil {
			all[kind] = text
		} else if err := json.Unmarshal(data, &byName); err != nil {
			return nil, fmt.Errorf("read golden file %s: %s is neither a text nor texts by name: %w", file, kind, err)
		}
		for name, text := range byName {
			all[kind+": "+name] = text
		}
	}
	return all, nil
}

func read(file string, into any) error {
	data, err := files.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("read golden file %s: %w", file, err)
	}
	return nil
}
