package importer

import (
	"fmt"
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/registry"
)

// Units of the areas of a ledger.
const (
	unitM2    = "m2"
	unitWanM2 = "wan_m2" // 10,000 m²
)

// Question is what the person has to decide before a file can be taken. Nothing
// has been imported; the answer comes with the file when it is sent again.
type Question struct {
	Kind     string    `json:"kind"`   // area_unit
	Column   string    `json:"column"` // as the file calls it
	ReadAs   string    `json:"read_as"`
	Proposed string    `json:"proposed"`
	Text     string    `json:"text"`
	Rows     int       `json:"rows"` // that made us ask
	Of       int       `json:"of"`   // rows that could be looked at
	Examples []Example `json:"examples"`
}

// Example is a row of the file, read both ways.
type Example struct {
	Row           int64   `json:"row"`
	Name          string  `json:"name"`
	Value         string  `json:"value"`
	Households    *int    `json:"households"`
	AsReadM2      float64 `json:"as_read_m2"`
	AsProposedM2  float64 `json:"as_proposed_m2"`
	PerHousehold  float64 `json:"per_household_m2"`          // as it was read; 0 where households are not known
	ProposedShare float64 `json:"proposed_per_household_m2"` // as proposed
}

const factor = 10_000 // between 平方米 and 万平方米

// slip tells whether an area is wrong by a factor of 10,000: impossible as it
// is, and possible when multiplied by what comes back (1 is: no slip). Homes of
// less than 1 m² or more than 2,000 m² each do not exist; with no count of
// households the bounds are those of a whole community.
func slip(m2 float64, households *int) float64 {
	low, high, sane := 1.0, 2000.0, 10.0
	if households != nil && *households > 0 {
		m2 /= float64(*households)
	} else {
		low, high, sane = 20, 20_000_000, 100
	}
	switch {
	case m2 <= 0:
		return 1
	case m2 < low && m2*factor >= sane && m2*factor <= high:
		return factor
	case m2 > high && m2/factor >= sane && m2/factor <= high:
		return 1.0 / factor
	}
	return 1
}

// tenThousands tells whether a column's areas are read as 万平方米.
func (l *ledgerReading) tenThousands(c column) bool {
	if l.unit != "" {
		return l.unit == unitWanM2
	}
	return l.columns.tenThousands[c]
}

func (l *ledgerReading) area(r *rowReader, c column) reading[float64] {
	return r.cell(c).floorArea(l.tenThousands(c))
}

// doubtArea refuses a single row whose area is wrong by a factor of 10,000,
// where the column as a whole is not.
func (l *ledgerReading) doubtArea(r *rowReader, row registry.CommunityRow) {
	if r.bad || row.FloorAreaM2 == nil {
		return
	}
	by := slip(*row.FloorAreaM2, row.Households)
	if by == 1 {
		return
	}
	meant := "把平方米填成了万平方米"
	if by > 1 {
		meant = "把万平方米填成了平方米"
	}
	whose := fmt.Sprintf("全小区只有 %s 平方米", showFloat(rounded(*row.FloorAreaM2)))
	switch {
	case row.Households != nil && *row.Households > 0:
		whose = fmt.Sprintf("户均 %s 平方米", showFloat(rounded(*row.FloorAreaM2/float64(*row.Households))))
	case by < 1:
		whose = fmt.Sprintf("全小区有 %s 平方米", showFloat(rounded(*row.FloorAreaM2)))
	}
	r.refuse(colFloorArea, fmt.Sprintf("%s，是否%s？应为 %s 平方米", whose, meant, showFloat(rounded(*row.FloorAreaM2*by))))
}

// doubtAgreed refuses a row in which more agreed than there is.
func doubtAgreed(r *rowReader, row registry.CommunityRow) {
	if r.bad {
		return
	}
	fault := row.CheckAgreed()
	switch {
	case fault == nil:
	case fault.Field == "households_agreed":
		r.refuse(colHouseholdsAgreed, "："+fault.Detail)
	default:
		r.refuse(colFloorAreaAgreed, "："+fault.Detail)
	}
}

func rounded(v float64) float64 {
	if v < 1 {
		return math.Round(v*10_000) / 10_000
	}
	return math.Round(v*100) / 100
}

// askUnit looks at the areas of all rows before any is taken. Where more than
// half of them are wrong by 10,000 in the same direction, the unit of the column
// is not what it seems, and the person is asked.
func (l *ledgerReading) askUnit(s sheet, head int) error {
	if l.unit != "" || !l.columns.has(colFloorArea) {
		return nil
	}
	looked := 0
	slips := map[float64][]Example{}
	for i := head + 1; i < len(s.rows); i++ {
		if blank(s.rows[i]) || sumRow(s.rows[i]) {
			continue
		}
		e, by, ok := l.example(s.rows[i], s.lines[i])
		if !ok {
			continue
		}
		looked++
		if by != 1 {
			slips[by] = append(slips[by], e)
		}
	}
	for by, examples := range slips {
		if len(examples)*2 > looked {
			return l.ask(by, examples, looked)
		}
	}
	return nil
}

// example reads the area and households of a row that says its area without a
// unit of its own.
func (l *ledgerReading) example(cells []string, line int64) (Example, float64, bool) {
	r := l.reader(place{}, cells)
	if unitInside(r.cell(colFloorArea).plain()) {
		return Example{}, 1, false
	}
	area := l.area(r, colFloorArea).value
	if area == nil || *area == 0 {
		return Example{}, 1, false
	}
	e := Example{
		Row: line, Name: r.cell(colName).words(60), Value: shorten(r.cell(colFloorArea).plain(), 40),
		Households: r.cell(colHouseholds).count("户", "户数").value, AsReadM2: *area,
	}
	by := slip(*area, e.Households)
	e.AsProposedM2 = rounded(*area * by)
	if e.Households != nil && *e.Households > 0 {
		e.PerHousehold = rounded(*area / float64(*e.Households))
		e.ProposedShare = rounded(*area * by / float64(*e.Households))
	}
	return e, by, true
}

func (l *ledgerReading) ask(by float64, examples []Example, looked int) error {
	title := l.columns.titles[colFloorArea]
	q := &Question{Kind: "area_unit", Column: title, ReadAs: unitM2, Proposed: unitWanM2, Rows: len(examples), Of: looked}
	read, proposed := "平方米", "万平方米"
	if by < 1 {
		q.ReadAs, q.Proposed, read, proposed = unitWanM2, unitM2, proposed, read
	}
	q.Text = fmt.Sprintf("“%s”按%s读取时，%d 行里有 %d 行的面积不合情理，相差约一万倍。这一列的单位是%s吗？", title, read, looked, len(examples), proposed)
	q.Examples = slices.Clone(examples[:min(len(examples), 5)])
	l.report.Question = q
	return refuse("%s请选择面积单位后重新导入；没有导入任何数据", q.Text)
}
