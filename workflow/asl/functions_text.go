package asl

import (
	"crypto/md5" // #nosec G501 -- States.Hash offers it
	"crypto/rand"
	"crypto/sha1" // #nosec G505 -- States.Hash offers it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// formatText puts the arguments in the places {} of the first one.
func formatText(args []any) (any, error) {
	template, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	parts, err := splitFormat(template)
	if err != nil {
		return nil, err
	}
	if len(parts) != len(args) {
		return nil, fmt.Errorf("the format has %d places for %d arguments", len(parts)-1, len(args)-1)
	}
	var b strings.Builder
	b.WriteString(parts[0])
	for i, part := range parts[1:] {
		writeText(&b, args[i+1])
		b.WriteString(part)
	}
	return b.String(), nil
}

// checkFormat compares a literal format with the number of arguments.
func checkFormat(args []expression) error {
	l, ok := args[0].(literal)
	if !ok {
		return nil
	}
	template, err := asText(l.value)
	if err != nil {
		return err
	}
	parts, err := splitFormat(template)
	if err == nil && len(parts) != len(args) {
		err = fmt.Errorf("the format %q has %d places for %d arguments", template, len(parts)-1, len(args)-1)
	}
	return err
}

// splitFormat gives the text between the places {} of a format, escapes resolved.
func splitFormat(template string) ([]string, error) {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		switch c := template[i]; c {
		case '\\':
			if i++; i == len(template) {
				return nil, errors.New("the format ends with a backslash")
			}
			b.WriteByte(template[i])
		case '{':
			if i++; i == len(template) || template[i] != '}' {
				return nil, errors.New("matching '}' not found for '{'")
			}
			parts = append(parts, b.String())
			b.Reset()
		case '}':
			return nil, errors.New("matching '{' not found for '}'")
		default:
			b.WriteByte(c)
		}
	}
	return append(parts, b.String()), nil
}

// writeText writes a value as Format does: strings without quotes, objects as
// {key=value, other=value}.
func writeText(b *strings.Builder, v any) {
	switch v := v.(type) {
	case string:
		b.WriteString(v)
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeText(b, item)
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(k + "=")
			writeText(b, v[k])
		}
		b.WriteByte('}')
	default:
		b.Write(encode(v))
	}
}

// stringToJSON reads JSON from a string; a blank string is null.
func stringToJSON(args []any) (any, error) {
	s, err := asText(args[0])
	if err != nil || strings.TrimSpace(s) == "" {
		return nil, err
	}
	return decode([]byte(s))
}

func jsonToString(args []any) (any, error) { return string(encode(args[0])), nil }

func base64Encode(args []any) (any, error) {
	s, err := asShortText(args[0])
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.EncodeToString([]byte(s)), nil
}

func base64Decode(args []any) (any, error) {
	s, err := asShortText(args[0])
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) {
		return nil, errors.New("the decoded bytes are no text")
	}
	return string(data), nil
}

// hashText gives the hash of a string as lower-case hex.
func hashText(args []any) (any, error) {
	s, err := asShortText(args[0])
	if err != nil {
		return nil, err
	}
	var sum []byte
	switch args[1] {
	case "MD5":
		h := md5.Sum([]byte(s)) // #nosec G401 -- States.Hash offers it
		sum = h[:]
	case "SHA-1":
		h := sha1.Sum([]byte(s)) // #nosec G401 -- States.Hash offers it
		sum = h[:]
	case "SHA-256":
		h := sha256.Sum256([]byte(s))
		sum = h[:]
	case "SHA-384":
		h := sha512.Sum384([]byte(s))
		sum = h[:]
	case "SHA-512":
		h := sha512.Sum512([]byte(s))
		sum = h[:]
	default:
		return nil, fmt.Errorf("the algorithm %s is not MD5, SHA-1, SHA-256, SHA-384 or SHA-512", encode(args[1]))
	}
	return hex.EncodeToString(sum), nil
}

// stringSplit cuts a string at each character of the second argument. Empty pieces
// are left out.
func stringSplit(args []any) (any, error) {
	s, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	separators, err := asText(args[1])
	if err != nil {
		return nil, err
	}
	pieces := []any{}
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		pieces = append(pieces, piece)
	}
	return pieces, nil
}

// newUUID gives a random (version 4) UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
