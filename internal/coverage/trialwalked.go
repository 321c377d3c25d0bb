package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// walkedTrial searches only what changes can make different.
type walkedTrial struct {
	m     *walked
	set   []facility
	cover *catchment.Cover
	trial *catchment.Trial
}

// trial computes the base of a trial.
func (m *walked) trial(ctx context.Context, set []facility, limit float64) ([]outcome, whatIf, error) {
	cover, err := m.cover(ctx, set, limit)
	if err != nil {
		return nil, nil, err
	}
	outcomes, err := m.outcomes(ctx, cover, len(set))
	if err != nil {
		return nil, nil, err
	}
	return outcomes, &walkedTrial{m: m, set: set, cover: cover, trial: cover.Trial()}, nil
}

func (t *walkedTrial) try(ctx context.Context, changes []Change) ([]otherwise, []string, error) {
	t.trial.Reset()
	defer t.trial.Reset()
	var placed []int
	var paths []*network.Drawn
	for _, c := range changes {
		if err := ctx.Err(); err != nil {
			return nil, nil, fmt.Errorf("try changes: %w", err)
		}
		switch c.Kind {
		case "move", "close":
			for i := range t.set {
				if t.set[i].code == c.Facility {
					t.trial.Close(i)
				}
			}
		case "path":
			drawn, err := t.draw(c)
			if err != nil {
				return nil, nil, err
			}
			paths = append(paths, drawn)
		}
		if c.Kind == "move" || c.Kind == "add" {
			placed = append(placed, t.trial.Add(t.m.homes.Site(t.m.snap.Plane.Metres(*c.Location), t.m.snap.Rules())))
		}
	}
	t.trial.Draw(paths...)
	var notes []string
	for _, facility := range placed {
		if !t.trial.Reached(facility) {
			notes = append(notes, fmt.Sprintf("放置的位置%s，不能服务任何住户。", t.m.walker.lacks()))
		}
	}
	return t.changed(), notes, nil
}

var drawnKinds = map[string]network.DrawnKind{
	"footpath": network.DrawnFootpath, "stairs": network.DrawnStairs, "bridge": network.DrawnBridge,
}

// draw draws a path as if it were built; but a wall that it leads through opens for
// the path alone, and not, as it would then, for doors beside it.
func (t *walkedTrial) draw(c Change) (*network.Drawn, error) {
	drawn, err := t.m.snap.Graph.Draw(t.m.snap.Plane.MetresLine(c.Line), drawnKinds[c.Path], t.joining())
	if errors.Is(err, network.ErrDrawn) {
		return nil, &InvalidError{Field: "changes", Detail: "步道至少要有两个不同的点"}
	}
	if err != nil {
		return nil, fmt.Errorf("draw a path: %w", err)
	}
	return drawn, nil
}

// joinMetres is how far the end of a drawn path may be from the street that it
// is meant to meet: about as exactly as one points on a map.
const joinMetres = 20

// joining are the rules by which the ends of a drawn path are joined to streets.
func (t *walkedTrial) joining() network.TieRules {
	rules := t.m.snap.Rules()
	rules.Reach = joinMetres
	return rules
}

func (t *walkedTrial) gains(ctx context.Context, path Change) ([]otherwise, float64, bool, error) {
	drawn, err := t.draw(path)
	if err != nil {
		return nil, 0, false, err
	}
	t.trial.Reset()
	defer t.trial.Reset()
	t.trial.Draw(drawn)
	return t.changed(), drawn.Metres(), drawn.Joins() >= 2, ctx.Err()
}

// changed reads what is otherwise off the trial.
func (t *walkedTrial) changed() []otherwise {
	effect := t.trial.Effect(nil)
	list := make([]otherwise, 0, len(effect.Changes))
	for _, c := range effect.Changes {
		status := Uncovered
		switch {
		case c.After.Cost() <= t.cover.Limit():
			status = Covered
		case !c.After.Found():
			status = CutOff
		}
		metres := c.After.Cost()
		if t.m.timed {
			metres = math.NaN()
		}
		list = append(list, otherwise{int(c.Home), t.m.outcome(c.After, metres, status)})
	}
	return list
}
