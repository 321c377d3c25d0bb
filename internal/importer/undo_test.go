package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// undone takes an import back through the job's handler.
func (b *bench) undone(args UndoArgs) (registry.UndoReport, error) {
	b.t.Helper()
	raw, err := json.Marshal(args)
	if err != nil {
		b.t.Fatal(err)
	}
	got, err := b.Undo(b.t.Context(), raw, nil)
	report, _ := got.(registry.UndoReport)
	return report, err
}

// settled is what the register holds, without what counts writes.
func (b *bench) settled() string {
	b.t.Helper()
	var all []string
	for _, table := range []string{
		"subdistrict", "neighborhood", "community", "building", "facility", "idle_building",
		"road", "waterway", "railway", "water", "land_use", "green", "place", "admin_area", "barrier", "gate", "crossing",
	} {
		var digest string
		err := b.db.Pool.QueryRow(b.t.Context(), `
			select count(*) || ' ' || coalesce(md5(string_agg(r, '|' order by r)), '')
			from (select (to_jsonb(t) - 'version' - 'updated_at' || jsonb_build_object('geom', t.geom::text))::text from `+table+` t) x (r)`).Scan(&digest)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, table+" "+digest)
	}
	return strings.Join(all, "\n")
}

func TestUndoOfAnExtract(t *testing.T) {
	b := newBench(t)
	empty := b.settled()
	report := b.bring(Args{Path: monaco})
	full := b.settled()
	back, err := b.undone(UndoArgs{Import: report.ID})
	if err != nil || back.Removed != report.Inserted || back.LeftTotal != 0 {
		t.Fatalf("%+v, %v; inserted %d", back, err, report.Inserted)
	}
	if got := b.settled(); got != empty {
		t.Errorf("left\n%s", got)
	}
	again := b.bring(Args{Path: monaco, District: report.District})
	if again.Inserted != report.Inserted || full == empty {
		t.Errorf("the extract again: %d, first %d", again.Inserted, report.Inserted)
	}
}

func TestUndoOfALedgerThatUpdatedAnExtract(t *testing.T) {
	b := newBench(t)
	district := postgistest.District(t, b.db)
	first, err := b.text("a.csv", "小区编码,小区名称,户数,街道\nc1,一号院,120,万盛街道\nc2,二号院,80,万盛街道\n", Args{District: district})
	if err != nil {
		t.Fatal(err)
	}
	before := b.settled()
	second, err := b.text("b.csv", "小区编码,小区名称,户数,建成年份,街道\nc1,一号院,130,1988,万盛街道\nc3,三号院,50,1990,万盛街道\n", Args{District: district})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.reg.UpdateCommunity(t.Context(), account.Everything, district, "c2", 1, registry.CommunityPatch{Remark: ptrTo("看过")}); err != nil {
		t.Fatal(err)
	}
	var refusal *job.Refusal
	if report, err := b.undone(UndoArgs{Import: first.ID}); !errors.As(err, &refusal) || report.LeftTotal != 2 || !strings.Contains(refusal.Detail, "号院") {
		t.Errorf("an import under another one and an edit: %+v, %v", report, err)
	}
	if report, err := b.undone(UndoArgs{Import: second.ID}); err != nil || report.Removed != 1 || report.Restored != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if got := b.community(district, "c1"); *got.Households != 120 || got.BuiltYear != nil {
		t.Errorf("%+v", got)
	}
	if _, err := b.reg.UpdateCommunity(t.Context(), account.Everything, district, "c2", 2, registry.CommunityPatch{Clear: []string{"remark"}}); err != nil {
		t.Fatal(err)
	}
	if got := b.settled(); got != before {
		t.Errorf("after undo\n%s\nwant\n%s", got, before)
	}
	if report, err := b.undone(UndoArgs{Import: first.ID}); err != nil || report.Removed != 2 {
		t.Errorf("a change that was taken back is none: %+v, %v", report, err)
	}
	for name, id := range map[string]uuid.UUID{"unknown": uuid.New(), "done already": second.ID} {
		if _, err := b.undone(UndoArgs{Import: id}); !errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ptrTo[T any](v T) *T { return &v }

// Imports into one district come one after the other: both are right.
func TestTwoImportsAtOnce(t *testing.T) {
	b := newBench(t)
	district := postgistest.District(t, b.db)
	ledger := func(households int) string {
		var text strings.Builder
		text.WriteString("小区编码,小区名称,户数,街道\n")
		for i := range 300 {
			fmt.Fprintf(&text, "c%d,%d号院,%d,万盛街道\n", i, i, households)
		}
		return text.String()
	}
	var wg sync.WaitGroup
	reports := make([]*Report, 4)
	errs := make([]error, 4)
	for i := range reports {
		name := fmt.Sprintf("%d.csv", i)
		path := writeFile(t, name, []byte(ledger(100+i)))
		wg.Go(func() {
			reports[i], errs[i] = b.Run(t.Context(), Args{Path: path, Name: name, District: district}, nil)
		})
	}
	wg.Wait()
	var inserted, updated int64
	for i, err := range errs {
		if err != nil {
			t.Fatalf("import %d: %v", i, err)
		}
		inserted, updated = inserted+reports[i].Inserted, updated+reports[i].Updated
	}
	if inserted != 300 || updated != 900 {
		t.Errorf("inserted %d, updated %d", inserted, updated)
	}
	if n := b.count(`select count(distinct households) from community`); n != 1 {
		t.Errorf("the rows of %d imports are mixed", n)
	}
	// Taken back from the last to the first, nothing is left.
	list, err := b.reg.Imports(t.Context(), account.Everything, district, 0)
	if err != nil || len(list) != 4 {
		t.Fatalf("%d imports, %v", len(list), err)
	}
	last := b.count(`select households from community limit 1`)
	order := []uuid.UUID{reports[last-100].ID}
	if report, err := b.undone(UndoArgs{Import: order[0]}); err != nil || report.Restored != 300 && report.Removed != 300 {
		t.Errorf("%+v, %v", report, err)
	}
}
