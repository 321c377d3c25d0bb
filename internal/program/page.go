package program

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ProjectPage is one page of the list of projects. Total counts all that the filter
// lets through.
type ProjectPage struct {
	Items      []Project `json:"items"`
	NextCursor string    `json:"next_cursor,omitempty"`
	Total      int64     `json:"total"`
}

const (
	defaultPage = 100
	maxPage     = 1000
)

// sortKey is an expression over the listed projects and the type of its values.
type sortKey struct{ expression, cast string }

// sortKeys are what the list can be ordered by; Chinese names as a dictionary
// does.
var sortKeys = map[string]sortKey{
	"code":          {`q.code collate "C"`, "text"},
	"name":          {`q.name collate "zh-x-icu"`, "text"},
	"applied_on":    {`q.applied_on`, "text"},
	"year":          {`q.year`, "integer"},
	"households":    {`q.households`, "integer"},
	"floor_area_m2": {`q.floor_area_m2`, "double precision"},
	"estimated_wan": {`q.estimated_wan`, "double precision"},
}

// order is a total order: by a key, unknown values last, then by code.
type order struct {
	sort       string
	key        sortKey
	descending bool
}

func parseOrder(sort string) (order, error) {
	if sort == "" {
		sort = "-applied_on"
	}
	name, descending := strings.CutPrefix(sort, "-")
	key, known := sortKeys[name]
	if !known {
		return order{}, &InvalidError{"sort", "不支持按此字段排序"}
	}
	return order{sort, key, descending}, nil
}

func (o order) by() string {
	direction := ""
	if o.descending {
		direction = " desc"
	}
	return fmt.Sprintf(`(%[1]s) is null, %[1]s%[2]s, q.code collate "C"`, o.key.expression, direction)
}

// after is the condition that keeps what comes behind a cursor.
func (o order) after(c *cursor) string {
	switch {
	case c == nil:
		return "true"
	case c.Value == nil:
		return fmt.Sprintf(`((%s) is null and q.code collate "C" > @key_code)`, o.key.expression)
	}
	comparison := ">"
	if o.descending {
		comparison = "<"
	}
	return fmt.Sprintf(`((%[1]s) is null or %[1]s %[2]s @key_value::text::%[3]s or (%[1]s = @key_value::text::%[3]s and q.code collate "C" > @key_code))`,
		o.key.expression, comparison, o.key.cast)
}

// cursor is the place of the last row that a person has; it travels as opaque
// text.
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

func parseCursor(text string, o order) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	invalid := &InvalidError{"cursor", "翻页标记无效，请从第一页重新开始"}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, invalid
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.Sort != o.sort || !storable(c.Code) {
		return nil, invalid
	}
	if c.Value != nil && !o.key.fits(*c.Value) {
		return nil, invalid
	}
	return &c, nil
}

// fits tells whether a cursor's value can be cast; people may have changed it.
func (k sortKey) fits(value string) bool {
	switch k.cast {
	case "integer":
		_, err := strconv.ParseInt(value, 10, 32)
		return err == nil
	case "double precision":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil && !strings.ContainsAny(value, "xX_")
	}
	return storable(value)
}

// storable tells whether PostgreSQL can take a text at all.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

func onlyStorable(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return !storable(t) })
}

func pageSize(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, maxPage)
}

// contains makes an ILIKE pattern that finds text anywhere.
func contains(text string) string {
	return "%" + likeEscaper.Replace(strings.TrimSpace(text)) + "%"
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
