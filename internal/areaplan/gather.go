package areaplan

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/walking"
	"github.com/lianpian/lianpian/internal/zone"
)

// Gatherer gathers area plans from a database. Use New.
type Gatherer struct {
	db       *postgis.DB
	zones    *zone.Store
	runs     *coverage.Store
	lib      *policy.Library
	software string
}

// New makes a gatherer; software is the version that plans say they were made by.
func New(db *postgis.DB, zones *zone.Store, runs *coverage.Store, lib *policy.Library, software string) *Gatherer {
	return &Gatherer{db: db, zones: zones, runs: runs, lib: lib, software: software}
}

// Request says which plan is wanted. Texts that are empty are made from the data.
type Request struct {
	Scenario string   // code; "" is that of the first zone
	Zones    []string // codes, in the order of the plan
	Title    string   // 项目名称
	Author   string   // 编制单位
	Period   string   // 规划期限, e.g. 2026–2028
	Map      bool     // with the surroundings and the ground that facilities reach, which only map sheets need
}

// gathering is a plan while it is gathered.
type gathering struct {
	*Gatherer
	Plan
	ctx   context.Context
	tx    pgx.Tx
	scope account.Scope

	code        string // of the district
	policy      *policy.Policy
	profile     string
	plane       walking.Plane
	rules       zone.Rules
	zoneIDs     []int64
	communities []int64
	buildings   []int64
	near        []postgis.Geom // boxes around the zones, with a margin
	boxes       []postgis.Geom // what map sheets of single zones can show
	bound       orb.Bound      // what map sheets can show at all
	buildingOf  map[int64]string
}

// Gather collects a plan as the scope may read it at the time now. Errors:
// postgis.ErrNotFound for a zone that there is not in the scope,
// *zone.InvalidError for zones that make no plan.
func (g *Gatherer) Gather(ctx context.Context, scope account.Scope, district string, r Request, now time.Time) (*Plan, error) {
	tx, err := g.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	in := &gathering{
		Gatherer: g, ctx: ctx, tx: tx, scope: scope, code: district,
		Plan: Plan{Title: r.Title, Author: r.Author, Period: r.Period, By: account.Name(ctx), At: now.UTC()},
	}
	steps := []struct {
		what string
		read func() error
	}{
		{"zones", func() error { return in.readZones(r) }},
		{"district", in.readDistrict},
		{"communities", in.readCommunities},
		{"buildings", in.readBuildings},
		{"facilities", in.readFacilities},
		{"projects", in.readProjects},
		{"items", in.readItems},
		{"coverage", in.readCoverage},
	}
	if r.Map {
		steps = append(steps, struct {
			what string
			read func() error
		}{"surroundings", in.readSurroundings})
	}
	for _, step := range steps {
		if err := step.read(); err != nil {
			return nil, fmt.Errorf("gather an area plan of %s: its %s: %w", district, step.what, err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return nil, fmt.Errorf("end the reading of an area plan: %w", err)
	}
	if r.Map { // on today's network, which is kept in memory
		if err := in.drawReach(); err != nil {
			return nil, fmt.Errorf("gather an area plan of %s: %w", district, err)
		}
	}
	in.finish()
	return &in.Plan, nil
}

const (
	// margin is how far around its zones a plan looks for facilities, in metres.
	margin = 600
	// farMargin is the most that it looks around a single zone for the map sheets.
	farMargin = 5000
)

func (g *gathering) readZones(r Request) error {
	held, err := g.zones.SeveralIn(g.ctx, g.tx, g.scope, g.code, r.Scenario, r.Zones)
	if err != nil {
		return err
	}
	g.zoneIDs, g.rules, g.Totals = held.IDs, held.Scenario.Rules, held.Totals
	g.Scenario = Scenario{Code: held.Scenario.Code, Name: held.Scenario.Name, Note: held.Scenario.Note, Revision: held.Scenario.Revision}
	g.Versions.Scenario = held.Scenario.Revision
	for i := range held.Zones {
		z := Zone{Zone: held.Zones[i], Outline: held.Zones[i].Shape(), Communities: []string{}, Strings: []String{}}
		z.Geometry = nil // the outline says it
		z.Parts = held.Parts[z.Code]
		for _, s := range held.Strings[z.Code] {
			z.Strings = append(z.Strings, String{
				Name: s.Name, From: s.A, To: s.B, LengthM: s.LengthM, Path: s.Line,
				FromName: s.AName, ToName: s.BName, Streets: zone.StreetsText(s.Streets), Straight: s.Straight,
			})
		}
		g.Zones = append(g.Zones, z)
		own := z.Outline.Bound()
		if i == 0 {
			g.bound = own
		}
		g.bound = g.bound.Union(own)
		g.near = append(g.near, postgis.Geom{Geometry: around(own, margin).ToPolygon()})
		g.boxes = append(g.boxes, postgis.Geom{Geometry: around(own, min(sheetMargin(own), farMargin)).ToPolygon()})
	}
	g.bound = around(g.bound, sheetMargin(g.bound))
	return nil
}

func (g *gathering) readDistrict() error {
	d := &g.District
	d.Code = g.code
	var boundary postgis.Geom
	err := g.tx.QueryRow(g.ctx, `
		select name, demo, notice, policy_key, policy_version, profile_key, gk_srid, boundary from published_district where code = $1`, g.code).
		Scan(&d.Name, &d.Demo, &d.Notice, &d.PolicyKey, &d.PolicyVersion, &g.profile, &d.SRID, &boundary)
	if err != nil {
		return err
	}
	d.Boundary, _ = boundary.Geometry.(orb.MultiPolygon)
	g.plane = walking.PlaneOf(d.SRID, d.Boundary.Bound().Center())
	g.Versions.Software, g.Versions.Policy = g.software, d.PolicyKey+"@"+d.PolicyVersion
	if g.policy, err = g.lib.Policy(d.PolicyKey); err != nil {
		return fmt.Errorf("policy of district %s: %w", g.code, err)
	}
	d.PolicyTitle = g.policy.Title
	g.Versions.Policy = g.policy.ID()
	d.ProfileName, g.Versions.Profile = g.profile, g.profile
	if p, ok := g.lib.Profile(g.profile); ok {
		d.ProfileName, g.Versions.Profile = p.Name, p.ID()
	}
	for _, t := range g.policy.Targets {
		if t.BuiltTo != nil {
			g.Before = fmt.Sprintf("%d年底前", *t.BuiltTo)
			break
		}
	}
	return nil
}
