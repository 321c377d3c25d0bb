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
	Export       exportCommand       `cmd:"" help:"Write the register of a district, or the plan of zones, to a file."`
	Propose      proposeCommand      `cmd:"" help:"Have contiguous zones proposed."`
	Cover        coverCommand        `cmd:"" help:"Compute which buildings a type of facility covers."`
	Tiles        tilesCommand        `cmd:"" help:"Vector tiles: write those of a district to one file."`
	Reproduce    reproduceCommand    `cmd:"" help:"Make a package of an area plan again from its reproduce.json."`
	District     districtCommand     `cmd:"" help:"Districts: list them, found one."`
	User         userCommand         `cmd:"" help:"People: list them, add one, make a new sign-in link."`
	Job          jobCommand          `cmd:"" help:"Background work: list it, wait for it, cancel it."`
	Backup       backupCommand       `cmd:"" help:"Write everything to one file, while the service may run."`
	Restore      restoreCommand      `cmd:"" help:"Bring a backup back, or the private database to a moment."`
	Doctor       doctorCommand       `cmd:"" help:"Look whether the installation is in order."`
	Token        tokenCommand        `cmd:"" help:"API tokens: list them, make one, revoke one."`
	Audit        auditCommand        `cmd:"" help:"The audit trail: verify that nobody changed it."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database to the newest schema and end."`
	Openapi      openapiCommand      `cmd:"" help:"Print the OpenAPI description of the API."`
	Completion   completionCommand   `cmd:"" help:"Print the completion script of a shell."`
	Complete     completeCommand     `cmd:"" hidden:"" help:"Print what may stand for the last of the words."`
	WithDatabase withDatabaseCommand `cmd:"" help:"Run a command beside a throw-away PostGIS server (for tests and benchmarks)."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs one command and returns its exit code (see app.Exits). Data goes to
// out, what is for people to messages.
func run(ctx context.Context, args []string, out, messages *os.File) int {
	var c commands
	parser, err := grammar(&c)
	if err != nil {
		fmt.Fprintf(messages, "lianpian: %v\n", err)
		return int(app.Failed)
	}
	parser.Stdout, parser.Stderr = out, messages
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(messages, "lianpian: %v\n", err)
		fmt.Fprintf(messages, "Try: lianpian --help\n")
		return int(app.Refused)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(terminal{out: out, messages: messages, quiet: c.Quiet, script: c.JSON})
	err = parsed.Run(c.Config)
	var ended exitError
	if errors.As(err, &ended) {
		return int(ended)
	}
	if err != nil {
		fmt.Fprintf(messages, "lianpian: %v\n", err)
	}
	return int(app.ExitOf(err))
}

func grammar(c *commands) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("lianpian"),
		kong.Description("连片: spatial planning for the renewal of old residential communities."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
}

// exitError is how a command ended that was run for somebody.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("the command ended with code %d", int(e)) }

// terminal is where a command writes.
type terminal struct {
	out, messages *os.File
	quiet, script bool
}

// progress is where progress goes: to people at a terminal, since nobody reads it
// in a log, and to scripts that asked for JSON.
func (t terminal) progress() io.Writer {
	if t.quiet {
		return nil
	}
	if info, err := t.messages.Stat(); t.script || err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return t.messages
	}
	return nil
}

type serveCommand struct{ app.ServeConfig }

func (s serveCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.Serve(ctx, c, s.ServeConfig, to.out)
}

type importCommand struct {
	File importFileCommand `cmd:"" default:"withargs" help:"Bring a file in."`
	List importListCommand `cmd:"" help:"List the imports into a district that can be taken back."`
	Undo importUndoCommand `cmd:"" help:"Take an import back as a whole."`
}

type importFileCommand struct{ app.ImportConfig }

func (i importFileCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Import(ctx, c, i.ImportConfig, t.out, t.progress())
}

type importListCommand struct{ app.ImportListConfig }

func (l importListCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.ListImports(ctx, c, l.ImportListConfig, to.out)
}

type importUndoCommand struct{ app.UndoConfig }

func (u importUndoCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.UndoImport(ctx, c, u.UndoConfig, t.out, t.progress())
}

type exportCommand struct {
	Register exportRegisterCommand `cmd:"" default:"withargs" help:"Write the register and the base map of a district."`
	Plan     exportPlanCommand     `cmd:"" help:"Write the package of an area plan: map sheets, forms, report and GIS files of zones."`
}

type exportRegisterCommand struct{ app.ExportConfig }

func (e exportRegisterCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Export(ctx, c, e.ExportConfig, t.out, t.messages, t.progress())
}

type exportPlanCommand struct{ app.ExportPlanConfig }

func (e exportPlanCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.ExportPlan(ctx, c, e.ExportPlanConfig, t.out, t.progress())
}

type proposeCommand struct{ app.ProposeConfig }

func (p proposeCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Propose(ctx, c, p.ProposeConfig, t.out, t.progress())
}

type coverCommand struct{ app.CoverConfig }

func (v coverCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Cover(ctx, c, v.CoverConfig, t.out, t.progress())
}

type tilesCommand struct {
	Bake tilesBakeCommand `cmd:"" help:"Write the tiles of a district to a PMTiles archive, with --site beside a page that shows it, for a static server or a machine without the service."`
}

type tilesBakeCommand struct{ app.BakeConfig }

func (b tilesBakeCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Bake(ctx, c, b.BakeConfig, t.out, t.progress())
}

type jobCommand struct {
	List   jobListCommand   `cmd:"" help:"List the newest jobs of a district."`
	Watch  jobWatchCommand  `cmd:"" help:"Wait for the end of a job."`
	Cancel jobCancelCommand `cmd:"" help:"Cancel a job."`
}

type jobListCommand struct{ app.JobListConfig }

func (l jobListCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.ListJobs(ctx, c, l.JobListConfig, t.out)
}

type jobWatchCommand struct{ app.OneJobConfig }

func (o jobWatchCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.WatchJob(ctx, c, o.OneJobConfig, t.out, t.progress())
}

type jobCancelCommand struct{ app.OneJobConfig }

func (o jobCancelCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.CancelJob(ctx, c, o.OneJobConfig, t.out)
}

type backupCommand struct {
	Make   backupMakeCommand   `cmd:"" default:"withargs" help:"Make a backup."`
	Verify backupVerifyCommand `cmd:"" help:"Read a backup from end to end and compare its checksums."`
	Base   backupBaseCommand   `cmd:"" help:"Copy the database server as a whole, the beginning of a recovery to a moment."`
}

type backupMakeCommand struct{ app.BackupConfig }

func (b backupMakeCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Backup(ctx, c, b.BackupConfig, t.out, t.progress())
}

type backupVerifyCommand struct{ app.VerifyBackupConfig }

func (v backupVerifyCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.VerifyBackup(ctx, c, v.VerifyBackupConfig, t.out, t.progress())
}

type backupBaseCommand struct{ app.BaseBackupConfig }

func (b backupBaseCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.BaseBackup(ctx, c, b.BaseBackupConfig, t.out, t.progress())
}

type restoreCommand struct{ app.RestoreConfig }

func (r restoreCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Restore(ctx, c, r.RestoreConfig, t.out, t.progress())
}

type doctorCommand struct{ app.DoctorConfig }

func (d doctorCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.Doctor(ctx, c, d.DoctorConfig, t.out)
}

type reproduceCommand struct{ app.ReproduceConfig }

func (r reproduceCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.Reproduce(ctx, c, r.ReproduceConfig, to.out)
}

type districtCommand struct {
	List districtListCommand `cmd:"" help:"List the districts."`
	Add  districtAddCommand  `cmd:"" help:"Found a district."`
}

type districtListCommand struct{}

func (districtListCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.ListDistricts(ctx, c, to.out)
}

type districtAddCommand struct{ app.DistrictConfig }

func (d districtAddCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.AddDistrict(ctx, c, d.DistrictConfig, to.out)
}

type userCommand struct {
	List userListCommand `cmd:"" help:"List the accounts."`
	Add  userAddCommand  `cmd:"" help:"Add an account and print its one-time sign-in link."`
	Link userLinkCommand `cmd:"" help:"Print a new one-time sign-in link for an account."`
}

type userListCommand struct{}

func (userListCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.ListUsers(ctx, c, to.out)
}

type userAddCommand struct{ app.UserConfig }

func (u userAddCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.AddUser(ctx, c, u.UserConfig, to.out)
}

type userLinkCommand struct {
	Name    string `arg:"" help:"Name of the account."`
	BaseURL string `name:"base-url" env:"LIANPIAN_BASE_URL" default:"http://127.0.0.1:8080" help:"Address that people type."`
}

func (u userLinkCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.LinkUser(ctx, c, u.Name, u.BaseURL, to.out)
}

type tokenCommand struct {
	List   tokenListCommand   `cmd:"" help:"List API tokens, of one person or of all."`
	Add    tokenAddCommand    `cmd:"" help:"Make an API token in a person's name and print it, this once."`
	Revoke tokenRevokeCommand `cmd:"" help:"End an API token at once."`
}

type tokenListCommand struct {
	Person string `arg:"" optional:"" help:"Name of the account."`
}

func (t tokenListCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.ListTokens(ctx, c, t.Person, to.out)
}

type tokenAddCommand struct{ app.TokenConfig }

func (t tokenAddCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.AddToken(ctx, c, t.TokenConfig, to.out)
}

type tokenRevokeCommand struct {
	ID string `arg:"" help:"Id of the token, from lianpian token list."`
}

func (t tokenRevokeCommand) Run(ctx context.Context, c app.Config, to terminal) error {
	return app.RevokeToken(ctx, c, t.ID, to.out)
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Compute the chain of the audit trail anew and print its head."`
}

type auditVerifyCommand struct {
	Head string `name:"head" help:"A head that was noted earlier: the trail must still contain it."`
}

func (a auditVerifyCommand) Run(ctx context.Context, c app.Config, t terminal) error {
	return app.VerifyAudit(ctx, c, a.Head, t.out)
}

type migrateCommand struct{}

func (migrateCommand) Run(ctx context.Context, c app.Config) error { return app.Migrate(ctx, c) }

type openapiCommand struct{}

func (openapiCommand) Run(to terminal) error { return app.OpenAPI(to.out) }

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
