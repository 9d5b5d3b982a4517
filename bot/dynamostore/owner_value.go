package dynamostore

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

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

// wholeNumber reads a number from 1 to a limit, e.g. of "failures".
func wholeNumber(value types.AttributeValue, most int, what string) (n int, problem string) {
	text, ok := value.(*types.AttributeValueMemberN)
	if ok {
		n, _ = strconv.Atoi(text.Value) // 0 is out of range, too
	}
	if n < 1 || n > most {
		return 0, fmt.Sprintf("is not a number of %s from 1 to %d", what, most)
	}
	return n, ""
}
