package awssim

import (
	"encoding/base64"
	"fmt"
)

// page returns the items that a token stands for, size at most, and the token of
// the next ones, empty on the last page. It fails for a token it never gave.
func page[T any](items []T, size int, token string) (part []T, next string, err error) {
	start := 0
	if token != "" {
		raw, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", err
		}
		if _, err := fmt.Sscanf(string(raw), "from:%d", &start); err != nil {
			return nil, "", err
		}
		if start < 0 || start > len(items) {
			return nil, "", fmt.Errorf("token points to item %d of %d", start, len(items))
		}
	}
	end := min(start+size, len(items))
	if end < len(items) {
		next = base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "from:%d", end))
	}
	return items[start:end], next, nil
}

// ssmPage is page with Systems Manager's limits on MaxResults and its errors.
// A size of 0 means that the member is absent.
func ssmPage[T any](items []T, size, least, most int, token string) ([]T, string, error) {
	switch {
	case size == 0:
		size = most
	case size < least:
		return nil, "", invalidMember("maxResults", size, fmt.Sprintf("Member must have value greater than or equal to %d", least))
	case size > most:
		return nil, "", invalidMember("maxResults", size, fmt.Sprintf("Member must have value less than or equal to %d", most))
	}
	part, next, err := page(items, size, token)
	if err != nil {
		return nil, "", ssmError("InvalidNextToken", "The specified token isn't valid.")
	}
	return part, next, nil
}

// ec2Page is page with EC2's limits on MaxResults (5 to 1,000) and its errors.
func ec2Page[T any](items []T, size int, token string) ([]T, string, error) {
	switch {
	case size == 0:
		size = 1000
	case size < 5 || size > 1000:
		return nil, "", ec2Error("InvalidParameterValue",
			"Value ( %d ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.", size)
	}
	part, next, err := page(items, size, token)
	if err != nil {
		return nil, "", ec2Error("InvalidNextToken", "The token is not valid.")
	}
	return part, next, nil
}
