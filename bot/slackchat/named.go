package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// namedWithin is how far back an instance is known by its name, which is the tag of its newest
// request.
const namedWithin = 30 * 24 * time.Hour

// ownerWord before a name says that an owner is meant, where an instance has the same name.
const ownerWord = "owner "

// subject is what a command is about: instances, or an owner.
type subject struct {
	Instances []string
	Owner     string // as its tag spells it; else as it was typed
}

// subjectOf looks up what the words of a command name. It says what it expected where they name
// nothing, or more than one thing: nobody decides about what they may not have meant.
func (a *App) subjectOf(ctx context.Context, c invocation, s spoken) (subject, string, error) {
	if len(s.Names) == 0 && len(s.Named) == 0 {
		return subject{Instances: s.IDs}, "", nil
	}
	known, err := a.namesNow(ctx)
	if err != nil {
		return subject{}, "", err
	}
	if len(s.IDs) == 0 && len(s.Names) == 1 {
		sub, expected := a.oneName(ctx, c, known, s.Names[0])
		sub.Owner = known.spelled(sub.Owner)
		return sub, expected, nil
	}
	if expected := a.wrongNames(ctx, c, known, s.Named); expected != "" {
		return subject{}, expected, nil
	}
	sub := subject{Instances: slices.Clone(s.IDs)}
	for _, name := range s.Names {
		ids, expected := a.instancesNamed(ctx, c, known, name)
		if expected == "" && len(ids) == 0 {
			expected = fmt.Sprintf("I expected instances, or one owner alone, but I know no instance %s.", codeOf(name, 80))
		}
		if expected != "" {
			return subject{}, expected, nil
		}
		sub.Instances = append(sub.Instances, ids...)
	}
	return subject{Instances: unique(sub.Instances)}, "", nil
}

// oneInstance looks up the one instance that the words of a command name.
func (a *App) oneInstance(ctx context.Context, c invocation) (id, expected string, err error) {
	said := parseSpoken(c.Args)
	about, expected, err := a.subjectOf(ctx, c, said)
	switch {
	case expected != "" || err != nil:
		return "", expected, err
	case len(about.Instances) == 1:
		return about.Instances[0], "", nil
	case len(said.IDs) == 0 && about.Owner != "":
		return "", fmt.Sprintf("I know no instance %s: I expected one by its id such as `i-0933335a5598d1c2e`, or by the name that its newest request has.", codeOf(about.Owner, 80)), nil
	}
	return "", fmt.Sprintf("I expected one instance such as `i-0933335a5598d1c2e`, but got %s.", codeOf(said.String(), 80)), nil
}

func cutOwnerWord(name string) string {
	if len(name) > len(ownerWord) && strings.EqualFold(name[:len(ownerWord)], ownerWord) {
		return pasted(name[len(ownerWord):])
	}
	return ""
}

func unique(ids []string) []string {
	var all []string
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// known is the newest request of each instance, in short, and all that are open.
type known struct {
	newest []bot.Summary
	open   []bot.Summary
}

// namesNow loads by what names instances are known.
func (a *App) namesNow(ctx context.Context) (known, error) {
	now := a.Bot.Now()
	open, err := a.Bot.Store.AllOpen(ctx)
	if err != nil {
		return known{}, fmt.Errorf("list open requests: %w", err)
	}
	lately, err := a.Bot.Store.CreatedBetween(ctx, now.Add(-namedWithin), now.Add(time.Second))
	if err != nil {
		return known{}, fmt.Errorf("list requests: %w", err)
	}
	newest := map[string]bot.Summary{}
	for _, s := range slices.Concat(open, lately) {
		if newest[s.Instance].Compare(s) < 0 {
			newest[s.Instance] = s
		}
	}
	k := known{open: open}
	for _, s := range newest {
		k.newest = append(k.newest, s)
	}
	slices.SortFunc(k.newest, func(a, b bot.Summary) int { return strings.Compare(a.Instance, b.Instance) })
	return k, nil
}

// of are the instances with a name, as it may have been pasted.
func (k known) of(name string) []bot.Summary {
	return slices.DeleteFunc(slices.Clone(k.newest), func(s bot.Summary) bool {
		return s.Name == s.Instance || !strings.EqualFold(pasted(s.Name), pasted(bot.Tidy(name, bot.SummaryName)))
	})
}

// ownedBy are the open requests of an owner.
func (k known) ownedBy(owner string) []bot.Summary {
	return slices.DeleteFunc(slices.Clone(k.open), func(s bot.Summary) bool { return !strings.EqualFold(pasted(s.Owner), owner) })
}

// spelled is an owner as the tags spell it, where one has an open request.
func (k known) spelled(owner string) string {
	if owned := k.ownedBy(owner); owner != "" && len(owned) > 0 {
		return owned[0].Owner
	}
	return owner
}

// oneName finds out whether a name that stands alone is an instance's, several instances', or else
// an owner's.
func (a *App) oneName(ctx context.Context, c invocation, k known, name string) (subject, string) {
	if owner := cutOwnerWord(name); owner != "" {
		return subject{Owner: owner}, ""
	}
	ids, expected := a.instancesNamed(ctx, c, k, name)
	if expected != "" || len(ids) == 0 {
		return subject{Owner: name}, expected
	}
	owned := k.ownedBy(name)
	seen := a.visibleChannels(ctx, c, owned)
	if slices.ContainsFunc(owned, func(s bot.Summary) bool { return seen[s.Channel] }) {
		return subject{}, fmt.Sprintf("%s is both an owner and the instance %s. Type %s for the owner's, %s for the instance's.", codeOf(name, 80), codeOf(ids[0], 40),
			codeOf(strings.Join([]string{SlashCommand, c.Sub, ownerWord + name}, " "), 160), codeOf(strings.Join([]string{SlashCommand, c.Sub, ids[0]}, " "), 160))
	}
	return subject{Instances: ids}, ""
}

// instancesNamed finds the one instance of a name, or, where there is none, one for each of its
// words; none where one of them is unknown. Several of a name are listed, to be told apart by id.
func (a *App) instancesNamed(ctx context.Context, c invocation, k known, name string) (ids []string, expected string) {
	found, hidden := a.visibleOf(ctx, c, k.of(name))
	switch {
	case len(found) == 1 && hidden == 0:
		return []string{found[0].Instance}, ""
	case len(found) > 0:
		return nil, severalNamed(name, found, hidden)
	}
	words := strings.Fields(name)
	if len(words) < 2 || len(k.ownedBy(name)) > 0 {
		return nil, ""
	}
	for _, word := range words {
		if word = pasted(word); word == "" {
			continue
		}
		one, expected := a.instancesNamed(ctx, c, k, word)
		if expected != "" || len(one) == 0 {
			return nil, expected
		}
		ids = append(ids, one...)
	}
	return ids, ""
}

// visibleOf keeps what whoever used a command sees, and counts the rest.
func (a *App) visibleOf(ctx context.Context, c invocation, found []bot.Summary) (visible []bot.Summary, hidden int) {
	seen := a.visibleChannels(ctx, c, found)
	for _, s := range found {
		if seen[s.Channel] {
			visible = append(visible, s)
		} else {
			hidden++
		}
	}
	return visible, hidden
}

// severalNamed lists the instances of a name.
func severalNamed(name string, found []bot.Summary, hidden int) string {
	text := fmt.Sprintf("%s named %s, so I need an id: %s.", wording.Count(len(found)+hidden, "instance is", "instances are"), codeOf(name, 80),
		joined(found, textNames, func(s bot.Summary) string { return codeOf(s.Instance, 40) + " of " + ownerName(s.Owner) }))
	if hidden > 0 {
		text += " " + hiddenLine(hidden)
	}
	return text
}

// wrongNames says which instance has another name than was pasted with its id.
func (a *App) wrongNames(ctx context.Context, c invocation, k known, named map[string]string) string {
	for id, name := range named {
		i := slices.IndexFunc(k.newest, func(s bot.Summary) bool { return s.Instance == id })
		if i < 0 || slices.ContainsFunc(k.of(name), func(s bot.Summary) bool { return s.Instance == id }) {
			continue
		}
		if visible, _ := a.visibleOf(ctx, c, k.newest[i:i+1]); len(visible) == 0 {
			continue
		}
		return fmt.Sprintf("The instance %s is named %s, not %s. Type the id alone if you mean it.", codeOf(id, 40), codeOf(k.newest[i].Name, 80), codeOf(name, 80))
	}
	return ""
}
