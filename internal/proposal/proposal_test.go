package proposal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/zone"
)

const (
	west = "500110001" // 万盛街道
	east = "500110002" // 东林街道
)

// street is a district with communities in a row, each 100 m from the next, and
// links between neighbours.
//
//	A ── B ── C ~~river~~ D ── E        F (no place)   G (not eligible, next to E)
type street struct {
	t         *testing.T
	db        *postgis.DB
	proposals *proposal.Store
	zones     *zone.Store
	district  string
	ids       map[string]int64
}

func newStreet(t *testing.T) *street {
	db := postgistest.New(t)
	zones := zone.New(db)
	s := &street{t, db, proposal.New(db, zones), zones, postgistest.District(t, db), map[string]int64{}}
	for i, code := range []string{"A", "B", "C", "D", "E", "G"} {
		verdict := "in"
		if code == "G" {
			verdict = "out"
		}
		s.community(code, orb.Point{106.90 + 0.001*float64(i), 28.96}, 400, verdict)
	}
	s.community("F", nil, 400, "in")
	s.link("A", "B", 60, 80, nil)
	s.link("B", "C", 60, 80, nil)
	s.link("C", "D", 60, 900, []string{"river"})
	s.link("D", "E", 60, 80, nil)
	s.link("E", "G", 60, 80, nil)
	return s
}

func (s *street) community(code string, at orb.Geometry, households int, verdict string) {
	s.t.Helper()
	var outline, location postgis.Geom
	if p, ok := at.(orb.Point); ok {
		const half = 0.0002
		outline.Geometry = orb.MultiPolygon{{{
			{p[0] - half, p[1] - half}, {p[0] + half, p[1] - half}, {p[0] + half, p[1] + half}, {p[0] - half, p[1] + half}, {p[0] - half, p[1] - half},
		}}}
		location.Geometry = p
	}
	var id int64
	err := s.db.Pool.QueryRow(s.t.Context(), `
		insert into community (district_code, code, name, subdistrict_code, geom, location, households, floor_area_m2, verdict, built_year, verdict_proof)
		values ($1, $2, '小区' || $2, $3, $4, $5, $6, $6 * 100, $7, 1985,
		        case when $7 = 'out' then '[{"clause": "一(二)", "outcome": "failed"}]'::jsonb else '[]' end)
		returning id`,
		s.district, code, west, outline, location, households, verdict).Scan(&id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.ids[code] = id
}

func (s *street) link(a, b string, gap, walk float64, crossed []string) {
	s.t.Helper()
	if crossed == nil {
		crossed = []string{}
	}
	line := postgis.Geom{Geometry: orb.LineString{{106.9, 28.96}, {106.901, 28.96}}}
	_, err := s.db.Pool.Exec(s.t.Context(), `
		insert into link (district_code, a_id, b_id, gap_m, walk_m, crossed, line, path)
		values ($1, least($2::bigint, $3), greatest($2::bigint, $3), $4, $5, $6, $7, $7)`,
		s.district, s.ids[a], s.ids[b], gap, walk, crossed, line)
	if err != nil {
		s.t.Fatal(err)
	}
}

// solve asks and works as the job would.
func (s *street) solve(r proposal.Request) proposal.Proposal {
	s.t.Helper()
	p, err := s.proposals.Ask(s.t.Context(), account.Everything, s.district, r)
	if err != nil {
		s.t.Fatalf("ask: %v", err)
	}
	s.work(s.t.Context(), p)
	p, err = s.proposals.Get(s.t.Context(), account.Everything, s.district, p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *street) work(ctx context.Context, p proposal.Proposal) {
	s.t.Helper()
	args, err := json.Marshal(proposal.JobArgs{Proposal: p.ID, District: s.district})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.proposals.Handle(ctx, args, nil); err != nil && ctx.Err() == nil {
		s.t.Fatalf("work: %v", err)
	}
}

func (s *street) explain(id uuid.UUID) map[string]proposal.Explanation {
	s.t.Helper()
	list, err := s.proposals.Explanations(s.t.Context(), account.Everything, s.district, id, "")
	if err != nil {
		s.t.Fatal(err)
	}
	of := map[string]proposal.Explanation{}
	for _, e := range list {
		of[e.Code] = e
	}
	return of
}

func members(a *proposal.Answer) []string {
	list := []string{}
	for _, z := range a.Zones {
		list = append(list, strings.Join(z.Communities, ""))
	}
	slices.Sort(list)
	return list
}

func households(low, high float64) []proposal.TotalRange {
	return []proposal.TotalRange{{Name: proposal.TotalHouseholds, Min: low, Max: high}}
}

func TestZonesAreProposedWithinTheConstraints(t *testing.T) {
	free := zone.DefaultRules()
	free.Barriers = map[string]string{"river": zone.BarrierFree}
	tight := zone.DefaultRules()
	tight.MaxGapM = 10
	for name, c := range map[string]struct {
		ask  proposal.Request
		want []string
	}{
		"not across the river": {proposal.Request{Totals: households(800, 2400)}, []string{"ABC", "DE"}},
		"across it where it is free": {
			proposal.Request{Totals: households(2000, 2400), Rules: &free},
			[]string{"ABCDE"},
		},
		"at most two communities": {
			proposal.Request{Totals: []proposal.TotalRange{{Name: proposal.TotalCommunities, Min: 2, Max: 2}}},
			[]string{"AB", "DE"},
		},
		"one zone only, the larger": {proposal.Request{Totals: households(800, 0), MaxZones: 1}, []string{"ABC"}},
		"nothing is near enough":    {proposal.Request{Totals: households(800, 0), Rules: &tight}, []string{}},
		"also what is not eligible": {
			proposal.Request{Totals: households(1200, 0), Eligibility: []string{"in", "out"}},
			[]string{"ABC", "DEG"},
		},
		"little money each": {
			proposal.Request{
				Totals: []proposal.TotalRange{{Name: proposal.TotalHouseholds, Min: 800}, {Name: proposal.TotalCost, Max: 80_000 * 350}},
				Cost:   &zone.Cost{PerFloorAreaYuan: 350},
			},
			[]string{"AB", "DE"},
		},
		"few rather than many": {
			proposal.Request{Totals: households(400, 1200), Weights: proposal.Weights{Few: 3, Strings: 5}},
			[]string{"ABC", "DE"},
		},
		"two kept apart": {
			proposal.Request{Totals: households(400, 2400), Apart: [][2]string{{"A", "B"}}},
			[]string{"A", "BC", "DE"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newStreet(t).solve(c.ask)
			got := members(p.Answer)
			if name == "at most two communities" && slices.Equal(got, []string{"BC", "DE"}) {
				got = c.want // either neighbour of B is as good
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("zones (-want +got):\n%s", diff)
			}
			if !p.Answer.Proven || p.Answer.Bound < p.Answer.Value-1e-6 {
				t.Errorf("a street of five is solved to the end: %+v", p.Answer)
			}
			for _, z := range p.Answer.Zones {
				if len(z.Links) != len(z.Communities)-1 {
					t.Errorf("zone %v is tied by %v", z.Communities, z.Links)
				}
			}
		})
	}
}

func TestEveryCommunityHasItsReason(t *testing.T) {
	s := newStreet(t)
	p := s.solve(proposal.Request{Totals: households(1000, 2400)})
	why := s.explain(p.ID)
	for code, want := range map[string][2]string{
		"A": {"in_zone", "连到“小区B”"},
		"D": {"component_too_low", "达不到下限 1000 户"},
		"F": {"no_place", "没有图形也没有位置"},
		"G": {"not_eligible", "一(二)"},
	} {
		if e := why[code]; e.Kind != want[0] || !strings.Contains(e.Detail, want[1]) {
			t.Errorf("%s: %s, %s; want %s with %q", code, e.Kind, e.Detail, want[0], want[1])
		}
	}
	if why["A"].Zone == nil || *why["A"].Zone != 1 || why["D"].Zone != nil {
		t.Errorf("zones of A and D: %v, %v", why["A"].Zone, why["D"].Zone)
	}
}

func TestContradictionsAreNamedBeforeAnyWork(t *testing.T) {
	for name, c := range map[string]struct {
		ask  proposal.Request
		want string
	}{
		"more at least than at most": {proposal.Request{Totals: households(3000, 800)}, "户数的下限 3000 户大于上限 800 户"},
		"together across a barrier":  {proposal.Request{Together: [][2]string{{"A", "E"}}}, "之间没有可用的连线"},
		"together and apart":         {proposal.Request{Together: [][2]string{{"A", "B"}}, Apart: [][2]string{{"B", "A"}}}, "既要求同片又要求分开"},
		"together over the maximum":  {proposal.Request{Totals: households(0, 700), Together: [][2]string{{"A", "B"}}}, "超过上限 700 户"},
		"more zones than can be":     {proposal.Request{Totals: households(800, 0), MinZones: 9, MaxZones: 9}, "要求至少 9 个片区"},
		"nobody to place":            {proposal.Request{Eligibility: []string{"borderline"}}, "没有可以归入片区的小区"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t)
			_, err := s.proposals.Ask(t.Context(), account.Everything, s.district, c.ask)
			var contradictory *proposal.ContradictoryError
			if !errors.As(err, &contradictory) {
				t.Fatalf("got %v", err)
			}
			said := []string{}
			for _, k := range contradictory.Contradictions {
				said = append(said, k.Detail)
			}
			if !strings.Contains(strings.Join(said, "\n"), c.want) {
				t.Errorf("said %q, want %q", said, c.want)
			}
			list, err := s.proposals.List(t.Context(), account.Everything, s.district, 10)
			if err != nil || len(list) != 0 {
				t.Errorf("nothing may be kept of it: %v, %v", list, err)
			}
		})
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	s := newStreet(t)
	for field, ask := range map[string]proposal.Request{
		"totals":       {Totals: []proposal.TotalRange{{Name: "dogs"}}},
		"eligibility":  {Eligibility: []string{"perhaps"}},
		"weights":      {Weights: proposal.Weights{Need: 11}},
		"cost":         {Totals: []proposal.TotalRange{{Name: proposal.TotalCost, Max: 1e6}}},
		"subdistricts": {Subdistricts: []string{"999"}},
		"locked":       {Locked: []string{"no-such-zone"}},
		"together":     {Together: [][2]string{{"A", "F"}}},
		"apart":        {Apart: [][2]string{{"A", "Z"}}},
		"seconds":      {Seconds: 1e9},
	} {
		_, err := s.proposals.Ask(t.Context(), account.Everything, s.district, ask)
		var wrong *proposal.InvalidError
		if !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

func TestTheSameRequestGivesTheSameAnswer(t *testing.T) {
	s := newStreet(t)
	ask := proposal.Request{Totals: households(800, 1200), Weights: proposal.Weights{Need: 1, Compactness: 2, Strings: 1}, Seed: 7}
	first, second := s.solve(ask), s.solve(ask)
	first.Answer.Seconds, second.Answer.Seconds = 0, 0
	if diff := cmp.Diff(first.Answer, second.Answer); diff != "" {
		t.Error(diff)
	}
	if string(first.Inputs) != string(second.Inputs) {
		t.Errorf("inputs %s and %s", first.Inputs, second.Inputs)
	}
}

func TestAnAcceptedAnswerBecomesZones(t *testing.T) {
	s := newStreet(t)
	rules := zone.DefaultRules()
	rules.MaxGapM = 70
	p := s.solve(proposal.Request{Totals: households(800, 2400), Rules: &rules, Cost: &zone.Cost{PerFloorAreaYuan: 350}})
	edit, err := s.proposals.Accept(t.Context(), account.Everything, s.district, p.ID, proposal.Acceptance{NewScenario: "建议方案"})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, z := range edit.Zones {
		list, err := s.zones.Communities(t.Context(), account.Everything, s.district, z.Code)
		if err != nil {
			t.Fatal(err)
		}
		codes := ""
		for _, c := range list {
			codes += c.Code
		}
		got = append(got, codes)
		if z.BoundaryRule != "derived" || z.Totals.Communities != int64(len(list)) {
			t.Errorf("zone %s: boundary %s, totals %+v", z.Name, z.BoundaryRule, z.Totals)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"ABC", "DE"}, got); diff != "" {
		t.Errorf("zones (-want +got):\n%s", diff)
	}
	made, err := s.zones.Scenario(t.Context(), account.Everything, s.district, edit.Scenario)
	if err != nil || made.Rules.MaxGapM != 70 || made.Rules.Cost.PerFloorAreaYuan != 350 {
		t.Errorf("the new scenario goes by the rules that were asked with: %+v, %v", made.Rules, err)
	}
	main, err := s.zones.List(t.Context(), account.Everything, s.district, "")
	if err != nil || len(main) != 0 {
		t.Errorf("the main scenario stays as it is: %v, %v", main, err)
	}
}

func TestALockedZoneStaysAsItIs(t *testing.T) {
	s := newStreet(t)
	z, err := s.zones.Create(t.Context(), account.Everything, s.district, zone.Draft{Name: "已定", Communities: []string{"A", "B"}})
	if err != nil {
		t.Fatal(err)
	}
	p := s.solve(proposal.Request{Totals: households(0, 700), Locked: []string{z.Code}})
	if p.Answer.Zones[0].Locked != z.Code || strings.Join(p.Answer.Zones[0].Communities, "") != "AB" {
		t.Fatalf("first zone: %+v", p.Answer.Zones[0])
	}
	if broken := p.Answer.Zones[0].Broken; len(broken) != 1 || !strings.Contains(broken[0], "800 户超过上限 700 户") {
		t.Errorf("broken: %q", broken)
	}
	if len(p.Warnings) == 0 || !slices.Contains(p.Warnings[0].Zones, z.Code) {
		t.Errorf("the zone that breaks the maximum is named at once: %+v", p.Warnings)
	}
}

// grown is a street with a town beside it, 18 blocks wide and deep: enough that
// the best answer is not found in a moment.
func grown(t *testing.T) *street {
	s := newStreet(t)
	const wide = 18
	var id [wide * wide]int64
	for i := range id {
		code := fmt.Sprintf("X%03d", i)
		s.community(code, orb.Point{106.91 + 0.001*float64(i%wide), 28.97 + 0.001*float64(i/wide)}, 100+37*i%211, "in")
		id[i] = s.ids[code]
	}
	for i := range id {
		if i%wide < wide-1 {
			s.link(fmt.Sprintf("X%03d", i), fmt.Sprintf("X%03d", i+1), 50, 70, nil)
		}
		if i < len(id)-wide {
			s.link(fmt.Sprintf("X%03d", i), fmt.Sprintf("X%03d", i+wide), 50, 70, nil)
		}
	}
	return s
}

func TestAnInterruptedProposalKeepsItsBestAnswerAndComesToTheSameEnd(t *testing.T) {
	s := grown(t)
	ask := proposal.Request{Totals: households(900, 1500), Weights: proposal.Weights{Compactness: 5, Few: 2}, Seconds: 2, Seed: 3}
	p, err := s.proposals.Ask(t.Context(), account.Everything, s.district, ask)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	interrupted := make(chan error, 1)
	go func() { // as soon as there is an answer
		for {
			p, err := s.proposals.Get(t.Context(), account.Everything, s.district, p.ID)
			if err != nil || p.Answer != nil {
				cancel()
				interrupted <- err
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	s.work(ctx, p) // cancelled, or the service stops
	if err := <-interrupted; err != nil {
		t.Fatal(err)
	}
	kept, err := s.proposals.Get(t.Context(), account.Everything, s.district, p.ID)
	if err != nil || kept.Answer == nil || len(kept.Answer.Zones) == 0 {
		t.Fatalf("kept: %+v, %v", kept.Answer, err)
	}
	if n := len(s.explain(p.ID)); n != 7+18*18 {
		t.Errorf("explained %d communities", n)
	}
	s.work(t.Context(), p) // what a restarted service does with it
	again, err := s.proposals.Get(t.Context(), account.Everything, s.district, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if again.Answer.Value < kept.Answer.Value {
		t.Errorf("the answer got worse: %v after %v", again.Answer.Value, kept.Answer.Value)
	}
	whole := s.solve(ask)
	again.Answer.Seconds, whole.Answer.Seconds = 0, 0
	if diff := cmp.Diff(whole.Answer, again.Answer); diff != "" {
		t.Errorf("an interruption changes the end (-without +with):\n%s", diff)
	}
	for _, point := range whole.Curve[1:] {
		if point.Value < whole.Curve[0].Value {
			t.Errorf("the answer got worse on the way: %+v", whole.Curve)
		}
	}
}

func TestAProposalThatWaitsForItsJobIsKeptHoweverManyAreNewer(t *testing.T) {
	s := newStreet(t)
	begin := func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (uuid.UUID, error) {
		job := uuid.New()
		_, err := tx.Exec(ctx, `insert into job (id, district_code, kind, title, args, created_by) values ($1, $2, 'proposal', '', '{}', '')`, job, s.district)
		return job, err
	}
	ask := func() proposal.Proposal {
		t.Helper()
		p, err := s.proposals.Ask(t.Context(), account.Everything, s.district, proposal.Request{Totals: households(400, 1500)}, begin)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	waits, ended := ask(), ask()
	for _, statement := range []string{
		`update job set state = 'done' where id = (select job_id from proposal where id = $1)`,
		`insert into proposal (id, district_code, scenario_code, subdistrict_codes, request, inputs, warnings, created_by, created_at)
		 select gen_random_uuid(), district_code, scenario_code, subdistrict_codes, request, inputs, warnings, created_by, created_at + n * interval '1 microsecond'
		 from proposal, generate_series(1, 120) n where id = $1`,
	} {
		if _, err := s.db.Pool.Exec(t.Context(), statement, ended.ID); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	if _, err := s.proposals.Get(t.Context(), account.Everything, s.district, waits.ID); err != nil {
		t.Errorf("the proposal whose job waits is gone: %v", err)
	}
	if _, err := s.proposals.Get(t.Context(), account.Everything, s.district, ended.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the proposal whose job has ended: %v", err)
	}
}

func TestAPersonSeesOnlyWhatLiesInTheirScope(t *testing.T) {
	s := newStreet(t)
	p := s.solve(proposal.Request{Totals: households(800, 0)})
	elsewhere := account.Scope{District: s.district, Subdistricts: []string{east}}
	if _, err := s.proposals.Get(t.Context(), elsewhere, s.district, p.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another subdistrict: %v", err)
	}
	here := account.Scope{District: s.district, Subdistricts: []string{west}}
	if _, err := s.proposals.Get(t.Context(), here, s.district, p.ID); err != nil {
		t.Errorf("the same subdistrict: %v", err)
	}
	if list, err := s.proposals.List(t.Context(), account.Scope{District: "110101"}, s.district, 10); err != nil || len(list) != 0 {
		t.Errorf("another district: %v, %v", list, err)
	}
}
