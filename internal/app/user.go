package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/httpapi"
	"github.com/lianpian/lianpian/internal/postgis"
)

// UserConfig describes a new account.
type UserConfig struct {
	Name         string   `arg:"" help:"What the person signs in with."`
	Role         string   `name:"role" required:"" enum:"administrator,planner,officer,contractor,viewer" help:"What the person may do (${enum})."`
	DisplayName  string   `name:"display-name" help:"How the person is shown."`
	District     string   `name:"district" help:"Code of the person's district (not for administrators)."`
	Subdistricts []string `name:"subdistrict" help:"Codes of an officer's subdistricts."`
	BaseURL      string   `name:"base-url" env:"LIANPIAN_BASE_URL" default:"http://127.0.0.1:8080" help:"Address that people type."`
}

// withNouns opens the database, shared with a running service where there is
// one, for one short command.
func withNouns(ctx context.Context, c Config, do func(ctx context.Context, n *nouns) error) error {
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	base, err := openDatabase(ctx, c, true, log)
	if err != nil {
		return err
	}
	defer base.close()
	n, err := openNouns(ctx, c, 0, base.url, nil, log)
	if err != nil {
		return err
	}
	defer n.db.Close()
	return do(account.WithOperator(ctx, c.operator()), n)
}

// ListUsers prints the accounts of all districts.
func ListUsers(ctx context.Context, c Config, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		accounts, err := n.accounts.Accounts(ctx, "")
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"items": accounts}, func(out io.Writer) error {
			table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(table, "NAME\tROLE\tDISTRICT\tSUBDISTRICTS")
			for _, a := range accounts {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", a.Name, a.Role, a.District, strings.Join(a.Subdistricts, " "))
			}
			return table.Flush()
		})
	})
}

// AddUser makes an account and prints its one-time link.
func AddUser(ctx context.Context, c Config, u UserConfig, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		made, err := n.accounts.Create(ctx, account.Draft{
			Name: u.Name, DisplayName: u.DisplayName, Role: account.Role(u.Role),
			District: u.District, Subdistricts: u.Subdistricts,
		})
		if err != nil {
			return err
		}
		return c.printLink(ctx, n, made, u.BaseURL, out)
	})
}

// LinkUser prints a new one-time link for an account.
func LinkUser(ctx context.Context, c Config, name, baseURL string, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		accounts, err := n.accounts.Accounts(ctx, "")
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if a.Name == name {
				return c.printLink(ctx, n, a, baseURL, out)
			}
		}
		return fmt.Errorf("account %s: %w", name, postgis.ErrNotFound)
	})
}

func (c Config) printLink(ctx context.Context, n *nouns, a account.Account, baseURL string, out io.Writer) error {
	token, err := n.accounts.IssueLink(ctx, a.ID)
	if err != nil {
		return err
	}
	link := strings.TrimRight(baseURL, "/") + "/sign-in?token=" + token
	return c.say(out, map[string]any{"name": a.Name, "role": a.Role, "link": link}, func(out io.Writer) error {
		_, err := fmt.Fprintln(out, link)
		return err
	})
}

// Migrate brings the database to the newest schema.
func Migrate(ctx context.Context, c Config) error {
	return withNouns(ctx, c, func(context.Context, *nouns) error { return nil })
}

// OpenAPI prints the description of the API.
func OpenAPI(out io.Writer) error {
	document, err := httpapi.OpenAPI()
	if err != nil {
		return err
	}
	_, err = out.Write(append(document, '\n'))
	return err
}
