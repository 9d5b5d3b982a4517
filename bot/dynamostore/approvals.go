package dynamostore

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// approvals reads how many people must approve.
func approvals(value types.AttributeValue) (n int, problem string) {
	text, ok := value.(*types.AttributeValueMemberN)
	if ok {
		n, _ = strconv.Atoi(text.Value) // 0 is out of range, too
	}
	if n < 1 || n > bot.MaxApprovals {
		return 0, fmt.Sprintf("is not a number of people from 1 to %d", bot.MaxApprovals)
	}
	return n, ""
}

// approvalsAnyway is how many people must approve by an owner's item that has a mistake. Where it may be there,
// in the number or in the attribute's name, nobody can tell how many were meant.
func approvalsAnyway(i item) (required int) {
	for attribute, value := range i {
		n, problem := 0, ""
		if attribute == attrApprovals {
			n, problem = approvals(value)
		} else if misspelled := strings.ToLower(attribute); strings.Contains(misspelled, "approvals") || strings.Contains(misspelled, "required") {
			n = bot.MaxApprovals
		}
		if problem != "" {
			n = bot.MaxApprovals
		}
		required = max(required, n)
	}
	return required
}
