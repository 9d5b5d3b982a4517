package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// Attributes of an owner's item, beside its keys.
const (
	attrChannel = "channel"
	attrUsers   = "approver_users"
	attrGroups  = "approver_groups"
	attrEmail   = "email"
	attrNotify  = "notify"

	attrEmailWhen         = "email_when"
	attrApprovalPage      = "approval_page"
	attrEscalationChannel = "escalation_channel"
	attrEscalationUsers   = "escalation_users"
	attrEscalationGroups  = "escalation_groups"

	attrAtOnce    = "at_once"
	attrCanary    = "canary"
	attrHoldAfter = "hold_after"
	attrApprovals = "approvals_required"

	attrWindow = "patch_window"
)

// Ids as Slack makes them.
var (
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]+$`)
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	groupID   = regexp.MustCompile(`^S[A-Z0-9]+$`)
	anyText   = regexp.MustCompile(`\S`)
	emailWhen = regexp.MustCompile(`^(fallback|always|never)$`)
)

// decodeOwner reads an owner as people write it; the lists may be lists or sets of strings. A
// mistake is a *bot.OwnerError: whatever cannot be understood must not come to mean that
// nobody in particular decides.
func decodeOwner(i item) (bot.Owner, error) {
	var name string
	if key, ok := i[attrSK].(*types.AttributeValueMemberS); ok {
		name = key.Value
	}
	o := bot.Owner{Name: name}
	for _, attribute := range slices.Sorted(maps.Keys(i)) {
		var problem string
		switch value := i[attribute]; attribute {
		case attrPK, attrSK:
		case attrChannel:
			o.Channel, problem = oneText(value, channelID, "a channel's id such as C0123456789")
		case attrEmail:
			o.Email, problem = oneText(value, anyText, "an address")
		case attrEmailWhen:
			var when string
			when, problem = oneText(value, emailWhen, "fallback, always or never")
			o.EmailWhen = bot.EmailWhen(when)
		case attrApprovalPage:
			o.ApprovalPage, problem = truth(value)
		case attrUsers:
			o.Approvers.Users, problem = ids(value, userID, "ids of users such as U0123456789")
		case attrGroups:
			o.Approvers.Groups, problem = ids(value, groupID, "ids of user groups such as S0123456789")
		case attrEscalationChannel:
			o.Escalation.Channel, problem = oneText(value, channelID, "a channel's id such as C0123456789")
		case attrEscalationUsers:
			o.Escalation.Users, problem = ids(value, userID, "ids of users such as U0123456789")
		case attrEscalationGroups:
			o.Escalation.Groups, problem = ids(value, groupID, "ids of user groups such as S0123456789")
		case attrNotify:
			o.Notify, problem = notified(value)
		case attrAtOnce:
			o.AtOnce, problem = atOnce(value)
		case attrCanary:
			o.Canary, problem = truth(value)
		case attrHoldAfter:
			o.HoldAfter, problem = failures(value)
		case attrApprovals:
			o.ApprovalsRequired, problem = approvals(value)
		case attrWindow:
			o.Window, problem = window(value)
		default:
			problem = "is unknown, expected channel, approver_users, approver_groups, notify, email, email_when, approval_page, at_once, canary, hold_after, escalation_channel, escalation_users, escalation_groups, patch_window or approvals_required"
		}
		if problem != "" {
			return bot.Owner{}, &bot.OwnerError{Name: name, Problem: fmt.Sprintf("the attribute %q %s", attribute, problem), ApprovalsRequired: approvalsAnyway(i)}
		}
	}
	return o, nil
}

// oneText reads one text, or says what is wrong with it.
func oneText(value types.AttributeValue, shape *regexp.Regexp, expected string) (text, problem string) {
	s, ok := value.(*types.AttributeValueMemberS)
	if !ok || !shape.MatchString(s.Value) {
		return "", "is not a string with " + expected
	}
	return s.Value, ""
}

// ids reads a list or a set, which names somebody where it is there.
func ids(value types.AttributeValue, shape *regexp.Regexp, expected string) (list []string, problem string) {
	switch value.(type) {
	case *types.AttributeValueMemberL, *types.AttributeValueMemberSS:
		if err := attributevalue.Unmarshal(value, &list); err != nil {
			return nil, "is not a list of " + expected
		}
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(id string) bool { return !shape.MatchString(id) }) {
		return nil, "is not a list of " + expected + "; leave it out where there are none"
	}
	return list, ""
}

// notified reads a list or a set of ids, which may be empty, and "here".
func notified(value types.AttributeValue) (n bot.Notified, problem string) {
	const expected = `is not a list of ids of users such as U0123456789, ids of user groups such as S0123456789, or "here"`
	var list []string
	switch value.(type) {
	case *types.AttributeValueMemberL, *types.AttributeValueMemberSS:
		if err := attributevalue.Unmarshal(value, &list); err != nil {
			return n, expected
		}
	default:
		return n, expected
	}
	n.Named = true
	for _, id := range list {
		switch {
		case userID.MatchString(id):
			n.Users = append(n.Users, id)
		case groupID.MatchString(id):
			n.Groups = append(n.Groups, id)
		case id == "here":
			n.Here = true
		default:
			return n, expected
		}
	}
	return n, ""
}

// atOnce reads a string such as "3" or "25%", or a number.
func atOnce(value types.AttributeValue) (a bot.AtOnce, problem string) {
	var text string
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		text = v.Value
	case *types.AttributeValueMemberN:
		text = v.Value
	}
	a, err := bot.ParseAtOnce(text)
	if err != nil {
		return a, "is wrong: " + err.Error()
	}
	return a, ""
}

// window reads when in the week patching is offered to be scheduled for.
func window(value types.AttributeValue) (w bot.Window, problem string) {
	text, problem := oneText(value, anyText, "a patch window")
	if problem != "" {
		return w, problem
	}
	w, err := bot.ParseWindow(text)
	if err != nil {
		return w, "is wrong: " + err.Error()
	}
	return w, ""
}

func truth(value types.AttributeValue) (*bool, string) {
	b, ok := value.(*types.AttributeValueMemberBOOL)
	if !ok {
		return nil, "is not true or false, as a boolean"
	}
	return &b.Value, ""
}

// failures reads how many failures hold the rest.
func failures(value types.AttributeValue) (n int, problem string) {
	text, ok := value.(*types.AttributeValueMemberN)
	if ok {
		n, _ = strconv.Atoi(text.Value) // 0 is out of range, too
	}
	if n < 1 || n > bot.MaxHoldAfter {
		return 0, fmt.Sprintf("is not a number of failures from 1 to %d", bot.MaxHoldAfter)
	}
	return n, ""
}

// Owner looks an owner up by name, or returns bot.ErrNotFound, or a *bot.OwnerError when its
// item has a mistake. An answer may be as old as OwnerCache, and must not be changed.
func (s *Store) Owner(ctx context.Context, name string) (bot.Owner, error) {
	if name == "" {
		return bot.Owner{}, fmt.Errorf("owner %q: %w", name, bot.ErrNotFound)
	}
	now := s.Now()
	if o, ok := s.owners.get(name, now); ok {
		return o.answer(name)
	}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key(pkOwners, name)})
	if err != nil {
		return bot.Owner{}, fmt.Errorf("read owner %s from table %s: %w", name, s.table, err)
	}
	if out.Item == nil {
		if out.Item, err = s.ownerWithoutCase(ctx, name); err != nil {
			return bot.Owner{}, err
		}
	}
	o := cachedOwner{known: out.Item != nil, until: now.Add(s.OwnerCache)}
	if o.known {
		if o.owner, err = decodeOwner(out.Item); err != nil {
			return bot.Owner{}, err
		}
	}
	s.owners.put(name, o, now)
	return o.answer(name)
}

// ownerWithoutCase finds the item of the only owner whose name differs in nothing but case;
// none when there is no such owner, or several.
func (s *Store) ownerWithoutCase(ctx context.Context, name string) (found item, err error) {
	items, err := s.ownerItems(ctx)
	for _, i := range items {
		key, ok := i[attrSK].(*types.AttributeValueMemberS)
		switch {
		case !ok || !strings.EqualFold(key.Value, name):
		case found != nil:
			return nil, nil
		default:
			found = i
		}
	}
	return found, err
}

// Owners lists all owners by name, and the mistakes of those whose items have one, past the
// cache.
func (s *Store) Owners(ctx context.Context) (owners []bot.Owner, mistakes []*bot.OwnerError, err error) {
	items, err := s.ownerItems(ctx)
	for _, i := range items {
		o, err := decodeOwner(i)
		var mistake *bot.OwnerError
		if errors.As(err, &mistake) {
			mistakes = append(mistakes, mistake)
			continue
		}
		owners = append(owners, o)
	}
	return owners, mistakes, err
}

func (s *Store) ownerItems(ctx context.Context) ([]item, error) {
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName: &s.table, KeyConditionExpression: aws.String(attrPK + " = :pk"),
		ExpressionAttributeValues: item{":pk": &types.AttributeValueMemberS{Value: pkOwners}},
	})
	var items []item
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read owners from table %s: %w", s.table, err)
		}
		items = append(items, page.Items...)
	}
	return items, nil
}

// cachedOwner is an answer, also that there is no such owner.
type cachedOwner struct {
	owner bot.Owner
	known bool
	until time.Time
}

func (o cachedOwner) answer(name string) (bot.Owner, error) {
	if !o.known {
		return bot.Owner{}, fmt.Errorf("owner %q: %w", name, bot.ErrNotFound)
	}
	return o.owner, nil
}

// ownerCache is ready to use as its zero value.
type ownerCache struct {
	mu     sync.Mutex
	byName map[string]cachedOwner
}

func (c *ownerCache) get(name string, now time.Time) (cachedOwner, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.byName[name]
	return o, ok && now.Before(o.until)
}

// put also drops what is outdated, so that names nobody asks for do not pile up.
func (c *ownerCache) put(name string, o cachedOwner, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.byName, func(_ string, o cachedOwner) bool { return !now.Before(o.until) })
	if c.byName == nil {
		c.byName = map[string]cachedOwner{}
	}
	c.byName[name] = o
}
