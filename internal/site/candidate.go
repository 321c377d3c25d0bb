package site

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

// candidate is a place where a site may be.
type candidate struct {
	kind, code, name string
	at               orb.Point
}

// readBuildings are the places in buildings: $2 chooses stock, $3 is the ground
// where somebody could use a site, $4 the subdistricts that the person reaches.
// Stock are the buildings that a district can put to use without building:
// public, office and commercial ones, public housing, offices of the
// neighborhood.
const readBuildings = `
select b.code, b.name, b.point
from published_building b
where b.district_code = $1
  and b.point && $3
  and ($4::text[] is null or b.subdistrict_code = any($4))
  and (not $2 or b.use in ('public', 'office', 'commercial')
       or b.name ~ '公房|公租房|廉租|居委会|社区服务|党群|服务中心|物业用房|门面|商铺')
order by b.code`

// readStockPlaces are the facilities whose rooms belong to the district or the
// neighborhood.
const readStockPlaces = `
select f.code, f.name, f.geom
from published_facility f
where f.district_code = $1
  and f.facility_type in ('subdistrict_office', 'community_service_station', 'street_service_centre', 'culture_station',
                          'culture_centre', 'property_office', 'police_room', 'embedded_hub')
  and f.geom && $2
  and ($3::text[] is null or f.subdistrict_code = any($3))
order by f.code`

// candidates lists the places that the request allows, in a fixed order: those
// that are drawn, stock, buildings, junctions.
func (s *Store) candidates(ctx context.Context, district string, r Request, ground orb.Bound, subdistricts []string) ([]candidate, error) {
	var list []candidate
	seen := map[string]bool{}
	add := func(c candidate) {
		key := c.kind + c.code
		if c.code != "" && (seen[key] || c.kind == Buildings && seen[Stock+c.code]) || r.excluded(c.at, planar.MultiPolygonContains) {
			return
		}
		seen[key] = true
		list = append(list, c)
	}
	box := postgis.Geom{Geometry: ground.ToPolygon()}
	for _, kind := range []string{Points, Stock, Buildings, Junctions} {
		if !slices.Contains(r.Candidates, kind) {
			continue
		}
		switch kind {
		case Points:
			for i, p := range r.Points {
				add(candidate{Points, "", fmt.Sprintf("绘制的点 %d", i+1), p})
			}
		case Junctions:
			points, err := s.ground.Junctions(ctx, district)
			if err != nil {
				return nil, err
			}
			for _, p := range points {
				if ground.Contains(p) {
					add(candidate{Junctions, "", "路口", p})
				}
			}
		case Stock, Buildings:
			if err := s.read(ctx, add, kind, readBuildings, district, kind == Stock, box, subdistricts); err != nil {
				return nil, err
			}
			if kind == Stock {
				if err := s.read(ctx, add, kind, readStockPlaces, district, box, subdistricts); err != nil {
					return nil, err
				}
			}
		}
	}
	return list, nil
}

func (s *Store) read(ctx context.Context, add func(candidate), kind, sql, district string, args ...any) error {
	rows, err := s.db.Pool.Query(ctx, sql, append([]any{district}, args...)...)
	if err != nil {
		return fmt.Errorf("read the candidate places of %s: %w", district, err)
	}
	c := candidate{kind: kind}
	var at postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&c.code, &c.name, &at}, func() error {
		if p, is := at.Geometry.(orb.Point); is {
			c.at = p
			add(c)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the candidate places of %s: %w", district, err)
	}
	return nil
}

// groundOf is where somebody could use a site: around the homes, as far as one
// may go.
func groundOf(homes []coverage.Home, far float64) orb.Bound {
	if len(homes) == 0 {
		return orb.Bound{}
	}
	b := homes[0].At.Bound()
	for _, h := range homes[1:] {
		b = b.Extend(h.At)
	}
	const perDegree = 110_000.0 // metres, a little less than there are
	high := min(85, max(math.Abs(b.Min[1]), math.Abs(b.Max[1])))
	dx, dy := far/(perDegree*math.Cos(high*math.Pi/180)), far/perDegree
	return orb.Bound{Min: orb.Point{b.Min[0] - dx, b.Min[1] - dy}, Max: orb.Point{b.Max[0] + dx, b.Max[1] + dy}}
}

// thin keeps at most so many candidates: in each cell of a grid the one with the
// most households nearby, so that they stay spread over the whole ground. Drawn
// points all stay.
func thin(list []candidate, homes []coverage.Home, most int) []candidate {
	if len(list) <= most {
		return list
	}
	near := newCells(homes, 300)
	type scored struct {
		index int
		worth float64
	}
	for cell := 20.0; ; cell *= 1.25 {
		best := map[[2]int]scored{}
		var kept []int
		for i, c := range list {
			if c.kind == Points {
				kept = append(kept, i)
				continue
			}
			key := near.key(c.at, cell)
			worth := near.around(c.at)
			if b, taken := best[key]; !taken || worth > b.worth {
				best[key] = scored{i, worth}
			}
		}
		if len(kept)+len(best) > most && len(kept) < most {
			continue
		}
		for _, b := range best {
			kept = append(kept, b.index)
		}
		slices.SortFunc(kept, cmp.Compare[int])
		thinned := make([]candidate, 0, len(kept))
		for _, i := range kept {
			thinned = append(thinned, list[i])
		}
		return thinned
	}
}

// cells count households in squares.
type cells struct {
	cos  float64
	size float64 // metres
	sum  map[[2]int]float64
}

func newCells(homes []coverage.Home, size float64) cells {
	c := cells{cos: 1, size: size, sum: map[[2]int]float64{}}
	if len(homes) > 0 {
		c.cos = math.Cos(homes[0].At[1] * math.Pi / 180)
	}
	for _, h := range homes {
		c.sum[c.key(h.At, size)] += h.Households
	}
	return c
}

func (c cells) key(p orb.Point, size float64) [2]int {
	const perDegree = 111_320.0
	return [2]int{int(math.Floor(p[0] * perDegree * c.cos / size)), int(math.Floor(p[1] * perDegree / size))}
}

// around adds up the households in the square of a place and those beside it.
func (c cells) around(p orb.Point) (sum float64) {
	at := c.key(p, c.size)
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			sum += c.sum[[2]int{at[0] + dx, at[1] + dy}]
		}
	}
	return sum
}
