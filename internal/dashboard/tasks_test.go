package dashboard_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
)

func tasksOf(t *testing.T, s *dashboard.Store, role account.Role, subdistricts []string) dashboard.Tasks {
	t.Helper()
	scope := account.Scope{District: district.Code, Subdistricts: subdistricts}
	tasks, err := s.Tasks(t.Context(), account.Person{Name: "somebody", Role: role, Scope: scope}, district.Code)
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

func kindsOf(tasks dashboard.Tasks, whose string) []string {
	var kinds []string
	for _, task := range tasks.Tasks {
		if task.Whose == whose {
			kinds = append(kinds, task.Kind)
		}
	}
	return kinds
}

func TestEverybodyHasTheTasksOfTheOwnRole(t *testing.T) {
	_, s := town(t)
	for _, c := range []struct {
		role         account.Role
		does, leaves []string
		sees         bool // what the subdistricts have to do
	}{
		{account.Officer, []string{"survey", "accept", "report", "report_returned"}, []string{"confirm", "filing", "milestone"}, false},
		{account.Planner, []string{"confirm", "filing", "step", "opinion"}, []string{"accept", "survey", "milestone"}, true},
		{account.Administrator, []string{"confirm", "filing", "step", "opinion"}, []string{"accept", "survey"}, true},
		{account.Contractor, []string{"filing", "milestone", "report"}, []string{"survey", "accept", "confirm"}, false},
		{account.Viewer, nil, []string{"survey", "accept", "confirm", "filing", "milestone", "report"}, false},
	} {
		tasks := tasksOf(t, s, c.role, nil)
		own := kindsOf(tasks, "own")
		for _, kind := range c.does {
			if !slices.Contains(own, kind) {
				t.Errorf("%s: no task %s in %v", c.role, kind, own)
			}
		}
		for _, kind := range c.leaves {
			if slices.Contains(own, kind) {
				t.Errorf("%s: has task %s", c.role, kind)
			}
		}
		if got := len(kindsOf(tasks, "subdistricts")) > 0; got != c.sees {
			t.Errorf("%s: sees the subdistricts' tasks: %v", c.role, got)
		}
	}
}

func TestTheSentenceNamesTheDayOfTheReport(t *testing.T) {
	_, s := town(t)
	got := tasksOf(t, s, account.Officer, nil).Sentence
	for _, part := range []string{"还有 ", "个征求意见待完成", "11月25日前应报 ", "张月报"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q lacks %q", got, part)
		}
	}
	if got := tasksOf(t, s, account.Viewer, nil).Sentence; got != "目前没有待办事项" {
		t.Errorf("a viewer: %q", got)
	}
}

func TestTasksFollowTheScope(t *testing.T) {
	db, s := town(t)
	code := subdistrictOf(t, db)
	all, own := tasksOf(t, s, account.Officer, nil), tasksOf(t, s, account.Officer, []string{code})
	count := func(tasks dashboard.Tasks) (n int) {
		for _, task := range tasks.Tasks {
			n += task.Count
		}
		return n
	}
	if count(own) >= count(all) {
		t.Errorf("%d of %d", count(own), count(all))
	}
	for _, task := range own.Tasks {
		for _, item := range task.Items {
			if item.Kind == "subdistrict" && item.Code != code {
				t.Errorf("a report of %s", item.Code)
			}
		}
	}
}

func TestAReportThatIsHandedInIsNoTask(t *testing.T) {
	db, s := town(t)
	before := tasksOf(t, s, account.Officer, nil)
	if !slices.Contains(kindsOf(before, "own"), "report_returned") {
		t.Fatal("no report was sent back")
	}
	for _, q := range []string{
		`update month_line set remark = 'x', starts_on = '2026-12-28', settled = true`,
		`update month_report set state = 'submitted', state_reason = '' where state in ('draft', 'returned')`,
	} {
		if _, err := db.Pool.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Contains(kindsOf(tasksOf(t, s, account.Officer, nil), "own"), "report_returned") {
		t.Error("it is still to be corrected")
	}
}

func TestACommunityThatLeftTheScopeWhileItsProjectRunsIsNoticed(t *testing.T) {
	db, s := town(t)
	if slices.Contains(kindsOf(tasksOf(t, s, account.Planner, nil), "own"), "stray") {
		t.Fatal("there is one from the beginning")
	}
	_, err := db.Pool.Exec(t.Context(), `update community set verdict = 'out' where id = (select min(community_id) from project_community where live)`)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(kindsOf(tasksOf(t, s, account.Planner, nil), "own"), "stray") {
		t.Error("no task")
	}
	if b := board(t, s, account.Everything, true); b.Strays != 1 {
		t.Errorf("%d on the board", b.Strays)
	}
}

func TestDutiesMapThePlansBodiesToRoles(t *testing.T) {
	db, s := town(t)
	code := subdistrictOf(t, db)
	for _, q := range []string{
		`insert into account (id, name, role, district_code) values (gen_random_uuid(), 'officer1', 'officer', '` + district.Code + `')`,
		`insert into account_subdistrict select id, '` + district.Code + `', '` + code + `' from account where name = 'officer1'`,
	} {
		if _, err := db.Pool.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.Duties(t.Context(), account.Everything, district.Code)
	if err != nil {
		t.Fatal(err)
	}
	roles := map[string]string{}
	for _, b := range d.Bodies {
		roles[b.Actor] = b.Role + " " + b.Reach
	}
	for actor, want := range map[string]string{
		"housing": "planner district", "development_reform": "planner district", "finance": "planner district",
		"subdistricts": "officer subdistrict", "city_investment": "contractor zone", "tax": " ",
	} {
		if roles[actor] != want {
			t.Errorf("四、六(一) %s: %q, not %q", actor, roles[actor], want)
		}
	}
	for _, r := range d.Roles {
		if r.Role != "officer" {
			continue
		}
		for _, sub := range r.Subdistricts {
			if want := map[bool]int{true: 1, false: 0}[sub.Code == code]; sub.Accounts != want {
				t.Errorf("%s has %d officers, not %d", sub.Code, sub.Accounts, want)
			}
		}
	}
}
