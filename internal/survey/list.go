package survey

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

// Entry is a community in the list of surveys, with its newest one.
type Entry struct {
	Community Place          `json:"community"`
	Survey    *uuid.UUID     `json:"survey" doc:"null: never asked"`
	Round     int            `json:"round"`
	State     State          `json:"state" enum:"none,open,closed"`
	StartedOn *string        `json:"started_on" format:"date"`
	DueOn     *string        `json:"due_on" format:"date"`
	ClosedOn  *string        `json:"closed_on" format:"date"`
	Late      bool           `json:"late" doc:"open although the day that it was due on is over"`
	Outcome   policy.Outcome `json:"outcome" enum:",met,failed,unknown,borderline" doc:"of the newest survey; empty: never asked"`
	Missing   string         `json:"missing" doc:"what is still missing, in words"`
	Recorded  bool           `json:"recorded"`
	Generated []string       `json:"generated"`
	Sums      *Sums          `json:"sums" doc:"null: never asked"`
}

// Filter narrows and orders the list of surveys. Its zero value is every
// community, by name.
type Filter struct {
	Q            string // part of the community's name, address or code
	States       []State
	Late         bool
	Passed       *bool // enough agreed, by the district's reading of its policy
	Subdistricts []string
	Sort         string // name | share | unasked | due_on | updated_at | code, with - in front descending; "" is name
	Limit        int    // 1 … 5000; 0 is 100
	Cursor       string
}

// Summary counts the communities that a filter without its states and passed
// lets through.
type Summary struct {
	None   int `json:"none"`
	Open   int `json:"open"`
	Closed int `json:"closed"`
	Late   int `json:"late"`
	Passed int `json:"passed" doc:"communities of which enough residents agreed"`
}

// List is a page of surveys with what all of them come to.
type List struct {
	registry.Page[Entry]
	Summary Summary  `json:"summary"`
	Share   *float64 `json:"share" doc:"that the policy asks for; null: it sets none"`
	Basis   string   `json:"basis" enum:"households,area,both,either" doc:"what has to reach it"`
}

type sortBy struct{ expression, cast string }

// shown hides from the order of a list what is hidden from its reader.
const shown = `case when @detail or not s.small then %s end`

var orders = map[string]sortBy{
	"name":       {`c.name collate "zh-x-icu"`, "text"},
	"code":       {`c.code collate "C"`, "text"},
	"due_on":     {`s.due_on`, "date"},
	"updated_at": {`s.updated_at`, "timestamptz"},
	"share":      {fmt.Sprintf(shown, `s.agreed::float8 / nullif(s.households, 0)`), "float8"},
	"unasked":    {fmt.Sprintf(shown, `s.households - s.asked`), "integer"},
}

// cursor is the place of the last row that a person has.
type cursor struct {
	Sort  string  `json:"s"`
	Value *string `json:"v"`
	Code  string  `json:"c"`
}

const listed = `
	published_community c
	left join published_survey s on s.community_id = c.id
	left join published_subdistrict d on d.district_code = c.district_code and d.code = c.subdistrict_code`

// List returns the communities of a district that the scope reaches with their
// newest surveys, a page at a time.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, f Filter) (List, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return List{}, err
	}
	by, descending, at, err := f.order()
	if err != nil {
		return List{}, err
	}
	where, args, err := f.conditions(scope, district)
	if err != nil {
		return List{}, err
	}
	detail := account.SeesCounts(ctx)
	args["detail"], args["today"] = detail, s.today()
	passed := passedSQL(choice, args)
	rule := choice.Consent(policy.Asked{})
	out := List{Share: rule.Share, Basis: rule.Basis}
	if err := s.summarize(ctx, where, passed, args, &out.Summary); err != nil {
		return List{}, fmt.Errorf("list the surveys of %s: %w", district, err)
	}
	narrow := f.narrow(passed, args)
	if err := s.db.Pool.QueryRow(ctx, `select count(*) from `+listed+` where `+where+narrow, args).Scan(&out.Total); err != nil {
		return List{}, fmt.Errorf("list the surveys of %s: %w", district, err)
	}
	size := min(max(f.Limit, 0), 5000)
	if size == 0 {
		size = 100
	}
	args["limit"] = size + 1
	direction := ""
	if descending {
		direction = " desc"
	}
	rows, err := s.db.Pool.Query(ctx, `
		select c.code, c.name, c.address, coalesce(c.subdistrict_code, ''), coalesce(d.name, ''),
		       s.id, coalesce(s.state, 'none'), s.started_on, s.due_on, s.closed_on, coalesce(s.recorded, false), coalesce(s.generated, '{}'),
		       coalesce(s.households, 0), s.floor_area_m2, coalesce(s.asked, 0), coalesce(s.agreed, 0), coalesce(s.disagreed, 0), s.agreed_area_m2,
		       coalesce((select count(*)::int from survey o where o.community_id = c.id), 0), (`+by.expression+`)::text
		from `+listed+`
		where `+where+narrow+after(by, descending, at, args)+`
		order by (`+by.expression+`) is null, `+by.expression+direction+`, c.code collate "C"
		limit @limit`, args)
	if err != nil {
		return List{}, fmt.Errorf("list the surveys of %s: %w", district, err)
	}
	if err := out.collect(rows, size, f.Sort, func(e *Entry) { s.finishEntry(choice, detail, e) }); err != nil {
		return List{}, fmt.Errorf("list the surveys of %s: %w", district, err)
	}
	return out, nil
}

func (l *List) collect(rows pgx.Rows, size int, sort string, finish func(*Entry)) error {
	l.Items = []Entry{}
	var keys []cursor
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Entry, err error) {
		var started, due, closed *time.Time
		var key cursor
		sums := Sums{Asked: new(int), Agreed: new(int), Disagreed: new(int)}
		err = row.Scan(&e.Community.Code, &e.Community.Name, &e.Community.Address, &e.Community.SubdistrictCode, &e.Community.SubdistrictName,
			&e.Survey, &e.State, &started, &due, &closed, &e.Recorded, &e.Generated,
			&sums.Households, &sums.FloorAreaM2, sums.Asked, sums.Agreed, sums.Disagreed, &sums.AgreedAreaM2, &e.Round, &key.Value)
		e.StartedOn, e.DueOn, e.ClosedOn = date(started), date(due), date(closed)
		if e.Survey != nil {
			e.Sums = &sums
		}
		key.Sort, key.Code = sort, e.Community.Code
		keys = append(keys, key)
		return e, err
	})
	if err != nil {
		return err
	}
	for i := range found {
		if i == size {
			raw, err := json.Marshal(keys[size-1])
			if err != nil {
				return err
			}
			l.NextCursor = base64.RawURLEncoding.EncodeToString(raw)
			break
		}
		finish(&found[i])
		l.Items = append(l.Items, found[i])
	}
	return nil
}

// finishEntry judges the survey of an entry and masks it.
func (s *Store) finishEntry(choice policy.Choice, detail bool, e *Entry) {
	if e.Sums == nil {
		return
	}
	verdict := choice.Consent(e.Sums.asked())
	e.Late = e.State == Open && e.DueOn != nil && *e.DueOn < s.today().Format(time.DateOnly)
	if !detail {
		if e.Sums.mask(); e.Sums.Masked {
			maskVerdict(&verdict)
		}
	}
	e.Outcome, e.Missing = verdict.Outcome, verdict.Missing
}

func (s *Store) summarize(ctx context.Context, where, passed string, args pgx.NamedArgs, out *Summary) error {
	return s.db.Pool.QueryRow(ctx, `
		select count(*) filter (where s.id is null), count(*) filter (where s.state = 'open'), count(*) filter (where s.state = 'closed'),
		       count(*) filter (where s.state = 'open' and s.due_on < @today), count(*) filter (where `+passed+`)
		from `+listed+` where `+where, args).
		Scan(&out.None, &out.Open, &out.Closed, &out.Late, &out.Passed)
}

func (f Filter) order() (by sortBy, descending bool, at *cursor, err error) {
	key, descending := strings.CutPrefix(f.Sort, "-")
	if key == "" {
		key = "name"
	}
	by, ok := orders[key]
	if !ok {
		return by, false, nil, &InvalidError{"sort", "不支持按此字段排序"}
	}
	if f.Cursor == "" {
		return by, descending, nil, nil
	}
	at = &cursor{}
	raw, err := base64.RawURLEncoding.DecodeString(f.Cursor)
	if err != nil || json.Unmarshal(raw, at) != nil || at.Sort != f.Sort || !storable(at.Code) || at.Value != nil && !fits(*at.Value, by.cast) {
		return by, descending, nil, &InvalidError{"cursor", "翻页标记无效，请从第一页重新开始"}
	}
	return by, descending, at, nil
}

// fits tells whether a cursor's value can be cast; people may have changed it.
func fits(value, cast string) bool {
	var err error
	switch cast {
	case "integer":
		_, err = strconv.ParseInt(value, 10, 32)
	case "float8":
		_, err = strconv.ParseFloat(value, 64)
	case "date":
		_, err = time.Parse(time.DateOnly, value)
	case "timestamptz":
		_, err = time.Parse("2006-01-02 15:04:05.999999-07", value)
	}
	return err == nil && storable(value)
}

// storable tells whether PostgreSQL can take a text at all.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// after keeps what comes behind a cursor.
func after(by sortBy, descending bool, at *cursor, args pgx.NamedArgs) string {
	if at == nil {
		return ""
	}
	args["key_value"], args["key_code"] = at.Value, at.Code
	const code = `c.code collate "C" > @key_code`
	if at.Value == nil {
		return fmt.Sprintf(` and (%s) is null and %s`, by.expression, code)
	}
	comparison := ">"
	if descending {
		comparison = "<"
	}
	return fmt.Sprintf(` and ((%[1]s) is null or %[1]s %[2]s @key_value::text::%[3]s or (%[1]s = @key_value::text::%[3]s and %[4]s))`,
		by.expression, comparison, by.cast, code)
}

// conditions are those that also the summary keeps to.
func (f Filter) conditions(scope account.Scope, district string) (string, pgx.NamedArgs, error) {
	where, args := communityInScope, scopeArgs(scope, district)
	if f.Q != "" {
		if !storable(f.Q) {
			return "", nil, &InvalidError{"q", "含有无法查找的字符"}
		}
		where += ` and (c.name ilike @q or c.address ilike @q or c.code ilike @q)`
		args["q"] = "%" + likeEscaper.Replace(strings.TrimSpace(f.Q)) + "%"
	}
	if len(f.Subdistricts) > 0 {
		where += ` and c.subdistrict_code = any(@subdistricts)`
		args["subdistricts"] = f.Subdistricts
	}
	return where, args, nil
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (f Filter) narrow(passed string, args pgx.NamedArgs) string {
	narrow := ""
	if len(f.States) > 0 {
		narrow += ` and coalesce(s.state, 'none') = any(@states)`
		args["states"] = f.States
	}
	if f.Late {
		narrow += ` and s.state = 'open' and s.due_on < @today`
	}
	if f.Passed != nil {
		narrow += ` and (` + passed + `) = @passed`
		args["passed"] = *f.Passed
	}
	return narrow
}

// passedSQL is the consent rule as a condition on published_survey s, so that
// lists can be filtered and counted by it. It says what policy.Choice.Consent
// says; a test compares the two.
func passedSQL(choice policy.Choice, args pgx.NamedArgs) string {
	nobody := choice.Consent(policy.Asked{})
	side := func(agreed, total string) string {
		switch {
		case nobody.Share == nil:
			return fmt.Sprintf(`coalesce(%[2]s > 0 and %[1]s >= %[2]s, false)`, agreed, total)
		case nobody.AtLeast:
			return fmt.Sprintf(`coalesce(%[2]s > 0 and %[1]s <= %[2]s and %[1]s >= @share * %[2]s - 1e-9 * %[2]s, false)`, agreed, total)
		}
		return fmt.Sprintf(`coalesce(%[2]s > 0 and %[1]s <= %[2]s and %[1]s > @share * %[2]s + 1e-9 * %[2]s, false)`, agreed, total)
	}
	args["share"] = nobody.Share
	households := side(`s.agreed::float8`, `s.households::float8`)
	area := side(`s.agreed_area_m2`, `s.floor_area_m2`)
	switch nobody.Basis {
	case "area":
		return area
	case "both":
		return `(` + households + ` and ` + area + `)`
	case "either":
		return `(` + households + ` or ` + area + `)`
	}
	return households
}
