package tile

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// singly are the rows of layers that come in bundles otherwise, out of the tables.
var singly = map[string]string{"buildings": `
	select b.id, b.code, c.code as community_code, b.storeys,
	       case when @zoom >= 15 then b.built_year end as built_year,
	       case when @zoom >= 15 then b.households end as households,
	       c.eligibility, nullif(b.generated <> '{}', false) as generated, null::integer as buildings,
	       b.geom_3857 as geom
	from building b
	left join community c on c.district_code = b.district_code and c.id = b.community_id
	where b.district_code = @district and b.geom_3857 && @index and (@zoom >= 15 or b.footprint_m2 >= 40)`}

// asPostGIS has PostGIS draw a layer from the same rows.
func asPostGIS(t *testing.T, db *postgis.DB, l *layer, v View) map[float64]*geojson.Feature {
	t.Helper()
	columns := []string{"id"}
	for _, f := range l.info.Fields {
		columns = append(columns, f.Name)
	}
	info, text := l.info, l.text
	if l.bundles(v.Zoom) {
		info.PackedFrom, text = 0, singly[l.info.Name]
	}
	oracle := &layer{info: info, statements: map[variant]statement{}, text: shorthands.Replace(fmt.Sprintf(`
		select ST_AsMVT(encoded, '%s', %d, 'geom', 'id')
		from (
		    select %s, ST_AsMVTGeom(geom, @exact::box2d, %d, %d, true) as geom
		    from (%s
		    ) feature
		) encoded
		where encoded.geom is not null`, l.info.Name, extent, strings.Join(columns, ", "), extent, l.info.margin(), text))}
	sql, values := oracle.statement(v)
	var body []byte
	if err := db.Pool.QueryRow(context.Background(), sql, values...).Scan(&body); err != nil {
		t.Fatalf("%s as PostGIS draws it: %v", l.info.Name, err)
	}
	return featuresOf(t, body)
}

func featuresOf(t *testing.T, body []byte) map[float64]*geojson.Feature {
	t.Helper()
	layers, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	found := map[float64]*geojson.Feature{}
	for _, l := range layers {
		for _, f := range l.Features {
			found[f.ID.(float64)] = f
		}
	}
	return found
}

// wildShapes adds areas with holes, of many sizes and in any place, as water.
func wildShapes(t *testing.T, db *postgis.DB, code string, middle orb.Point) {
	t.Helper()
	r := rand.New(rand.NewPCG(8, 1))
	for i := range 400 {
		size := math.Pow(10, -4.3+2.6*r.Float64())
		at := orb.Point{middle[0] + 0.1*(r.Float64()-0.5), middle[1] + 0.1*(r.Float64()-0.5)}
		ring := func(least, most float64, places int) orb.Ring {
			var ring orb.Ring
			for i := range places {
				a := 2 * math.Pi * float64(i) / float64(places)
				d := size * (least + (most-least)*r.Float64())
				ring = append(ring, orb.Point{at[0] + d*math.Cos(a), at[1] + d*math.Sin(a)})
			}
			return append(ring, ring[0])
		}
		shape := orb.Polygon{ring(0.4, 1, 8+r.IntN(80))}
		if i%2 == 0 {
			shape = append(shape, ring(0.1, 0.2, 5+r.IntN(20)))
		}
		if _, err := db.Pool.Exec(context.Background(), `insert into water (district_code, source_ref, class, name, geom) values ($1, $2, 'lake', '', $3)`,
			code, fmt.Sprint("wild", i), postgis.Geom{Geometry: orb.MultiPolygon{shape}}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTilesAreThoseOfPostGIS compares every layer with what ST_AsMVT makes of the
// same rows: the same features with the same attributes, in the same place to one
// unit of the tile.
func TestTilesAreThoseOfPostGIS(t *testing.T) {
	db := postgistest.New(t)
	ctx := context.Background()
	if err := district.Load(ctx, db, district.New(district.Scaled(12_000), district.Seed)); err != nil {
		t.Fatal(err)
	}
	var middle orb.Point
	if err := db.Pool.QueryRow(ctx, `
		select ST_X(point), ST_Y(point)
		from building where district_code = $1
		order by ST_Distance(point, (select ST_Centroid(ST_Collect(point)) from building where district_code = $1))
		limit 1`, district.Code).Scan(&middle[0], &middle[1]); err != nil {
		t.Fatal(err)
	}
	wildShapes(t, db, district.Code, middle)
	s, err := New(db, Config{CacheBytes: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	compared, apart := 0, 0
	for _, zoom := range []maptile.Zoom{12, 14, 16} {
		center := maptile.At(middle, zoom)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				r := Request{District: district.Code, Z: uint32(zoom), X: center.X + uint32(dx), Y: center.Y + uint32(dy)}
				v := newView(r)
				for l := range s.catalogue.in(s.catalogue.all & s.catalogue.shown[zoom]) {
					body, err := s.draw(ctx, s.catalogue.byName[l.info.Name], v)
					if err != nil {
						t.Fatal(err)
					}
					where := fmt.Sprintf("%s %d/%d/%d", l.info.Name, r.Z, r.X, r.Y)
					n, far := sameFeatures(t, where, featuresOf(t, body), asPostGIS(t, db, l, v))
					compared += n
					apart += far
				}
			}
		}
	}
	t.Logf("%d features are the same, %d of them in another way", compared, apart)
	if compared < 10_000 {
		t.Errorf("only %d features were compared", compared)
	}
	if apart*1000 > compared {
		t.Errorf("%d features of %d lie more than a unit from where PostGIS has them", apart, compared)
	}
}

// sameFeatures counts the features, and those whose boxes differ by more than a unit.
func sameFeatures(t *testing.T, where string, got, want map[float64]*geojson.Feature) (compared, apart int) {
	t.Helper()
	for id, w := range want {
		g := got[id]
		if g == nil {
			t.Errorf("%s lacks feature %.0f, which covers %v", where, id, w.Geometry.Bound())
			continue
		}
		if diff := cmp.Diff(w.Properties, g.Properties); diff != "" {
			t.Errorf("%s, feature %.0f: %s", where, id, diff)
		}
		a, b := g.Geometry.Bound(), w.Geometry.Bound()
		off := max(math.Abs(a.Min[0]-b.Min[0]), math.Abs(a.Min[1]-b.Min[1]), math.Abs(a.Max[0]-b.Max[0]), math.Abs(a.Max[1]-b.Max[1]))
		around := 2 * (b.Max[0] - b.Min[0] + b.Max[1] - b.Min[1] + 4)
		if off > 1 || math.Abs(planar.Area(g.Geometry)-planar.Area(w.Geometry)) > max(2*around, 0.02*planar.Area(w.Geometry)) {
			apart++
			t.Logf("%s, feature %.0f: %v instead of %v, area %.0f instead of %.0f", where, id, a, b, planar.Area(g.Geometry), planar.Area(w.Geometry))
		}
		compared++
	}
	for id, g := range got {
		if want[id] == nil {
			t.Errorf("%s has a feature %.0f too many, which covers %v", where, id, g.Geometry.Bound())
		}
	}
	return compared, apart
}
