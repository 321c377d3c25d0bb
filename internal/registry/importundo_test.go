package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// imported runs an import that can be taken back.
func (b *bench) imported(fn func(context.Context, *postgis.Tx) error) uuid.UUID {
	b.t.Helper()
	id := uuid.New()
	b.write(func(ctx context.Context, tx *postgis.Tx) error {
		if err := b.BeginImport(ctx, tx, id, b.district, "文件.zip"); err != nil {
			return err
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		if _, err := b.AttachBuildings(ctx, tx, b.district); err != nil {
			return err
		}
		return b.EndImport(ctx, tx, id, registry.ImportCount{})
	})
	return id
}

func (b *bench) undo(id uuid.UUID, keepChanged bool) registry.UndoReport {
	b.t.Helper()
	report, err := b.UndoImport(b.t.Context(), account.Everything, id, keepChanged)
	if err != nil {
		b.t.Fatal(err)
	}
	return report
}

// content is the rows of a table without identity, clock and versions.
func (b *bench) content(table string) string {
	b.t.Helper()
	var text string
	err := b.db.Pool.QueryRow(b.t.Context(), `
		select coalesce(string_agg(r, e'\n' order by r), '')
		from (select (to_jsonb(t) - 'id' - 'version' - 'updated_at' - 'imported_at' - 'community_id' || jsonb_build_object('g', t.geom::text))::text
		      from `+table+` t) x (r)`).Scan(&text)
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func TestUndoTakesBackWhatAnImportAddedAndChanged(t *testing.T) {
	for name, c := range bulkCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			run := func(changed bool) func(context.Context, *postgis.Tx) error {
				return func(ctx context.Context, tx *postgis.Tx) error {
					_, err := c.upsert(ctx, b.Store, tx, changed)
					return err
				}
			}
			empty := b.content(c.table)
			added := b.imported(run(false))
			before := b.content(c.table)
			changed := b.imported(run(true))
			after := b.content(c.table)
			if before == empty || before == after {
				t.Fatal("the imports did nothing")
			}
			if report := b.undo(changed, false); report.Restored != 1 || report.Removed != 0 || report.LeftTotal != 0 {
				t.Errorf("undo of a change: %+v", report)
			}
			if got := b.content(c.table); got != before {
				t.Errorf("after undo\n%s\nwant\n%s", got, before)
			}
			if report := b.undo(added, false); report.Removed != 2 || report.Restored != 0 {
				t.Errorf("undo of what was added: %+v", report)
			}
			if got := b.content(c.table); got != empty {
				t.Errorf("after undo of the first\n%s\nwant\n%s", got, empty)
			}
			if n := b.count(`select count(*) from import_change`); n != 0 {
				t.Errorf("%d notes are left", n)
			}
			if got := b.audited("import"); !slices.Equal(got, []string{"import.undo", "import.undo"}) {
				t.Errorf("audited %v", got)
			}
		})
	}
}

// One import that writes the same rows several times is one change of them.
func TestUndoOfAnImportThatWroteARowTwice(t *testing.T) {
	for name, c := range bulkCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			run := func(ctx context.Context, tx *postgis.Tx) error {
				for _, changed := range []bool{true, false, true} {
					if _, err := c.upsert(ctx, b.Store, tx, changed); err != nil {
						return err
					}
				}
				return nil
			}
			empty := b.content(c.table)
			b.undo(b.imported(run), false)
			if got := b.content(c.table); got != empty {
				t.Errorf("added twice: left\n%s", got)
			}
			b.write(func(ctx context.Context, tx *postgis.Tx) error {
				if _, err := c.upsert(ctx, b.Store, tx, false); err != nil {
					return err
				}
				_, err := b.AttachBuildings(ctx, tx, b.district)
				return err
			})
			before := b.content(c.table)
			b.undo(b.imported(run), false)
			if got := b.content(c.table); got != before {
				t.Errorf("changed twice:\n%s\nwant\n%s", got, before)
			}
		})
	}
}

func TestUndoGivesBuildingsBackToTheirPlace(t *testing.T) {
	b := newBench(t)
	b.upsertBuildings(slices.Values([]registry.BuildingRow{{Code: "house", Geometry: box(106.9002, 28.9502, 0.0002)}}))
	c := eligible("old", "老院")
	c.Geometry = square(106.9, 28.95)
	b.upsertCommunities(c)
	b.attach()
	small := eligible("new", "新划小院")
	small.Geometry = box(106.9001, 28.9501, 0.0005)
	id := b.imported(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{small})
		return err
	})
	if got := b.building("house").CommunityCode; got != "new" {
		t.Fatalf("the house is of %q", got)
	}
	if n := b.count(`select count(*) from import_change where table_name = 'building'`); n != 0 {
		t.Errorf("%d notes of buildings whose place decides", n)
	}
	b.undo(id, false)
	if got := b.building("house").CommunityCode; got != "old" {
		t.Errorf("after undo the house is of %q", got)
	}
}

func TestUndoRestoresOnlyWhatTheImportChanged(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	id := b.imported(func(ctx context.Context, tx *postgis.Tx) error {
		row := eligible("a", "甲")
		row.Households, row.HouseholdsAgreed = ptr(120), ptr(110)
		_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{row})
		return err
	})
	seen := b.community("a")
	if _, err := b.UpdateCommunity(t.Context(), account.Everything, b.district, "a", seen.Version, registry.CommunityPatch{Remark: ptr("现场看过")}); err != nil {
		t.Fatal(err)
	}
	b.undo(id, false)
	got := b.community("a")
	if *got.Households != 100 || *got.HouseholdsAgreed != 95 || got.Remark != "现场看过" {
		t.Errorf("households %d, agreed %d, remark %q", *got.Households, *got.HouseholdsAgreed, got.Remark)
	}
	if got.Version <= seen.Version {
		t.Errorf("version %d comes again", got.Version)
	}
}

func TestUndoDoesNotLoseWhatPeopleDidSince(t *testing.T) {
	type made struct {
		b  *bench
		id uuid.UUID
	}
	exec := func(sql string) func(*testing.T, made) {
		return func(t *testing.T, m made) {
			if _, err := m.b.db.Pool.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		since  func(*testing.T, made)
		reason string
	}{
		"an edit": {func(t *testing.T, m made) {
			c := m.b.community("a")
			if _, err := m.b.UpdateCommunity(t.Context(), account.Everything, m.b.district, "a", c.Version, registry.CommunityPatch{Households: ptr(97)}); err != nil {
				t.Fatal(err)
			}
		}, "在导入之后又被修改"},
		"a survey": {exec(`insert into survey (id, district_code, community_id, started_on)
			select gen_random_uuid(), district_code, id, '2026-01-01' from community where code = 'a'`), "已有征求意见记录"},
		"a project": {exec(`with p as (insert into project (district_code, code, name, library) values ('500110', 'p', '一号', 'comprehensive') returning id)
			insert into project_community (project_id, community_id, live) select p.id, c.id, true from p, community c where c.code = 'a'`), "已列入项目“一号”"},
		"a check": {exec(`insert into condition_check (community_id, policy_key, kind, no, result, checked_on)
			select id, 'wansheng-2020', 'item', '1', 'ok', '2026-01-01' from community where code = 'a'`), "档案里已有记录"},
		"a zone drawn around it": {func(t *testing.T, m made) { m.b.insertZone("东片", square(106.9, 28.95), "a") }, "已划入片区“东片”"},
		"a building that was given to it": {func(t *testing.T, m made) {
			m.b.upsertBuildings(slices.Values([]registry.BuildingRow{{Code: "far", CommunityCode: "a", Geometry: square(107, 29)}}))
		}, "已有楼栋被指定归入"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := made{b: newBench(t)}
			m.id = m.b.imported(func(ctx context.Context, tx *postgis.Tx) error {
				a := eligible("a", "甲小区")
				a.Geometry = square(106.9, 28.95)
				_, err := m.b.UpsertCommunities(ctx, tx, m.b.district, []registry.CommunityRow{a, eligible("b", "乙小区")})
				return err
			})
			c.since(t, m)
			before := m.b.content("community")
			_, err := m.b.UndoImport(t.Context(), account.Everything, m.id, false)
			var stop *registry.ImportChangedError
			if !errors.As(err, &stop) || !errors.Is(err, postgis.ErrConflict) {
				t.Fatalf("error is %v, want an *ImportChangedError", err)
			}
			want := registry.LeftRow{Table: "community", Code: "a", Name: "甲小区", Reason: c.reason}
			if len(stop.Report.Left) != 1 || stop.Report.Left[0] != want || stop.Report.LeftTotal != 1 {
				t.Errorf("left %+v, want %+v", stop.Report.Left, want)
			}
			if got := m.b.content("community"); got != before {
				t.Error("a refused undo changed something")
			}
			report := m.b.undo(m.id, true)
			if report.Removed != 1 || report.LeftTotal != 1 {
				t.Errorf("with what people did kept: %+v", report)
			}
			if n := m.b.count(`select count(*) from community where code = 'a'`); n != 1 {
				t.Error("what people did is lost")
			}
			var invalid *registry.InvalidError
			if _, err := m.b.UndoImport(t.Context(), account.Everything, m.id, true); !errors.As(err, &invalid) {
				t.Errorf("a second undo says %v", err)
			}
		})
	}
}

func TestUndoKeepsASubdistrictThatIsInUse(t *testing.T) {
	b := newBench(t)
	id := b.imported(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertSubdistricts(ctx, tx, b.district, []registry.SubdistrictRow{
			{Code: "500110901", Name: "新街道", Geometry: square(106.9, 28.95)}, {Code: "500110902", Name: "空街道", Geometry: square(106.92, 28.95)},
		})
		return err
	})
	b.upsertBuildings(slices.Values([]registry.BuildingRow{{Code: "house", Geometry: box(106.9202, 28.9502, 0.0002)}}))
	b.attach()
	c := eligible("a", "甲")
	c.SubdistrictCode = "500110901"
	b.upsertCommunities(c)
	_, err := b.UndoImport(t.Context(), account.Everything, id, false)
	if err == nil || !strings.Contains(err.Error(), "仍有小区属于这个镇街") {
		t.Fatalf("error is %v", err)
	}
	if report := b.undo(id, true); report.Removed != 1 || report.LeftTotal != 1 {
		t.Errorf("%+v", report)
	}
	if got := b.building("house").SubdistrictCode; got == "500110902" {
		t.Errorf("the house is still of %q", got)
	}
}

func TestUndoFollowsWhatIsDerived(t *testing.T) {
	b := newBench(t)
	var told []int64
	b.Follow(func(_ context.Context, _ *postgis.Tx, _ string, ids []int64) error {
		told = append(told, ids...)
		return nil
	})
	b.upsertCommunities(registry.CommunityRow{Code: "a", Name: "甲", BuiltYear: ptr(2015)})
	if got := b.community("a").Eligibility; got != "out" {
		t.Fatalf("eligibility %s", got)
	}
	id := b.imported(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{eligible("a", "甲"), eligible("new", "乙")})
		return err
	})
	if got := b.community("a").Eligibility; got != "in" {
		t.Fatalf("eligibility %s", got)
	}
	told = nil
	b.undo(id, false)
	if got := b.community("a").Eligibility; got != "out" {
		t.Errorf("after undo the verdict is still %s", got)
	}
	if len(told) < 2 {
		t.Errorf("followers heard of %v", told)
	}
	if bounds := b.changed("communities"); len(bounds) == 0 {
		t.Error("no map was told")
	}
}

func TestUndoPutsAnElevationModelBack(t *testing.T) {
	b := newBench(t)
	replace := func(height float32) func(context.Context, *postgis.Tx) error {
		return func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.ReplaceElevation(ctx, tx, b.district, registry.ElevationRow{
				SourceRef: "dem", Name: "dem.tif", Format: "geotiff", SourceCRS: "WGS 84", SourceStepM: 30, Grid: slope(t, height),
			})
			return err
		}
	}
	b.write(replace(100))
	id := b.imported(replace(200))
	b.undo(id, false)
	heights, err := registry.Heights(t.Context(), b.db.Pool, b.district)
	if err != nil || len(heights) != 1 || heights[0].Heights[0] != 100 {
		t.Fatalf("heights %v, %v", heights, err)
	}
	b.undo(b.imported(func(ctx context.Context, tx *postgis.Tx) error {
		if err := replace(300)(ctx, tx); err != nil {
			return err
		}
		return replace(400)(ctx, tx)
	}), false)
	heights, err = registry.Heights(t.Context(), b.db.Pool, b.district)
	if err != nil || len(heights) != 1 || heights[0].Heights[0] != 100 {
		t.Fatalf("replaced twice: heights %v, %v", heights, err)
	}
}

func TestWhoMayTakeAnImportBack(t *testing.T) {
	b := newBench(t)
	begin := func(p account.Person, base bool) uuid.UUID {
		id := uuid.New()
		if err := b.db.Write(account.With(t.Context(), p), func(ctx context.Context, tx *postgis.Tx) error {
			if err := b.BeginImport(ctx, tx, id, b.district, "文件"); err != nil {
				return err
			}
			ctx = account.WithOperator(t.Context(), "test")
			var err error
			if base {
				_, err = b.UpsertRoads(ctx, tx, b.district, slices.Values([]registry.RoadRow{{SourceRef: id.String(), Class: "path", Geometry: orb.LineString{{107, 29}, {107.1, 29}}}}))
			} else {
				_, err = b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{{Code: id.String(), Name: "甲", SubdistrictCode: west}})
			}
			if err != nil {
				return err
			}
			return b.EndImport(ctx, tx, id, registry.ImportCount{})
		}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	own, other, base := begin(officer, false), begin(planner, false), begin(planner, true)
	for _, c := range []struct {
		name   string
		person account.Person
		id     uuid.UUID
		want   error
	}{
		{"an officer, another's", officer, other, postgis.ErrNotFound},
		{"a viewer", viewer, own, &account.OutsideError{}},
		{"an officer, their own", officer, own, nil},
		{"a planner, the base map", planner, base, nil},
		{"a planner", planner, other, nil},
		{"a planner, unknown", planner, uuid.New(), postgis.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, scope := b.as(c.person)
			_, err := b.UndoImport(ctx, scope, c.id, false)
			var outside *account.OutsideError
			switch {
			case errors.As(c.want, &outside):
				if !errors.As(err, &outside) {
					t.Errorf("error is %v", err)
				}
			case !errors.Is(err, c.want):
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
	ctx, scope := b.as(officer)
	list, err := b.Imports(ctx, scope, b.district, 0)
	if err != nil || len(list) != 1 || list[0].ID != own || list[0].UndoneAt == nil || list[0].UndoneBy != "officer" || list[0].Undoable {
		t.Errorf("the officer sees %+v, %v", list, err)
	}
	ctx, scope = b.as(planner)
	if list, err = b.Imports(ctx, scope, b.district, 0); err != nil || len(list) != 3 || list[0].Changes["road"].Added+list[1].Changes["road"].Added+list[2].Changes["road"].Added != 1 {
		t.Errorf("the planner sees %+v, %v", list, err)
	}
}

func TestOldImportsAreForgotten(t *testing.T) {
	b := newBench(t)
	id := b.imported(func(ctx context.Context, tx *postgis.Tx) error {
		_, err := b.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{eligible("a", "甲")})
		return err
	})
	for _, c := range []struct {
		before time.Time
		want   int64
	}{{time.Now().Add(-time.Hour), 0}, {time.Now().Add(time.Hour), 1}} {
		if n, err := b.ForgetImports(t.Context(), c.before); err != nil || n != c.want {
			t.Errorf("forgot %d (%v), want %d", n, err, c.want)
		}
	}
	if n := b.count(`select count(*) from import_change`); n != 0 {
		t.Errorf("%d notes are left", n)
	}
	if _, err := b.UndoImport(t.Context(), account.Everything, id, false); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

// What is written outside imports leaves no notes.
func TestOnlyImportsLeaveNotes(t *testing.T) {
	b := newBench(t)
	b.upsertCommunities(eligible("a", "甲"))
	if _, err := b.UpdateCommunity(t.Context(), account.Everything, b.district, "a", 1, registry.CommunityPatch{Remark: ptr("改")}); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`select count(*) from import_change`); n != 0 {
		t.Errorf("%d notes", n)
	}
}
