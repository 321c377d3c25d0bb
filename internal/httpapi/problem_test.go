package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lianpian/lianpian/internal/postgis"
)

// TestWhatIsSaidOfAFailure tells a person what became of what they asked for: what
// failed after something was saved must not say that nothing was.
func TestWhatIsSaidOfAFailure(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler)}
	lost := &net.OpError{Op: "read", Err: errors.New("connection reset")}
	for name, c := range map[string]struct {
		err    error
		status int
		kind   string
	}{
		"the database went away":           {lost, http.StatusServiceUnavailable, kindBusy},
		"it went away during the commit":   {fmt.Errorf("commit: %w", postgis.ErrUnknown), http.StatusServiceUnavailable, kindUnknown},
		"what it refers to was deleted":    {fmt.Errorf("put communities into a zone: %w", &pgconn.PgError{Code: "23503"}), http.StatusConflict, kindConflict},
		"another one waited for it, too":   {fmt.Errorf("lock the zones: %w", &pgconn.PgError{Code: "40P01"}), http.StatusServiceUnavailable, kindBusy},
		"and the register says so":         {fmt.Errorf("community a: %w: %w", postgis.ErrConflict, &pgconn.PgError{Code: "40P01"}), http.StatusServiceUnavailable, kindBusy},
		"a code is taken":                  {fmt.Errorf("community a: %w", postgis.ErrConflict), http.StatusConflict, kindConflict},
		"nothing that the service expects": {errors.New("a fault"), http.StatusInternalServerError, kindInternal},
	} {
		if p := s.problemOf(context.Background(), c.err); p.Status != c.status || p.Type != "urn:lianpian:problem:"+c.kind {
			t.Errorf("%s: %d %s", name, p.Status, p.Type)
		}
	}
}
