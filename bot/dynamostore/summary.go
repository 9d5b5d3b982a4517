package dynamostore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// monthOpen is the partition of by-month for open requests, whenever they were made.
const monthOpen = "open"

func monthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// AllOpen lists the open requests in short, the oldest first: one query.
//
// Unlike the lists of requests, this and CreatedBetween say what the index says, which is
// right about a second ago.
func (s *Store) AllOpen(ctx context.Context) ([]bot.Summary, error) {
	found := summaries{}
	err := s.readMonth(ctx, monthOpen, time.Time{}, farthest, found)
	return found.sorted(), err
}

// farthest is later than any time of a request; it has the width of sortable.
var farthest = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// CreatedBetween lists in short the requests that were made from a time on and before another,
// the oldest first: a query for the open ones, then one for each month, all at once. A request
// that ends meanwhile is found in its month.
func (s *Store) CreatedBetween(ctx context.Context, from, before time.Time) ([]bot.Summary, error) {
	if !from.Before(before) {
		return nil, nil
	}
	until := before.Add(-time.Nanosecond) // an index compares with both ends included
	found := summaries{}
	if err := s.readMonth(ctx, monthOpen, from, until, found); err != nil {
		return nil, err
	}
	months := monthsBetween(from, until)
	read, errs := make([]summaries, len(months)), make([]error, len(months))
	var wg sync.WaitGroup
	for n, month := range months {
		read[n] = summaries{}
		wg.Go(func() { errs[n] = s.readMonth(ctx, month, from, until, read[n]) })
	}
	wg.Wait()
	for n := range months {
		if errs[n] != nil {
			return nil, errs[n]
		}
		for _, summary := range read[n] {
			found.add(summary)
		}
	}
	return found.sorted(), nil
}

// monthsBetween lists the partitions of by-month that a period touches.
func monthsBetween(from, until time.Time) []string {
	from = from.UTC()
	var months []string
	for m := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !m.After(until); m = m.AddDate(0, 1, 0) {
		months = append(months, monthOf(m))
	}
	return months
}

// readMonth reads a part of a partition of by-month.
func (s *Store) readMonth(ctx context.Context, month string, from, until time.Time, into summaries) error {
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &byMonth.name,
		KeyConditionExpression:   aws.String("#month = :month AND " + byMonth.sort + " BETWEEN :from AND :until"),
		ExpressionAttributeNames: map[string]string{"#month": byMonth.key}, // month is a reserved word
		ExpressionAttributeValues: item{
			":month": &types.AttributeValueMemberS{Value: month},
			":from":  &types.AttributeValueMemberS{Value: sortKey(from)}, ":until": &types.AttributeValueMemberS{Value: sortKey(until)},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("query index %s of table %s: %w", byMonth.name, s.table, err)
		}
		for _, i := range page.Items {
			summary, err := decodeSummary(i)
			if err != nil {
				return err
			}
			into.add(summary)
		}
	}
	return nil
}

func decodeSummary(i item) (bot.Summary, error) {
	var summary bot.Summary
	data, _ := i[attrSummary].(*types.AttributeValueMemberS)
	if data == nil {
		return summary, fmt.Errorf("item %s of index %s has no summary", textOf(i[attrPK]), byMonth.name)
	}
	if err := json.Unmarshal([]byte(data.Value), &summary); err != nil {
		return summary, fmt.Errorf("decode summary of item %s: %w", textOf(i[attrPK]), err)
	}
	return summary, nil
}

func textOf(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// summaries holds each request once, by its id, as it was saved last: one that moves on while
// the index is read can be found in two partitions.
type summaries map[string]bot.Summary

func (all summaries) add(s bot.Summary) {
	if s.Version > all[s.ID].Version {
		all[s.ID] = s
	}
}

func (all summaries) sorted() []bot.Summary {
	return slices.SortedFunc(maps.Values(all), bot.Summary.Compare)
}
