package postgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	// ErrUnknown says that the connection was lost while a transaction was being
	// committed, and that it could not be found out whether it was.
	ErrUnknown = errors.New("it is not known whether the write was made")
	// ErrNoRoom says that the database's disk is full.
	ErrNoRoom = errors.New("no room left on the database's disk")
)

// Lost tells whether err says that the database went away, or cannot be reached
// just now.
func Lost(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "57P01", "57P02", "57P03", "57P05", // ends, crashed, starts, idle for too long
			"53300": // too many connections
			return true
		case "25006": // read only: a standby that has not been promoted yet
			return true
		}
		return len(pg.Code) == 5 && pg.Code[:2] == "08"
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, pgconn.ErrConnClosed) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// Full tells whether err says that a disk is full: the database's or ours.
func Full(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "53100" || // disk_full
		errors.Is(err, ErrNoRoom) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// alive looks, without asking the server, whether it has hung up on an idle
// connection. After a restart of the database, this is what keeps the pool from
// handing out connections that are dead.
func alive(conn net.Conn) bool {
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = wrapped.NetConn()
	}
	raw, ok := conn.(syscall.Conn)
	if !ok {
		return true
	}
	control, err := raw.SyscallConn()
	if err != nil {
		return false
	}
	quiet := true
	// Not Read, which would wait for a reader that the driver may have running.
	err = control.Control(func(fd uintptr) {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		// An idle server has nothing to say but goodbye.
		quiet = errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR)
	})
	return err == nil && quiet
}

// watchful keeps waiting for the network finite: a server that is gone without
// having said so is noticed in about 20 seconds.
func watchful(config *pgxpool.Config) {
	config.PingTimeout = connectWithin
	if c := config.ConnConfig; c.ConnectTimeout == 0 || c.ConnectTimeout > time.Minute {
		c.ConnectTimeout = connectWithin
	}
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 3 * time.Second, Count: 3}}
	config.ConnConfig.DialFunc = dialer.DialContext
}

const (
	// connectWithin bounds one attempt to connect, where the address does not.
	connectWithin = 5 * time.Second
	// resolveWithin bounds the search for what became of a commit.
	resolveWithin = 8 * time.Second
)

// unanswered tells whether an error of a commit leaves open what became of it: the
// server has not said no.
func unanswered(err error) bool {
	var pg *pgconn.PgError
	return !errors.Is(err, pgx.ErrTxCommitRollback) && !errors.Is(err, pgx.ErrTxClosed) && (!errors.As(err, &pg) || Lost(err))
}

// errNotMade says of a commit that was not answered that it was not made.
var errNotMade = errors.New("the database went away before the commit")

// outcome finds out what became of a transaction whose commit was not answered: nil
// where it was made, errNotMade, or ErrUnknown.
func (db *DB) outcome(ctx context.Context, t token) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), resolveWithin)
	defer cancel()
	for ended := false; ; {
		var made bool
		err := db.Pool.QueryRow(ctx, `select exists (select from commit_mark where mark = $1)`, t.mark).Scan(&made)
		switch {
		case made:
			return nil
		case err == nil && ended:
			return errNotMade
		case err == nil:
			// It may still be at it. Once it has ended, its mark is looked for once more.
			if ended, err = db.ended(ctx, t.xid); ended {
				continue
			}
		}
		if err != nil && !Lost(err) && ctx.Err() == nil {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		select {
		case <-ctx.Done():
			return ErrUnknown
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ended tells whether no transaction of a number is under way.
func (db *DB) ended(ctx context.Context, xid string) (bool, error) {
	var status *string
	err := db.Pool.QueryRow(ctx, `select pg_xact_status($1::text::xid8)`, xid).Scan(&status)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "22023" {
		return true, nil // in the future: the server crashed and has not come so far again
	}
	return err == nil && (status == nil || *status != "in progress"), err
}
