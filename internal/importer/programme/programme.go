// Package programme invents the renewal programme of a district that has only
// communities: projects of both libraries in every state, surveys, checks, works,
// money, approvals, milestones and monthly reports. It is for the demo district
// and for benchmarks; the same seed and day give the same programme, and every
// project says that it is generated. It must never be run on a district that
// people work with.
package programme

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
)

// by is who the rows say they are from.
const by = "演示数据"

// Options say how much is invented.
type Options struct {
	District string
	Policy   *policy.Policy // that the district follows
	Projects int
	Months   int       // monthly reports, back from Now
	Surveyed float64   // share of the communities outside projects that have been asked
	Now      time.Time // the programme is two years old, and planned for two more
	Seed     uint64
}

// Made counts what was invented.
type Made struct {
	Projects, Surveys, Counts, Checks, Items, Steps, Opinions, Reports, Lines int
}

// Invent writes a programme into the tables of the district, past the nouns:
// nobody is told of a change.
func Invent(ctx context.Context, tx pgx.Tx, o Options) (Made, error) {
	towns, err := read(ctx, tx, o.District)
	if err != nil {
		return Made{}, err
	}
	in := &inventor{
		Options: o, random: rand.New(rand.NewPCG(o.Seed, 58)), towns: towns,
		today: clock.Day(o.Now),
	}
	in.cast()
	for _, step := range []func(context.Context, pgx.Tx) error{
		in.writeProjects, in.writeSurveys, in.writeChecks, in.writeWorks, in.writeMoney, in.writeApprovals, in.writeMilestones, in.writeMonths,
	} {
		if err := step(ctx, tx); err != nil {
			return in.made, err
		}
	}
	return in.made, nil
}

// inventor is a programme in the making.
type inventor struct {
	Options
	random   *rand.Rand
	today    time.Time
	towns    []*community // in the order of the streets
	projects []*project
	made     Made
}

// id makes the ids of one seed.
func (in *inventor) id() uuid.UUID {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(in.random.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// between draws a whole number, both ends included.
func (in *inventor) between(low, high int) int {
	if high <= low {
		return low
	}
	return low + in.random.IntN(high-low+1)
}

// chance is true so often.
func (in *inventor) chance(share float64) bool { return in.random.Float64() < share }

// oneOf draws from a list.
func oneOf[T any](in *inventor, list ...T) T { return list[in.random.IntN(len(list))] }

// daysAgo is a day before today.
func (in *inventor) daysAgo(days int) time.Time { return in.today.AddDate(0, 0, -days) }

// write copies rows into a table.
func write[T any](ctx context.Context, tx pgx.Tx, table string, columns []string, rows []T, row func(T) []any) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		return row(rows[i]), nil
	}))
	if err != nil {
		return fmt.Errorf("copy into %s: %w", table, err)
	}
	return nil
}
