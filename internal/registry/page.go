package registry

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	defaultPage = 100
	maxPage     = 5000
)

// Page is one page of a list. Total counts all things that the filter lets
// through, on this page or not. NextCursor is empty on the last page.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
	Total      int64  `json:"total"`
}

// order is a total order of a table for keyset paging: by a column where there
// is one, things without a value last in both directions, then by code.
type order struct {
	sort       string // what the person asked for, e.g. -built_year
	column     string // SQL expression; "" orders by code alone
	cast       string // SQL type of the column's values
	code       string // SQL expression of the code
	descending bool
}

// sortColumn is a column that a list can be ordered by. Chinese names are
// ordered as a dictionary does (by pinyin), the same on every server: the
// collation is named, not the database's own.
type sortColumn struct{ expression, cast string }

func parseOrder(sort, codeColumn string, columns map[string]sortColumn) (order, error) {
	key, descending := strings.CutPrefix(sort, "-")
	o := order{sort: sort, code: codeColumn + ` collate "C"`, descending: descending}
	if key == "code" {
		o.column, o.cast = o.code, "text"
		return o, nil
	}
	c, ok := columns[key]
	if !ok {
		return o, &InvalidError{Field: "sort", Row: -1, Value: sort, Detail: "不支持按此字段排序"}
	}
	o.column, o.cast = c.expression, c.cast
	return o, nil
}

// by is the content of ORDER BY.
func (o order) by() string {
	direction := ""
	if o.descending {
		direction = " desc"
	}
	return fmt.Sprintf(`(%[1]s) is null, %[1]s%[2]s, %[3]s`, o.column, direction, o.code)
}

// keys are two select expressions, the ordering value as text and the code.
func (o order) keys() string {
	return fmt.Sprintf(`(%s)::text as key_value, %s as key_code`, o.column, o.code)
}

// after is the condition that keeps what comes behind a cursor whose value and
// code are the arguments @key_value and @key_code.
func (o order) after(c *cursor) string {
	switch {
	case c == nil:
		return "true"
	case c.Value == nil:
		return fmt.Sprintf(`((%s) is null and %s > @key_code)`, o.column, o.code)
	}
	comparison := ">"
	if o.descending {
		comparison = "<"
	}
	return fmt.Sprintf(`((%[1]s) is null or %[1]s %[2]s @key_value::text::%[3]s or (%[1]s = @key_value::text::%[3]s and %[4]s > @key_code))`,
		o.column, comparison, o.cast, o.code)
}

// cursor is the place of the last row that a person has, in the order it
// belongs to. It travels as opaque text.
type cursor struct {
	Sort  string  `json:"s"`
	Value *string `json:"v"`
	Code  string  `json:"c"`
}

func (c cursor) String() string {
	raw, err := json.Marshal(c)
	if err != nil { // strings always encode
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// parseCursor reads a cursor of the same order; "" is none.
func parseCursor(text string, o order) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	invalid := &InvalidError{Field: "cursor", Row: -1, Value: text, Detail: "翻页标记无效，请从第一页重新开始"}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, invalid
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.Sort != o.sort {
		return nil, invalid
	}
	if !storable(c.Code) || c.Value != nil && !valueFits(*c.Value, o.cast) {
		return nil, invalid
	}
	return &c, nil
}

// valueFits tells whether a cursor's value can be cast; people may have changed it.
func valueFits(value, cast string) bool {
	switch cast {
	case "integer":
		_, err := strconv.ParseInt(value, 10, 32)
		return err == nil
	case "double precision":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil && !strings.ContainsAny(value, "xX_")
	default:
		return storable(value)
	}
}

// storable tells whether PostgreSQL can take a text at all.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// onlyStorable leaves out what no row can have; nil stays nil.
func onlyStorable(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return !storable(t) })
}

func pageSize(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, maxPage)
}

// place is where a row of a list stands in its order; it is embedded in what a
// list query scans.
type place struct {
	KeyValue *string
	KeyCode  string
}

// cut makes a page of the rows, which are one more than asked for where there is
// a next page.
func cut[T, R any](rows []R, size int, o order, total int64, split func(R) (T, place)) Page[T] {
	page := Page[T]{Items: make([]T, 0, min(len(rows), size)), Total: total}
	for i, r := range rows {
		if i == size {
			_, last := split(rows[size-1])
			page.NextCursor = cursor{o.sort, last.KeyValue, last.KeyCode}.String()
			break
		}
		item, _ := split(r)
		page.Items = append(page.Items, item)
	}
	return page
}

// contains makes an ILIKE pattern that finds text anywhere.
func contains(text string) string {
	return "%" + likeEscaper.Replace(strings.TrimSpace(text)) + "%"
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
