package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
)

// VerifyAudit computes the chain of the audit trail anew and prints its head, to
// be noted away from the machine. known is a head that was noted earlier, or "".
func VerifyAudit(ctx context.Context, c Config, known string, out io.Writer) error {
	noted, err := parseSeal(known)
	if err != nil {
		return err
	}
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		head, err := n.accounts.VerifyAudit(ctx, noted)
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"entries": head.Position, "head": head.String()}, func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "The audit trail is whole: %d entries.\nHead, to be noted elsewhere: %s\n", head.Position, head)
			return err
		})
	})
}

func parseSeal(text string) (account.Seal, error) {
	if text == "" {
		return account.Seal{}, nil
	}
	position, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.ParseInt(position, 10, 64)
	if raw, hexErr := hex.DecodeString(hash); err != nil || n < 1 || hexErr != nil || len(raw) != 32 {
		return account.Seal{}, &RefusedError{Detail: fmt.Sprintf("%q is no head of the audit trail, which is POSITION:HASH", text)}
	}
	return account.Seal{Position: n, Hash: strings.ToLower(hash)}, nil
}
