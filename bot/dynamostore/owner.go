package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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

	attrWindow     = "patch_window"
	attrBackupDays = "backup_days"
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
			o.HoldAfter, problem = wholeNumber(value, bot.MaxHoldAfter, "failures")
		case attrApprovals:
			o.ApprovalsRequired, problem = approvals(value)
		case attrWindow:
			o.Window, problem = window(value)
		case attrBackupDays:
			o.BackupDays, problem = wholeNumber(value, bot.MaxBackupDays, "days")
		default:
			problem = "is unknown, expected channel, approver_users, approver_groups, notify, email, email_when, approval_page, at_once, canary, hold_after, escalation_channel, escalation_users, escalation_groups, patch_window, backup_days or approvals_required"
		}
		if problem != "" {
			return bot.Owner{}, &bot.OwnerError{Name: name, Problem: fmt.Sprintf("the attribute %q %s", attribute, problem), ApprovalsRequired: approvalsAnyway(i)}
		}
	}
	return o, nil
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
