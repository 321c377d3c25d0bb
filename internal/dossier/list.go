package dossier

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

// FileEntry is a file in the list of a district.
type FileEntry struct {
	Code            string   `json:"code"`
	Name            string   `json:"name"`
	SubdistrictCode string   `json:"subdistrict_code"`
	SubdistrictName string   `json:"subdistrict_name"`
	Eligibility     string   `json:"eligibility" enum:"in,out,borderline"`
	Share           float64  `json:"share" doc:"completeness, 0 … 1"`
	ChecksDone      int      `json:"checks_done"`
	ChecksOf        int      `json:"checks_of"`
	MissingItems    int      `json:"missing_items" doc:"items that were found to be missing"`
	FaultyItems     int      `json:"faulty_items"`
	Photographs     int      `json:"photographs"`
	Papers          int      `json:"papers"`
	SurveyState     string   `json:"survey_state" enum:",open,closed"`
	ProjectCode     string   `json:"project_code" doc:"of the live project; empty where there is none"`
	ProjectName     string   `json:"project_name"`
	Gaps            []string `json:"gaps" doc:"what the file lacks, in words"`
	Version         int      `json:"version"`
}

// Files is one page of the list with what all files that the filter lets through
// have in common.
type Files struct {
	registry.Page[FileEntry]
	MeanShare float64 `json:"mean_share" doc:"of all files of the filter"`
	Unchecked int     `json:"unchecked" doc:"files without any condition check"`
}

// Filter narrows and orders the list of files.
type Filter struct {
	Q            string
	Subdistricts []string // nil is all
	Eligibility  []string // nil is all
	Below        float64  // only files less complete than this; 0 is all
	Sort         string   // share | name | missing_items, with - in front descending; "" is share
	Limit        int      // 1 … 5000; 0 is 100
	Cursor       string
}

// Files lists the files of a district that the scope reaches.
func (s *Store) Files(ctx context.Context, scope account.Scope, district string, f Filter) (Files, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Files{}, err
	}
	weights, err := s.weigh(ctx, scope, district, "", choice.Policy)
	if err != nil {
		return Files{}, err
	}
	out := Files{}
	asked := needed(choice.Policy)
	entries := make([]FileEntry, 0, len(weights))
	for _, w := range weights {
		e := w.entry(choice.Policy, asked)
		if !f.holds(e) {
			continue
		}
		out.MeanShare += e.Share
		if e.ChecksDone == 0 {
			out.Unchecked++
		}
		entries = append(entries, e)
	}
	if len(entries) > 0 {
		out.MeanShare /= float64(len(entries))
	}
	out.Page, err = f.page(entries)
	return out, err
}

func (w weight) entry(p *policy.Policy, needed []field) FileEntry {
	c := w.completeness(p, needed)
	e := FileEntry{
		Code: w.Code, Name: w.Name, SubdistrictCode: w.SubdistrictCode, SubdistrictName: w.SubdistrictName, Eligibility: w.Eligibility,
		Share: c.Share, MissingItems: w.MissingItems, FaultyItems: w.FaultyItems, Photographs: w.Photographs, Papers: w.Papers,
		SurveyState: w.SurveyState, ProjectCode: w.ProjectCode, ProjectName: w.ProjectName, Gaps: c.gaps(), Version: w.Version,
	}
	for _, section := range c.Sections {
		if section.Key == "checks" {
			e.ChecksDone, e.ChecksOf = section.Done, section.Of
		}
	}
	return e
}

func (f Filter) holds(e FileEntry) bool {
	q := strings.ToLower(strings.TrimSpace(f.Q))
	return (q == "" || strings.Contains(strings.ToLower(e.Name), q) || strings.Contains(strings.ToLower(e.Code), q)) &&
		(f.Subdistricts == nil || slices.Contains(f.Subdistricts, e.SubdistrictCode)) &&
		(f.Eligibility == nil || slices.Contains(f.Eligibility, e.Eligibility)) &&
		(f.Below == 0 || e.Share < f.Below)
}

// page orders the entries, which come by name, and cuts a page out. The cursor
// is the place of the last one in the order and its code.
func (f Filter) page(entries []FileEntry) (registry.Page[FileEntry], error) {
	page := registry.Page[FileEntry]{Items: []FileEntry{}, Total: int64(len(entries))}
	key, descending := strings.CutPrefix(f.Sort, "-")
	var by func(FileEntry) float64
	switch key {
	case "", "share":
		by = func(e FileEntry) float64 { return e.Share }
	case "missing_items":
		by = func(e FileEntry) float64 { return float64(e.MissingItems) }
	case "name":
		by = func(FileEntry) float64 { return 0 }
		if descending {
			slices.Reverse(entries)
		}
	default:
		return page, invalid("sort", "不支持按此字段排序")
	}
	slices.SortStableFunc(entries, func(a, b FileEntry) int {
		if descending {
			a, b = b, a
		}
		return cmp.Compare(by(a), by(b))
	})
	start, err := f.start(entries)
	if err != nil {
		return page, err
	}
	size := min(f.Limit, 5000)
	if size <= 0 {
		size = 100
	}
	end := min(start+size, len(entries))
	page.Items = append(page.Items, entries[start:end]...)
	if end < len(entries) {
		page.NextCursor = strconv.Itoa(end) + "~" + entries[end-1].Code
	}
	return page, nil
}

// start finds where the page after the cursor begins. Where the last one of the
// page before moved or is gone, its old place has to do.
func (f Filter) start(entries []FileEntry) (int, error) {
	if f.Cursor == "" {
		return 0, nil
	}
	at, code, ok := strings.Cut(f.Cursor, "~")
	place, err := strconv.Atoi(at)
	if !ok || err != nil || place < 0 {
		return 0, invalid("cursor", "翻页标记无效，请从第一页重新开始")
	}
	if i := slices.IndexFunc(entries, func(e FileEntry) bool { return e.Code == code }); i >= 0 {
		return i + 1, nil
	}
	return min(place, len(entries)), nil
}

// weigh reads what the completeness of the files is worked out from, by name;
// code "" is all of the district.
func (s *Store) weigh(ctx context.Context, scope account.Scope, district, code string, p *policy.Policy) ([]weight, error) {
	args := scopeArgs(scope, district)
	args["code"], args["policy"] = code, p.Key
	// The plan must be made for these very parameters: one for any of them would
	// not know whether it picks one community or all of a district.
	rows, err := s.db.Pool.Query(ctx, `
		with picked as materialized (
			select c.id, c.code, c.name, coalesce(c.subdistrict_code, '') as subdistrict_code, c.eligibility,
			       `+knownFields+` as known, coalesce(h.prior_works, '') as prior_fact
			from published_community c
			join published_community_condition k on k.id = c.id
			join published_community_history h on h.id = c.id
			where (@code = '' or c.code = @code) and `+inScope+`
		)
		select c.code, c.name, c.subdistrict_code, coalesce(d.name, '') as subdistrict_name, c.eligibility,
		       coalesce(v.version, 1) as version, c.known, coalesce(f.stated, '{}') as stated,
		       coalesce(k.items, 0) as item_checks, coalesce(k.standards, 0) as standard_checks,
		       coalesce(k.missing, 0) as missing_items, coalesce(k.faulty, 0) as faulty_items,
		       coalesce(a.photographs, 0) as photographs, coalesce(a.papers, 0) as papers,
		       coalesce(s.state, '') as survey_state, coalesce(w.works, 0) as prior_works, c.prior_fact,
		       coalesce(m.seen, 0) as board_seen, coalesce(p.code, '') as project_code, coalesce(p.name, '') as project_name
		from picked c
		left join published_subdistrict d on d.district_code = @district and d.code = c.subdistrict_code
		left join community_file v on v.community_id = c.id
		left join (select f.community_id, array_agg(f.field) as stated
		           from community_fact f join picked on picked.id = f.community_id group by 1) f on f.community_id = c.id
		left join condition_tally k on k.community_id = c.id and k.policy_key = @policy
		left join (select a.community_id, count(*) filter (where a.kind = 'photograph') as photographs, count(*) filter (where a.kind <> 'photograph') as papers
		           from published_attachment a join picked on picked.id = a.community_id group by 1) a on a.community_id = c.id
		left join published_survey s on s.community_id = c.id
		left join (select w.community_id, count(*) as works
		           from prior_work w join picked on picked.id = w.community_id group by 1) w on w.community_id = c.id
		left join (select m.community_id, (select count(*) from jsonb_each(m.board) b where b.value ->> 'shown' is not null) as seen
		           from management m join picked on picked.id = m.community_id) m on m.community_id = c.id
		left join published_project_community pc on pc.community_id = c.id and pc.live
		left join published_project p on p.id = pc.project_id
		order by c.name collate "zh-x-icu", c.code`, pgx.QueryExecModeCacheDescribe, args)
	if err != nil {
		return nil, fmt.Errorf("weigh the files of %s: %w", district, err)
	}
	weights, err := pgx.CollectRows(rows, pgx.RowToStructByName[weight])
	if err != nil {
		return nil, fmt.Errorf("weigh the files of %s: %w", district, err)
	}
	return weights, nil
}
