package zone

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/region"
	"github.com/lianpian/lianpian/internal/postgis"
)

// districtLinks are the communities and links of a district as they were read
// once. It never changes, but for the graphs made of it.
type districtLinks struct {
	communities []linkedCommunity // by code
	position    map[int64]int32   // by id
	ofCode      map[string]int32
	links       []endedLink
	stale       int // communities whose links are out of date

	mu     sync.Mutex
	graphs map[string]*region.Graph // by rules
}

// linkedCommunity is what contiguity tells of a community.
type linkedCommunity struct {
	id          int64
	code, name  string
	subdistrict string
	eligibility string
	households  int64
	bound       orb.Bound
	placed      bool // it has an outline or a point, and so a bound
}

// endedLink is a link between positions in communities.
type endedLink struct {
	Link
	a, b int32
}

// maxGraphs is for how many different rules the graphs of a district are kept.
const maxGraphs = 8

// graph is the link graph under the rules. Community i of it is communities[i],
// link i is links[i].
func (d *districtLinks) graph(rules Rules) (*region.Graph, error) {
	rules.Cost = Cost{} // has no say in what counts
	key, err := json.Marshal(rules)
	if err != nil {
		return nil, fmt.Errorf("name the rules of a link graph: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if g, made := d.graphs[string(key)]; made {
		return g, nil
	}
	links := make([]region.Link, len(d.links))
	for i, l := range d.links {
		links[i] = region.Link{A: l.a, B: l.b, LengthM: l.Length(), Usable: rules.Counts(l.Link)}
	}
	g, err := region.NewGraph(len(d.communities), links)
	if err != nil {
		return nil, fmt.Errorf("make the link graph of a district: %w", err)
	}
	if d.graphs == nil || len(d.graphs) >= maxGraphs {
		d.graphs = map[string]*region.Graph{}
	}
	d.graphs[string(key)] = g
	return g, nil
}

// linkKeeper keeps the links of districts in memory until something of theirs
// changes.
type linkKeeper struct {
	db *postgis.DB

	mu   sync.Mutex
	held map[string]*heldLinks
}

// heldLinks is the place of one district. Whoever holds the token may read.
type heldLinks struct {
	token   chan struct{}
	changes int // counted under linkKeeper.mu

	read int // changes when links was begun to be read; with token
	d    *districtLinks
}

func newLinkKeeper(db *postgis.DB) *linkKeeper {
	k := &linkKeeper{db: db, held: map[string]*heldLinks{}}
	db.OnChange(k.hear)
	return k
}

// hear forgets the districts whose communities or links changed.
func (k *linkKeeper) hear(changes []postgis.Change) {
	for _, c := range changes {
		if c.Layer != "" && !slices.Contains([]string{"links", "communities", "buildings"}, c.Layer) {
			continue
		}
		k.mu.Lock()
		for district, h := range k.held {
			if c.District == "" || c.District == district {
				h.changes++
			}
		}
		k.mu.Unlock()
	}
}

// of returns the links of a district as they are now. Several who ask at once
// read them once.
func (k *linkKeeper) of(ctx context.Context, district string) (*districtLinks, error) {
	k.mu.Lock()
	h := k.held[district]
	if h == nil {
		h = &heldLinks{token: make(chan struct{}, 1)}
		k.held[district] = h
	}
	k.mu.Unlock()
	select {
	case h.token <- struct{}{}:
		defer func() { <-h.token }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	k.mu.Lock()
	changes := h.changes
	k.mu.Unlock()
	if h.d != nil && h.read == changes {
		return h.d, nil
	}
	d, err := readDistrictLinks(ctx, k.db, district)
	if err != nil {
		return nil, err
	}
	h.d, h.read = d, changes // a change during the reading makes the next one read again
	return d, nil
}

func readDistrictLinks(ctx context.Context, db *postgis.DB, district string) (*districtLinks, error) {
	fail := func(err error) (*districtLinks, error) {
		return nil, fmt.Errorf("read the links of district %s: %w", district, err)
	}
	// One state of both lists: a link must not end at a community that is gone.
	tx, err := db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fail(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	d := &districtLinks{position: map[int64]int32{}, ofCode: map[string]int32{}}
	rows, err := tx.Query(ctx, `
		select c.id, c.code, c.name, coalesce(c.subdistrict_code, ''), c.eligibility,
		       coalesce(c.households, (select sum(b.households) from published_building b where b.community_id = c.id), 0),
		       place.box is not null, coalesce(ST_XMin(place.box), 0), coalesce(ST_YMin(place.box), 0),
		       coalesce(ST_XMax(place.box), 0), coalesce(ST_YMax(place.box), 0)
		from published_community c
		cross join lateral (
		    select Box2D(case when ST_IsEmpty(c.geom) or c.geom is null then c.location else c.geom end) as box) place
		where c.district_code = $1
		order by c.code`, district)
	if err != nil {
		return fail(err)
	}
	var c linkedCommunity
	_, err = pgx.ForEachRow(rows, []any{
		&c.id, &c.code, &c.name, &c.subdistrict, &c.eligibility, &c.households,
		&c.placed, &c.bound.Min[0], &c.bound.Min[1], &c.bound.Max[0], &c.bound.Max[1],
	}, func() error {
		at := int32(len(d.communities))
		d.position[c.id], d.ofCode[c.code] = at, at
		d.communities = append(d.communities, c)
		return nil
	})
	if err != nil {
		return fail(err)
	}
	rows, err = tx.Query(ctx, `
		select a_id, b_id, gap_m, walk_m, crossed, crossings, verdict
		from published_link
		where district_code = $1
		order by a_code, b_code`, district)
	if err != nil {
		return fail(err)
	}
	var a, b int64
	var l Link
	_, err = pgx.ForEachRow(rows, []any{&a, &b, &l.GapM, &l.WalkM, &l.Crossed, &l.Crossings, &l.Verdict}, func() error {
		at, isA := d.position[a]
		bt, isB := d.position[b]
		if isA && isB {
			d.links = append(d.links, endedLink{l, at, bt})
		}
		l = Link{}
		return nil
	})
	if err != nil {
		return fail(err)
	}
	err = tx.QueryRow(ctx, `select count(*) from published_link_stale where district_code = $1`, district).Scan(&d.stale)
	if err != nil {
		return fail(err)
	}
	return d, nil
}
