package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// parseBlocks decodes a JSON array. Whether its items are blocks is for the
// checks to say.
func parseBlocks(raw []byte) ([]any, error) {
	var blocks []any
	return blocks, decode(raw, &blocks)
}

// decode reads one JSON value and nothing after it.
func decode(raw []byte, into any) error {
	if !json.Valid(raw) {
		return errors.New("not a JSON value")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// encode writes compact JSON with <, > and & as they are.
func encode(v any) json.RawMessage {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err)) // only values that came from JSON get here
	}
	return bytes.TrimSpace(out.Bytes())
}

func sortedKeys(o object) []string { return slices.Sorted(maps.Keys(o)) }

// checkMessageBlocks lists what Slack would refuse in the blocks of a message.
func checkMessageBlocks(blocks []any) []string {
	var r report
	list(1, limit.MessageBlocks, typed(blockSchema, messageBlocks()...))(&r, "/blocks", blocks)
	checkUnique(&r, "/blocks", blocks)
	return r.problems
}

func messageBlocks() []string { return append(viewBlocks(), "markdown") }

func viewBlocks() []string {
	return []string{
		"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video",
	}
}

// blockSchema describes each block that the simulator knows.
func blockSchema(kind string) (schema, bool) {
	s, ok := bareBlock(kind)
	return s.with(optional("block_id", str(1, limit.ID))), ok
}

// maxRichText is how many parts rich text may have; a bound of the simulator, not of Slack.
const maxRichText = 1000

// bareBlock is a block without the block_id that all have.
func bareBlock(kind string) (schema, bool) {
	switch kind {
	case "actions":
		return fields(required("elements", list(1, limit.Actions, interactive()))), true
	case "context":
		return fields(required("elements", list(1, limit.Context, contextElement))), true
	case "divider":
		return fields(), true
	case "header":
		return fields(required("text", plainText(limit.Header)), optional("level", integer(1, 6))), true
	case "image":
		return imageSchema().with(optional("title", plainText(limit.AltText))), true
	case "input":
		return inputBlock(), true
	case "markdown":
		return fields(required("text", str(1, limit.Markdown))), true
	case "rich_text":
		return fields(required("elements", list(1, maxRichText, richText()))), true
	case "section":
		return sectionBlock(), true
	case "video":
		return videoBlock(), true
	}
	return schema{}, false
}

func inputBlock() schema {
	return fields(
		required("label", plainText(limit.Label)),
		required("element", inputElement()),
		optional("hint", plainText(limit.Label)),
		optional("optional", boolean),
		optional("dispatch_action", boolean),
	)
}

func sectionBlock() schema {
	return fields(
		optional("text", anyText(limit.SectionText)),
		optional("fields", list(1, limit.Fields, anyText(limit.FieldText))),
		optional("accessory", accessory()),
		optional("expand", boolean),
	).and(func(r *report, at string, o object) {
		if o["text"] == nil && o["fields"] == nil {
			r.add(at, "must define either `text` or `fields`")
		}
	})
}

func videoBlock() schema {
	return fields(
		required("alt_text", str(1, limit.AltText)),
		required("title", plainText(limit.VideoText)),
		required("thumbnail_url", str(1, limit.URL)),
		required("video_url", str(1, limit.URL)),
		optional("author_name", str(1, limit.VideoName)),
		optional("description", plainText(limit.VideoText)),
		optional("provider_icon_url", str(1, limit.URL)),
		optional("provider_name", str(1, limit.VideoName)),
		optional("title_url", str(1, limit.URL)),
	)
}

// contextElement is an image or a text object.
func contextElement(r *report, at string, v any) {
	if o, ok := v.(object); ok && o["type"] == "image" {
		typed(elementSchema, "image")(r, at, v)
		return
	}
	anyText(limit.ContextText)(r, at, v)
}

// richText checks the outermost level of a rich_text block.
func richText() check {
	parts := schema{fields: []field{
		required("elements", list(0, maxRichText, anything)),
		optional("style", anything), optional("indent", anything),
		optional("border", anything), optional("offset", anything),
		optional("language", anything),
	}}
	find := func(string) (schema, bool) { return parts, true }
	return typed(find, "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
}

// checkUnique reports a block_id that two blocks share, and an action_id that
// two elements of one block share.
func checkUnique(r *report, at string, blocks []any) {
	seen := map[any]bool{}
	for i, v := range blocks {
		o, _ := v.(object)
		here := fmt.Sprintf("%s/%d", at, i)
		if id := o["block_id"]; id != nil && seen[fmt.Sprint(id)] {
			r.add(here+"/block_id", "duplicate block_id: %v", id)
		} else if id != nil {
			seen[fmt.Sprint(id)] = true
		}
		actions := map[string]bool{}
		for _, element := range elementsOf(o) {
			id, _ := element["action_id"].(string)
			if id != "" && actions[id] {
				r.add(here, "duplicate action_id: %s", id)
			}
			actions[id] = true
		}
	}
}

// elementsOf lists the elements of a block, wherever they stand in it.
func elementsOf(block object) []object {
	var found []object
	several, _ := block["elements"].([]any)
	for _, v := range append(several, block["accessory"], block["element"]) {
		if o, ok := v.(object); ok {
			found = append(found, o)
		}
	}
	return found
}

// nameBlocks gives every block a block_id and every interactive element an
// action_id where the app gave none, as Slack does. The caller holds the lock.
func (w *Workspace) nameBlocks(blocks []any) {
	for _, v := range blocks {
		block := v.(object)
		if block["block_id"] == nil {
			block["block_id"] = w.nextToken("block")[:5]
		}
		for _, element := range elementsOf(block) {
			kind, _ := element["type"].(string)
			if element["action_id"] == nil && isInteractive(kind) {
				element["action_id"] = w.nextToken("action")[:5]
			}
		}
	}
}
