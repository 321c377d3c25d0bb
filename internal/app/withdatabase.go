package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/lianpian/lianpian/internal/postgis"
)

// testDatabaseVariable is where a command run by WithDatabase finds its server.
const testDatabaseVariable = "LIANPIAN_TEST_DATABASE_URL"

// WithDatabase runs a command beside a throw-away PostGIS server, whose address
// it finds in LIANPIAN_TEST_DATABASE_URL, and returns the command's exit code.
// Tests and benchmarks run in it.
func WithDatabase(ctx context.Context, command []string) (int, error) {
	dir, err := os.MkdirTemp(postgis.Scratch(), "lianpian-with-database-")
	if err != nil {
		return 1, fmt.Errorf("make a place for the database: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return 1, fmt.Errorf("make a place for the database: %w", err)
	}
	server, err := postgis.StartServer(ctx, filepath.Join(dir, "postgres"), slog.New(slog.DiscardHandler))
	if err != nil {
		return 1, err
	}
	defer server.Stop()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), testDatabaseVariable+"="+server.URL())
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, fmt.Errorf("run %s: %w", command[0], err)
	}
	return 0, nil
}
