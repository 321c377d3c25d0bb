package policy

// factKinds lists the fields of Facts that rules can ask for, by kind.
var factKinds = map[string]string{
	"unit_kind": "word", "prior_works": "word",
	"built_year":        "year",
	"neglected":         "flag",
	"municipal_missing": "list", "service_missing": "list",
	"households_agreed":  "survey",
	"in_shantytown_plan": "flag", "demolish_rebuild": "flag", "self_built_majority": "flag", "urban_village": "flag",
	"poor_conditions": "flag",
}

// flag returns a fact that is true, false or unknown.
func (f Facts) flag(name string) *bool {
	switch name {
	case "neglected":
		return f.Neglected
	case "in_shantytown_plan":
		return f.InShantytownPlan
	case "demolish_rebuild":
		return f.DemolishRebuild
	case "self_built_majority":
		return f.SelfBuiltMajority
	case "urban_village":
		return f.UrbanVillage
	case "poor_conditions":
		return f.PoorConditions
	}
	return nil
}

func (f Facts) list(name string) *[]string {
	switch name {
	case "municipal_missing":
		return f.MunicipalMissing
	case "service_missing":
		return f.ServiceMissing
	}
	return nil
}

// word returns a fact that is one of a few words; "" is unknown.
func (f Facts) word(name string) string {
	switch {
	case name == "unit_kind":
		return f.UnitKind
	case name == "prior_works" && f.PriorWorks != nil:
		return *f.PriorWorks
	}
	return ""
}
