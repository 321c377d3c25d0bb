package docx

// Column is a column of a table.
type Column struct {
	Title string
	Width float64 // in parts of the whole
	Right bool    // figures: aligned to the right
}

// Table is a table with a header that every page repeats.
type Table struct {
	Columns []Column
	Rows    [][]string
	Total   bool // the last row is a sum
}

// Table writes a captioned table; the caption stands above it. It returns how the
// text calls it: 表 3.
func (d *Document) Table(title string, t Table) string {
	called := d.caption("表", title)
	t.Rows = cleanRows(t.Rows, len(t.Columns))
	d.blocks = append(d.blocks, block{kind: tableBlock, table: &t}, block{kind: paragraph, style: "Spacer"})
	return called
}

// cleanRows makes every row as long as the table is wide.
func cleanRows(rows [][]string, columns int) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = make([]string, columns)
		for j := range min(columns, len(row)) {
			out[i][j] = clean(row[j])
		}
	}
	return out
}

// widths are those of the columns in twips; together they fill the page.
func (t *Table) widths(page int) []int {
	sum := 0.0
	for _, c := range t.Columns {
		sum += max(c.Width, 0.1)
	}
	widths := make([]int, len(t.Columns))
	left := page
	for i, c := range t.Columns {
		widths[i] = int(float64(page) * max(c.Width, 0.1) / sum)
		left -= widths[i]
	}
	if len(widths) > 0 {
		widths[len(widths)-1] += left
	}
	return widths
}

// Cells have so much room left and right of the text, and rows above and below
// it, in points.
const (
	cellSide = 4.0
	cellPad  = 6.0
	border   = 0.5
)

// height is that of a row in points.
func (t *Table) height(row []string, widths []int) float64 {
	lines := 1
	for i, text := range row {
		lines = max(lines, lineCount(text, float64(widths[i])/20-2*cellSide, styleOf("TableText").size))
	}
	return float64(lines)*styleOf("TableText").line + cellPad
}

// tallest is the share of a page that a row may take without being broken.
const tallest = 0.8

func (t *Table) titles() []string {
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = clean(c.Title)
	}
	return titles
}
