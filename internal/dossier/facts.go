package dossier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// FileFact says where a fact of a community comes from; its value is the
// community's.
type FileFact struct {
	Field     string  `json:"field" doc:"JSON name of the community's field"`
	Name      string  `json:"name"`
	Text      string  `json:"text" doc:"the value in words where the community's field is a code"`
	Known     bool    `json:"known"`
	Needed    bool    `json:"needed" doc:"a complete file has it"`
	Why       string  `json:"why" doc:"clause or form that asks for it"`
	Source    string  `json:"source" doc:"as stated in the file, else what the register says of the whole community"`
	Stated    bool    `json:"stated" doc:"the source is stated for this fact"`
	AsOf      *string `json:"as_of" format:"date"`
	Note      string  `json:"note"`
	Generated bool    `json:"generated" doc:"made up for a demo"`
	By        string  `json:"by"`
}

// FactSource states where a fact comes from.
type FactSource struct {
	Field  string `json:"field" maxLength:"60"`
	Source string `json:"source" maxLength:"200" doc:"e.g. 房产档案; empty takes the statement back"`
	AsOf   string `json:"as_of,omitempty" format:"date" doc:"of the source; today where omitted"`
	Note   string `json:"note,omitempty" maxLength:"500"`
}

// field is a fact that a file shows. An empty why leaves it to the policy
// whether the fact is asked for.
type field struct{ key, name, why string }

// The fields in the order of annexes 4 and 5, then those of the scope clause.
var fields = []field{
	{"address", "详细地址", "附件4"},
	{"subdistrict_code", "街道（镇）", "附件5"},
	{"neighborhood_code", "社区", "附件5"},
	{"location", "位置", "上图"},
	{"built_year", "建成时间", "附件4"},
	{"households", "总户数", "附件4"},
	{"building_count", "楼栋数", "附件4"},
	{"floor_area_m2", "总建筑面积", "附件4"},
	{"management_mode", "物业管理模式", "管理落实"},
	{"neglected", "房屋失养失修失管", ""},
	{"municipal_missing", "市政配套设施缺失", ""},
	{"service_missing", "公共服务设施缺失", ""},
	{"households_agreed", "同意改造户数", ""},
	{"prior_works", "既往改造", ""},
	{"in_shantytown_plan", "纳入棚户区改造计划", ""},
	{"demolish_rebuild", "拟拆除新建", ""},
	{"self_built_majority", "以居民自建住房为主", ""},
	{"urban_village", "城中村", ""},
	{"poor_conditions", "居住条件较差", ""},
}

// needed are the fields that the plan or a form asks for.
func needed(p *policy.Policy) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return f.asked(p) == "" })
}

// asked is why a field is asked for, or "".
func (f field) asked(p *policy.Policy) string {
	if f.why != "" {
		return f.why
	}
	for _, rule := range p.Eligibility.Rules {
		for _, test := range rule.Tests {
			if test.Fact == f.key {
				return rule.Clause + " " + rule.ID
			}
		}
	}
	return ""
}

// knownFields is SQL for the names of the facts that are known.
const knownFields = `array_remove(array[
	case when c.address <> '' then 'address' end,
	case when c.subdistrict_code <> '' then 'subdistrict_code' end,
	case when c.neighborhood_code <> '' then 'neighborhood_code' end,
	case when c.location is not null then 'location' end,
	case when c.built_year is not null then 'built_year' end,
	case when c.households is not null then 'households' end,
	case when c.building_count is not null then 'building_count' end,
	case when c.floor_area_m2 is not null then 'floor_area_m2' end,
	case when c.management_mode <> '' then 'management_mode' end,
	case when k.neglected is not null then 'neglected' end,
	case when k.municipal_missing is not null then 'municipal_missing' end,
	case when k.service_missing is not null then 'service_missing' end,
	case when k.households_agreed is not null then 'households_agreed' end,
	case when k.poor_conditions is not null then 'poor_conditions' end,
	case when h.prior_works is not null then 'prior_works' end,
	case when h.in_shantytown_plan is not null then 'in_shantytown_plan' end,
	case when h.demolish_rebuild is not null then 'demolish_rebuild' end,
	case when h.self_built_majority is not null then 'self_built_majority' end,
	case when h.urban_village is not null then 'urban_village' end], null)`

func (s *Store) readFacts(ctx context.Context, f *File, h held, choice policy.Choice) error {
	var known []string
	var neighborhood string
	err := s.db.Pool.QueryRow(ctx, `
		select `+knownFields+`,
		       coalesce((select n.name from published_neighborhood n where n.district_code = c.district_code and n.code = c.neighborhood_code), '')
		from published_community c
		join published_community_condition k on k.id = c.id
		join published_community_history h on h.id = c.id
		where c.id = $1`, h.ID).Scan(&known, &neighborhood)
	if err != nil {
		return err
	}
	stated, err := factSources(ctx, s.db.Pool, h.ID)
	if err != nil {
		return err
	}
	source := registerSource(f.Community)
	for _, fd := range fields {
		why := fd.asked(choice.Policy)
		fact := FileFact{
			Field: fd.key, Name: fd.name, Why: why, Needed: why != "",
			Known: slices.Contains(known, fd.key), Generated: slices.Contains(f.Community.Generated, fd.key),
		}
		switch fd.key {
		case "neighborhood_code":
			fact.Text = neighborhood
		case "subdistrict_code":
			fact.Text = f.Community.SubdistrictName
		}
		if st, ok := stated[fd.key]; ok {
			on := st.asOf.Format(time.DateOnly)
			fact.Source, fact.Note, fact.By, fact.Stated, fact.AsOf = st.source, st.note, st.by, true, &on
		} else if fact.Known {
			fact.Source = source
			if fact.Generated {
				fact.Source = "演示数据：生成"
			}
		}
		if fact.Needed || fact.Known {
			f.Facts = append(f.Facts, fact)
		}
	}
	return nil
}

// registerSource says in words what the register calls the source of a
// community.
func registerSource(c registry.Community) string {
	switch {
	case c.Source == "ledger":
		return "台账导入"
	case c.Source == "osm" || c.Source == "openstreetmap":
		return "OpenStreetMap"
	default:
		return c.Source
	}
}

type statement struct {
	source, note, by string
	asOf             time.Time
}

func factSources(ctx context.Context, q querier, community int64) (map[string]statement, error) {
	rows, err := q.Query(ctx, `select field, source, as_of, note, by from community_fact where community_id = $1`, community)
	if err != nil {
		return nil, err
	}
	found := map[string]statement{}
	var name string
	var st statement
	_, err = pgx.ForEachRow(rows, []any{&name, &st.source, &st.asOf, &st.note, &st.by}, func() error {
		found[name] = st
		return nil
	})
	return found, err
}

// StateSources says where facts come from. version is that of the file which
// the person saw; another is postgis.ErrVersion.
func (s *Store) StateSources(ctx context.Context, scope account.Scope, district, code string, version int, sources []FactSource) error {
	return s.change(ctx, scope, district, code, version, "dossier.sources", func(ctx context.Context, tx *postgis.Tx, h held) (any, any, error) {
		for i, src := range sources {
			if err := s.stateSource(ctx, tx, h, src); err != nil {
				return nil, nil, fmt.Errorf("source %d: %w", i, err)
			}
		}
		return nil, sources, nil
	})
}

func (s *Store) stateSource(ctx context.Context, tx *postgis.Tx, h held, src FactSource) error {
	if !slices.ContainsFunc(fields, func(f field) bool { return f.key == src.Field }) {
		return invalid("sources", "没有“%s”这项事实", src.Field)
	}
	src.Source = strings.TrimSpace(src.Source)
	if src.Source == "" {
		_, err := tx.Exec(ctx, `delete from community_fact where community_id = $1 and field = $2`, h.ID, src.Field)
		return err
	}
	for _, text := range []string{src.Source, src.Note} {
		if err := clean("sources", text, 500); err != nil {
			return err
		}
	}
	asOf, err := day("sources", src.AsOf, s.now())
	if err != nil {
		return err
	}
	if err := s.notLater("sources", asOf); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into community_fact (community_id, field, source, as_of, note, by, district_code) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (community_id, field, district_code) do update
		set source = excluded.source, as_of = excluded.as_of, note = excluded.note, by = excluded.by, at = now()`,
		h.ID, src.Field, src.Source, asOf, src.Note, account.Name(ctx), h.District)
	return err
}
