package wording

import "fmt"

// Ordinal is a place in a row, e.g. "1st", "4th", "12th".
func Ordinal(n int) string {
	ending := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprint(n) + ending
}

// AtATime says how many are patched at once, e.g. "1 is patched at a time".
func AtATime(n int) string { return Count(n, "is patched at a time", "are patched at a time") }
