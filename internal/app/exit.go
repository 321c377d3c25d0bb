package app

import (
	"context"
	"errors"
	"io/fs"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/backup"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// Exit is how a command ended, as scripts see it.
type Exit int

// The exits of commands.
const (
	Done        Exit = 0
	Failed      Exit = 1
	Refused     Exit = 2
	NotFound    Exit = 3
	Conflict    Exit = 4
	Unhealthy   Exit = 5
	Unreachable Exit = 6
	Interrupted Exit = 130
)

// Exits says what each exit means, in the order of docs/cli.md.
func Exits() []struct {
	Exit    Exit
	Meaning string
} {
	return []struct {
		Exit    Exit
		Meaning string
	}{
		{Done, "done"},
		{Failed, "failed; the reason is on the standard error, the rest in the log"},
		{Refused, "the input was refused: a wrong flag, a file at fault, a damaged backup"},
		{NotFound, "there is no such district, account, zone, job …"},
		{Conflict, "something is in the way: it exists already, is in use, or was changed meanwhile"},
		{Unhealthy, "`doctor` found a fault"},
		{Unreachable, "the database does not answer, or no PostgreSQL with PostGIS is installed"},
		{Interrupted, "stopped by Ctrl-C or SIGTERM; nothing half done is left"},
	}
}

// RefusedError says that the input was at fault.
type RefusedError struct{ Detail string }

func (e *RefusedError) Error() string { return e.Detail }

// UnhealthyError says that a check-up found faults.
type UnhealthyError struct{ Detail string }

func (e *UnhealthyError) Error() string { return e.Detail }

// CancelledError says that a command was stopped, and what became of its work.
type CancelledError struct{ Detail string }

func (e *CancelledError) Error() string { return e.Detail }

// ExitOf is the exit that an error of a command stands for.
func ExitOf(err error) Exit {
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	var unhealthy *UnhealthyError
	var cancelled *CancelledError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &cancelled), is(context.Canceled):
		return Interrupted
	case errors.As(err, &unhealthy):
		return Unhealthy
	case is(postgis.ErrServerInUse, postgis.ErrClusterExists, postgis.ErrConflict, postgis.ErrVersion, backup.ErrOccupied, backup.ErrInUse, fs.ErrExist):
		return Conflict
	case is(postgis.ErrNotFound):
		return NotFound
	case refused(err), is(backup.ErrNewer, postgis.ErrNewer, postgis.ErrBaseDamaged, postgis.ErrTooEarly, postgis.ErrUnreached):
		return Refused
	case is(postgis.ErrNoServer, ErrUnanswered):
		return Unreachable
	default:
		return Failed
	}
}

// refused tells whether an error says that what was given cannot be taken.
func refused(err error) bool {
	var (
		said      *RefusedError
		damaged   *backup.DamagedError
		accounts  *account.InvalidError
		orders    *delivery.InvalidError
		runs      *coverage.InvalidError
		proposals *proposal.InvalidError
		against   *proposal.ContradictoryError
		zones     *zone.InvalidError
		register  *registry.InvalidError
	)
	return errors.As(err, &said) || errors.As(err, &damaged) || errors.As(err, &accounts) || errors.As(err, &orders) ||
		errors.As(err, &runs) || errors.As(err, &proposals) || errors.As(err, &against) || errors.As(err, &zones) || errors.As(err, &register)
}
