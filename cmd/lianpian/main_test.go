package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/lianpian/lianpian/internal/app"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// asCommand makes the test binary the program itself, for shells and signals.
const asCommand = "LIANPIAN_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is a lianpian in a directory of its own.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lianpian")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func environment(database, dataDir string) []string {
	return append(os.Environ(), asCommand+"=1", "DATABASE_URL="+database, "LIANPIAN_DATA_DIR="+dataDir, "LIANPIAN_LOG_LEVEL=error")
}

// answered is what came of a command.
type answered struct {
	out, messages string
	code          int
}

// place is a database with a district, and a data directory.
type place struct{ database, dir string }

func newPlace(t *testing.T) place {
	t.Helper()
	db := postgistest.New(t)
	postgistest.District(t, db)
	return place{db.Pool.Config().ConnString(), t.TempDir()}
}

func (p place) run(t *testing.T, args ...string) answered {
	t.Helper()
	file := func(name string) *os.File {
		f, err := os.Create(filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	read := func(f *os.File) string {
		defer f.Close()
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	out, messages := file("out"), file("messages")
	args = append([]string{"--database-url=" + p.database, "--data-dir=" + p.dir, "--log-level=error"}, args...)
	code := run(t.Context(), args, out, messages)
	return answered{read(out), read(messages), code}
}

func TestCommandsEndWithTheExitThatIsDocumented(t *testing.T) {
	p := newPlace(t)
	backup := filepath.Join(p.dir, "one.lpb")
	if a := p.run(t, "backup", "--no-check", backup); a.code != 0 {
		t.Fatalf("backup: %+v", a)
	}
	damaged := filepath.Join(p.dir, "damaged.lpb")
	content, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(damaged, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		in   place
		args []string
		exit app.Exit
		says string // on the standard error; "" is nothing
	}{
		"done":                     {p, []string{"district", "list"}, app.Done, ""},
		"an unknown command":       {p, []string{"dance"}, app.Refused, "dance"},
		"an unknown flag":          {p, []string{"cover", "--colour=red"}, app.Refused, "colour"},
		"a value out of its list":  {p, []string{"export", "--district=500110", "--format=tiff", "x"}, app.Refused, "tiff"},
		"a limit that is none":     {p, []string{"propose", "--district=500110", "--limit=households=many"}, app.Refused, "MIN..MAX"},
		"an unknown total":         {p, []string{"propose", "--district=500110", "--limit=dogs=1..2"}, app.Refused, "dogs"},
		"an unknown facility type": {p, []string{"cover", "--district=500110", "--type=disco"}, app.Refused, "disco"},
		"a damaged backup":         {p, []string{"backup", "verify", damaged}, app.Refused, "cut off"},
		"a moment that is none":    {p, []string{"restore", "--until=yesterday", backup}, app.Refused, "--base"},
		"no such district":         {p, []string{"export", "--district=999999", filepath.Join(p.dir, "x.gpkg")}, app.NotFound, "999999"},
		"no such zone":             {p, []string{"export", "plan", "--district=500110", "--zone=Z9", filepath.Join(p.dir, "x.zip")}, app.NotFound, "Z9"},
		"no such job":              {p, []string{"job", "watch", "00000000-0000-0000-0000-000000000001"}, app.NotFound, "00000001"},
		"no such account":          {p, []string{"user", "link", "nobody"}, app.NotFound, "nobody"},
		"over another backup":      {p, []string{"backup", backup}, app.Conflict, backup},
		"onto a live database":     {p, []string{"restore", backup}, app.Conflict, "stop the service"},
		"no backup":                {p, []string{"doctor", "--no-shapes", "--backup-dir=" + filepath.Join(p.dir, "none")}, app.Unhealthy, "faults"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := c.in.run(t, c.args...)
			if a.code != int(c.exit) {
				t.Errorf("ended with %d instead of %d: %s", a.code, c.exit, a.messages)
			}
			if !strings.Contains(a.messages, c.says) || c.says == "" && a.messages != "" {
				t.Errorf("said %q", a.messages)
			}
			if c.exit != app.Done && c.exit != app.Unhealthy && a.out != "" {
				t.Errorf("gave %q to a script", a.out)
			}
		})
	}
}

func TestEveryListIsOneJSONDocument(t *testing.T) {
	p := newPlace(t)
	if a := p.run(t, "user", "add", "planner", "--role=planner", "--district=500110", "--json"); a.code != 0 || !strings.Contains(a.out, `"link"`) {
		t.Fatalf("user add: %+v", a)
	}
	for _, args := range [][]string{
		{"district", "list"},
		{"user", "list"},
		{"token", "list"},
		{"token", "add", "planner", "--name=script"},
		{"job", "list", "500110"},
		{"import", "list", "500110"},
		{"doctor", "--no-shapes", "--listen=127.0.0.1:0"},
		{"cover", "--district=500110", "--type=health_station"},
		{"backup", "--no-check", filepath.Join(p.dir, "two.lpb")},
		{"backup", "verify", filepath.Join(p.dir, "two.lpb")},
		{"export", "--district=500110", filepath.Join(p.dir, "register.gpkg")},
	} {
		t.Run(strings.Join(args[:min(len(args), 2)], " "), func(t *testing.T) {
			a := p.run(t, append(args, "--json")...)
			decoder := json.NewDecoder(strings.NewReader(a.out))
			var document map[string]any
			if err := decoder.Decode(&document); err != nil || a.code != 0 {
				t.Fatalf("ended with %d, %v: %s%s", a.code, err, a.out, a.messages)
			}
			if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
				t.Errorf("goes on after the document: %v", err)
			}
			if strings.Contains(a.out+a.messages, "\r") {
				t.Error("progress was shown to a script")
			}
		})
	}
}

func TestTheAuditTrailNamesWhoTheCommandIsFor(t *testing.T) {
	p := newPlace(t)
	if a := p.run(t, "--as=规划科脚本", "district", "add", "500111", "大足", "--bbox=105.4,29.4,106,29.9"); a.code != 0 {
		t.Fatalf("%+v", a)
	}
	conn := postgistest.Connect(t, p.database)
	var by string
	if err := conn.QueryRow(t.Context(), `select account_name from audit_entry where action = 'district.create'`).Scan(&by); err != nil || by != "规划科脚本" {
		t.Errorf("by %q, %v", by, err)
	}
}

func TestInterruptedBackupLeavesNothing(t *testing.T) {
	p := newPlace(t)
	cmd := exec.Command(program(t), "backup", filepath.Join(p.dir, "never.lpb"))
	cmd.Env = environment(p.database, p.dir)
	var messages bytes.Buffer
	cmd.Stderr = &messages
	// The dump waits for the table, so that the signal comes in its midst.
	conn := postgistest.Connect(t, p.database)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `lock table zone in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watching := postgistest.Connect(t, p.database) // in a transaction, the list of sessions stands still
	for waiting := false; !waiting; {
		const asks = `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`
		if err := watching.QueryRow(t.Context(), asks).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the backup never waited")
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != int(app.Interrupted) {
		t.Errorf("ended with %d: %s", code, messages.String())
	}
	if left, err := os.ReadDir(p.dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// leaves are the commands as people type them.
func leaves(t *testing.T) []string {
	t.Helper()
	var c commands
	parser, err := grammar(&c)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var walk func(n *kong.Node, path string)
	walk = func(n *kong.Node, path string) {
		for _, child := range n.Children {
			switch {
			case child.Hidden:
			case n.DefaultCmd == child: // typed without its name
				names = append(names, path)
			case len(child.Children) > 0:
				walk(child, strings.TrimSpace(path+" "+child.Name))
			default:
				names = append(names, strings.TrimSpace(path+" "+child.Name))
			}
		}
	}
	walk(parser.Model.Node, "")
	return names
}

func TestTheGuideNamesEveryCommandAndEveryExit(t *testing.T) {
	guide, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range leaves(t) {
		if !regexp.MustCompile("`(lianpian )?" + name + "\\b").Match(guide) {
			t.Errorf("docs/cli.md does not name %s", name)
		}
	}
	rows := ""
	for _, e := range app.Exits() {
		rows += fmt.Sprintf("| %d | %s |\n", e.Exit, e.Meaning)
	}
	if !bytes.Contains(guide, []byte(rows)) {
		t.Errorf("docs/cli.md does not have the exit codes:\n%s", rows)
	}
}

func TestCandidates(t *testing.T) {
	var c commands
	parser, err := grammar(&c)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		words []string
		has   []string
		not   []string
	}{
		"commands":                      {[]string{""}, []string{"import", "backup", "doctor"}, []string{"complete", files}},
		"commands that begin so":        {[]string{"re"}, []string{"restore", "reproduce"}, []string{"backup"}},
		"of a group with a default":     {[]string{"backup", ""}, []string{"verify", "base", files}, nil},
		"after a sub-command":           {[]string{"backup", "verify", ""}, []string{files}, []string{"base"}},
		"flags of the default":          {[]string{"export", "--f"}, []string{"--format"}, []string{"--crs"}},
		"flags of everything":           {[]string{"job", "list", "--j"}, []string{"--json"}, nil},
		"a flag that can be denied":     {[]string{"backup", "--no-c"}, []string{"--no-check"}, nil},
		"values":                        {[]string{"export", "--format", "g"}, []string{"gpkg", "geojson"}, []string{"dxf"}},
		"values behind an equals sign":  {[]string{"cover", "--method=walk"}, []string{"--method=walk", "--method=walk_slope"}, []string{"--method=radius"}},
		"values as bash takes it apart": {[]string{"cover", "--method", "=", "ra"}, []string{"radius"}, []string{"walk"}},
		"a flag's value is skipped":     {[]string{"--data-dir", "import", "exp"}, []string{"export"}, nil},
		"a flag of a file":              {[]string{"propose", "--request", ""}, []string{files}, nil},
		"an argument of a list":         {[]string{"completion", ""}, []string{"bash", "zsh", "fish"}, nil},
		"nothing more":                  {[]string{"migrate", ""}, nil, []string{files}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found := map[string]bool{}
			for _, line := range candidates(parser.Model.Node, c.words) {
				word, _, _ := strings.Cut(line, "\t")
				found[word] = true
			}
			for _, word := range c.has {
				if !found[word] {
					t.Errorf("%s is missing in %v", word, found)
				}
			}
			for _, word := range c.not {
				if found[word] {
					t.Errorf("%s is among %v", word, found)
				}
			}
		})
	}
}

// shells complete a line and print what they offer, or what the line became.
var shells = map[string]struct{ command, line, want []string }{
	"bash": {
		[]string{"bash", "--norc", "-c", `source <(lianpian completion bash); COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _lianpian lianpian "${COMP_WORDS[COMP_CWORD]}"; printf '%s\n' "${COMPREPLY[@]}"`, "_"},
		[]string{"lianpian exp", "lianpian cover --method walk", "lianpian backup ver"},
		[]string{"export", "walk_slope", "verify"},
	},
	"fish": {
		[]string{"fish", "--no-config", "-c", `lianpian completion fish | source; complete -C "$argv[1]"`},
		[]string{"lianpian exp", "lianpian cover --method walk", "lianpian backup ver"},
		[]string{"export", "walk_slope", "verify"},
	},
	"zsh": {
		[]string{"zsh", "-f", "-c", `
			zmodload zsh/zpty
			zpty -b shell zsh -f -i
			zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source <(lianpian completion zsh); zstyle ":completion:*" verbose no; echo re""ady'
			until zpty -r -m shell line '*ready*'; do sleep 0.05; done
			zpty -w -n shell "$1"$'\t'
			out=; end=$((SECONDS + 20))
			while (( SECONDS < end )) && [[ $out != *"$2"* ]]; do zpty -r -t shell part && out+=$part || sleep 0.05; done
			print -r -- "$out"; zpty -d shell`, "_"},
		[]string{"lianpian exp", "lianpian cover --method walk_s", "lianpian backup ver"},
		[]string{"export", "walk_slope", "verify"},
	},
}

func TestShellsComplete(t *testing.T) {
	path := program(t)
	for shell, c := range shells {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("%s is not installed", shell)
			}
			for i, line := range c.line {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				args := append(append([]string{}, c.command[1:]...), line, c.want[i])
				cmd := exec.CommandContext(ctx, c.command[0], args...)
				cmd.Env = append(environment("", t.TempDir()), "PATH="+filepath.Dir(path)+":"+os.Getenv("PATH"), "TERM=dumb", "HOME="+t.TempDir())
				out, err := cmd.CombinedOutput()
				cancel()
				if err != nil || !strings.Contains(string(out), c.want[i]) {
					t.Errorf("%q became %q, %v", line, out, err)
				}
			}
		})
	}
}
