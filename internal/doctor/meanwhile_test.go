package doctor

import (
	"context"
	"errors"
	"testing"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestAFileWhoseImportBeginsMeanwhileIsNotGivenUp(t *testing.T) {
	for name, test := range map[string]struct {
		state State // that it comes to
		kept  State
	}{
		"it is being imported": {Importing, Importing},
		"it has been imported": {Imported, Discarded},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			i, err := c.doctor.Begin(t.Context(), demoDistrict, Upload{Name: "小区.geojson"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.db.Pool.Exec(t.Context(), `update inspection set state = 'ready'`); err != nil {
				t.Fatal(err)
			}
			other, err := c.db.Pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Rollback(context.Background()) }()
			if _, err := other.Exec(t.Context(), `update inspection set state = $1`, test.state); err != nil {
				t.Fatal(err)
			}
			went := make(chan error, 1)
			go func() { went <- c.doctor.Discard(t.Context(), i.ID) }()
			postgistest.Blocked(t, c.db)
			if err := other.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			var refused *StateError
			if err := <-went; errors.As(err, &refused) != (test.state == Importing) {
				t.Errorf("given up: %v", err)
			}
			var kept State
			if err := c.db.Pool.QueryRow(t.Context(), `select state from inspection where id = $1`, i.ID).Scan(&kept); err != nil || kept != test.kept {
				t.Errorf("it is %q, %v", kept, err)
			}
		})
	}
}
