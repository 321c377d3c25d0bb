package faults

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis"
)

const reserveMiB = 48

// smallDisk mounts a disk of so many MiB. The test is skipped where that is not
// allowed.
func smallDisk(t *testing.T, mib int) string {
	t.Helper()
	dir := apptest.DataDir(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=755", mib)); err != nil {
		t.Skipf("a small disk cannot be mounted here (it takes root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// fill leaves about so many MiB of a disk.
func fill(t *testing.T, dir string, leave int64) (ballast string) {
	t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		t.Fatal(err)
	}
	ballast = filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	piece := make([]byte, 1<<20)
	for left := int64(stat.Bavail)*stat.Bsize - leave<<20; left > 0; left -= int64(len(piece)) {
		if _, err := f.Write(piece); err != nil {
			if errors.Is(err, syscall.ENOSPC) {
				break
			}
			t.Fatal(err)
		}
	}
	return ballast
}

// furnishPrivate prepares the private database of a service that starts later.
func furnishPrivate(t *testing.T, dir string) (w *world, reopen func()) {
	t.Helper()
	server, err := postgis.StartServer(t.Context(), furnishCluster(t, dir), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, server.URL())
	w = furnish(t, db)
	server.Stop()
	return w, db.Pool.Reset
}

// TestFullDisk fills the disk of the private database. Reads go on, writes and
// uploads are told why they are not made, and nothing is broken afterwards.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, 420)
	w, _ := furnishPrivate(t, dir)
	sut := apptest.New(t, "service", "", dir, "--disk-reserve", fmt.Sprint(reserveMiB))
	sut.Start()
	var l ledger
	c := w.client(&l, at(sut))
	if c.edit(t.Context(), "before", 0) != made {
		t.Fatal("nothing works")
	}
	ballast := fill(t, dir, reserveMiB/2)
	time.Sleep(500 * time.Millisecond)

	full := func(what string, a answer, err error) {
		t.Helper()
		if err != nil || a.status != http.StatusInsufficientStorage || !strings.Contains(string(a.body), "磁盘空间不足") {
			t.Errorf("%s on a full disk: %d %s %v", what, a.status, a.body, err)
		}
	}
	path := "/districts/" + w.district + "/communities/c1"
	seen, err := c.ask(t.Context(), http.MethodGet, path, nil)
	if err != nil || seen.status != http.StatusOK {
		t.Errorf("a read on a full disk: %d %s %v", seen.status, seen.body, err)
	}
	a, err := c.ask(t.Context(), http.MethodPatch, path, map[string]any{"remark": "full"}, "If-Match", seen.head.Get("ETag"))
	full("an edit", a, err)
	a, err = c.ask(t.Context(), http.MethodPost, "/districts/"+w.district+"/imports", fileForm("full.csv", "小区编码,小区名称,户数,街道\nfull-1,一,3,东林街道\n"))
	full("an upload", a, err)
	for n := range 20 {
		if a, err := c.ask(t.Context(), http.MethodGet, "/districts/"+w.district+"/zones", nil); err != nil || a.status != http.StatusOK {
			t.Fatalf("read %d: %d %s %v", n, a.status, a.body, err)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	took := eventually(t, 10*time.Second, "writes are made again", func() bool { return c.edit(t.Context(), fmt.Sprint("after-", time.Now().UnixNano()), 1) == made })
	t.Logf("writes again %s after there was room", took.Round(time.Millisecond))
	sut.Stop()
	checksums(t, dir)
}

// TestDiskFullToTheLastByte takes away even what is kept back: the database may
// stop, and comes back whole when there is room.
func TestDiskFullToTheLastByte(t *testing.T) {
	dir := smallDisk(t, 420)
	w, reopen := furnishPrivate(t, dir)
	sut := apptest.New(t, "service", "", dir, "--disk-reserve", "0")
	sut.Start()
	var l ledger
	c := w.client(&l, at(sut))
	if c.edit(t.Context(), "before", 0) != made {
		t.Fatal("nothing works")
	}
	ballast := fill(t, dir, 0)
	for n := range 30 {
		c.edit(t.Context(), fmt.Sprint("full-", n), n%communities)
		c.bring(t.Context(), fmt.Sprint("fullfile", n))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	took := eventually(t, 60*time.Second, "writes are made again", func() bool {
		return c.edit(t.Context(), fmt.Sprint("after-", time.Now().UnixNano()), 1) == made
	})
	t.Logf("%d writes acknowledged, %d refused, %d unknown; writes again %s after there was room", l.count(made), l.count(refused), l.count(unknown), took.Round(time.Millisecond))
	reopen()
	w.settled(time.Minute)
	// Imports may have been told that the disk is full.
	if _, err := w.pool.Exec(t.Context(), `delete from job where state = 'failed' and error like '%磁盘空间不足%'`); err != nil {
		t.Fatal(err)
	}
	l.deeds = onlyEdits(l.deeds)
	w.compare(&l, dir)
	sut.Stop()
	checksums(t, dir)
}

func onlyEdits(deeds []deed) (kept []deed) {
	for _, d := range deeds {
		if d.kind == "edit" {
			kept = append(kept, d)
		}
	}
	return kept
}

// checksums has PostgreSQL look at every page of a cluster that is at rest.
func checksums(t *testing.T, dir string) {
	t.Helper()
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_checksums")
	if len(programs) == 0 {
		t.Log("pg_checksums is not here: the pages are not looked at")
		return
	}
	out, err := exec.Command(programs[len(programs)-1], "--check", "--pgdata", filepath.Join(dir, "postgres")).CombinedOutput()
	if err != nil {
		t.Errorf("the database is broken: %v: %s", err, out)
		return
	}
	t.Logf("pg_checksums: %s", strings.Join(strings.Fields(string(out)), " "))
}
