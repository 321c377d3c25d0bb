package zone_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

func TestAZoneLivesAndLeavesATrail(t *testing.T) {
	b := newBench(t)
	var heard []postgis.Change
	b.db.OnChange(func(cs []postgis.Change) { heard = append(heard, cs...) })
	b.community("A", west, box(106.901, 28.951, 106.903, 28.953), 120, "in")
	b.community("B", west, box(106.911, 28.951, 106.913, 28.953), 80, "out")
	ctx, scope := b.as(account.Planner, account.Scope{})

	z, err := b.zones.Create(ctx, scope, b.district, zone.Draft{
		Name: " 一号片区 ", Note: "先实施", Geometry: box(106.900, 28.950, 106.905, 28.955),
	})
	if err != nil {
		t.Fatal(err)
	}
	if z.Name != "一号片区" || z.Version != 1 || z.CreatedBy != "planner" || z.Code == "" {
		t.Errorf("created %+v", z)
	}
	if z.Totals.Communities != 1 || z.Totals.Households != 120 || z.Totals.EligibleShare != 1 || z.Totals.Partial {
		t.Errorf("totals %+v", z.Totals)
	}
	if diff := cmp.Diff([]string{west}, z.SubdistrictCodes); diff != "" {
		t.Error(diff)
	}
	if len(heard) != 2 || heard[0].Layer != "zones" || heard[0].Bound != z.Shape().Bound() || heard[1].Layer != "scenarios" {
		t.Errorf("heard %v", heard)
	}

	z2, err := b.zones.Update(ctx, scope, b.district, z.Code, 1, zone.Draft{Name: "大片区", Geometry: box(106.900, 28.950, 106.915, 28.955)})
	if err != nil {
		t.Fatal(err)
	}
	if z2.Version != 2 || z2.Note != "" || z2.Totals.Households != 200 || z2.Totals.EligibleShare != 0.6 || z2.UpdatedAt.Before(z.UpdatedAt) {
		t.Errorf("updated %+v", z2)
	}
	same, err := b.zones.Update(ctx, scope, b.district, z.Code, 2, zone.Draft{Name: "大片区", Geometry: z2.Shape()})
	if err != nil || same.Version != 2 {
		t.Errorf("saving the same again gives version %d, %v", same.Version, err)
	}
	if got, err := b.zones.Get(ctx, scope, b.district, z.Code); err != nil || cmp.Diff(z2, got) != "" {
		t.Errorf("get: %v\n%s", err, cmp.Diff(z2, got))
	}
	if list, err := b.zones.List(ctx, scope, b.district, ""); err != nil || len(list) != 1 || cmp.Diff(z2, list[0]) != "" {
		t.Errorf("list: %v %v", list, err)
	}
	if _, err := b.zones.Update(ctx, scope, b.district, z.Code, 1, zone.Draft{Name: "x", Geometry: z.Shape()}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale save: %v", err)
	}
	if err := b.zones.Delete(ctx, scope, b.district, z.Code, 1); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale delete: %v", err)
	}
	if err := b.zones.Delete(ctx, scope, b.district, z.Code, 2); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"get":    second(b.zones.Get(ctx, scope, b.district, z.Code)),
		"update": second(b.zones.Update(ctx, scope, b.district, z.Code, 2, zone.Draft{Name: "x", Geometry: z.Shape()})),
		"delete": b.zones.Delete(ctx, scope, b.district, z.Code, 2),
		"list":   second(b.zones.Communities(ctx, scope, b.district, z.Code)),
	} {
		if !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%s of a deleted zone: %v", what, err)
		}
	}

	history, err := b.zones.History(ctx, scope, b.district, z.Code)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, h := range history {
		actions = append(actions, h.Action+" by "+h.By)
	}
	if diff := cmp.Diff([]string{"zone.delete by planner", "zone.update by planner", "zone.create by planner"}, actions); diff != "" {
		t.Fatal(diff)
	}
	before, after := string(history[1].Before), string(history[1].After)
	if !strings.Contains(before, "一号片区") || !strings.Contains(before, `"communities": ["A"]`) ||
		!strings.Contains(after, "大片区") || !strings.Contains(after, `"communities": ["A", "B"]`) {
		t.Errorf("update from %s to %s", before, after)
	}
	officer, own := b.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	if _, err := b.zones.History(officer, own, b.district, z.Code); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("history of a foreign deleted zone: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestANameIsTakenOncePerDistrict(t *testing.T) {
	b := newBench(t)
	b.create("一号片区", box(106.90, 28.95, 106.91, 28.96))
	other := b.create("二号片区", box(106.92, 28.95, 106.93, 28.96))
	var taken *zone.NameTakenError
	_, err := b.zones.Create(t.Context(), account.Everything, b.district, zone.Draft{Name: "一号片区 ", Geometry: box(106.9, 28.9, 106.91, 28.91)})
	if !errors.As(err, &taken) || taken.Name != "一号片区" || !errors.Is(err, postgis.ErrConflict) {
		t.Errorf("create: %v", err)
	}
	_, err = b.zones.Update(t.Context(), account.Everything, b.district, other.Code, 1, zone.Draft{Name: "一号片区", Geometry: other.Shape()})
	if !errors.As(err, &taken) {
		t.Errorf("update: %v", err)
	}
	if got, err := b.zones.Get(t.Context(), account.Everything, b.district, other.Code); err != nil || got.Name != "二号片区" || got.Version != 1 {
		t.Errorf("after a refused save: %+v, %v", got, err)
	}
}

// zigzag is a closed ring whose n points jump between two sides, crossing itself
// at almost every segment.
func zigzag(n int) orb.Polygon {
	ring := make(orb.Ring, 0, n)
	for i := range n - 1 {
		a := float64(i) * 2.399963 // the golden angle
		r := 0.001 + 0.02*float64(i%7)/7
		ring = append(ring, orb.Point{106.95 + r*math.Cos(a), 29 + r*math.Sin(a)})
	}
	return orb.Polygon{append(ring, ring[0])}
}

func TestAnUnsoundDraftIsRefusedAtOnce(t *testing.T) {
	b := newBench(t)
	z := b.create("一号片区", box(106.90, 28.95, 106.91, 28.96))
	square := box(106.90, 28.95, 106.91, 28.96)
	cases := map[string]struct {
		draft zone.Draft
		field string
		at    bool
	}{
		"no geometry":           {zone.Draft{Name: "x"}, "geometry", false},
		"a phone in the name":   {zone.Draft{Name: "找 138 0013 8000", Geometry: square}, "name", false},
		"a phone in the note":   {zone.Draft{Name: "x", Note: "13812345678", Geometry: square}, "note", false},
		"a point":               {zone.Draft{Name: "x", Geometry: orb.Point{106.9, 28.95}}, "geometry", false},
		"no polygons":           {zone.Draft{Name: "x", Geometry: orb.MultiPolygon{}}, "geometry", false},
		"a bow tie":             {zone.Draft{Name: "x", Geometry: orb.Polygon{{{106.9, 28.9}, {106.91, 28.91}, {106.91, 28.9}, {106.9, 28.91}, {106.9, 28.9}}}}, "geometry", true},
		"NaN":                   {zone.Draft{Name: "x", Geometry: orb.Polygon{{{106.9, 28.9}, {math.NaN(), 28.9}, {106.91, 28.91}, {106.9, 28.9}}}}, "geometry", false},
		"infinite":              {zone.Draft{Name: "x", Geometry: orb.Polygon{{{106.9, 28.9}, {math.Inf(1), 28.9}, {106.91, 28.91}, {106.9, 28.9}}}}, "geometry", false},
		"unclosed":              {zone.Draft{Name: "x", Geometry: orb.Polygon{{{106.9, 28.9}, {106.91, 28.9}, {106.91, 28.91}, {106.9, 28.91}}}}, "geometry", false},
		"20,000 zig-zag points": {zone.Draft{Name: "x", Geometry: zigzag(20_000)}, "geometry", false},
		"10,000 zig-zag points": {zone.Draft{Name: "x", Geometry: zigzag(10_000)}, "geometry", true},
		"outside the district":  {zone.Draft{Name: "x", Geometry: box(100, 20, 100.1, 20.1)}, "geometry", true},
		"no name":               {zone.Draft{Name: " \t", Geometry: square}, "name", false},
		"a name with a NUL":     {zone.Draft{Name: "a\x00b", Geometry: square}, "name", false},
		"a name of two lines":   {zone.Draft{Name: "a\nb", Geometry: square}, "name", false},
		"a name not in UTF-8":   {zone.Draft{Name: "a\xff", Geometry: square}, "name", false},
		"a name of 101":         {zone.Draft{Name: strings.Repeat("片", 101), Geometry: square}, "name", false},
		"a note of 4001":        {zone.Draft{Name: "x", Note: strings.Repeat("片", 4001), Geometry: square}, "note", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			refused := func(what string, err error) {
				var invalid *zone.InvalidError
				if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Detail == "" || c.at && invalid.At == nil {
					t.Errorf("%s: %v, at %v", what, err, invalid)
				}
			}
			_, err := b.zones.Create(t.Context(), account.Everything, b.district, c.draft)
			refused("create", err)
			_, err = b.zones.Update(t.Context(), account.Everything, b.district, z.Code, 1, c.draft)
			refused("update", err)
			if c.field == "geometry" && name != "outside the district" {
				_, err = b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Shape: c.draft.Geometry})
				refused("measure", err)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("three refusals took %v", took)
			}
		})
	}
	var zones, entries int
	if err := b.db.Pool.QueryRow(t.Context(), `select (select count(*) from zone), (select count(*) from audit_entry)`).Scan(&zones, &entries); err != nil {
		t.Fatal(err)
	}
	if zones != 1 || entries != 1 {
		t.Errorf("%d zones and %d entries are left", zones, entries)
	}
}

func TestOnlyWhoseGroundItIsMayWrite(t *testing.T) {
	b := newBench(t)
	b.community("W", west, box(106.901, 28.951, 106.903, 28.953), 120, "in")
	b.community("E", east, box(106.961, 28.951, 106.963, 28.953), 80, "in")
	b.community("N", "", box(106.931, 28.951, 106.933, 28.953), 80, "in") // of no known subdistrict
	var (
		holdsW     = box(106.900, 28.950, 106.904, 28.954)
		holdsE     = box(106.960, 28.950, 106.964, 28.954)
		holdsBoth  = box(106.900, 28.950, 106.964, 28.954)
		holdsN     = box(106.930, 28.950, 106.934, 28.954)
		emptyWest  = box(106.900, 28.910, 106.904, 28.914)
		emptyEast  = box(106.960, 28.910, 106.964, 28.914)
		borderWest = box(106.900, 28.910, 106.9502, 28.914) // a strip of 0.4 % lies in the east
	)
	type allowed map[string]bool
	roles := map[string]struct {
		role  account.Role
		scope account.Scope
	}{
		"administrator": {account.Administrator, account.Scope{}},
		"planner":       {account.Planner, account.Scope{}},
		"officer":       {account.Officer, account.Scope{Subdistricts: []string{west}}},
		"both":          {account.Officer, account.Scope{Subdistricts: []string{west, east}}},
		"nobody's":      {account.Officer, account.Scope{Subdistricts: []string{}}},
		"contractor":    {account.Contractor, account.Scope{Zones: []int64{1}}},
		"viewer":        {account.Viewer, account.Scope{}},
	}
	cases := map[string]struct {
		shape orb.Polygon
		who   allowed
	}{
		"a community in the west":     {holdsW, allowed{"administrator": true, "planner": true, "officer": true, "both": true}},
		"a community in the east":     {holdsE, allowed{"administrator": true, "planner": true, "both": true}},
		"communities in both":         {holdsBoth, allowed{"administrator": true, "planner": true}}, // N among them
		"a community of nowhere":      {holdsN, allowed{"administrator": true, "planner": true}},
		"bare ground in the west":     {emptyWest, allowed{"administrator": true, "planner": true, "officer": true, "both": true}},
		"bare ground in the east":     {emptyEast, allowed{"administrator": true, "planner": true, "both": true}},
		"bare ground over the border": {borderWest, allowed{"administrator": true, "planner": true, "officer": true, "both": true}},
	}
	for name, c := range cases {
		for who, r := range roles {
			t.Run(name+"/"+who, func(t *testing.T) {
				ctx, scope := b.as(r.role, r.scope)
				draft := zone.Draft{Name: name + who, Geometry: c.shape}
				created, err := b.zones.Create(ctx, scope, b.district, draft)
				check(t, "create", err, c.who[who])
				if err == nil {
					check(t, "delete own", b.zones.Delete(ctx, scope, b.district, created.Code, 1), true)
				}
				theirs := b.create("another "+name+who, c.shape)
				draft.Name += "2"
				_, err = b.zones.Update(ctx, scope, b.district, theirs.Code, 1, draft)
				check(t, "update", err, c.who[who])
				version := 1
				if err == nil {
					version = 2
				}
				check(t, "delete", b.zones.Delete(ctx, scope, b.district, theirs.Code, version), c.who[who])
			})
		}
	}
	t.Run("an officer cannot drag a zone abroad", func(t *testing.T) {
		ctx, scope := b.as(account.Officer, account.Scope{Subdistricts: []string{west}})
		z, err := b.zones.Create(ctx, scope, b.district, zone.Draft{Name: "mine", Geometry: holdsW})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.zones.Update(ctx, scope, b.district, z.Code, 1, zone.Draft{Name: "mine", Geometry: holdsE})
		check(t, "update", err, false)
		if got, err := b.zones.Get(ctx, scope, b.district, z.Code); err != nil || got.Version != 1 || b.members(got) != "[W]" {
			t.Errorf("after it: %+v %v", got, err)
		}
	})
	t.Run("another district does not exist", func(t *testing.T) {
		elsewhere := account.Scope{District: "500152"}
		if _, err := b.zones.Create(t.Context(), elsewhere, b.district, zone.Draft{Name: "x", Geometry: holdsW}); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("create: %v", err)
		}
		if list, err := b.zones.List(t.Context(), elsewhere, b.district, ""); err != nil || len(list) != 0 {
			t.Errorf("list: %v %v", list, err)
		}
		if _, err := b.zones.Create(t.Context(), account.Everything, "999999", zone.Draft{Name: "x", Geometry: holdsW}); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("create in no district: %v", err)
		}
	})
}

// check compares a refusal with what was expected. What a person may not even
// read is not found; what they read but may not write lies outside.
func check(t *testing.T, what string, err error, may bool) {
	t.Helper()
	var outside *account.OutsideError
	switch {
	case may && err != nil:
		t.Errorf("%s was refused: %v", what, err)
	case !may && !errors.As(err, &outside) && !errors.Is(err, postgis.ErrNotFound):
		t.Errorf("%s was not refused as it should be: %v", what, err)
	}
}

func TestReadersSeeWhatTheirScopeHolds(t *testing.T) {
	b := newBench(t)
	b.community("W", west, box(106.9401, 28.951, 106.9403, 28.953), 120, "in")
	b.community("E", east, box(106.961, 28.951, 106.963, 28.953), 80, "out")
	b.building("w1", 0, west, orb.Point{106.9405, 28.9545}, 10, 900)
	b.building("e1", 0, east, orb.Point{106.9605, 28.9545}, 20, 1800)
	both := b.create("both", box(106.940, 28.950, 106.965, 28.955))
	onlyE := b.create("east", box(106.960, 28.950, 106.965, 28.9535))
	var bothID int64
	if err := b.db.Pool.QueryRow(t.Context(), `select id from zone where code = $1`, both.Code).Scan(&bothID); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		scope      account.Scope
		zones      string
		households int64 // of "both", 0: hidden
		partial    bool
		members    int
	}{
		"the district":        {account.Scope{}, "both east", 230, false, 2},
		"the west":            {account.Scope{Subdistricts: []string{west}}, "both", 130, true, 1},
		"the east":            {account.Scope{Subdistricts: []string{east}}, "both east", 100, true, 1},
		"no subdistrict":      {account.Scope{Subdistricts: []string{}}, "", 0, false, 0},
		"a contractor's zone": {account.Scope{Zones: []int64{bothID}}, "both", 230, false, 2},
		"no contract":         {account.Scope{Zones: []int64{}}, "", 0, false, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			list, err := b.zones.List(t.Context(), c.scope, b.district, "")
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, z := range list {
				names = append(names, z.Name)
			}
			if got := strings.Join(names, " "); got != c.zones {
				t.Errorf("zones %q, want %q", got, c.zones)
			}
			z, err := b.zones.Get(t.Context(), c.scope, b.district, both.Code)
			if c.households == 0 {
				if !errors.Is(err, postgis.ErrNotFound) {
					t.Errorf("get: %v", err)
				}
				return
			}
			if err != nil || z.Totals.Households != c.households || z.Totals.Partial != c.partial {
				t.Errorf("totals %+v, %v", z.Totals, err)
			}
			if members, err := b.zones.Communities(t.Context(), c.scope, b.district, both.Code); err != nil || len(members) != c.members {
				t.Errorf("members %v %v", members, err)
			}
			if c.scope.Zones == nil {
				m, err := b.zones.Measure(t.Context(), c.scope, b.district, zone.Question{Shape: both.Shape()})
				if err != nil || cmp.Diff(z.Totals, m.Totals) != "" {
					t.Errorf("measured while drawing: %v\n%s", err, cmp.Diff(z.Totals, m.Totals))
				}
			}
		})
	}
	_ = onlyE
}

func TestTwoPeopleSaveTheSameZone(t *testing.T) {
	b := newBench(t)
	z := b.create("一号片区", box(106.90, 28.95, 106.91, 28.96))
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wg.Go(func() {
			_, results[i] = b.zones.Update(context.WithoutCancel(t.Context()), account.Everything, b.district, z.Code, 1, zone.Draft{
				Name: string(rune('A' + i)), Geometry: box(106.90, 28.95, 106.91+0.001*float64(i+1), 28.96),
			})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, postgis.ErrVersion) {
			t.Errorf("lost with %v", err)
		}
	}
	if got, err := b.zones.Get(t.Context(), account.Everything, b.district, z.Code); won != 1 || err != nil || got.Version != 2 {
		t.Errorf("%d saves won, version %d, %v", won, got.Version, err)
	}
}
