package geofiletest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// MostMemory is what a process may take for a hostile file, MiB; the program
// itself takes some 60 of them.
const MostMemory = 400

// hostileVariable names the file that a child of a test reads.
const hostileVariable = "LIANPIAN_TEST_HOSTILE_FILE"

// Failed begins what a child says that has neither read nor refused its file.
const Failed = "FAILED: "

// Child is a test that is no test of its own: Bounded runs it as a process, in
// which it reads a file and prints how that went and the most memory that the
// process ever had.
func Child(t *testing.T, read func(ctx context.Context, path string) (said string)) {
	t.Helper()
	path := os.Getenv(hostileVariable)
	if path == "" {
		t.Skip("run by the tests of hostile files")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	began := time.Now()
	said := read(ctx, path)
	fmt.Printf("outcome: %d MiB, %d ms, %s\n", peakMiB(), time.Since(began).Milliseconds(), strings.ReplaceAll(said, "\n", " "))
}

func peakMiB() int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kib >> 10
		}
	}
	return 0
}

// Bounded reads a file in a process that runs the test of the name, and returns
// what that said. It fails where that takes more than MostMemory or neither reads
// nor refuses the file.
func Bounded(t *testing.T, child, path string) (said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
	defer cancel()
	process := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+child+"$", "-test.count=1")
	process.Env = append(os.Environ(), hostileVariable+"="+path, "GOMAXPROCS=2")
	out, err := process.CombinedOutput()
	_, outcome, found := strings.Cut(string(out), "outcome: ")
	outcome, _, _ = strings.Cut(outcome, "\n")
	if err != nil || !found {
		t.Fatalf("the reading process ended with %v\n%.3000s", err, out)
	}
	t.Log(outcome)
	peak, rest, _ := strings.Cut(outcome, " MiB, ")
	_, said, _ = strings.Cut(rest, " ms, ")
	if mib, err := strconv.Atoi(peak); err != nil || mib == 0 || mib > MostMemory {
		t.Errorf("took %s MiB, want at most %d", peak, MostMemory)
	}
	if strings.Contains(said, Failed) {
		t.Errorf("neither read nor refused: %s", said)
	}
	_ = os.Remove(path)
	return said
}

// Made writes a file by pieces.
func Made(t *testing.T, name string, write func(w *bufio.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// Repeat writes a text many times.
func Repeat(w io.Writer, text string, times int) {
	for range times {
		_, _ = io.WriteString(w, text)
	}
}
