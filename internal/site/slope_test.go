package site_test

import (
	"context"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/site"
)

// tilt lets the ground rise to the east.
func (w *town) tilt(steepness float64) {
	w.t.Helper()
	const cols, rows, step = 110, 20, 0.001
	heights := make([]float32, cols*rows)
	for i := range heights {
		east, _ := w.plane.Forward(orb.Point{106.86 + step*float64(i%cols), 29.01 - step*float64(i/cols)})
		heights[i] = float32(500 + steepness*(east-w.origin[0]))
	}
	grid, err := terrain.New(106.86, 29.01, step, step, cols, rows, heights)
	if err != nil {
		w.t.Fatal(err)
	}
	lib, err := policy.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.db.Write(w.t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		_, err := registry.New(w.db, lib).ReplaceElevation(ctx, tx, w.district, registry.ElevationRow{
			SourceRef: "elevation:test", Format: "hgt", SourceStepM: 110, Grid: grid,
		})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// On a slope the way is as long as its worse direction takes, in minutes; the
// best place is where coverage says so.
func TestSitesOnASlopeCountMinutes(t *testing.T) {
	w := newSmall(t, 10)
	w.tilt(0.08)
	five := 5.0
	request := func(model string) site.Request {
		r := w.request(model, coverage.MethodWalkSlope, 1, true)
		r.Limit = coverage.Limit{Minutes: &five}
		return r
	}
	// By Tobler's function somebody who climbs 8 % takes so much longer than on the flat.
	climb := math.Exp(3.5 * 0.08)
	want := math.Inf(1)
	for _, c := range w.candidates {
		worst := 0.0
		for _, h := range w.homes {
			least := math.Inf(1)
			for _, open := range append([]spot{c}, w.existing...) {
				least = min(least, (math.Abs(h.y)+math.Abs(open.y)+math.Abs(h.x-open.x)*climb)/60)
			}
			worst = max(worst, least)
		}
		want = min(want, worst)
	}
	far := w.solve(request(site.LeastFar)).Answer
	if far.Unit != "minutes" || !near(far.Value, want, 0.02*want) || !far.Proven {
		t.Errorf("at worst %v %s, want %v minutes", far.Value, far.Unit, want)
	}
	r := request(site.CoverMost)
	q := w.solve(r)
	w.accept(q.ID, site.Acceptance{})
	run := w.cover(r, q.Request.Scenario)
	if float64(run.Summary.CoveredHouseholds) != q.Answer.After || q.Answer.After <= q.Answer.Before || !run.Inputs.Network.Elevation {
		t.Errorf("%v households, coverage says %d", q.Answer.After, run.Summary.CoveredHouseholds)
	}
}
