package asl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// maxRange is how many items ArrayRange makes ("can't contain more than 1000 items").
const maxRange = 1000

func array(args []any) (any, error) { return args, nil }

// arrayPartition cuts an array into arrays of the given size; the last may be shorter.
func arrayPartition(args []any) (any, error) {
	list, err := asList(args[0])
	if err != nil {
		return nil, err
	}
	size, err := asInteger(args[1])
	if err != nil {
		return nil, err
	}
	if size <= 0 {
		return nil, errors.New("the size of a chunk must be positive")
	}
	chunks := []any{}
	for chunk := range slices.Chunk(list, int(size)) {
		chunks = append(chunks, chunk)
	}
	return chunks, nil
}

func arrayContains(args []any) (any, error) {
	list, err := asList(args[0])
	if err != nil {
		return nil, err
	}
	return contains(list, args[1]), nil
}

func contains(list []any, v any) bool {
	return slices.ContainsFunc(list, func(item any) bool { return equal(item, v) })
}

// arrayRange counts from the first number to the second, both included.
func arrayRange(args []any) (any, error) {
	n, err := asIntegers(args)
	if err != nil {
		return nil, err
	}
	first, last, by := n[0], n[1], n[2]
	if by == 0 {
		return nil, errors.New("the increment must not be zero")
	}
	list := []any{}
	for i := first; by > 0 && i <= last || by < 0 && i >= last; i += by {
		if len(list) == maxRange {
			return nil, fmt.Errorf("the array would have more than %d items", maxRange)
		}
		list = append(list, i)
	}
	return list, nil
}

func arrayGetItem(args []any) (any, error) {
	list, err := asList(args[0])
	if err != nil {
		return nil, err
	}
	i, err := asInteger(args[1])
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= int64(len(list)) {
		return nil, fmt.Errorf("the index %d is not in an array of %d items", i, len(list))
	}
	return list[i], nil
}

func arrayLength(args []any) (any, error) {
	list, err := asList(args[0])
	if err != nil {
		return nil, err
	}
	return int64(len(list)), nil
}

// arrayUnique keeps the first of equal items.
func arrayUnique(args []any) (any, error) {
	list, err := asList(args[0])
	if err != nil {
		return nil, err
	}
	unique := []any{}
	for _, item := range list {
		if !contains(unique, item) {
			unique = append(unique, item)
		}
	}
	return unique, nil
}

// jsonMerge is shallow: fields of the second object win. AWS has no deep merge yet and
// asks for false as the third argument.
func jsonMerge(args []any) (any, error) {
	first, ok1 := args[0].(map[string]any)
	second, ok2 := args[1].(map[string]any)
	switch {
	case !ok1 || !ok2:
		return nil, errors.New("only objects can be merged")
	case args[2] != false:
		return nil, errors.New("the third argument must be false (deep merging is not supported)")
	}
	merged := maps.Clone(first)
	maps.Copy(merged, second)
	return merged, nil
}
