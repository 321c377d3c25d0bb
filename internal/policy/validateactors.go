package policy

import "fmt"

// actorTasks are what an actor of a plan does in the product.
var actorTasks = []string{
	"ledger",          // 台账
	"survey",          // 征求意见
	"apply",           // 书面申请
	"accept",          // 受理入库
	"confirm",         // 确认入库、审批
	"plan",            // 规划、分年度计划
	"design",          // 方案设计
	"review",          // 联合审查
	"fund",            // 资金
	"milestone",       // 开工、完工、验收
	"acceptance",      // 联合验收
	"filing",          // 备案
	"handover",        // 移交
	"management_mode", // 管理模式
	"report",          // 月报
	"roll_up",         // 汇总月报
	"supervise",       // 督导
}

func (p *Policy) checkActors() error {
	for _, a := range p.Actors {
		err := firstError(nonEmpty("name", a.Name), oneOf("role", a.Role, "", "administrator", "planner", "officer", "contractor", "viewer"))
		reaches := map[string][]string{
			"": {""}, "administrator": {"district"}, "planner": {"district"}, "officer": {"subdistrict"}, "contractor": {"zone"}, "viewer": {"district"},
		}
		err = firstError(err, oneOf("reach", a.Reach, reaches[a.Role]...))
		for _, task := range a.Tasks {
			err = firstError(err, oneOf("task", task, actorTasks...))
		}
		if len(a.Duties) == 0 {
			err = firstError(err, fmt.Errorf("has no duty"))
		}
		if err != nil {
			return fmt.Errorf("actor %s: %w", a.Key, err)
		}
	}
	return nil
}

func (p *Policy) checkLibraries() error {
	for _, l := range p.Libraries {
		if err := unique("condition", keys(l.Conditions, func(c LibraryCondition) string { return c.Key })); err != nil {
			return fmt.Errorf("library %s: %w", l.Key, err)
		}
		for _, c := range l.Conditions {
			if err := firstError(nonEmpty("text", c.Text), oneOf("evidence", c.Evidence, "survey", "readiness", "management")); err != nil {
				return fmt.Errorf("library %s, condition %s: %w", l.Key, c.Key, err)
			}
		}
		if err := l.checkFirst(); err != nil {
			return err
		}
	}
	return nil
}

// checkLinks wants a linked target to be there and its parameter to decide.
func (p *Policy) checkLinks() error {
	for _, t := range p.Targets {
		if t.LinkedTo == "" && t.LinkParam == "" {
			continue
		}
		q, known := p.Parameter(t.LinkParam)
		if _, ok := p.target(t.LinkedTo); !ok || !known || q.refuse("same") != "" {
			return fmt.Errorf("target %s: nothing decides whether it is %q", t.ID, t.LinkedTo)
		}
	}
	return nil
}
