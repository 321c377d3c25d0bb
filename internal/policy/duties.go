package policy

import (
	"slices"
	"strconv"
)

// Duty is an actor of the plan seen from an account: which body it is and what
// it has to do here.
type Duty struct {
	Actor  string   `json:"actor"` // key
	Name   string   `json:"name"`
	Clause string   `json:"clause"`
	Role   string   `json:"role" doc:"role of its accounts; empty: no account of its own"`
	Reach  string   `json:"reach" enum:"district,subdistrict,zone," doc:"how far its accounts reach"`
	Duties []string `json:"duties" doc:"in the plan's words"`
	Tasks  []string `json:"tasks" doc:"keys of what it does in the product"`
	Bodies []string `json:"bodies"`
}

// Duties returns the actors of the plan whose accounts have a role, with what
// they have to do; for "" all actors, those without an account too.
func (c Choice) Duties(role string) []Duty {
	duties := []Duty{}
	for _, a := range c.Policy.Actors {
		if role == "" || a.Role == role {
			duties = append(duties, Duty{
				Actor: a.Key, Name: a.Name, Clause: a.Clause, Role: a.Role, Reach: a.Reach,
				Duties: a.Duties, Tasks: a.Tasks, Bodies: a.Bodies,
			})
		}
	}
	return duties
}

// MustDo tells whether a role has a task by the plan.
func (c Choice) MustDo(role, task string) bool {
	return slices.ContainsFunc(c.Duties(role), func(d Duty) bool { return slices.Contains(d.Tasks, task) })
}

// YearTarget is a target with what a reading of the plan adds to it.
type YearTarget struct {
	Target
	Same        bool     `json:"same" doc:"the district reads it and the target that it is linked to as the same communities"`
	ReadAreaWan *float64 `json:"read_area_wan" doc:"万平方米; from the linked target where they are the same and this one gives none"`
}

// Targets returns the targets that fall due in a year, as the district reads
// them; year 0 is all.
func (c Choice) Targets(year int) []YearTarget {
	list := []YearTarget{}
	for _, t := range c.Policy.Targets {
		if due, _ := strconv.Atoi(t.By[:4]); year != 0 && due != year {
			continue
		}
		y := YearTarget{Target: t, ReadAreaWan: t.AreaWan}
		if t.LinkParam != "" && c.Text(t.LinkParam) == "same" {
			y.Same = true
			if other, ok := c.Policy.target(t.LinkedTo); ok && t.AreaWan == nil {
				y.ReadAreaWan = other.AreaWan
			}
		}
		list = append(list, y)
	}
	return list
}

func (p *Policy) target(id string) (Target, bool) {
	for _, t := range p.Targets {
		if t.ID == id {
			return t, true
		}
	}
	return Target{}, false
}

// LibraryConditions returns what a project has to fulfil to be entered in a
// library; all must hold. An unknown library has none.
func (c Choice) LibraryConditions(library string) []LibraryCondition {
	for _, l := range c.Policy.Libraries {
		if l.Key == library {
			return l.Conditions
		}
	}
	return nil
}
