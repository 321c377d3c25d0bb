package registry

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// CreateCommunity adds a community and judges it. Without a code it gets a
// UUIDv7; without a subdistrict, the one that it lies in. A taken code is a
// *DuplicateError, a wrong value an *InvalidError, a place outside the person's
// area an *account.OutsideError.
func (s *Store) CreateCommunity(ctx context.Context, scope account.Scope, district string, n NewCommunity) (Community, error) {
	if err := inDistrict(scope, district); err != nil {
		return Community{}, err
	}
	code, err := newCode("community", n.Code)
	if err != nil {
		return Community{}, err
	}
	r := communityRecord{Community: Community{Code: code, UnitKind: "compound", Generated: []string{}, Version: 1}}
	if err := n.applyTo(&r); err != nil {
		return Community{}, err
	}
	if err := r.checkAgreed(Community{}); err != nil {
		return Community{}, err
	}
	if by := account.Name(ctx); by != "" {
		r.Source = "人工录入：" + by
	}
	var after communityRecord
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		// Who changes the plan judges all communities that are there: until this one is,
		// the plan stays.
		if _, err := tx.Exec(ctx, `select from district where code = $1 for key share`, district); err != nil {
			return fmt.Errorf("hold the plan of district %s: %w", district, err)
		}
		if err := s.settle(ctx, tx, district, &r); err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, r.SubdistrictCode); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `
			insert into community (district_code, code, name, source) values ($1, $2, $3, $4) returning id`,
			district, r.Code, r.Name, r.Source).Scan(&r.ID)
		if err != nil {
			return fmt.Errorf("create community %s of %s: %w", r.Code, district, violation("community", r.Code, err))
		}
		after, err = s.writeCommunity(ctx, tx, district, r, true)
		if err != nil {
			return err
		}
		if err := s.followMove(ctx, tx, district, nil, after); err != nil {
			return err
		}
		announce(tx, district, "communities", []string{after.SubdistrictCode}, extentOf(after.BBox, after.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "community.create", Entity: "community", Code: r.Code, District: district, After: after.Community,
		})
	})
	return after.Community, err
}

// newCode is the code that a person gave, or a new one.
func newCode(entity, given string) (string, error) {
	given = strings.TrimSpace(given)
	if given == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return "", fmt.Errorf("make a code: %w", err)
		}
		return id.String(), nil
	}
	v := checker{entity: entity, code: given, row: -1}
	v.identifier("code", given)
	if v.fault != nil {
		return "", v.fault
	}
	return given, nil
}

// UpdateCommunity changes the fields that the patch names and judges the
// community again. version is the one that the person saw; another is
// postgis.ErrVersion. A patch that changes nothing leaves the version alone.
func (s *Store) UpdateCommunity(ctx context.Context, scope account.Scope, district, code string, version int, patch CommunityPatch) (Community, error) {
	return s.changeCommunity(ctx, scope, district, code, version, "community.update", patch.applyTo)
}

// applyTo changes the record as the patch says, its place included.
func (p CommunityPatch) applyTo(r *communityRecord) error {
	if err := p.apply(&r.Community); err != nil {
		return err
	}
	if p.Location != nil {
		v := checker{entity: "community", code: r.Code, row: -1}
		v.point("location", *p.Location)
		if v.fault != nil {
			return v.fault
		}
		at := *p.Location
		r.Location = &at
		unmark("location", &r.Generated)
	}
	if p.Geometry != nil {
		if fault := geo.Check(p.Geometry, geo.Limits{MaxPoints: geo.MaxImportPoints}); fault != nil {
			return &InvalidError{Entity: "community", Code: r.Code, Field: "geometry", Row: -1, Value: fault.At, Detail: fault.Detail}
		}
		r.Geom.Geometry = p.Geometry
		unmark("geometry", &r.Generated)
	}
	if slices.Contains(p.Clear, "geometry") {
		r.Geom.Geometry = nil
	}
	if slices.Contains(p.Clear, "location") {
		r.Location = nil
	}
	return nil
}

// changeCommunity changes a community of a version in a transaction of its own.
func (s *Store) changeCommunity(ctx context.Context, scope account.Scope, district, code string, version int, action string, change func(*communityRecord) error) (after Community, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		after, err = s.changeWithin(ctx, tx, scope, district, code, &version, action, change)
		return err
	})
	return after, err
}

// ChangeCommunity changes fields of a community inside the transaction of
// somebody else's write, who has made sure that nobody else is at it: a survey
// that is closed, a file whose checks are taken over. It judges the community
// again and leaves an audit entry, as UpdateCommunity does.
func (s *Store) ChangeCommunity(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string, patch CommunityPatch) (Community, error) {
	return s.changeWithin(ctx, tx, scope, district, code, nil, "community.update", patch.applyTo)
}

// changeWithin is the one way to change a community: it locks the row, checks
// the version where one is given and the person's area before and after, judges,
// writes, and leaves an audit entry.
func (s *Store) changeWithin(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string, version *int, action string, change func(*communityRecord) error) (Community, error) {
	before, err := s.communityRecord(ctx, tx, scope, district, code, " for no key update of c")
	if err != nil {
		return Community{}, err
	}
	if err := mayEdit(ctx, scope, district, before.SubdistrictCode); err != nil {
		return Community{}, err
	}
	if version != nil && before.Version != *version {
		return Community{}, fmt.Errorf("community %s is at version %d, not %d: %w", code, before.Version, *version, postgis.ErrVersion)
	}
	r := before
	if err := change(&r); err != nil {
		return Community{}, err
	}
	if err := s.settle(ctx, tx, district, &r); err != nil {
		return Community{}, err
	}
	// A survey may count more households than the register knows of.
	if err := r.checkAgreed(before.Community); err != nil && action != consentAction {
		return Community{}, err
	}
	if err := mayEdit(ctx, scope, district, r.SubdistrictCode); err != nil {
		return Community{}, err
	}
	if reflect.DeepEqual(r, before) {
		return before.Community, nil
	}
	r.Version++
	placed := !reflect.DeepEqual(before.Geom, r.Geom) || !reflect.DeepEqual(before.Location, r.Location)
	after, err := s.writeCommunity(ctx, tx, district, r, placed)
	if err != nil {
		return Community{}, err
	}
	if err := s.followMove(ctx, tx, district, &before, after); err != nil {
		return Community{}, err
	}
	announce(tx, district, "communities", []string{before.SubdistrictCode, after.SubdistrictCode}, extentOf(before.BBox, before.Location), extentOf(after.BBox, after.Location))
	if after.Eligibility != before.Eligibility {
		if err := tellTurned(ctx, tx, district, before.ID, []string{before.SubdistrictCode, after.SubdistrictCode}); err != nil {
			return Community{}, err
		}
	}
	return after.Community, account.Record(ctx, tx, account.Entry{
		Action: action, Entity: "community", Code: code, District: district,
		Before: before.Community, After: after.Community,
	})
}

// settle finds the subdistrict of a place where none is named, checks the values
// and judges.
func (s *Store) settle(ctx context.Context, tx *postgis.Tx, district string, r *communityRecord) error {
	r.Name = strings.TrimSpace(r.Name)
	if fault := r.check(); fault != nil {
		return fault
	}
	var at postgis.Geom
	if r.Location != nil {
		at.Geometry = *r.Location
	}
	if r.Geom.Geometry != nil || r.Location != nil {
		var settled postgis.Geom
		err := tx.QueryRow(ctx, `select `+placeInside("$1::geometry", "$2::geometry", "null"), r.Geom, at).Scan(&settled)
		if err != nil {
			return fmt.Errorf("place community %s: %w", r.Code, violation("community", r.Code, err))
		}
		if p, ok := settled.Geometry.(orb.Point); ok {
			r.Location = &p
		}
	}
	if r.SubdistrictCode == "" && r.Location != nil {
		code, err := subdistrictAt(ctx, tx, district, *r.Location)
		if err != nil {
			return fmt.Errorf("place community %s: %w", r.Code, err)
		}
		r.SubdistrictCode = code
	}
	j, err := s.judgeOf(ctx, tx, district)
	if err != nil {
		return err
	}
	j.judge(&r.Community)
	return nil
}

// placeInside is an SQL expression for the point that stands for a shape: the
// given point where it lies inside or there is no shape, else the one that is
// stored, else a point inside.
func placeInside(shape, given, stored string) string {
	return fmt.Sprintf(`case
		when %[1]s is null then coalesce(%[2]s, %[3]s)
		when ST_Intersects(%[1]s, %[2]s) then %[2]s
		when ST_Intersects(%[1]s, %[3]s) then %[3]s
		else ST_PointOnSurface(%[1]s) end`, shape, given, stored)
}

// subdistrictAt is the code of the subdistrict that holds a point, or "".
func subdistrictAt(ctx context.Context, q querier, district string, p orb.Point) (string, error) {
	var code string
	err := q.QueryRow(ctx, `
		select code from subdistrict where district_code = $1 and ST_Intersects(geom, $2) order by code limit 1`,
		district, postgis.Geom{Geometry: p}).Scan(&code)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return code, err
}

// writeCommunity stores all of a record, its place only where that is another, and
// reads back what the database made of it. The columns that are projected from the
// place are then left alone, too: a connection that projects for the first time
// needs long to get ready for it.
func (s *Store) writeCommunity(ctx context.Context, tx *postgis.Tx, district string, r communityRecord, placed bool) (communityRecord, error) {
	place := ""
	if placed {
		place = "geom = @geom, location = @location, "
	}
	var location postgis.Geom
	if r.Location != nil {
		location.Geometry = *r.Location
	}
	_, err := tx.Exec(ctx, `
		update community set
			name = @name, address = @address,
			subdistrict_code = nullif(@subdistrict_code, ''), neighborhood_code = nullif(@neighborhood_code, ''),
			unit_kind = @unit_kind, built_year = @built_year, households = @households, building_count = @building_count,
			floor_area_m2 = @floor_area_m2, management_mode = @management_mode, neglected = @neglected,
			municipal_missing = @municipal_missing, service_missing = @service_missing,
			households_agreed = @households_agreed, floor_area_agreed_m2 = @floor_area_agreed_m2,
			prior_works = @prior_works, in_shantytown_plan = @in_shantytown_plan, demolish_rebuild = @demolish_rebuild,
			self_built_majority = @self_built_majority, urban_village = @urban_village, poor_conditions = @poor_conditions,
			verdict = @verdict, verdict_proof = @verdict_proof, verdict_policy = @verdict_policy,
			override_verdict = @override_verdict, override_reason = @override_reason, override_by = @override_by,
			override_at = case when @override_verdict::text is not null then coalesce(@override_at, now()) end,
			`+place+`remark = @remark, generated = @generated, source = @source,
			version = @version, updated_at = now()
		where id = @id`,
		pgx.NamedArgs{
			"id": r.ID, "name": r.Name, "address": r.Address,
			"subdistrict_code": r.SubdistrictCode, "neighborhood_code": r.NeighborhoodCode,
			"unit_kind": r.UnitKind, "built_year": r.BuiltYear, "households": r.Households, "building_count": r.BuildingCount,
			"floor_area_m2": r.FloorAreaM2, "management_mode": r.ManagementMode, "neglected": r.Neglected,
			"municipal_missing": listed(r.MunicipalMissing), "service_missing": listed(r.ServiceMissing),
			"households_agreed": r.HouseholdsAgreed, "floor_area_agreed_m2": r.FloorAreaAgreedM2,
			"prior_works": r.PriorWorks, "in_shantytown_plan": r.InShantytownPlan, "demolish_rebuild": r.DemolishRebuild,
			"self_built_majority": r.SelfBuiltMajority, "urban_village": r.UrbanVillage, "poor_conditions": r.PoorConditions,
			"verdict": r.Verdict, "verdict_proof": proofOrEmpty(r.VerdictProof), "verdict_policy": r.VerdictPolicy,
			"override_verdict": r.OverrideVerdict, "override_reason": r.OverrideReason, "override_by": r.OverrideBy,
			"override_at": r.OverrideAt,
			"geom":        r.Geom, "location": location, "remark": r.Remark, "generated": r.Generated, "source": r.Source,
			"version": r.Version,
		})
	if err != nil {
		return r, fmt.Errorf("store community %s of %s: %w", r.Code, district, violation("community", r.Code, err))
	}
	return s.communityRecord(ctx, tx, account.Everything, district, r.Code, "")
}

// followMove lets follow what depends on where a community is: its buildings,
// their subdistrict, and the followers. before is nil for a new one.
func (s *Store) followMove(ctx context.Context, tx *postgis.Tx, district string, before *communityRecord, after communityRecord) error {
	moved := before == nil || !reflect.DeepEqual(before.Geom, after.Geom)
	if moved || before.SubdistrictCode != after.SubdistrictCode {
		// The buildings of a community may lie outside its outline.
		which := attachment{community: after.ID}
		if after.BBox != nil {
			which.within = append(which.within, after.BBox.Bound())
		}
		if before != nil && before.BBox != nil {
			which.within = append(which.within, before.BBox.Bound())
		}
		if _, err := s.attach(ctx, tx, district, which); err != nil {
			return err
		}
	}
	if moved || before.SubdistrictCode != after.SubdistrictCode || !reflect.DeepEqual(before.Location, after.Location) {
		return s.tellMoved(ctx, tx, district, []int64{after.ID})
	}
	return nil
}

func union(a, b *orb.Bound) *orb.Bound {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	u := a.Union(*b)
	return &u
}

// DeleteCommunity removes a community; its buildings stay and follow the place.
func (s *Store) DeleteCommunity(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.communityRecord(ctx, tx, scope, district, code, " for update of c")
		if err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, before.SubdistrictCode); err != nil {
			return err
		}
		if before.Version != version {
			return fmt.Errorf("community %s is at version %d, not %d: %w", code, before.Version, version, postgis.ErrVersion)
		}
		var left extents
		var lay []string
		err = tx.QueryRow(ctx, `
			with loose as (
				update building
				set community_id = null, named = array_remove(named, 'community_code'), version = version + 1, updated_at = now()
				where community_id = $1
				returning geom, subdistrict_code
			)
			select `+extentsOf("geom", "loose")+`, `+subdistrictsIn("subdistrict_code")+` from loose`, before.ID).
			Scan(&left, &lay)
		if err != nil {
			return fmt.Errorf("loosen the buildings of community %s: %w", code, err)
		}
		// Without a place it is in no zone: those who follow let go of it first.
		if _, err := tx.Exec(ctx, `update community set geom = null, location = null where id = $1`, before.ID); err != nil {
			return fmt.Errorf("delete community %s: %w", code, err)
		}
		if err := s.tellMoved(ctx, tx, district, []int64{before.ID}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from community where id = $1`, before.ID); err != nil {
			return fmt.Errorf("delete community %s: %w", code, violation("community", code, err))
		}
		if bounds := left.bounds(); len(bounds) > 0 {
			within := make([]orb.Bound, len(bounds))
			for i, b := range bounds {
				within[i] = *b
			}
			if _, err := s.attach(ctx, tx, district, attachment{within: within}); err != nil {
				return err
			}
			announce(tx, district, "buildings", lay, bounds...)
		}
		announce(tx, district, "communities", []string{before.SubdistrictCode}, extentOf(before.BBox, before.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "community.delete", Entity: "community", Code: code, District: district, Before: before.Community,
		})
	})
}
