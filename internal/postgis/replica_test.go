package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pair is a primary with a streaming replica, both real.
type pair struct {
	t       *testing.T
	primary *Server
	standby *Server
	dir     string // of the standby's cluster
	db      *DB
}

func startPair(t *testing.T) *pair {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	base, err := os.MkdirTemp(Scratch(), "lianpian-replica-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if err := os.Chmod(base, 0o777); err != nil { // the server's user makes the copy
		t.Fatal(err)
	}
	p := &pair{t: t, dir: filepath.Join(base, "standby")}
	quiet := slog.New(slog.DiscardHandler)
	if p.primary, err = StartServer(ctx, filepath.Join(base, "primary"), quiet); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.primary.Stop)
	in, err := p.primary.installation()
	if err != nil {
		t.Fatal(err)
	}
	copying := exec.CommandContext(ctx, filepath.Join(in.bin, "pg_basebackup"), "-h", p.primary.socket, "-U", "lianpian",
		"-D", p.dir, "-X", "stream", "-R", "-c", "fast", "--no-sync")
	copying.Dir = "/"
	copying.SysProcAttr = p.primary.user.attributes()
	if out, err := copying.CombinedOutput(); err != nil {
		t.Fatalf("copy the primary: %v: %s", err, out)
	}
	p.startStandby()
	t.Cleanup(func() { p.standby.Stop() })
	if p.db, err = Open(ctx, p.primary.URL(), quiet); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.db.Close)
	if err := p.db.UseReplicas([]string{p.standby.URL(), OnDatabase(p.standby.URL(), "postgres")}); err != nil {
		t.Fatal(err)
	}
	watching, stop := context.WithCancel(context.Background())
	watched := make(chan struct{})
	go func() { defer close(watched); _ = p.db.WatchReplicas(watching) }()
	t.Cleanup(func() { stop(); <-watched })
	for _, sql := range []string{
		`create table kept (n integer not null)`,
		`insert into kept values (0)`,
		`create table commit_mark (mark uuid primary key)`,
	} {
		if _, err := p.db.Pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *pair) startStandby() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if p.standby, err = StartServer(ctx, p.dir, slog.New(slog.DiscardHandler)); err != nil {
		p.t.Fatal(err)
	}
}

// await waits until the replica is in use, or left out for the reason.
func (p *pair) await(reason error) { p.t.Helper(); p.awaitOf(0, reason) }

func (p *pair) awaitOf(replica int, reason error) {
	p.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		is := p.db.Replicas()[replica].Reason
		if reason == nil && is == nil || reason != nil && errors.Is(is, reason) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the replica's reason is %v, not %v", is, reason)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (p *pair) write(n int) {
	p.t.Helper()
	err := p.db.Write(context.Background(), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `update kept set n = $1`, n)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// read reads what is kept, where from, and how long that took.
func (p *pair) read() (n int, fromReplica bool, took time.Duration) {
	p.t.Helper()
	began := time.Now()
	err := p.db.Read(context.Background(), func(ctx context.Context, conn *pgxpool.Conn) error {
		return conn.QueryRow(ctx, `select n, pg_is_in_recovery() from kept`).Scan(&n, &fromReplica)
	})
	if err != nil {
		p.t.Fatalf("a read failed: %v", err)
	}
	return n, fromReplica, time.Since(began)
}

// readReplica reads until the replica is the one that answers: on a busy machine
// it may be behind at first.
func (p *pair) readReplica() (n int) {
	p.t.Helper()
	for range 100 {
		p.await(nil)
		if n, from, _ := p.read(); from {
			return n
		}
	}
	p.t.Fatal("no read comes from the replica")
	return 0
}

// strike has the replica hit by a signal under a read, and tells what that read
// gave, in how many runs and how long it took.
func (p *pair) strike(sig syscall.Signal) (n, runs int, took time.Duration, err error) {
	p.t.Helper()
	struck := false
	for range 100 {
		p.await(nil)
		runs = 0
		began := time.Now()
		err = p.db.Read(context.Background(), func(ctx context.Context, conn *pgxpool.Conn) error {
			runs++
			var standby bool
			if err := conn.QueryRow(ctx, `select pg_is_in_recovery()`).Scan(&standby); err != nil {
				return err
			}
			if standby {
				struck = true
				p.signal(sig)
			}
			return conn.QueryRow(ctx, `select n from kept`).Scan(&n)
		})
		if struck {
			return n, runs, time.Since(began), err
		}
	}
	p.t.Fatal("no read comes from the replica")
	return 0, 0, 0, nil
}

func (p *pair) onStandby(sql string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.standby.URL())
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		p.t.Fatalf("%s: %v", sql, err)
	}
}

// processes are those of the standby: its postmaster and what that began.
func (p *pair) processes() []int {
	p.t.Helper()
	content, err := os.ReadFile(filepath.Join(p.dir, "postmaster.pid"))
	if err != nil {
		p.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil {
		p.t.Fatal(err)
	}
	pids := []int{pid}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it ended
		}
		after := string(text[strings.LastIndexByte(string(text), ')')+1:])
		if fields := strings.Fields(after); len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			child, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			if err != nil {
				p.t.Fatal(err)
			}
			pids = append(pids, child)
		}
	}
	return pids
}

func (p *pair) signal(sig syscall.Signal) {
	p.t.Helper()
	for _, pid := range p.processes() {
		_ = syscall.Kill(pid, sig) // a child may have ended
	}
}

func TestReadsGoToReplicasAndSeeWhatWasWritten(t *testing.T) {
	p := startPair(t)
	p.await(nil)
	p.awaitOf(1, errForeign) // another database is none

	// What was acknowledged is read, and mostly from the replica.
	const rounds = 300
	var took []time.Duration
	replica := 0
	for n := 1; n <= rounds; n++ {
		p.write(n)
		got, from, d := p.read()
		if got != n {
			t.Fatalf("read %d after %d was written (from the replica: %v)", got, n, from)
		}
		if from {
			replica++
			took = append(took, d)
		} else {
			p.await(nil)
		}
	}
	slices.Sort(took)
	if replica < rounds/2 {
		t.Errorf("only %d of %d reads came from the replica", replica, rounds)
	}
	if len(took) > 0 {
		t.Logf("%d of %d reads right after a write came from the replica; median %v, longest %v", replica, rounds, took[len(took)/2], took[len(took)-1])
	}

	// A replica that does not replay is waited for once, shortly, and left out.
	p.onStandby(`select pg_wal_replay_pause()`)
	p.write(1001)
	n, from, d := p.read()
	if n != 1001 || from {
		t.Errorf("while replay is paused: read %d, from the replica: %v", n, from)
	}
	t.Logf("the first read while replay is paused took %v", d)
	p.await(errLags)
	if n, from, d = p.read(); n != 1001 || from || d > answerPatience {
		t.Errorf("the next read: %d, from the replica: %v, took %v", n, from, d)
	}
	p.onStandby(`select pg_wal_replay_resume()`)
	p.await(nil)
	if n = p.readReplica(); n != 1001 {
		t.Errorf("after replay goes on: read %d", n)
	}

	// A replica that dies under a read costs it a second try, and nobody an error.
	n, runs, _, err := p.strike(syscall.SIGKILL)
	if err != nil || n != 1001 || runs != 2 {
		t.Errorf("a replica killed under a read: %v, read %d in %d runs", err, n, runs)
	}
	if p.db.Replicas()[0].Reason == nil {
		t.Error("a killed replica is in use")
	}
	p.write(1002)
	if n, from, _ = p.read(); n != 1002 || from {
		t.Errorf("without a replica: read %d, from a replica: %v", n, from)
	}
	p.standby.Stop()
	p.startStandby()
	p.await(nil)
	if n = p.readReplica(); n != 1002 {
		t.Errorf("after the replica is back: read %d", n)
	}

	// One that hangs is given up, also by reads under way.
	n, runs, d, err = p.strike(syscall.SIGSTOP)
	t.Logf("a read from a replica that hangs took %v", d)
	p.signal(syscall.SIGCONT)
	if err != nil || n != 1002 || runs != 2 || d > 10*time.Second {
		t.Errorf("a replica that hangs: %v, read %d in %d runs", err, n, runs)
	}
	p.await(nil)

	// A replica that became a primary of its own is no replica any more.
	p.onStandby(`select pg_promote()`)
	p.write(1003)
	for range 20 {
		if n, from, _ = p.read(); n != 1003 {
			t.Fatalf("after the promotion: read %d, from the replica: %v", n, from)
		}
	}
	p.await(errPromoted)
}

func TestNoReadFailsWhileReplicasComeAndGo(t *testing.T) {
	p := startPair(t)
	p.await(nil)
	ctx, stop := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	var mu sync.Mutex
	written, reads, replica := 0, 0, 0
	faults := map[string]int{}
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				least := written
				mu.Unlock()
				var n int
				var from bool
				err := p.db.Read(context.Background(), func(ctx context.Context, conn *pgxpool.Conn) error {
					return conn.QueryRow(ctx, `select n, pg_is_in_recovery() from kept`).Scan(&n, &from)
				})
				mu.Lock()
				reads++
				switch {
				case err != nil:
					faults[err.Error()]++
				case n < least:
					faults[fmt.Sprintf("stale, from the replica: %v", from)]++
				case from:
					replica++
				}
				mu.Unlock()
				time.Sleep(time.Millisecond)
			}
		})
	}
	n := 0
	work := func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); {
			n++
			p.write(n)
			mu.Lock()
			written = n
			mu.Unlock()
			time.Sleep(2 * time.Millisecond)
		}
	}
	for range 2 {
		work(500 * time.Millisecond)
		p.onStandby(`select pg_wal_replay_pause()`)
		work(300 * time.Millisecond)
		p.onStandby(`select pg_wal_replay_resume()`)
		work(300 * time.Millisecond)
		p.signal(syscall.SIGKILL)
		work(300 * time.Millisecond)
		p.standby.Stop()
		p.startStandby()
		p.await(nil)
	}
	work(300 * time.Millisecond)
	stop()
	readers.Wait()
	if len(faults) > 0 {
		t.Errorf("faults of reads: %v", faults)
	}
	if replica == 0 {
		t.Error("no read came from the replica")
	}
	t.Logf("%d writes; %d reads, %d of them from the replica", n, reads, replica)
}
