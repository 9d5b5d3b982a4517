package asl

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// maxToken is the longest task token, in characters (SendTaskSuccess API reference).
const maxToken = 2048

// A token is base64 of a version, the number of the attempt, a signature and the
// execution's name. Being signed it needs no table: an old token is still known to
// have been ours.
const (
	tokenVersion = 1
	tokenMAC     = 16
	tokenHead    = 1 + 8 + tokenMAC
)

// tokens issues and reads the task tokens of one interpreter.
type tokens struct{ key [32]byte }

func newTokens() tokens {
	var t tokens
	_, _ = rand.Read(t.key[:]) // never fails (crypto/rand)
	return t
}

func (t *tokens) issue(execution string, attempt uint64) string {
	b := make([]byte, tokenHead, tokenHead+len(execution))
	b[0] = tokenVersion
	binary.BigEndian.PutUint64(b[1:], attempt)
	b = append(b, execution...)
	copy(b[9:], t.sign(b))
	return base64.StdEncoding.EncodeToString(b)
}

// read gives what a token was issued for. It fails with ErrInvalidToken for what
// cannot be a token and with ErrTaskDoesNotExist for what was not issued here.
func (t *tokens) read(token string) (execution string, attempt uint64, err error) {
	if len(token) > maxToken {
		return "", 0, fmt.Errorf("read task token of %d characters: %w", len(token), ErrInvalidToken)
	}
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) <= tokenHead || b[0] != tokenVersion {
		return "", 0, fmt.Errorf("read task token: %w", ErrInvalidToken)
	}
	if !hmac.Equal(t.sign(b), b[9:tokenHead]) {
		return "", 0, fmt.Errorf("read task token: %w", ErrTaskDoesNotExist)
	}
	return string(b[tokenHead:]), binary.BigEndian.Uint64(b[1:]), nil
}

// sign covers everything in a token but the signature.
func (t *tokens) sign(b []byte) []byte {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write(b[:9])
	mac.Write(b[tokenHead:])
	return mac.Sum(nil)[:tokenMAC]
}
