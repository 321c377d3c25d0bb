// Command lianpian is the whole product in one binary: the service with its
// map, and the tools of the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/lianpian/lianpian/internal/app"
)

type commands struct {
	app.Config

	Serve        serveCommand        `cmd:"" help:"Run the service."`
	Import       importCommand       `cmd:"" help:"Bring a file into the register or the base map."`
	Export       exportCommand       `cmd:"" help:"Write the register of a district to a file."`
	Reproduce    reproduceCommand    `cmd:"" help:"Make a package of an area plan again from its reproduce.json."`
	District     districtCommand     `cmd:"" help:"Districts: list them, found one."`
	User         userCommand         `cmd:"" help:"People: list them, add one, make a new sign-in link."`
	Token        tokenCommand        `cmd:"" help:"API tokens: list them, make one, revoke one."`
	Audit        auditCommand        `cmd:"" help:"The audit trail: verify that nobody changed it."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database to the newest schema and end."`
	Openapi      openapiCommand      `cmd:"" help:"Print the OpenAPI description of the API."`
	WithDatabase withDatabaseCommand `cmd:"" help:"Run a command beside a throw-away PostGIS server (for tests and benchmarks)."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parser := kong.Parse(&c,
		kong.Name("lianpian"),
		kong.Description("连片: spatial planning for the renewal of old residential communities."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := parser.Run(c.Config); err != nil {
		fmt.Fprintf(os.Stderr, "lianpian: %v\n", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is 2 where the input was at fault, what the command said where it
// ran one, else 1.
func exitCode(err error) int {
	var refused *app.RefusedError
	var ended exitError
	switch {
	case errors.As(err, &refused):
		return 2
	case errors.As(err, &ended):
		return int(ended)
	default:
		return 1
	}
}

type exitError int

func (e exitError) Error() string { return fmt.Sprintf("the command ended with code %d", int(e)) }

type serveCommand struct{ app.ServeConfig }

func (s serveCommand) Run(ctx context.Context, c app.Config) error {
	return app.Serve(ctx, c, s.ServeConfig, os.Stdout)
}

type importCommand struct {
	File importFileCommand `cmd:"" default:"withargs" help:"Bring a file in."`
	List importListCommand `cmd:"" help:"List the imports into a district that can be taken back."`
	Undo importUndoCommand `cmd:"" help:"Take an import back as a whole."`
}

type importFileCommand struct{ app.ImportConfig }

func (i importFileCommand) Run(ctx context.Context, c app.Config) error {
	return app.Import(ctx, c, i.ImportConfig, os.Stdout, terminal())
}

type importListCommand struct{ app.ImportListConfig }

func (l importListCommand) Run(ctx context.Context, c app.Config) error {
	return app.ListImports(ctx, c, l.ImportListConfig, os.Stdout)
}

type importUndoCommand struct{ app.UndoConfig }

func (u importUndoCommand) Run(ctx context.Context, c app.Config) error {
	return app.UndoImport(ctx, c, u.UndoConfig, os.Stdout, terminal())
}

// terminal is where progress goes: it is for people, nobody reads it in a log.
func terminal() io.Writer {
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return os.Stderr
	}
	return nil
}

type exportCommand struct{ app.ExportConfig }

func (e exportCommand) Run(ctx context.Context, c app.Config) error {
	return app.Export(ctx, c, e.ExportConfig, os.Stdout, os.Stderr)
}

type reproduceCommand struct{ app.ReproduceConfig }

func (r reproduceCommand) Run(ctx context.Context) error {
	return app.Reproduce(ctx, r.ReproduceConfig, os.Stdout)
}

type districtCommand struct {
	List districtListCommand `cmd:"" help:"List the districts."`
	Add  districtAddCommand  `cmd:"" help:"Found a district."`
}

type districtListCommand struct{}

func (districtListCommand) Run(ctx context.Context, c app.Config) error {
	return app.ListDistricts(ctx, c, os.Stdout)
}

type districtAddCommand struct{ app.DistrictConfig }

func (d districtAddCommand) Run(ctx context.Context, c app.Config) error {
	return app.AddDistrict(ctx, c, d.DistrictConfig, os.Stdout)
}

type userCommand struct {
	List userListCommand `cmd:"" help:"List the accounts."`
	Add  userAddCommand  `cmd:"" help:"Add an account and print its one-time sign-in link."`
	Link userLinkCommand `cmd:"" help:"Print a new one-time sign-in link for an account."`
}

type userListCommand struct{}

func (userListCommand) Run(ctx context.Context, c app.Config) error {
	return app.ListUsers(ctx, c, os.Stdout)
}

type userAddCommand struct{ app.UserConfig }

func (u userAddCommand) Run(ctx context.Context, c app.Config) error {
	return app.AddUser(ctx, c, u.UserConfig, os.Stdout)
}

type userLinkCommand struct {
	Name    string `arg:"" help:"Name of the account."`
	BaseURL string `name:"base-url" env:"LIANPIAN_BASE_URL" default:"http://127.0.0.1:8080" help:"Address that people type."`
}

func (u userLinkCommand) Run(ctx context.Context, c app.Config) error {
	return app.LinkUser(ctx, c, u.Name, u.BaseURL, os.Stdout)
}

type tokenCommand struct {
	List   tokenListCommand   `cmd:"" help:"List API tokens, of one person or of all."`
	Add    tokenAddCommand    `cmd:"" help:"Make an API token in a person's name and print it, this once."`
	Revoke tokenRevokeCommand `cmd:"" help:"End an API token at once."`
}

type tokenListCommand struct {
	Person string `arg:"" optional:"" help:"Name of the account."`
}

func (t tokenListCommand) Run(ctx context.Context, c app.Config) error {
	return app.ListTokens(ctx, c, t.Person, os.Stdout)
}

type tokenAddCommand struct{ app.TokenConfig }

func (t tokenAddCommand) Run(ctx context.Context, c app.Config) error {
	return app.AddToken(ctx, c, t.TokenConfig, os.Stdout)
}

type tokenRevokeCommand struct {
	ID string `arg:"" help:"Id of the token, from lianpian token list."`
}

func (t tokenRevokeCommand) Run(ctx context.Context, c app.Config) error {
	return app.RevokeToken(ctx, c, t.ID, os.Stdout)
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Compute the chain of the audit trail anew and print its head."`
}

type auditVerifyCommand struct {
	Head string `name:"head" help:"A head that was noted earlier: the trail must still contain it."`
}

func (a auditVerifyCommand) Run(ctx context.Context, c app.Config) error {
	return app.VerifyAudit(ctx, c, a.Head, os.Stdout)
}

type migrateCommand struct{}

func (migrateCommand) Run(ctx context.Context, c app.Config) error { return app.Migrate(ctx, c) }

type openapiCommand struct{}

func (openapiCommand) Run() error { return app.OpenAPI(os.Stdout) }

type withDatabaseCommand struct {
	Command []string `arg:"" passthrough:"" help:"The command and its arguments, after --."`
}

func (w withDatabaseCommand) Run(ctx context.Context) error {
	command := w.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	if len(command) == 0 {
		return errors.New("with-database needs a command")
	}
	code, err := app.WithDatabase(ctx, command)
	if err != nil {
		return err
	}
	if code != 0 {
		return exitError(code)
	}
	return nil
}
