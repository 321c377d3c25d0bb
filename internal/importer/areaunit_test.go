package importer

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// areas is a ledger whose area column has the title and the areas given, 100
// households each.
func areas(title string, values ...string) string {
	var b strings.Builder
	b.WriteString("小区编码,小区名称,户数," + title + "\n")
	for i, v := range values {
		fmt.Fprintf(&b, "A%d,小区%d,100,%s\n", i, i, v)
	}
	return b.String()
}

// Annexes 3 and 4 count 平方米, annexes 5 to 7 万平方米: a factor of 10,000 is
// noticed and asked.
func TestAreasInTheOtherUnitAreNoticedAndAsked(t *testing.T) {
	for name, c := range map[string]struct {
		ledger   string
		asked    bool // is it?
		proposed string
		wantM2   float64 // of the first community, after the proposal is taken
	}{
		"平方米 typed where 万平方米 is expected":  {areas("建筑面积（万平方米）", "8000", "9500", "12000"), true, unitM2, 8000},
		"万平方米 typed where 平方米 is expected":  {areas("建筑面积（平方米）", "0.8", "0.95", "1.2"), true, unitWanM2, 8000},
		"no unit in the header, 万平方米 typed": {areas("建筑面积", "0.8", "0.95", "1.2"), true, unitWanM2, 8000},
		"most rows decide":                    {areas("建筑面积", "0.8", "0.95", "9500"), true, unitWanM2, 8000},
		"平方米 as it should be":                 {areas("建筑面积（平方米）", "8000", "9500", "12000"), false, "", 8000},
		"万平方米 as it should be":                {areas("建筑面积（万平方米）", "0.8", "0.95", "1.2"), false, "", 8000},
		"a unit in the cell leaves no doubt":  {areas("建筑面积", "0.8万平方米", "0.95万㎡"), false, "", 8000},
		"nothing known of the areas":          {areas("建筑面积", "", "不详"), false, "", 0},
		"a single small community of 平方米":     {areas("建筑面积（平方米）", "3000"), false, "", 3000},
		"no households: areas of a community": {strings.ReplaceAll(areas("建筑面积", "2.1", "3.5"), ",100,", ",,"), true, unitWanM2, 21000},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			postgistest.District(t, b.db)
			report, err := b.text("台账.csv", c.ledger, Args{District: "500110"})
			var refusal *job.Refusal
			if c.asked != errors.As(err, &refusal) {
				t.Fatalf("%v, %+v", err, report)
			}
			if c.asked {
				q := report.Question
				if q == nil || q.Kind != "area_unit" || q.Proposed != c.proposed || q.ReadAs == c.proposed || len(q.Examples) == 0 || q.Examples[0].AsProposedM2 != c.wantM2 {
					t.Fatalf("question %+v", q)
				}
				if n := b.count(`select count(*) from community`); n != 0 {
					t.Errorf("%d communities are in already", n)
				}
				if _, err := b.text("台账.csv", c.ledger, Args{District: "500110", AreaUnit: c.proposed}); err != nil {
					t.Fatal(err)
				}
			}
			got := b.community("500110", "A0")
			if c.wantM2 == 0 {
				if got.FloorAreaM2 != nil {
					t.Errorf("%v m²", *got.FloorAreaM2)
				}
			} else if *got.FloorAreaM2 != c.wantM2 {
				t.Errorf("%v m², want %v", *got.FloorAreaM2, c.wantM2)
			}
		})
	}
}

func TestASingleRowInTheOtherUnitIsRefusedWithTheFigureThatIsMeant(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", areas("建筑面积（平方米）", "8000", "9500", "0.82"), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	reason := refusedRow(report, 4)
	if report.Inserted != 2 || !strings.Contains(reason, "把万平方米填成了平方米") || !strings.Contains(reason, "8200 平方米") {
		t.Errorf("inserted %d; %s", report.Inserted, reason)
	}
	report, err = b.text("二.csv", strings.ReplaceAll(areas("建筑面积（万平方米）", "0.8", "0.95", "8200"), "A", "B"), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if reason := refusedRow(report, 4); report.Inserted != 0 && report.Inserted+report.Unchanged+report.Updated != 2 || !strings.Contains(reason, "把平方米填成了万平方米") {
		t.Errorf("%+v; %s", report, reason)
	}
}

func TestTheAnswerIsNotAskedAgain(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	// The person insists on what the header says: each row is doubted by itself.
	report, err := b.text("台账.csv", areas("建筑面积（平方米）", "0.8", "9500"), Args{District: "500110", AreaUnit: unitM2})
	if err != nil || report.Question != nil || report.Inserted != 1 || report.RowsRefused != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// A slip is found only where the other reading can be, and undoing it leaves none.
func TestASlipIsAFactorOfTenThousandOrNothing(t *testing.T) {
	for name, c := range map[string]struct {
		m2         float64
		households int
		want       float64
	}{
		"80 m² each":                              {8000, 100, 1},
		"1 m² each is small, but not by 10,000":   {100, 100, 1},
		"0.99 m² each":                            {99, 100, 1}, // 9,900 m² each: neither reading can be
		"0.2 m² each: 2,000 m² otherwise":         {20, 100, factor},
		"0.0010 m² each: 10 m² otherwise":         {0.1, 100, factor},
		"0.0009 m² each":                          {0.09, 100, 1},
		"2,000 m² each":                           {200_000, 100, 1},
		"2,001 m² each: 0.2 m² otherwise":         {200_100, 100, 1},
		"100,000 m² each: 10 m² otherwise":        {10_000_000, 100, 1.0 / factor},
		"99,999 m² each":                          {9_999_900, 100, 1},
		"800,000 m² each":                         {80_000_000, 100, 1.0 / factor},
		"nothing":                                 {0, 100, 1},
		"no household: 2.1 m² in all":             {2.1, 0, factor},
		"no household: 21,000 m² in all":          {21_000, 0, 1},
		"no household: 210,000,000 m² in all":     {210_000_000, 0, 1.0 / factor},
		"no household: 20 m² in all are possible": {20, 0, 1},
	} {
		households := &c.households
		if c.households == 0 {
			households = nil
		}
		if got := slip(c.m2, households); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m2 := rapid.Float64Range(0, 1e12).Draw(t, "m2")
		households := rapid.IntRange(0, 5000).Draw(t, "households")
		by := slip(m2, &households)
		if by != 1 && slip(m2*by, &households) != 1 {
			t.Fatalf("%v m² of %d households slips by %v, and then again", m2, households, by)
		}
	})
}
