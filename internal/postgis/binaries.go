package postgis

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// ErrNoServer says that no PostgreSQL server with PostGIS is installed here.
var ErrNoServer = errors.New("no PostgreSQL server with PostGIS was found on this machine; install one (Debian: apt-get install postgresql-15-postgis-3) or set DATABASE_URL")

// installation is a directory with the PostgreSQL server's programs.
type installation struct {
	bin   string
	major int
}

// findInstallation returns the newest PostgreSQL that has PostGIS, or the one of
// the given major version when major is not 0. PATH comes first, with symbolic
// links resolved, then the places where Debian and others put it.
func findInstallation(major int) (installation, error) {
	var candidates []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			candidates = append(candidates, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return installation{}, fmt.Errorf("look for PostgreSQL in %s: %w", pattern, err)
		}
		candidates = append(candidates, found...)
	}
	var usable []installation
	for _, bin := range candidates {
		if in, ok := inspectInstallation(bin); ok && (major == 0 || in.major == major) {
			usable = append(usable, in)
		}
	}
	if len(usable) == 0 {
		if major != 0 {
			return installation{}, fmt.Errorf("the data directory was made by PostgreSQL %d: %w", major, ErrNoServer)
		}
		return installation{}, ErrNoServer
	}
	sort.SliceStable(usable, func(i, j int) bool { return usable[i].major > usable[j].major })
	return usable[0], nil
}

func inspectInstallation(bin string) (installation, bool) {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(bin, program)); err != nil && program != "pg_config" {
			return installation{}, false
		}
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return installation{}, false
	}
	fields := strings.Fields(string(out)) // postgres (PostgreSQL) 15.18 (Debian …)
	if len(fields) < 3 {
		return installation{}, false
	}
	major, err := strconv.Atoi(strings.SplitN(fields[2], ".", 2)[0])
	if err != nil {
		return installation{}, false
	}
	for _, share := range []string{
		fmt.Sprintf("/usr/share/postgresql/%d/extension", major),
		filepath.Join(bin, "../share/extension"),
		filepath.Join(bin, "../share/postgresql/extension"),
	} {
		if _, err := os.Stat(filepath.Join(share, "postgis.control")); err == nil {
			return installation{bin: bin, major: major}, true
		}
	}
	return installation{}, false
}
