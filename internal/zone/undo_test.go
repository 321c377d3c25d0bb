package zone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// state is what a scenario is at a revision, 0 now, with the communities of its
// zones, without what counts the saves and without vertices on straight edges.
func (b *bench) state(scenario string, revision int) map[string]string {
	b.t.Helper()
	sc, err := b.zones.Scenario(b.t.Context(), account.Everything, b.district, scenario)
	if err != nil {
		b.t.Fatal(err)
	}
	if revision == 0 {
		revision = sc.Revision
	}
	rows, err := b.db.Pool.Query(b.t.Context(), `
		select zone_code, concat_ws(' ', st.name, st.note, membership, boundary_rule, year, year_locked, subdistrict_codes, communities, md5(ST_AsText(ST_Simplify(geom, 1e-9), 10)))
		from zone_state st join scenario s on s.id = st.scenario_id
		where s.code = $1 and since <= $2 and (until is null or until > $2)`, sc.Code, revision)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var code, text string
		if err := rows.Scan(&code, &text); err != nil {
			b.t.Fatal(err)
		}
		found[code] = text
	}
	return found
}

// now is the same read from the zones themselves.
func (b *bench) now() map[string]string {
	b.t.Helper()
	rows, err := b.db.Pool.Query(b.t.Context(), `
		select z.code, concat_ws(' ', z.name, z.note, z.membership, z.boundary_rule, z.year, z.year_locked, z.subdistrict_codes,
		       array(select c.code from zone_community zc join community c on c.id = zc.community_id where zc.zone_id = z.id order by c.code),
		       md5(ST_AsText(ST_Simplify(z.geom, 1e-9), 10)))
		from zone z join scenario s on s.id = z.scenario_id and s.main`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var code, text string
		if err := rows.Scan(&code, &text); err != nil {
			b.t.Fatal(err)
		}
		found[code] = text
	}
	return found
}

func (b *bench) undo(revision int) zone.Edit {
	b.t.Helper()
	e, err := b.zones.Undo(b.t.Context(), account.Everything, b.district, "", revision)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// quarter fills the west with communities and draws four zones around a corner.
func (b *bench) quarter() []zone.Zone {
	const w, s, u = 106.90, 28.95, 0.001
	var zones []zone.Zone
	for i, name := range []string{"甲", "乙", "丙", "丁"} {
		x, y := w+float64(i%2)*10*u, s+float64(i/2)*10*u
		for j, code := range []string{"1", "2", "3", "4"} {
			cx, cy := x+float64(j%2)*5*u+u, y+float64(j/2)*5*u+u
			b.community(string(rune('A'+i))+code, west, box(cx, cy, cx+3*u, cy+3*u), 100, "in")
		}
		zones = append(zones, b.create(name, box(x, y, x+10*u, y+10*u)))
	}
	return zones
}

func TestEveryActCanBeTakenBackAndDoneAgain(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	year := 2027
	acts := map[string]func(b *bench, zones []zone.Zone) (zone.Edit, error){
		"split": func(b *bench, zones []zone.Zone) (zone.Edit, error) {
			return b.zones.Split(b.t.Context(), account.Everything, b.district, seen(zones[0])[0], orb.LineString{at(5, 0), at(5, 10)}, "西半")
		},
		"merge": func(b *bench, zones []zone.Zone) (zone.Edit, error) {
			return b.zones.Merge(b.t.Context(), account.Everything, b.district, seen(zones[1], zones[0], zones[3]), "新", nil)
		},
		"reshape": func(b *bench, zones []zone.Zone) (zone.Edit, error) {
			return b.zones.Reshape(b.t.Context(), account.Everything, b.district, seen(zones[0]), orb.LineString{at(10, 0), at(15, 0.5), at(15, 5.5), at(10, 6)})
		},
		"paint": func(b *bench, zones []zone.Zone) (zone.Edit, error) {
			return b.zones.Paint(b.t.Context(), account.Everything, b.district, seen(zones[0])[0],
				zone.Paint{Add: []string{"B1", "C1", "C2", "C3", "C4"}, Remove: []string{"A4"}, Derive: true, Take: true})
		},
		"years": func(b *bench, zones []zone.Zone) (zone.Edit, error) {
			return b.zones.SetYears(b.t.Context(), account.Everything, b.district, "", 5, []zone.Year{{Code: zones[0].Code, Year: &year, Locked: true}, {Code: zones[1].Code, Year: &year}})
		},
		"found": func(b *bench, _ []zone.Zone) (zone.Edit, error) {
			return b.zones.Found(b.t.Context(), account.Everything, b.district, "", "采纳", []zone.Draft{{Name: "甲", Communities: []string{"A1", "A2"}}, {Name: "新", Communities: []string{"C1", "C2", "C3", "C4"}}})
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			zones := b.quarter()
			before := b.now()
			e, err := act(b, zones)
			if err != nil {
				t.Fatal(err)
			}
			after := b.now()
			if cmp.Equal(before, after) || e.Revision != 6 {
				t.Fatalf("revision %d: nothing happened", e.Revision)
			}
			undone := b.undo(e.Revision)
			if diff := cmp.Diff(before, b.now()); diff != "" {
				t.Errorf("undone:\n%s", diff)
			}
			redone := b.undo(undone.Revision)
			if diff := cmp.Diff(after, b.now()); diff != "" {
				t.Errorf("redone:\n%s", diff)
			}
			again := b.undo(redone.Revision)
			if diff := cmp.Diff(before, b.now()); diff != "" || again.Revision != 9 {
				t.Errorf("undone again, revision %d:\n%s", again.Revision, diff)
			}
			for revision, want := range map[int]map[string]string{5: before, 6: after, 7: before, 8: after, 9: before} {
				if diff := cmp.Diff(want, b.state("", revision)); diff != "" {
					t.Errorf("revision %d:\n%s", revision, diff)
				}
			}
		})
	}
}

func TestUndoIsRefusedAfterALaterChange(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	b := newBench(t)
	zones := b.quarter()
	e := b.reshape(orb.LineString{at(10, 2), at(12, 2), at(12, 6), at(10, 6)}, zones[0])
	elsewhere, err := b.zones.Update(t.Context(), account.Everything, b.district, zones[3].Code, 1, zone.Draft{Name: "丁二", Geometry: zones[3].Shape()})
	if err != nil {
		t.Fatal(err)
	}
	later, err := b.zones.Update(t.Context(), account.Everything, b.district, zones[1].Code, 2, zone.Draft{Name: "乙二", Geometry: b.get(zones[1]).Shape()})
	if err != nil {
		t.Fatal(err)
	}
	var since *zone.ChangedSinceError
	_, err = b.zones.Undo(t.Context(), account.Everything, b.district, "", e.Revision)
	if !errors.As(err, &since) || !errors.Is(err, postgis.ErrConflict) || !slices.Equal(since.Zones, []string{later.Name}) || !slices.Equal(since.Codes, []string{later.Code}) {
		t.Errorf("%v, %+v", err, since)
	}
	b.undo(e.Revision + 2) // the later change
	b.undo(e.Revision)     // a change that was taken back is none
	b.undo(e.Revision + 4) // both are done again
	b.undo(e.Revision + 3)
	if got := b.get(later); got.Name != later.Name {
		t.Errorf("the later change is not there again: %q", got.Name)
	}
	if got := b.get(elsewhere); got.Name != "丁二" {
		t.Errorf("another zone is %q", got.Name)
	}
	var invalid *zone.InvalidError
	for _, revision := range []int{-1, 0, 1, 99} {
		if _, err := b.zones.Undo(t.Context(), account.Everything, b.district, "", revision); !errors.As(err, &invalid) || invalid.Field != "revision" {
			t.Errorf("undo of revision %d: %v", revision, err)
		}
	}
}

func TestUndoIsRefusedWhereAnotherZoneHasTakenTheGround(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	b := newBench(t)
	zones := b.quarter()
	if err := b.zones.Delete(t.Context(), account.Everything, b.district, zones[0].Code, 1); err != nil {
		t.Fatal(err)
	}
	e := b.reshape(orb.LineString{{w + 10*u, s + 2*u}, {w + 5*u, s + 2*u}, {w + 5*u, s + 6*u}, {w + 10*u, s + 6*u}}, zones[1])
	var since *zone.ChangedSinceError
	if _, err := b.zones.Undo(t.Context(), account.Everything, b.district, "", 6); !errors.As(err, &since) || !slices.Equal(since.Codes, []string{zones[1].Code}) {
		t.Errorf("%v", err)
	}
	b.undo(e.Revision)
	b.undo(6)
	if o := b.overlap(); o > 1e-15 || len(b.list("")) != 4 {
		t.Errorf("%d zones overlap by %g", len(b.list("")), o)
	}
}

func TestUndoOfADeletion(t *testing.T) {
	b := newBench(t)
	zones := b.quarter()
	if err := b.zones.Delete(t.Context(), account.Everything, b.district, zones[0].Code, 1); err != nil {
		t.Fatal(err)
	}
	namesake := b.create("甲", box(107.0, 28.95, 107.01, 28.96))
	var taken *zone.NameTakenError
	if _, err := b.zones.Undo(t.Context(), account.Everything, b.district, "", 6); !errors.As(err, &taken) {
		t.Errorf("with the name given away: %v", err)
	}
	if err := b.zones.Delete(t.Context(), account.Everything, b.district, namesake.Code, 1); err != nil {
		t.Fatal(err)
	}
	e := b.undo(6)
	if len(e.Zones) != 1 || e.Zones[0].Code != zones[0].Code || e.Zones[0].Totals != zones[0].Totals {
		t.Fatalf("%+v", e)
	}
	if e.Zones[0].Version != 2 {
		t.Errorf("version %d: an edit of before the deletion would fit", e.Zones[0].Version)
	}
	history, err := b.zones.History(t.Context(), account.Everything, b.district, zones[0].Code)
	if err != nil || len(history) != 3 || !strings.Contains(string(history[0].After), "zone.undo") {
		t.Errorf("%v, %d entries", err, len(history))
	}
}

func TestAScenarioCanBeRestoredToAnyRevision(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	b := newBench(t)
	zones := b.quarter()
	states := map[int]map[string]string{5: b.now()}
	note := func(e zone.Edit, err error) zone.Edit {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		states[e.Revision] = b.now()
		return e
	}
	e := note(b.zones.Split(t.Context(), account.Everything, b.district, seen(zones[0])[0], orb.LineString{at(4, 0), at(4, 10)}, "甲西"))
	note(b.zones.Merge(t.Context(), account.Everything, b.district, append(seen(e.Zones[1]), seen(zones[1])...), "大", nil))
	note(b.zones.Paint(t.Context(), account.Everything, b.district, seen(b.get(zones[2]))[0], zone.Paint{Add: []string{"D1"}, Derive: true, Take: true}))
	// Two zones exchange their names.
	third, fourth := b.get(zones[2]), b.get(zones[3])
	for i, z := range []struct {
		of   zone.Zone
		name string
	}{{third, "过渡"}, {fourth, "丙"}, {third, "丁"}} {
		z.of = b.get(z.of)
		if _, err := b.zones.Update(t.Context(), account.Everything, b.district, z.of.Code, z.of.Version, zone.Draft{Name: z.name, Geometry: z.of.Shape()}); err != nil {
			t.Fatal(err)
		}
		states[9+i] = b.now()
	}
	for _, revision := range []int{6, 11, 5, 9, 8, 7, 10, 1} {
		e, err := b.zones.Restore(t.Context(), account.Everything, b.district, "", revision)
		if err != nil {
			t.Fatalf("restore %d: %v", revision, err)
		}
		want := states[revision]
		if revision == 1 {
			want = map[string]string{}
		}
		if diff := cmp.Diff(want, b.now()); diff != "" {
			t.Errorf("restored %d:\n%s", revision, diff)
		}
		if diff := cmp.Diff(want, b.state("", e.Revision)); diff != "" {
			t.Errorf("revision %d as it is kept:\n%s", e.Revision, diff)
		}
		again, err := b.zones.Restore(t.Context(), account.Everything, b.district, "", e.Revision)
		if err != nil || again.Revision != e.Revision {
			t.Errorf("restoring what is there: revision %d, %v", again.Revision, err)
		}
	}
	revisions, err := b.zones.Revisions(t.Context(), account.Everything, b.district, "", 0, 3)
	if err != nil || len(revisions) != 3 || revisions[0].Label != "恢复到第 1 版" || revisions[0].Revision != 19 || len(revisions[0].Zones) == 0 {
		t.Errorf("%+v, %v", revisions, err)
	}
	past, err := b.zones.ZonesAt(t.Context(), account.Everything, b.district, "", 5)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(past, func(p, q zone.Zone) int { return strings.Compare(p.Code, q.Code) })
	if diff := cmp.Diff(zones, past, cmpopts.IgnoreFields(zone.Zone{}, "CreatedAt", "UpdatedAt", "Geometry"), cmpopts.EquateApprox(1e-5, 0.01)); diff != "" {
		t.Errorf("the zones at revision 5:\n%s", diff)
	}
}

func TestRevisionsAreNarrowedToTheScope(t *testing.T) {
	b := newBench(t)
	inWest := b.create("西", box(106.90, 28.95, 106.91, 28.96))
	inEast := b.create("东", box(106.96, 28.95, 106.97, 28.96))
	b.undo(3)
	read := func(scope account.Scope) (text string) {
		t.Helper()
		list, err := b.zones.Revisions(t.Context(), scope, b.district, "", 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			text += r.Action + "(" + strings.Join(r.ZoneNames, ",") + ") "
		}
		return text
	}
	for text, scope := range map[string]account.Scope{
		"zone.undo(东) zone.create(东) zone.create(西) scenario.create() ": {},
		"zone.create(西) scenario.create() ":                             {Subdistricts: []string{west}},
		"zone.undo(东) zone.create(东) scenario.create() ":                {Subdistricts: []string{east}},
		"scenario.create() ": {Subdistricts: []string{}},
	} {
		if got := read(scope); got != text {
			t.Errorf("%v reads %q, want %q", scope, got, text)
		}
	}
	zones, err := b.zones.ZonesAt(t.Context(), account.Scope{Subdistricts: []string{west}}, b.district, "", 3)
	if err != nil || len(zones) != 1 || zones[0].Code != inWest.Code {
		t.Errorf("%v, %v", zones, err)
	}
	if _, err := b.zones.ZonesAt(t.Context(), account.Scope{Zones: []int64{}}, b.district, "", 3); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("somebody without zones: %v", err)
	}
	_ = inEast
}
