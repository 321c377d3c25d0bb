package postgis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ErrNoProgram says that a program of PostgreSQL is not installed here.
var ErrNoProgram = errors.New("the program is not installed on this machine (Debian: apt-get install postgresql-client-15)")

// Program finds one of PostgreSQL's own programs, such as pg_dump, that can work
// with a server of the given major version: of the same one, else of the nearest
// newer one.
func Program(ctx context.Context, name string, major int) (string, error) {
	places, err := programPlaces()
	if err != nil {
		return "", err
	}
	best, bestMajor := "", 0
	for _, dir := range places {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		found, err := programMajor(ctx, path)
		if err != nil || found < major {
			continue
		}
		if best == "" || found < bestMajor {
			best, bestMajor = path, found
		}
	}
	if best == "" {
		return "", fmt.Errorf("%s for PostgreSQL %d: %w", name, major, ErrNoProgram)
	}
	return best, nil
}

// programPlaces are the directories in which PostgreSQL's programs may lie. The
// pg_dump in PATH is Debian's wrapper, which has the real ones elsewhere.
func programPlaces() ([]string, error) {
	var places []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/opt/homebrew/opt/libpq/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("look for PostgreSQL in %s: %w", pattern, err)
		}
		places = append(places, found...)
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) && !slices.Contains(places, dir) {
			places = append(places, dir)
		}
	}
	return places, nil
}

var programVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func programMajor(ctx context.Context, path string) (int, error) {
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	found := programVersion.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("%s is no program of PostgreSQL", path)
	}
	return strconv.Atoi(string(found[1]))
}

// ServerVersion returns the full and the major version of the server at address.
func ServerVersion(ctx context.Context, address string) (full string, major int, err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", 0, fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var number int
	err = conn.QueryRow(ctx, `select current_setting('server_version'), current_setting('server_version_num')::int`).Scan(&full, &number)
	if err != nil {
		return "", 0, fmt.Errorf("read the version of the database: %w", err)
	}
	return full, number / 10000, nil
}

// ProgramAccess is how a program of PostgreSQL is told of the database at
// address: the value of its --dbname, and the environment with what must not
// stand in the list of processes.
func ProgramAccess(address string) (dbname string, environment []string, err error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return "", nil, fmt.Errorf("read the database address: %w", err)
	}
	environment = append(os.Environ(), "PGPASSWORD="+config.Password, "PGAPPNAME=lianpian")
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") { // key=value
		environment = append(environment, "PGHOST="+config.Host, fmt.Sprintf("PGPORT=%d", config.Port), "PGUSER="+config.User)
		if mode := sslMode.FindStringSubmatch(address); mode != nil {
			environment = append(environment, "PGSSLMODE="+mode[1])
		}
		return config.Database, environment, nil
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for name := range q { // those of the Go driver, which PostgreSQL's library refuses
		if strings.HasPrefix(name, "pool_") || slices.Contains([]string{"password", "default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity"}, name) {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), environment, nil
}

var sslMode = regexp.MustCompile(`\bsslmode\s*=\s*'?([a-z-]+)`)
