package survey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/survey"
)

const (
	west = "500110001" // 万盛街道, 106.80–106.95
	east = "500110002" // 东林街道, 106.95–107.10
)

// desk is a district that follows wansheng-2020, on 2026-11-20.
//
//	A 和平小区, west: 100 households, 8,000 m² in 1幢 (60), 2幢 (40) and a kiosk
//	B 建设小区, east: 30 households, no buildings
type desk struct {
	*survey.Store
	t        testing.TB
	db       *postgis.DB
	reg      *registry.Store
	exec     func(sql string, args ...any)
	tryExec  func(sql string, args ...any) error
	district string
}

func newDesk(t testing.TB) *desk {
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(db, lib)
	now := func() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) }
	d := &desk{Store: survey.New(db, reg, now), t: t, db: db, reg: reg, district: postgistest.District(t, db)}
	d.exec = func(sql string, args ...any) {
		t.Helper()
		if _, err := db.Pool.Exec(context.Background(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	d.tryExec = func(sql string, args ...any) error {
		_, err := db.Pool.Exec(context.Background(), sql, args...)
		return err
	}
	d.community("A", "和平小区", west, 106.90, 100, 8000.0)
	d.building("A", "B10", "10幢", "residential", 40)
	d.building("A", "B2", "2幢", "residential", 60)
	d.building("A", "BK", "售货亭", "commercial", 0)
	d.community("B", "建设小区", east, 106.96, 30, nil)
	return d
}

func (d *desk) community(code, name, subdistrict string, x float64, households, area any) {
	d.t.Helper()
	d.exec(`insert into community (district_code, code, name, subdistrict_code, location, households, floor_area_m2)
		values ($1, $2, $3, $4, ST_SetSRID(ST_MakePoint($5, 28.95), 4490), $6, $7)`, d.district, code, name, subdistrict, x, households, area)
}

func (d *desk) building(community, code, name, use string, households int) {
	d.t.Helper()
	d.exec(`insert into building (district_code, code, name, use, households, floor_area_m2, community_id, geom)
		values ($1, $2, $3, $4, $5, $5 * 80, (select id from community where district_code = $1 and code = $6),
		        ST_Multi(ST_MakeEnvelope(106.9, 28.95, 106.9001, 28.9501, 4490)))`, d.district, code, name, use, households, community)
}

// as is a context in which a person of the role and scope acts.
func (d *desk) as(role account.Role, scope account.Scope) (context.Context, account.Scope) {
	scope.District = d.district
	return account.With(context.Background(), account.Person{
		ID: uuid.New(), Name: string(role), Role: role, District: d.district, Scope: scope,
	}), scope
}

func (d *desk) open(code string) survey.Survey {
	d.t.Helper()
	out, err := d.Open(context.Background(), account.Everything, d.district, survey.Draft{Community: code})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func (d *desk) save(v survey.Survey, rows ...survey.CountDraft) (survey.Survey, error) {
	return d.SaveCounts(context.Background(), account.Everything, d.district, v.ID, v.Version, rows)
}

func (d *desk) mustSave(v survey.Survey, rows ...survey.CountDraft) survey.Survey {
	d.t.Helper()
	out, err := d.save(v, rows...)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func (d *desk) close(v survey.Survey) survey.Survey {
	d.t.Helper()
	out, err := d.Close(context.Background(), account.Everything, d.district, v.ID, v.Version, "")
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// whole is a row of a community without buildings.
func whole(households, asked, agreed int) survey.CountDraft {
	return survey.CountDraft{Households: households, Asked: asked, Agreed: agreed}
}

func at(building, stairwell string, households, asked, agreed int) survey.CountDraft {
	return survey.CountDraft{BuildingCode: building, Stairwell: stairwell, Households: households, Asked: asked, Agreed: agreed}
}

func area(v float64) *float64 { return &v }

// refused wants an *InvalidError of the field whose sentence holds the text.
func refused(t *testing.T, err error, field, text string) {
	t.Helper()
	var wrong *survey.InvalidError
	if !errors.As(err, &wrong) || wrong.Field != field || !strings.Contains(wrong.Detail, text) {
		t.Errorf("%v, want %s refused with %q", err, field, text)
	}
}

// rows writes the rows of a survey as building/stairwell:households.
func rows(v survey.Survey) string {
	var said []string
	for _, c := range v.Counts {
		name := c.BuildingCode
		if c.Stairwell != "" {
			name += "/" + c.Stairwell
		}
		said = append(said, fmt.Sprintf("%s:%d", name, c.Households))
	}
	return strings.Join(said, " ")
}
