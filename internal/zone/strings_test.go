package zone_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

func (b *bench) strings(z zone.Zone) []zone.String {
	b.t.Helper()
	found, err := b.zones.Strings(b.t.Context(), account.Everything, b.district, z.Code)
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// tree writes strings as "A-B 30 和平路".
func tree(found []zone.String) string {
	var said []string
	for _, s := range found {
		straight := ""
		if s.Straight {
			straight = "!"
		}
		said = append(said, fmt.Sprintf("%s-%s %.0f%s %s", s.A, s.B, s.LengthM, straight, s.Name))
	}
	return strings.Join(said, ", ")
}

func TestStringsAreTheMinimalTreeAlongStreets(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 20, 30)
	a.tie("B", "C", 40, 60)
	a.tie("A", "C", 40, 50)
	a.tie("C", "D", 10, 0) // no way is known
	a.tie("A", "E", 20, 25, "river")
	z := a.create("一号片区", block(0, 0, 0, 0, 13, 1))
	found := a.strings(z)
	if diff := cmp.Diff("A-B 30 和平路, A-C 50 和平路, C-D 13! 和平路", tree(found)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]zone.Street{{Name: "和平路", LengthM: 40}, {Name: "建设路", LengthM: 20}, {Name: "", LengthM: 5}}, found[0].Streets); diff != "" {
		t.Error(diff)
	}
	if len(found[0].Line) != 3 || len(found[2].Line) != 2 {
		t.Errorf("lines %v, %v", found[0].Line, found[2].Line)
	}

	t.Run("as GeoJSON", func(t *testing.T) {
		c := zone.CollectStrings(found)
		if c.Type != "FeatureCollection" || len(c.Features) != 3 || c.TotalM != 93 || c.Features[2].Properties.AName != "小区C" {
			t.Errorf("%+v", c)
		}
		if empty := zone.CollectStrings(nil); empty.Features == nil || empty.TotalM != 0 {
			t.Errorf("%+v", empty)
		}
	})
	t.Run("only what the person may read", func(t *testing.T) {
		a.exec(`update community set subdistrict_code = $1 where code = 'B'`, east)
		_, scope := a.as(account.Officer, account.Scope{Subdistricts: []string{west}})
		own, err := a.zones.Strings(t.Context(), scope, a.district, z.Code)
		if err != nil || tree(own) != "A-C 50 和平路, C-D 13! 和平路" {
			t.Errorf("%v %s", err, tree(own))
		}
		_, foreign := a.as(account.Officer, account.Scope{Subdistricts: []string{"500110009"}})
		if _, err := a.zones.Strings(t.Context(), foreign, a.district, z.Code); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

func TestStringsFollowTheRules(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 20, 30)
	a.tie("B", "C", 90, 110)
	a.tie("A", "C", 20, 25, "river")
	z := a.create("一号片区", block(0, 0, 0, 0, 13, 1))
	if got := tree(a.strings(z)); got != "A-B 30 和平路, B-C 110 和平路" {
		t.Errorf("at first %s", got)
	}
	ctx, scope := a.as(account.Planner, account.Scope{})
	main, err := a.zones.Scenario(ctx, scope, a.district, "")
	if err != nil {
		t.Fatal(err)
	}
	set := func(change func(r *zone.Rules)) {
		t.Helper()
		rules := main.Rules
		change(&rules)
		if main, err = a.zones.UpdateScenario(ctx, scope, a.district, main.Code, main.Version, zone.ScenarioPatch{Rules: &rules}); err != nil {
			t.Fatal(err)
		}
	}
	set(func(r *zone.Rules) { r.MaxGapM = 50 })
	if got := tree(a.strings(z)); got != "A-B 30 和平路" {
		t.Errorf("gaps up to 50 m: %s", got)
	}
	if c, err := a.zones.Contiguity(ctx, scope, a.district, z.Code); err != nil || parts(c) != "C | D | E | A B" {
		t.Errorf("%s %v", parts(c), err)
	}
	set(func(r *zone.Rules) { r.Barriers = map[string]string{"river": zone.BarrierFree} })
	if got := tree(a.strings(z)); got != "A-B 30 和平路, A-C 25 和平路" {
		t.Errorf("over the river: %s", got)
	}
}

func TestStringsFollowTheirLinks(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 20, 30)
	a.tie("B", "C", 40, 60)
	z := a.create("一号片区", block(0, 0, 0, 0, 13, 1))
	elsewhere := a.create("二号片区", block(12, 0, 0, 0, 12, 1))
	running, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.zones.Run(running, slog.New(slog.DiscardHandler)) }()
	// becomes waits until the strings are these.
	becomes := func(z zone.Zone, want string) {
		t.Helper()
		deadline := time.Now().Add(30 * time.Second)
		for tree(a.strings(z)) != want {
			if time.Now().After(deadline) {
				t.Fatalf("still %s, not %s", tree(a.strings(z)), want)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	becomes(z, "A-B 30 和平路, B-C 60 和平路")

	var heard []postgis.Change
	told := make(chan postgis.Change, 16)
	a.db.OnChange(func(cs []postgis.Change) {
		for _, c := range cs {
			if c.Layer == "strings" {
				told <- c
			}
		}
	})
	a.tie("A", "C", 10, 15)
	a.announce("links")
	becomes(z, "A-B 30 和平路, A-C 15 和平路")
	heard = append(heard, <-told)
	if heard[0].District != a.district || heard[0].Everywhere() || !heard[0].Bound.Contains(orb.Point(block(6, 0, 0, 0, 1, 1).Bound().Center())) {
		t.Errorf("heard %+v", heard)
	}
	a.announce("links")
	time.Sleep(500 * time.Millisecond)
	if len(told) != 0 {
		t.Errorf("nothing changed, but heard %v", <-told)
	}
	a.exec(`insert into link_override (district_code, a_id, b_id, verdict, reason, by) values ($1, $2, $3, 'never', '围墙', 'x')`, a.district, a.id["A"], a.id["B"])
	if err := a.db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{District: a.district, Layer: "links", Bound: block(0, 0, 0, 0, 1, 1).Bound()})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	becomes(z, "A-C 15 和平路, B-C 60 和平路")
	becomes(elsewhere, "")
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestShortPiecesOfStreetsAreNotCalledNothing(t *testing.T) {
	for want, streets := range map[string][]zone.Street{
		"":                   nil,
		"栖霞路 240 米、无名路 12 米": {{Name: "栖霞路", LengthM: 240.4}, {LengthM: 12.3}},
		"无名路 19 米、栖霞路 0.4 米": {{LengthM: 18.6}, {Name: "栖霞路", LengthM: 0.4}},
		"栖霞路 19 米":           {{Name: "栖霞路", LengthM: 19}, {LengthM: 0.04}},
		"栖霞路 不足 0.1 米":       {{Name: "栖霞路", LengthM: 0.02}},
	} {
		if got := zone.StreetsText(streets); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
