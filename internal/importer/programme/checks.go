package programme

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/policy"
)

// municipalItems are the items of wansheng-2020 by the register's words for what
// is missing.
var municipalItems = map[string]int{
	"供水管网": 1, "供电管网": 2, "供气管网": 3, "地面绿化": 4, "小区道路": 6, "公共照明": 7, "消防设施": 8, "雨污管网": 10, "垃圾分类容器": 11,
}

// works39 is the number of an item in the catalogue of 39, which prices and
// quantities are known by; 0 where it has no counterpart.
func works39(p *policy.Policy, item policy.Item) int {
	if p.Key == "wansheng-2020" {
		return item.No
	}
	for _, e := range item.Equals {
		var no int
		if _, err := fmt.Sscanf(e, "wansheng-2020#%d", &no); err == nil {
			return no
		}
	}
	return 0
}

// lacks tells whether the register says that an item is missing in a community.
func (in *inventor) lacks(c *community, item policy.Item) bool {
	no := works39(in.Policy, item)
	for _, name := range c.municipal {
		if municipalItems[name] == no {
			return true
		}
	}
	return slices.ContainsFunc(c.service, func(kind string) bool { return slices.Contains(item.Facilities, kind) })
}

type check struct {
	of               *community
	kind, no, result string
	on               time.Time
}

// writeChecks looks at what is on the ground in every community of a project,
// and writes what was done there before.
func (in *inventor) writeChecks(ctx context.Context, tx pgx.Tx) error {
	var checks []check
	seen := map[int64]bool{}
	for _, p := range in.projects {
		for _, c := range p.towns {
			if seen[c.id] {
				continue
			}
			seen[c.id] = true
			checks = append(checks, in.checks(c, p.appliedOn.AddDate(0, 0, -in.between(20, 90)))...)
		}
	}
	in.made.Checks = len(checks)
	err := write(ctx, tx, "condition_check", []string{"community_id", "policy_key", "kind", "no", "result", "checked_on", "by"},
		checks, func(k check) []any { return []any{k.of.id, in.Policy.Key, k.kind, k.no, k.result, k.on, by} })
	if err != nil {
		return err
	}
	if err := in.writeManagement(ctx, tx); err != nil {
		return err
	}
	var before []*community
	for _, c := range in.towns {
		if c.prior != "" && c.prior != "none" {
			before = append(before, c)
		}
	}
	return write(ctx, tx, "prior_work", []string{"community_id", "year", "content", "investment_wan", "source", "by"},
		before, func(c *community) []any {
			what := map[string]string{"single_item": "屋面防水修缮", "partial": "道路、管网局部改造", "full": "综合改造"}[c.prior]
			wan := float64(in.between(20, 400))
			return []any{c.id, in.today.Year() - in.between(4, 14), what, wan, "演示数据：生成", by}
		})
}

func (in *inventor) checks(c *community, on time.Time) []check {
	var checks []check
	add := func(kind, no, result string) { checks = append(checks, check{c, kind, no, result, on}) }
	complete := in.chance(0.7)
	for _, item := range in.Policy.Items {
		if !complete && in.chance(0.3) {
			continue // nobody has looked yet
		}
		result := oneOf(in, "ok", "ok", "ok", "faulty")
		switch {
		case in.lacks(c, item):
			result = oneOf(in, "missing", "missing", "faulty")
		case item.Nature == "extra" || item.Nature == "overall":
			result = oneOf(in, "ok", "not_applicable")
		}
		add("item", strconv.Itoa(item.No), result)
	}
	for _, group := range in.Policy.ManagementChecks {
		for i := range group.Checks {
			if complete || in.chance(0.6) {
				add("management", fmt.Sprintf("%d.%d", group.No, i+1), oneOf(in, "ok", "ok", "faulty"))
			}
		}
	}
	return checks
}

// writeManagement says who decided how the communities of confirmed projects are
// to be managed.
func (in *inventor) writeManagement(ctx context.Context, tx pgx.Tx) error {
	type decision struct {
		of *community
		on time.Time
	}
	var list []decision
	for _, p := range in.projects {
		for _, c := range p.towns {
			if p.state == "confirmed" && c.managed {
				list = append(list, decision{c, p.appliedOn.AddDate(0, 0, -in.between(5, 40))})
			}
		}
	}
	return write(ctx, tx, "management", []string{"community_id", "decided_on", "decided_by", "by"}, list, func(d decision) []any {
		return []any{d.of.id, d.on, "业主大会", by}
	})
}
