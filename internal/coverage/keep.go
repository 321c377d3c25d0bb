package coverage

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	keepRuns    = 200 // per district, but for those of scorecards; older ones are deleted
	keepBatches = 20
)

// keep stores runs with their outcomes, as a batch where there is one, and
// deletes what is too old.
func (s *Store) keep(ctx context.Context, batch *Batch, in *inputs, runs []*answered) error {
	codes := subdistrictsOf(in.subjects)
	if in.ground.Kind == AreaSubdistrict {
		codes = []string{in.ground.Code}
	}
	for _, a := range runs {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id: %w", err)
		}
		a.run.ID, a.run.settings = id, in.settings
		if batch != nil {
			a.run.Batch = &batch.ID
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if batch != nil {
			if err := keepBatch(ctx, tx, batch, codes); err != nil {
				return err
			}
		}
		for _, a := range runs {
			if err := keepRun(ctx, tx, a, codes); err != nil {
				return err
			}
			if a.run.Detailed {
				if err := copyOutcomes(ctx, tx, in, a); err != nil {
					return err
				}
			}
			if err := copyCommunities(ctx, tx, in.district, [16]byte(a.run.ID), a.answer.communities); err != nil {
				return err
			}
		}
		if err := forget(ctx, tx, in.district); err != nil {
			return err
		}
		places := make([]place, 0, len(in.subjects))
		for i := range in.subjects {
			places = append(places, in.subjects[i].at)
		}
		tx.Changed(postgis.Change{District: in.district, Layer: "coverage", Bound: boundOf(places), Subdistricts: codes, Together: true})
		return recordRuns(ctx, tx, batch, in, runs)
	})
}

func keepRun(ctx context.Context, tx pgx.Tx, a *answered, codes []string) error {
	r := &a.run
	documents := make([]json.RawMessage, 0, 8)
	for _, v := range []any{r.settings, r.Walker, r.Standard, r.FirstStep, r.Area, r.Inputs, r.Summary, r.Items} {
		document, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode %T: %w", v, err)
		}
		if string(document) == "null" {
			document = nil
		}
		documents = append(documents, document)
	}
	err := tx.QueryRow(ctx, `
		insert into coverage_run (id, batch_id, district_code, facility_type, method, radius_m, minutes,
		                          settings, walker, standard, first_step, area, inputs, summary, items, detailed,
		                          subdistrict_codes, notes, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		returning created_at`,
		r.ID, r.Batch, r.District, r.FacilityType, r.Method, r.Limit.Metres, r.Limit.Minutes,
		documents[0], documents[1], documents[2], documents[3], documents[4], documents[5], documents[6], documents[7], r.Detailed,
		codes, r.Notes, r.CreatedBy).Scan(&r.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert the run: %w", err)
	}
	return nil
}

// known is a figure, or null where it is none.
func known(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func copyOutcomes(ctx context.Context, tx pgx.Tx, in *inputs, a *answered) error {
	run := [16]byte(a.run.ID)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"coverage_building"},
		[]string{
			"run_id", "building_id", "community_id", "households", "floor_area_m2", "status", "covered",
			"facility_id", "facility_code", "distance_m", "there_s", "back_s", "served", "access", "district_code",
		},
		pgx.CopyFromSlice(len(a.outcomes), func(i int) ([]any, error) {
			s, o := &in.subjects[i], &a.outcomes[i]
			id := s.id
			if id == 0 {
				id = -s.community
			}
			var community, facility *int64
			var code *string
			var metres *float64
			if s.community != 0 {
				community = &s.community
			}
			if o.facility >= 0 {
				f := &a.set[o.facility]
				code, metres = &f.code, known(o.metres)
				if f.id != 0 {
					facility = &f.id
				}
			}
			return []any{
				run, id, community, int32(min(s.wholeHouseholds, math.MaxInt32)), s.wholeFloorArea, o.status, o.covered(),
				facility, code, metres, known(o.there), known(o.back), known(o.served), known(o.access), in.district,
			}, nil
		}))
	if err != nil {
		return fmt.Errorf("copy the buildings: %w", err)
	}
	return nil
}

func copyCommunities(ctx context.Context, tx pgx.Tx, district string, run [16]byte, communities []communityAnswer) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"coverage_community"},
		[]string{
			"run_id", "community_id", "code", "name", "subdistrict_code", "subdistrict_name", "buildings", "covered_buildings",
			"households", "covered_households", "floor_area_m2", "covered_floor_area_m2", "spared_households",
			"unreached_buildings", "mean_m", "mean_minutes", "served_households", "access", "district_code",
		},
		pgx.CopyFromSlice(len(communities), func(i int) ([]any, error) {
			c := communities[i]
			f := c.row.Figures
			return []any{
				run, c.id, c.row.Code, c.row.Name, c.subdistrict, c.row.SubdistrictName, f.Buildings, f.CoveredBuildings,
				f.Households, f.CoveredHouseholds, f.FloorAreaM2, f.CoveredFloorAreaM2, f.SparedHouseholds,
				f.UnreachedBuildings, f.MeanM, f.MeanMinutes, f.ServedHouseholds, f.Access, district,
			}, nil
		}))
	if err != nil {
		return fmt.Errorf("copy the communities: %w", err)
	}
	return nil
}

// forget deletes what is too old.
func forget(ctx context.Context, tx pgx.Tx, district string) error {
	_, err := tx.Exec(ctx, `
		delete from coverage_run
		where id in (
		    select id from coverage_run
		    where district_code = $1 and batch_id is null
		    order by created_at desc, id desc
		    offset $2)`, district, keepRuns)
	if err != nil {
		return fmt.Errorf("delete old runs: %w", err)
	}
	_, err = tx.Exec(ctx, `
		delete from coverage_batch
		where id in (
		    select id from coverage_batch
		    where district_code = $1
		    order by created_at desc, id desc
		    offset $2)`, district, keepBatches)
	if err != nil {
		return fmt.Errorf("delete old scorecards: %w", err)
	}
	return nil
}

// recordRuns leaves one entry in the trail.
func recordRuns(ctx context.Context, tx *postgis.Tx, batch *Batch, in *inputs, runs []*answered) error {
	after := map[string]any{
		"method": in.settings.Method, "area_kind": in.ground.Kind, "area_code": in.ground.Code, "profile": in.profile,
	}
	if batch != nil {
		types := make([]string, 0, len(runs))
		for _, a := range runs {
			types = append(types, a.run.FacilityType)
		}
		after["facility_types"] = types
		return account.Record(ctx, tx, account.Entry{
			Action: "coverage.scorecard", Entity: "coverage_batch", Code: batch.ID.String(), District: in.district, After: after,
		})
	}
	r := &runs[0].run
	after["facility_type"], after["limit"], after["summary"] = r.FacilityType, r.Limit, r.Summary
	return account.Record(ctx, tx, account.Entry{
		Action: "coverage.run", Entity: "coverage_run", Code: r.ID.String(), District: in.district, After: after,
	})
}
