package tile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var errPanic = errors.New("a nil shape")

// TestALayerIsReadAgainWhenTheDatabaseIsBack asks twice for a layer whose first
// reading fails.
func TestALayerIsReadAgainWhenTheDatabaseIsBack(t *testing.T) {
	c, err := readCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var road *layer
	for l := range c.in(c.all) {
		if l.info.Name == "road" {
			road = l
		}
	}
	for name, test := range map[string]struct {
		err    error
		layers int // held after the second time
	}{
		"the database ended in the midst of it": {&pgconn.PgError{Code: "57P01"}, 1},
		"it was not there":                      {fmt.Errorf("connect: %w", &pgconn.PgError{Code: "57P03"}), 1},
		"the query has a fault":                 {errors.New("no such column"), 0},
		"there is no room for it":               {errNoRoom, 0},
		"reading it panics":                     {errPanic, 0},
	} {
		t.Run(name, func(t *testing.T) {
			readings := 0
			s := newStock(1<<20, c, func(context.Context, func(context.Context, *pgxpool.Conn) error) error {
				if readings++; readings == 1 {
					if errors.Is(test.err, errPanic) {
						panic(test.err)
					}
					return test.err
				}
				return nil
			}, slog.New(slog.DiscardHandler))
			defer s.close()
			for range 2 {
				s.of(road, newView(Request{District: "500110", Z: 16}))
				s.done.Wait()
			}
			if layers, _ := s.weight(); layers != test.layers {
				t.Errorf("%d layers are held, want %d", layers, test.layers)
			}
		})
	}
}
