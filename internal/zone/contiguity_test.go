package zone_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// archipelago is a row of communities with links between them:
//
//	A ─ B ─ C   (river)   D ─ E        F
//	     \ X ──(bridge)── /            |300 m
//	                                   E
//
// A to F may be asked about; X, Y and Z lie between.
type archipelago struct {
	*bench
	id map[string]int64
}

func newArchipelago(t *testing.T) *archipelago {
	a := &archipelago{newBench(t), map[string]int64{}}
	for i, code := range []string{"A", "B", "C", "D", "E", "F", "X", "Y"} {
		verdict := "in"
		if code == "Y" {
			verdict = "out"
		}
		a.id[code] = a.community(code, west, block(3*i, 0, .1, .1, .9, .9), 100+i, verdict)
	}
	return a
}

// tie adds a link with what lies between; barriers as "river" or, with a bridge,
// "river+".
func (a *archipelago) tie(from, to string, gap, walk float64, barriers ...string) {
	a.t.Helper()
	x, y := a.id[from], a.id[to]
	if x > y {
		x, y = y, x
	}
	crossed, crossings := []string{}, "[]"
	for _, b := range barriers {
		kind, bridge := strings.CutSuffix(b, "+")
		crossed = append(crossed, kind)
		if bridge {
			crossings = fmt.Sprintf(`[{"barrier": %q, "kind": "bridge", "name": "一号桥"}]`, kind)
		}
	}
	a.exec(`
		insert into link (district_code, a_id, b_id, gap_m, walk_m, crossed, crossings, line, path, streets)
		select $1, $2, $3, $4, nullif($5::float8, 0), $6, $7::jsonb, ST_MakeLine(p.location, q.location),
		       case when $5 > 0 then ST_MakeLine(array[p.location, ST_Translate(p.location, 0, 0.0005), q.location]) end,
		       '[{"name": "", "length_m": 5}, {"name": "和平路", "length_m": 30}, {"name": "建设路", "length_m": 20}, {"name": "和平路", "length_m": 10}]'
		from community p, community q where p.id = $2 and q.id = $3`, a.district, x, y, gap, walk, crossed, crossings)
}

func (a *archipelago) of(codes ...string) zone.Contiguity {
	a.t.Helper()
	c, err := a.zones.ContiguityOf(a.t.Context(), account.Everything, a.district, "", codes)
	if err != nil {
		a.t.Fatal(err)
	}
	return c
}

// parts writes parts as "F | D E | A B C".
func parts(c zone.Contiguity) string {
	var said []string
	for _, p := range c.Parts {
		said = append(said, names(p.Communities))
	}
	return strings.Join(said, " | ")
}

func names(list []zone.Named) string {
	var codes []string
	for _, n := range list {
		codes = append(codes, n.Code)
	}
	return strings.Join(codes, " ")
}

func connection(c *zone.Connection) string {
	if c == nil {
		return "none"
	}
	if !c.Possible {
		return "impossible: " + c.WhyNot
	}
	var said []string
	for _, n := range c.Communities {
		said = append(said, n.Code)
	}
	for _, l := range c.Links {
		counts := ""
		if !l.Counts {
			counts = "!"
		}
		said = append(said, l.A+"-"+l.B+counts)
	}
	return fmt.Sprintf("%s = %.0f", strings.Join(said, " "), c.CostM)
}

func TestContiguityOfKnownGraphs(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 20, 30)
	a.tie("B", "C", 40, 60)
	a.tie("C", "D", 50, 70, "river") // no bridge
	a.tie("D", "E", 30, 45)
	a.tie("B", "X", 60, 80)
	a.tie("X", "D", 90, 140, "river+") // over a bridge
	a.tie("E", "F", 300, 400)          // too far apart to count
	a.tie("E", "Y", 50, 60)
	a.tie("Y", "F", 50, 60)

	cases := []struct {
		codes               string
		parts, falls, joins string
	}{
		{"A B C", "A B C", "B", "none"},
		{"A", "A", "", "none"},
		{"A C", "A | C", "", "B A-B B-C = 240"},
		{"C B A D E", "D E | A B C", "B", "X B-X D-X = 370"},
		{"A B X D", "A B D X", "B X", "none"},
		// Y is not eligible: 300 + 60 + 60, still cheaper than twice 400.
		{"E F", "E | F", "", "Y E-Y F-Y = 420"},
	}
	for _, c := range cases {
		got := a.of(strings.Fields(c.codes)...)
		var falls []string
		for _, x := range got.Articulations {
			falls = append(falls, x.Code)
		}
		if diff := cmp.Diff(c.parts, parts(got)); diff != "" {
			t.Errorf("%s: parts %s", c.codes, diff)
		}
		if diff := cmp.Diff(c.falls, strings.Join(falls, " ")); diff != "" {
			t.Errorf("%s: articulations %s", c.codes, diff)
		}
		if diff := cmp.Diff(c.joins, connection(got.Connection)); diff != "" {
			t.Errorf("%s: connection %s", c.codes, diff)
		}
		if got.Contiguous != (c.joins == "none") || len(got.Links) != got.Communities-len(got.Parts) {
			t.Errorf("%s: contiguous %v with %d links", c.codes, got.Contiguous, len(got.Links))
		}
	}
	got := a.of("C", "B", "A", "D", "E")
	if p := got.Parts[0]; p.Households != 103+104 || p.BBox[0] >= p.BBox[2] || got.CutLinks != 3 {
		t.Errorf("part %+v, %d cut links", p, got.CutLinks)
	}
	if l := got.Connection.Links[0]; l.Geometry == nil || len(l.Streets) != 4 || *l.WalkM != 80 || !got.Connection.Exact || got.Connection.BoundM != 370 {
		t.Errorf("connection %+v", got.Connection)
	}

	t.Run("what a person says stands above the rules", func(t *testing.T) {
		override := func(from, to, verdict string) {
			a.exec(`insert into link_override (district_code, a_id, b_id, verdict, reason, by) values ($1, least($2::bigint, $3::bigint), greatest($2, $3), $4, '实地踏勘', 'x')`,
				a.district, a.id[from], a.id[to], verdict)
			a.announce("links")
		}
		override("A", "B", zone.Never)
		if got := a.of("A", "B"); parts(got) != "A | B" || !strings.Contains(connection(got.Connection), "人工指定不相连") {
			t.Errorf("never: %s, %s", parts(got), connection(got.Connection))
		}
		override("C", "D", zone.Together)
		if got := a.of("C", "D"); parts(got) != "C D" {
			t.Errorf("together: %s", parts(got))
		}
	})
}

// announce tells the stores of this process that something changed.
func (b *bench) announce(layer string) {
	b.t.Helper()
	if err := b.db.Write(b.t.Context(), func(_ context.Context, tx *postgis.Tx) error {
		tx.Changed(postgis.Change{District: b.district, Layer: layer})
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
}

func TestAConnectionIsRefusedAcrossABarrier(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 50, 70, "river")
	a.tie("C", "D", 50, 0)
	got := a.of("A", "B")
	if got.Contiguous || connection(got.Connection) != "impossible: “小区A”与其余小区之间没有可用的连线：最近的“小区B”相距 50 米，中间隔着河流，附近没有桥梁或通道" {
		t.Errorf("%s", connection(got.Connection))
	}
	got = a.of("A", "F")
	if !strings.Contains(connection(got.Connection), "小区A") {
		t.Errorf("nothing near: %s", connection(got.Connection))
	}
	got = a.of("E", "F")
	if connection(got.Connection) != "impossible: “小区E”周围没有足够近的小区" {
		t.Errorf("nothing near: %s", connection(got.Connection))
	}
	a.exec(`update scenario set rules = jsonb_set(rules, '{barriers,river}', '"free"')`)
	if got := a.of("A", "B"); !got.Contiguous {
		t.Errorf("the river is free now: %s", connection(got.Connection))
	}
	a.exec(`update scenario set rules = jsonb_set(jsonb_set(rules, '{barriers,river}', '"never"'), '{max_gap_m}', '40')`)
	if got := a.of("C", "D"); connection(got.Connection) != "C-D! = 130" { // no way is known: 1.3 × 50 m, doubled
		t.Errorf("a link that is only too long can be bought: %s", connection(got.Connection))
	}
	if got := a.of("A", "B"); !strings.Contains(connection(got.Connection), "不得跨越") {
		t.Errorf("%s", connection(got.Connection))
	}
}

func TestContiguityOfAZone(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 20, 30)
	a.community("无", west, nil, 7, "in")
	z := a.create("一号片区", block(0, 0, 0, 0, 4, 1))
	got, err := a.zones.Contiguity(t.Context(), account.Everything, a.district, z.Code)
	if err != nil {
		t.Fatal(err)
	}
	if parts(got) != "A B" || got.Compactness == nil {
		t.Fatalf("%+v", got)
	}
	// four blocks in a row: 389.94 m by 110.83 m
	w, h := 4*97.4844, 110.835
	want := zone.Compactness{PolsbyPopper: math.Pi * w * h / (w + h) / (w + h), Reock: 4 * w * h / math.Pi / (w*w + h*h), HullRatio: 1}
	if math.Abs(got.Compactness.PolsbyPopper-want.PolsbyPopper) > 1e-4 || math.Abs(got.Compactness.Reock-want.Reock) > 1e-4 || math.Abs(got.Compactness.HullRatio-1) > 1e-5 {
		t.Errorf("compactness %+v, want %+v", *got.Compactness, want)
	}
	lists := a.of("A", "无", "A")
	if lists.Communities != 2 || parts(lists) != "A" || names(lists.WithoutPlace) != "无" || !lists.Contiguous {
		t.Errorf("%+v", lists)
	}
	if lists.Compactness != nil {
		t.Error("a list has no shape")
	}
	_, officer := a.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	if _, err := a.zones.ContiguityOf(t.Context(), officer, a.district, "", []string{"A"}); err == nil || !strings.Contains(err.Error(), "A") {
		t.Errorf("a foreign community: %v", err)
	}
}

// Somebody else's communities are counted but not named.
func TestContiguityNamesOnlyWhatThePersonMayRead(t *testing.T) {
	a := newArchipelago(t)
	a.tie("A", "B", 20, 30)
	a.tie("B", "C", 20, 30)
	a.exec(`update community set subdistrict_code = $1 where code in ('B', 'X')`, east)
	a.announce("communities")
	z := a.create("一号片区", block(0, 0, 0, 0, 4, 1))
	_, scope := a.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	got, err := a.zones.Contiguity(t.Context(), scope, a.district, z.Code)
	if err != nil {
		t.Fatal(err)
	}
	if p := got.Parts[0]; names(p.Communities) != "A" || p.Others != 1 || p.Households != 100 || len(got.Links) != 0 {
		t.Errorf("%+v", got)
	}
	ac, err := a.zones.ContiguityOf(t.Context(), scope, a.district, "", []string{"A", "C"})
	if err != nil {
		t.Fatal(err)
	}
	if c := connection(ac.Connection); !strings.Contains(c, "不在您的管理范围内") {
		t.Errorf("a connection over what they cannot add: %s", c)
	}
}

func TestContiguityIsQuickOnALargeDistrict(t *testing.T) {
	b := newBench(t)
	b.exec(`
		insert into community (district_code, code, name, households, geom, location)
		select $1, i || '-' || j, '小区', 10, ST_Multi(ST_MakeEnvelope(x, y, x + 0.0008, y + 0.0008, 4490)), ST_SetSRID(ST_MakePoint(x + 0.0004, y + 0.0004), 4490)
		from generate_series(0, 99) i, generate_series(0, 99) j
		cross join lateral (select 106.85 + i * 0.001 as x, 28.92 + j * 0.001 as y) p`, b.district)
	b.exec(`
		insert into link (district_code, a_id, b_id, gap_m, walk_m, line, path)
		select $1, a.id, b.id, 20, 100, ST_MakeLine(a.location, b.location), ST_MakeLine(a.location, b.location)
		from community a join community b on a.id < b.id and ST_DWithin(a.location, b.location, 0.0015)`, b.district)
	var codes []string
	for i := range 25 {
		for j := range 20 {
			if i != 12 { // a gap between two halves
				codes = append(codes, fmt.Sprintf("%d-%d", 30+i, 40+j))
			}
		}
	}
	ask := func() time.Duration {
		start := time.Now()
		c, err := b.zones.ContiguityOf(t.Context(), account.Everything, b.district, "", codes)
		if err != nil || len(c.Parts) != 2 || len(c.Connection.Communities) != 1 {
			t.Fatalf("%v %+v", err, c.Connection)
		}
		return time.Since(start)
	}
	t.Logf("first %v", ask())
	var took []time.Duration
	for range 9 {
		took = append(took, ask())
	}
	slices.Sort(took)
	t.Logf("again %v (from %v to %v)", took[4], took[0], took[8])
	if took[0] > 100*time.Millisecond {
		t.Errorf("takes %v", took[0])
	}
}
