package zone_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// bring imports zones and returns the import's id.
func (b *bench) bring(want registry.BulkResult, rows ...registry.ImportRow) uuid.UUID {
	b.t.Helper()
	id := uuid.New()
	reg := b.register()
	err := b.db.Write(b.t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		if err := reg.BeginImport(ctx, tx, id, b.district, "片区.kml"); err != nil {
			return err
		}
		got, err := b.zones.Import(ctx, tx, account.Everything, b.district, "", slices.Values(rows))
		if err != nil {
			return err
		}
		if got != want {
			b.t.Errorf("import: %+v, want %+v", got, want)
		}
		return reg.EndImport(ctx, tx, id, registry.ImportCount{Added: got.Inserted, Changed: got.Updated})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) register() *registry.Store {
	b.t.Helper()
	lib, err := policy.Load()
	if err != nil {
		b.t.Fatal(err)
	}
	reg := registry.New(b.db, lib)
	reg.FollowUndo(b.zones.UndoImport)
	return reg
}

func (b *bench) names() []string {
	b.t.Helper()
	list, err := b.zones.List(b.t.Context(), account.Everything, b.district, "")
	if err != nil {
		b.t.Fatal(err)
	}
	names := []string{}
	for _, z := range list {
		names = append(names, z.Name)
	}
	return names
}

func zoneRow(name string, shape orb.Geometry) registry.ImportRow {
	return registry.ImportRow{Geometry: shape, Values: map[string]any{"name": name}}
}

func TestZonesOfAFileAreMadeOrChangedByNameOrCode(t *testing.T) {
	b := newBench(t)
	b.community("a", west, box(106.901, 28.951, 106.902, 28.952), 100, "in")
	first := zoneRow("东片区", box(106.90, 28.95, 106.91, 28.96))
	first.Values["note"] = "一期"
	b.bring(registry.BulkResult{Inserted: 2}, first, zoneRow("西片区", box(106.92, 28.95, 106.93, 28.96)))
	if got := b.names(); !slices.Equal(got, []string{"东片区", "西片区"}) {
		t.Fatalf("zones %v", got)
	}
	list, err := b.zones.List(t.Context(), account.Everything, b.district, "")
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Totals.Communities != 1 || list[0].Note != "一期" {
		t.Errorf("%+v", list[0])
	}
	same := b.bring(registry.BulkResult{Unchanged: 2}, zoneRow("东片区", box(106.90, 28.95, 106.91, 28.96)), zoneRow("西片区", box(106.92, 28.95, 106.93, 28.96)))
	if _, err := b.register().UndoImport(t.Context(), account.Everything, same, false); err != nil || len(b.names()) != 2 {
		t.Fatalf("the undo of an import that changed nothing: %v, %v", err, b.names())
	}
	renamed := zoneRow("西二片区", box(106.92, 28.95, 106.935, 28.96))
	renamed.Values["code"] = list[1].Code
	b.bring(registry.BulkResult{Updated: 1}, renamed)
	if z, err := b.zones.Get(t.Context(), account.Everything, b.district, list[1].Code); err != nil || z.Name != "西二片区" || z.Version != 2 {
		t.Errorf("%+v, %v", z, err)
	}
}

func TestAZoneThatCannotBeTakenNamesItsRow(t *testing.T) {
	b := newBench(t)
	for name, row := range map[string]registry.ImportRow{
		"no name":     zoneRow("", box(106.90, 28.95, 106.91, 28.96)),
		"no shape":    zoneRow("甲", nil),
		"a bow tie":   zoneRow("甲", orb.Polygon{{{106.9, 28.9}, {106.91, 28.91}, {106.91, 28.9}, {106.9, 28.91}, {106.9, 28.9}}}),
		"far away":    zoneRow("甲", box(116, 39, 116.1, 39.1)),
		"a telephone": zoneRow("甲 13812345678", box(106.90, 28.95, 106.91, 28.96)),
	} {
		err := b.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
			_, err := b.zones.Import(ctx, tx, account.Everything, b.district, "", slices.Values([]registry.ImportRow{zoneRow("好", box(106.94, 28.95, 106.95, 28.96)), row}))
			return err
		})
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || invalid.Row != 1 {
			t.Errorf("%s: %v", name, err)
		}
		if name != "far away" && zone.CheckImportRow(row) == nil {
			t.Errorf("%s passes the check", name)
		}
	}
	if got := b.names(); len(got) != 0 {
		t.Errorf("zones %v", got)
	}
}

func TestUndoOfAnImportTakesItsZonesBack(t *testing.T) {
	b := newBench(t)
	old := b.create("老片区", box(106.92, 28.95, 106.93, 28.96))
	id := b.bring(registry.BulkResult{Inserted: 2, Updated: 1}, zoneRow("新片区", box(106.90, 28.95, 106.91, 28.96)),
		zoneRow("又一片区", box(106.94, 28.95, 106.945, 28.96)), zoneRow("老片区", box(106.92, 28.95, 106.935, 28.96)))
	reg := b.register()
	imports, err := reg.Imports(t.Context(), account.Everything, b.district, 0)
	if err != nil || len(imports) != 1 || imports[0].Changes["zone"] != (registry.ImportCount{Added: 2, Changed: 1}) || !imports[0].Undoable {
		t.Fatalf("%+v, %v", imports, err)
	}
	list, err := b.zones.List(t.Context(), account.Everything, b.district, "")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(z zone.Zone) bool { return z.Name == "新片区" })
	if _, err := b.zones.Update(t.Context(), account.Everything, b.district, list[i].Code, 1, zone.Draft{Name: "新片区（改）", Geometry: list[i].Shape()}); err != nil {
		t.Fatal(err)
	}
	var stop *registry.ImportChangedError
	if _, err := reg.UndoImport(t.Context(), account.Everything, id, false); !errors.As(err, &stop) || stop.Report.Left[0].Name != "新片区（改）" || stop.Report.Left[0].Table != "zone" {
		t.Fatalf("%v", err)
	}
	if got := b.names(); len(got) != 3 {
		t.Fatalf("a refused undo left %v", got)
	}
	report, err := reg.UndoImport(t.Context(), account.Everything, id, true)
	if err != nil || report.Restored != 2 || report.LeftTotal != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if got := b.names(); len(got) != 2 || !slices.Contains(got, "老片区") || !slices.Contains(got, "新片区（改）") {
		t.Errorf("zones %v", got)
	}
	if z, err := b.zones.Get(t.Context(), account.Everything, b.district, old.Code); err != nil || !z.Shape().Equal(old.Shape()) {
		t.Errorf("%+v, %v", z.Shape(), err)
	}
}

func TestUndoOfAnImportWhoseGroundWasTaken(t *testing.T) {
	b := newBench(t)
	b.create("老片区", box(106.92, 28.95, 106.93, 28.96))
	id := b.bring(registry.BulkResult{Updated: 1}, zoneRow("老片区", box(106.92, 28.95, 106.925, 28.96)))
	b.create("邻居", box(106.926, 28.951, 106.929, 28.959))
	reg := b.register()
	var stop *registry.ImportChangedError
	if _, err := reg.UndoImport(t.Context(), account.Everything, id, false); !errors.As(err, &stop) || stop.Report.Left[0].Name != "邻居" {
		t.Fatalf("%v", err)
	}
	report, err := reg.UndoImport(t.Context(), account.Everything, id, true)
	if err != nil || report.LeftTotal != 1 || report.Restored != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if got := b.names(); !slices.Equal(got, []string{"老片区", "邻居"}) && !slices.Equal(got, []string{"邻居", "老片区"}) {
		t.Errorf("zones %v", got)
	}
}
