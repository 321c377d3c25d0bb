package coverage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	maxRadiusM = 20_000
	keepRuns   = 200 // per district; older ones are deleted
)

// Run answers a request and keeps the answer. Errors: *InvalidError,
// *account.OutsideError, postgis.ErrNotFound for the district.
func (s *Store) Run(ctx context.Context, scope account.Scope, district string, r Request) (Run, error) {
	if scope.District != "" && scope.District != district {
		return Run{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	kind, err := s.check(r)
	if err != nil {
		return Run{}, err
	}
	area, err := checkArea(r.Area)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		District: district, FacilityType: kind.Key, FacilityName: kind.Name, Method: MethodRadius,
		Area: area, Notes: []string{}, CreatedBy: account.Name(ctx),
	}
	in, err := s.gather(ctx, scope, &run, r.RadiusM)
	if err != nil {
		return Run{}, err
	}
	outcomes, err := cover(ctx, in.subjects, in.facilities, run.RadiusM)
	if err != nil {
		return Run{}, err
	}
	result := tally(in.subjects, outcomes, in.communities)
	run.Summary = result.summary
	run.Summary.Facilities = int64(len(in.facilities))
	for i := range in.facilities {
		run.Summary.Generated = run.Summary.Generated || in.facilities[i].generated
	}
	run.Inputs = in.describe(run)
	run.Notes = append(run.Notes, in.notes(run, result)...)
	if err := s.keep(ctx, &run, in, outcomes, result); err != nil {
		return Run{}, fmt.Errorf("keep a coverage run of district %s: %w", district, err)
	}
	return run, nil
}

// check refuses what can be refused without looking at data.
func (s *Store) check(r Request) (policy.FacilityType, error) {
	kind, known := s.lib.FacilityType(r.FacilityType)
	switch {
	case !known:
		return kind, &InvalidError{Field: "facility_type", Detail: fmt.Sprintf("不认识的设施类型“%s”", r.FacilityType)}
	case kind.Kind != "" && kind.Kind != "place":
		return kind, &InvalidError{Field: "facility_type", Detail: fmt.Sprintf("“%s”不是有位置的设施，不能计算覆盖", kind.Name)}
	case r.Method != "" && r.Method != MethodRadius:
		return kind, &InvalidError{Field: "method", Detail: fmt.Sprintf("不认识的计算方法“%s”", r.Method)}
	case r.RadiusM != nil && !(*r.RadiusM > 0 && *r.RadiusM <= maxRadiusM):
		return kind, &InvalidError{Field: "radius_m", Detail: fmt.Sprintf("半径应大于 0 且不超过 %d 米", maxRadiusM)}
	}
	return kind, nil
}

// inputs are what a run is computed from, all of one moment.
type inputs struct {
	ground      ground
	profile     string
	facilities  []facility  // by code
	subjects    []subject   // by id, then communities without buildings
	communities []community // by code
	hidden      int         // buildings of the area outside the scope, left out
	standard    *Standard   // the district's, also where a person gave another radius
	walk        bool        // the standard speaks of a walking distance
}

// gather reads the inputs in one snapshot of the database, and decides the
// radius.
func (s *Store) gather(ctx context.Context, scope account.Scope, run *Run, radius *float64) (*inputs, error) {
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	in := &inputs{}
	err = tx.QueryRow(ctx, `select profile_key from published_district where code = $1`, run.District).Scan(&in.profile)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("district %s: %w", run.District, postgis.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read district %s: %w", run.District, err)
	}
	if err := s.radius(in, run, radius); err != nil {
		return nil, err
	}
	if in.ground, err = findGround(ctx, tx, scope, run.District, run.Area); err != nil {
		return nil, err
	}
	run.Area = in.ground.Area
	if run.Area.Kind != AreaPolygon {
		if err := account.Demand(ctx, account.RunCoverage, in.ground.place); err != nil {
			return nil, err
		}
	}
	if in.subjects, err = readBuildings(ctx, tx, run.District, in.ground); err != nil {
		return nil, err
	}
	if run.Area.Kind == AreaPolygon {
		in.ground.place.Subdistricts = subdistrictsOf(in.subjects)
		if scope.Subdistricts == nil {
			in.ground.place.Subdistricts = nil
		}
		if err := account.Demand(ctx, account.RunCoverage, in.ground.place); err != nil {
			return nil, err
		}
	}
	if scope.Subdistricts != nil { // a zone's buildings may stand across the border
		all := len(in.subjects)
		in.subjects = slices.DeleteFunc(in.subjects, func(b subject) bool { return !slices.Contains(scope.Subdistricts, b.subdistrict) })
		in.hidden = all - len(in.subjects)
	}
	if in.communities, err = readCommunities(ctx, tx, run.District, in.ground, in.subjects); err != nil {
		return nil, err
	}
	for i := range in.communities {
		c := &in.communities[i]
		if c.buildings > 0 || c.location == nil || scope.Subdistricts != nil && !slices.Contains(scope.Subdistricts, c.subdistrict) {
			continue
		}
		in.subjects = append(in.subjects, subject{
			community: c.id, at: placeAt(c.location[0], c.location[1]), subdistrict: c.subdistrict, updatedAt: c.updatedAt,
		})
	}
	in.facilities, err = readFacilities(ctx, tx, run.District, run.FacilityType)
	return in, err
}

// radius takes the radius that was asked for, else that of the row of the
// district's profile.
func (s *Store) radius(in *inputs, run *Run, asked *float64) error {
	profile, chosen := s.lib.Profile(in.profile)
	if row, ok := profile.Standard(run.FacilityType); chosen && ok && row.RadiusM != nil {
		in.standard = &Standard{Source: row.Source, Clause: row.Clause, Mark: row.Mark, RadiusM: *row.RadiusM}
		if row.RadiusMark != "" {
			in.standard.Mark = row.RadiusMark
		}
		if in.standard.Source == "" {
			in.standard.Source = row.Code
		}
		in.walk = row.Method == "walk"
	}
	switch {
	case asked != nil:
		run.RadiusM = *asked
	case in.standard != nil:
		run.RadiusM, run.Standard = in.standard.RadiusM, in.standard
	default:
		name := profile.Name
		if name == "" {
			name = in.profile
		}
		return &InvalidError{Field: "radius_m", Detail: fmt.Sprintf("本区采用的标准（%s）没有规定“%s”的服务半径，请填写半径", name, run.FacilityName)}
	}
	return nil
}

// cover answers for every subject which facility is nearest and whether it is
// within the radius. It stops when ctx ends.
func cover(ctx context.Context, subjects []subject, facilities []facility, radius float64) ([]outcome, error) {
	at := make([]place, 0, len(subjects))
	for i := range subjects {
		at = append(at, subjects[i].at)
	}
	set := make([]place, 0, len(facilities))
	for i := range facilities {
		set = append(set, facilities[i].at)
	}
	b := bound(at)
	search := newNearest(set, b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	outcomes := make([]outcome, len(subjects))
	for i, p := range at {
		if i%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("compute coverage: %w", err)
			}
		}
		f := search.to(p)
		outcomes[i] = outcome{facility: f.order, metres: f.metres, covered: f.metres <= radius}
	}
	return outcomes, nil
}

func (in *inputs) describe(run Run) Inputs {
	d := Inputs{
		Buildings: run.Summary.Buildings, Facilities: run.Summary.Facilities,
		Profile: in.profile, ZoneVersion: in.ground.zoneVersion,
		Digest: digest(run.RadiusM, in.facilities, in.subjects, in.communities),
	}
	later := func(at **time.Time, t time.Time) {
		if *at == nil || t.After(**at) {
			*at = &t
		}
	}
	for i := range in.subjects {
		if in.subjects[i].id != 0 {
			later(&d.BuildingsUpdatedAt, in.subjects[i].updatedAt)
		}
	}
	for i := range in.facilities {
		later(&d.FacilitiesUpdatedAt, in.facilities[i].updatedAt)
	}
	return d
}

// notes say what a reader of the figures must know to read them right.
func (in *inputs) notes(run Run, a answer) []string {
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if len(in.facilities) == 0 {
		note("本区没有“%s”的数据，全部楼栋计为未覆盖。", run.FacilityName)
	}
	if len(in.subjects) == 0 {
		note("所选范围内没有楼栋。")
	}
	if in.standard != nil && run.Standard == nil && run.RadiusM != in.standard.RadiusM {
		note("半径 %s 米由用户填写；本区采用的标准为 %s 米（%s %s）。", short(run.RadiusM), short(in.standard.RadiusM), in.standard.Source, in.standard.Clause)
	}
	if run.Standard != nil && run.Standard.Mark == "M" {
		note("标准的半径数值尚未与印刷文本核对，正式引用前须核对（%s %s）。", run.Standard.Source, run.Standard.Clause)
	}
	if in.walk {
		note("标准规定的是步行距离，本次按直线距离计算，结果偏大。")
	}
	if a.byLocation > 0 {
		note("%d 个小区没有楼栋数据，按小区位置判断，不计入楼栋数。", a.byLocation)
	}
	if a.split > 0 {
		note("%d 个小区只有小区总户数，已按建筑面积分摊到各楼栋。", a.split)
	}
	if run.Summary.Households == 0 && len(in.subjects) > 0 {
		note("没有户数数据，户数计为 0。")
	}
	if in.hidden > 0 {
		note("范围内另有 %d 栋楼位于其他街道（镇），未计入。", in.hidden)
	}
	if run.Summary.Generated {
		note("部分数据为演示数据（生成），结果不能用于实际工作。")
	}
	return notes
}

// short is a length without needless zeros.
func short(x float64) string { return fmt.Sprintf("%g", math.Round(x*100)/100) }

// keep stores a run with its outcomes and deletes what is too old.
func (s *Store) keep(ctx context.Context, run *Run, in *inputs, outcomes []outcome, a answer) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	run.ID = id
	codes := subdistrictsOf(in.subjects)
	if run.Area.Kind == AreaSubdistrict {
		codes = []string{run.Area.Code}
	}
	documents := make([]json.RawMessage, 0, 4)
	for _, v := range []any{run.Standard, run.Area, run.Inputs, run.Summary} {
		document, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode %T: %w", v, err)
		}
		documents = append(documents, document)
	}
	if run.Standard == nil {
		documents[0] = nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into coverage_run (id, district_code, facility_type, method, radius_m, standard, area, inputs, summary,
			                          subdistrict_codes, notes, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			returning created_at`,
			run.ID, run.District, run.FacilityType, run.Method, run.RadiusM, documents[0], documents[1], documents[2], documents[3],
			codes, run.Notes, run.CreatedBy).Scan(&run.CreatedAt)
		if err != nil {
			return err
		}
		if err := copyOutcomes(ctx, tx, [16]byte(run.ID), in, outcomes); err != nil {
			return err
		}
		if err := copyCommunities(ctx, tx, [16]byte(run.ID), a.communities); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			delete from coverage_run
			where id in (
			    select id from coverage_run
			    where district_code = $1
			    order by created_at desc, id desc
			    offset $2)`, run.District, keepRuns)
		if err != nil {
			return fmt.Errorf("delete old runs: %w", err)
		}
		places := make([]place, 0, len(in.subjects))
		for i := range in.subjects {
			places = append(places, in.subjects[i].at)
		}
		tx.Changed(postgis.Change{District: run.District, Layer: "coverage", Bound: bound(places)})
		return account.Record(ctx, tx, account.Entry{
			Action: "coverage.run", Entity: "coverage_run", Code: run.ID.String(), District: run.District,
			After: map[string]any{
				"facility_type": run.FacilityType, "method": run.Method, "radius_m": run.RadiusM,
				"area_kind": run.Area.Kind, "area_code": run.Area.Code, "summary": run.Summary,
			},
		})
	})
}
