package dynamostore

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Limits of DynamoDB: an item has at most 400 KB, a transaction 100 writes and 4 MB.
const (
	maxItemBytes        = 400 << 10
	maxTransactionBytes = 4 << 20
	maxAuditEntries     = 100 - 2 // two writes are the request and the lock
)

// TooLargeError says that a change does not fit into DynamoDB. Nothing of it was written.
type TooLargeError struct {
	Subject string // e.g. "request r-5xq3zk7m2ptqa6dh"
	What    string // e.g. "an item has 450000 bytes"
	Limit   string // e.g. "409600 bytes"
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s is too large: %s, DynamoDB takes at most %s", e.Subject, e.What, e.Limit)
}

// checkSize refuses a change before DynamoDB does, which would not say why so clearly. The
// first item is the request, the others are its audit entries.
func checkSize(id string, items []item) error {
	subject := "request " + id
	if entries := len(items) - 1; entries > maxAuditEntries {
		return &TooLargeError{subject, fmt.Sprintf("the change has %d audit entries", entries), fmt.Sprint(maxAuditEntries)}
	}
	total := 0
	for _, i := range items {
		if err := checkItem(subject, i); err != nil {
			return err
		}
		total += size(i)
	}
	if total > maxTransactionBytes {
		return &TooLargeError{subject, fmt.Sprintf("the change has %d bytes", total), fmt.Sprintf("%d bytes", maxTransactionBytes)}
	}
	return nil
}

// checkItem refuses an item alone.
func checkItem(subject string, i item) error {
	if bytes := size(i); bytes > maxItemBytes {
		return &TooLargeError{subject, fmt.Sprintf("an item has %d bytes", bytes), fmt.Sprintf("%d bytes", maxItemBytes)}
	}
	return nil
}

// size is what DynamoDB counts: the names and the values in UTF-8, a number at most 21
// bytes.
func size(i item) int {
	const number = 21
	total := 0
	for name, value := range i {
		total += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			total += len(v.Value)
		case *types.AttributeValueMemberN:
			total += number
		}
	}
	return total
}
