package app

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

// TokenConfig describes a new API token.
type TokenConfig struct {
	Person   string `arg:"" help:"Name of the account in whose name the token speaks."`
	Name     string `name:"name" required:"" help:"What the token is for."`
	Access   string `name:"access" enum:"read,write,administer" default:"read" help:"How much of the person's role it lets through (${enum}); no token opens people, sessions and tokens."`
	District string `name:"district" help:"The only district that it reaches (default: as far as the person)."`
	Days     int    `name:"days" default:"90" help:"Days until it ends, at most 365."`
}

// AddToken makes an API token and prints its text, which is told this once.
func AddToken(ctx context.Context, c Config, t TokenConfig, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		text, made, err := n.accounts.CreateToken(ctx, t.Person, account.TokenDraft{
			Name: t.Name, Access: account.Access(t.Access), District: t.District, Life: time.Duration(t.Days) * 24 * time.Hour,
		})
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"token": made, "text": text}, func(out io.Writer) error {
			_, err := fmt.Fprintln(out, text)
			return err
		})
	})
}

// ListTokens prints the API tokens of one account, or of all where person is "".
func ListTokens(ctx context.Context, c Config, person string, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		var f account.TokenFilter
		if person != "" {
			p, err := n.accounts.Person(ctx, person)
			if err != nil {
				return err
			}
			f.Account = p.ID
		}
		tokens, err := n.accounts.Tokens(ctx, f)
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"items": tokens}, func(out io.Writer) error {
			table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tPERSON\tNAME\tACCESS\tDISTRICT\tSTATE\tENDS\tLAST USED")
			for _, t := range tokens {
				used := "never"
				if t.LastUsedAt != nil {
					used = t.LastUsedAt.Format(time.DateTime) + " from " + t.LastUsedFrom
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Person, t.Name, t.Access, t.District,
					tokenState(t, time.Now()), t.ExpiresAt.Format(time.DateOnly), used)
			}
			return table.Flush()
		})
	})
}

func tokenState(t account.Token, now time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "revoked"
	case !t.ExpiresAt.After(now):
		return "expired"
	default:
		return "holds"
	}
}

// RevokeToken ends an API token at once.
func RevokeToken(ctx context.Context, c Config, id string, out io.Writer) error {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return &RefusedError{Detail: fmt.Sprintf("%q is no id of a token (see lianpian token list)", id)}
	}
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		t, err := n.accounts.RevokeToken(ctx, parsed, "")
		if err != nil {
			return err
		}
		return c.say(out, t, func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "The token %q of %s is revoked.\n", t.Name, t.Person)
			return err
		})
	})
}
