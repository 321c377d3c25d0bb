package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

// RankPaths says what each of some drawn paths gains by itself, the best first,
// and all together.
func (s *Store) RankPaths(ctx context.Context, scope account.Scope, district string, id uuid.UUID, paths []Change) (PathGains, error) {
	one, err := s.trials.find(ctx, district, id)
	if err != nil {
		return PathGains{}, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	for i, p := range paths {
		if p.Kind != "path" {
			return PathGains{}, &InvalidError{Field: fmt.Sprintf("changes[%d]", i), Detail: "这里只能是步道"}
		}
	}
	if err := one.check(paths); err != nil {
		return PathGains{}, err
	}
	g := PathGains{Paths: []PathGain{}, Unit: "kilometres"}
	if one.in.settings.Method == MethodWalkSlope {
		g.Unit = "hours"
	}
	for i, p := range paths {
		changed, length, joined, err := one.engine.gains(ctx, p)
		if err != nil {
			return g, err
		}
		gain := PathGain{Index: i, Name: p.Name, Path: p.Path, LengthM: math.Round(length*10) / 10, Joined: joined}
		if !joined && len(changed) == 0 { // homes beside it may be served by it alone
			gain.Note = "没有与步行网络相接，不产生作用"
		}
		gain.Gained, gain.Buildings, gain.Saved = one.gain(changed)
		g.Paths = append(g.Paths, gain)
	}
	all, _, err := one.engine.try(ctx, paths)
	if err != nil {
		return g, err
	}
	g.Together, _, _ = one.gain(all)
	slices.SortStableFunc(g.Paths, func(a, b PathGain) int {
		return cmp.Or(cmp.Compare(b.Gained, a.Gained), cmp.Compare(b.Buildings, a.Buildings), cmp.Compare(b.Saved, a.Saved))
	})
	return g, nil
}

// gain adds up households newly covered, buildings newly covered and what is
// saved of the way, in kilometres or hours: over households or, where none are
// known, over homes.
func (t *trial) gain(changed []otherwise) (households, buildings int64, saved float64) {
	per := 1000.0
	if t.in.settings.Method == MethodWalkSlope {
		per = 3600
	}
	plain := t.in.plain()
	for _, c := range changed {
		s, before := &t.in.subjects[c.subject], &t.base[c.subject]
		if c.covered() && !before.covered() {
			households += s.wholeHouseholds
			if s.id != 0 {
				buildings++
			}
		}
		if before.facility >= 0 && c.facility >= 0 {
			weight := float64(s.wholeHouseholds)
			if plain && s.home() {
				weight = 1
			}
			saved += (before.cost - c.cost) / per * weight
		}
	}
	return households, buildings, math.Round(saved*100) / 100
}
