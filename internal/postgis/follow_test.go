package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func change(t *testing.T, db *postgis.DB, layer string) {
	t.Helper()
	err := db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{District: "500110", Layer: layer})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Nobody listens: who catches up has heard of everything that was committed.
func TestCatchUpHearsWhatOthersHaveCommitted(t *testing.T) {
	db := postgistest.New(t)
	other, err := postgis.Open(t.Context(), db.URL(), discard())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var mu sync.Mutex
	heard := map[string]int{}
	other.OnChange(func(cs []postgis.Change) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range cs {
			heard[c.Layer]++
		}
	})
	var writing sync.WaitGroup
	for w := range 4 {
		writing.Go(func() {
			for n := range 20 {
				layer := fmt.Sprintf("w%d-%d", w, n)
				change(t, db, layer)
				if err := other.CatchUp(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				if heard[layer] != 1 {
					t.Errorf("%s was heard %d times after catching up", layer, heard[layer])
				}
				mu.Unlock()
			}
		})
	}
	writing.Wait()
}

func TestChangesSince(t *testing.T) {
	db := postgistest.New(t)
	change(t, db, "a")
	after := db.Heard()
	change(t, db, "b")
	change(t, db, "c")
	for name, c := range map[string]struct {
		seq  int64
		want string
	}{
		"where they are known":       {after, "[b c]"},
		"where nothing was missed":   {db.Heard(), "[]"},
		"before the list":            {0, "[]everything"},
		"of another database":        {db.Heard() + 100, "[]everything"},
		"that nobody has ever heard": {-1, "[]everything"},
	} {
		t.Run(name, func(t *testing.T) {
			changes, last, err := db.ChangesSince(t.Context(), c.seq)
			if err != nil || last != db.Heard() {
				t.Fatalf("up to %d, %v", last, err)
			}
			layers, everything := []string{}, ""
			for _, change := range changes {
				if reflect.DeepEqual(change, postgis.Change{}) {
					everything = "everything"
					continue
				}
				layers = append(layers, change.Layer)
			}
			if got := fmt.Sprint(layers) + everything; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if err := db.ForgetChanges(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if changes, _, err := db.ChangesSince(t.Context(), after); err != nil || len(changes) != 1 || !reflect.DeepEqual(changes[0], postgis.Change{}) {
		t.Errorf("after the list was shortened: %v, %v", changes, err)
	}
	if changes, _, err := db.ChangesSince(t.Context(), db.Heard()); err != nil || len(changes) != 0 {
		t.Errorf("who had heard everything: %v, %v", changes, err)
	}
}

func TestGuardRollsBack(t *testing.T) {
	db := postgistest.New(t)
	district := postgistest.District(t, db)
	mine := errors.New("no longer yours")
	ctx := postgis.Guarded(t.Context(), func(context.Context, *postgis.Tx) error { return mine })
	err := db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `update district set name = '改' where code = $1`, district)
		return err
	})
	var name string
	if read := db.Pool.QueryRow(t.Context(), `select name from district`).Scan(&name); read != nil || !errors.Is(err, mine) || name == "改" {
		t.Errorf("%v, %v; the name is %s", err, read, name)
	}
}

// A connection that the server has closed is not handed out.
func TestDeadConnectionsAreNotUsed(t *testing.T) {
	db := postgistest.New(t)
	other, err := postgis.Open(t.Context(), db.URL(), discard())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for range 5 {
		if err := other.CatchUp(t.Context()); err != nil { // there are connections now
			t.Fatal(err)
		}
		if _, err := db.Pool.Exec(t.Context(), `
			select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		change(t, other, "x")
		if _, err := other.Pool.Exec(t.Context(), `select 1`); err != nil {
			t.Errorf("a query after its connection had died: %v", err)
		}
	}
}
