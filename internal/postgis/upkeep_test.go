package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// diary notes the districts that were worked on, in turn.
type diary struct {
	mu   sync.Mutex
	days []string
}

func (d *diary) note(what string) (before int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.days = append(d.days, what)
	return len(d.days) - 1
}

func (d *diary) await(t *testing.T, want ...string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		d.mu.Lock()
		are := slices.Clone(d.days)
		d.mu.Unlock()
		if slices.Equal(are, want) {
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("worked on %v, want %v", are, want)
		}
	}
}

// twoDistricts is work on two districts.
func twoDistricts(refresh func(context.Context, *postgis.Shift) error) postgis.Duty {
	return postgis.Duty{
		Work: "counting", Layers: []string{"communities"}, Failed: "not counted", Refresh: refresh,
		Districts: `select code from (values ('500110'), ('500152')) d (code) where $1 or code = any($2) order by 1`,
	}
}

// keepUp runs an upkeep until the test ends.
func keepUp(t *testing.T, u *postgis.Upkeep) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- u.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the upkeep ended with %v", err)
		}
	})
}

func TestAnUpkeepFollowsWhatChanges(t *testing.T) {
	db := postgistest.New(t)
	var d diary
	keepUp(t, postgis.NewUpkeep(db, discard(), twoDistricts(func(_ context.Context, s *postgis.Shift) error {
		d.note(s.District)
		return nil
	})))
	d.await(t, "500110", "500152") // all at the start
	change(t, db, "zones")         // is no business of it
	change(t, db, "communities")
	d.await(t, "500110", "500152", "500110")
}

func TestADistrictThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel() // it waits most of the time
	for name, fault := range map[string]func() error{
		"the work failed":          func() error { return errors.New("no") },
		"another process is at it": func() error { return postgis.ErrElsewhere },
		"the work panicked":        func() error { panic("a nil map") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d diary
			keepUp(t, postgis.NewUpkeep(postgistest.New(t), discard(), twoDistricts(func(_ context.Context, s *postgis.Shift) error {
				if d.note(s.District) == 0 {
					return fault()
				}
				return nil
			})))
			d.await(t, "500110", "500152", "500110")
		})
	}
}

func TestOneAtATimeWorksOnADistrict(t *testing.T) {
	db := postgistest.New(t)
	other, err := postgis.Open(t.Context(), db.URL(), discard())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ended := make(chan error, 1)
	counting := func(db *postgis.DB) *postgis.Upkeep {
		return postgis.NewUpkeep(db, discard(), twoDistricts(func(ctx context.Context, s *postgis.Shift) error {
			err := s.Write(ctx, func(context.Context, *postgis.Tx) error { return nil })
			if s.District == "500110" {
				ended <- err
			}
			return err
		}))
	}
	here, there := counting(db), counting(other)
	var waiting sync.WaitGroup
	err = db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		if err := here.Hold(ctx, tx, "500110"); err != nil {
			return err
		}
		// Who works in the background goes on to another district …
		running, stop := context.WithCancel(ctx)
		waiting.Go(func() { _ = there.Run(running) })
		if err := <-ended; !errors.Is(err, postgis.ErrElsewhere) {
			t.Errorf("in the background: %v", err)
		}
		stop()
		waiting.Wait()
		// … and who asks for this one waits.
		waiting.Go(func() { _ = here.Refresh(t.Context(), "500110") })
		select {
		case err := <-ended:
			t.Errorf("nobody waited: %v", err)
			ended <- err
		case <-time.After(100 * time.Millisecond):
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("who waited: %v", err)
	}
	waiting.Wait()
}

// TestWhatTheDataMakesFailIsSetAside works through numbers, three at a time; some
// cannot be computed with.
func TestWhatTheDataMakesFailIsSetAside(t *testing.T) {
	for name, c := range map[string]struct {
		left     []int64
		batch    string // the statement that is computed for a number
		want     []string
		aside    []int64
		wantLeft []int64
		fails    bool
	}{
		"all can be": {
			left: []int64{1, 2, 3, 4}, batch: `select 1 / $1::bigint`,
			want: []string{"[1 2 3]", "[4]", "[]"},
		},
		"one of them cannot": {
			left: []int64{1, 0, 3, 4}, batch: `select 1 / $1::bigint`,
			want: []string{"[1 0 3]", "[1]", "[0]", "[3 4]", "[]"}, aside: []int64{0},
		},
		"it is no fault of the data": {
			left: []int64{1, 2}, batch: `select $1::bigint from no_such_table`,
			want: []string{"[1 2]"}, wantLeft: []int64{1, 2}, fails: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := postgistest.New(t)
			left := slices.Clone(c.left)
			var batches []string
			var aside []int64
			u := postgis.NewUpkeep(db, discard(), twoDistricts(func(ctx context.Context, s *postgis.Shift) error {
				return s.Batches(ctx, func(ctx context.Context, tx *postgis.Tx, single bool) ([]int64, error) {
					size := 3
					if single {
						size = 1
					}
					taken := slices.Clone(left[:min(size, len(left))])
					batches = append(batches, fmt.Sprint(taken))
					for _, n := range taken {
						if _, err := tx.Exec(ctx, c.batch, n); err != nil {
							return taken, err
						}
					}
					left = left[len(taken):]
					return taken, nil
				}, func(_ context.Context, _ *postgis.Tx, n int64, cause error) error {
					aside, left = append(aside, n), left[1:]
					if cause == nil {
						t.Error("it is not said why")
					}
					return nil
				})
			}))
			if err := u.Refresh(t.Context(), "500110"); (err != nil) != c.fails {
				t.Errorf("refreshed: %v", err)
			}
			if !reflect.DeepEqual(batches, c.want) || !slices.Equal(aside, c.aside) || !slices.Equal(left, c.wantLeft) {
				t.Errorf("batches %v, set aside %v, left %v; want %v, %v, %v", batches, aside, left, c.want, c.aside, c.wantLeft)
			}
		})
	}
}

// TestAFaultBeforeAnythingIsTakenEndsTheShift keeps a district whose data fails as a
// whole from being tried without a pause.
func TestAFaultBeforeAnythingIsTakenEndsTheShift(t *testing.T) {
	db := postgistest.New(t)
	u := postgis.NewUpkeep(db, discard(), twoDistricts(func(ctx context.Context, s *postgis.Shift) error {
		return s.Batches(ctx, func(ctx context.Context, tx *postgis.Tx, _ bool) ([]int64, error) {
			_, err := tx.Exec(ctx, `select 1 / 0`)
			return nil, err
		}, nil)
	}))
	if err := u.Refresh(t.Context(), "500110"); err == nil {
		t.Error("it is said to be up to date")
	}
}
