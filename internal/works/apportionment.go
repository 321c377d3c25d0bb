package works

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/lianpian/lianpian/internal/engine/apportion"
)

// How a part is split.
const (
	PerHousehold = "household"
	PerArea      = "area"
	PerFloor     = "floor"
)

// Apportionment is how the residents' part of a project's cost is split. It holds
// counts of households, never who they are.
type Apportionment struct {
	Parts []ApportionPart `json:"parts" maxItems:"50"`
}

// ApportionPart is a sum that is split by one measure, e.g. a lift by floors.
type ApportionPart struct {
	Name       string           `json:"name" maxLength:"100"`
	Basis      string           `json:"basis" enum:"household,area,floor" doc:"per household, per floor area, or per floor and household by coefficient"`
	AmountYuan float64          `json:"amount_yuan" minimum:"0" maximum:"1000000000000"`
	Groups     []ApportionGroup `json:"groups" maxItems:"1000"`
	LowPays    float64          `json:"low_income_pays" minimum:"0" maximum:"1" doc:"what households on the minimum living allowance (低保) pay of what others pay"`
	NeedPays   float64          `json:"destitute_pays" minimum:"0" maximum:"1" doc:"what destitute persons (特困) pay of what others pay"`
	ReliefBy   string           `json:"relief_by" enum:"others,budget" doc:"who pays what they do not"`
}

// ApportionGroup are the households of a community, a building or a floor.
type ApportionGroup struct {
	Name        string  `json:"name" maxLength:"100"`
	Households  int     `json:"households" minimum:"0" maximum:"1000000"`
	FloorAreaM2 float64 `json:"floor_area_m2,omitempty" minimum:"0" maximum:"1000000000"`
	Coefficient float64 `json:"coefficient,omitempty" minimum:"0" maximum:"1000" doc:"of a floor"`
	LowIncome   int     `json:"low_income,omitempty" minimum:"0" doc:"number of 低保 households"`
	Destitute   int     `json:"destitute,omitempty" minimum:"0" doc:"number of 特困 households"`
}

// Apportioned is the answer: parts and groups stand as in the question.
type Apportioned struct {
	Parts         []ApportionedPart `json:"parts"`
	ResidentsYuan float64           `json:"residents_yuan" doc:"what all residents pay"`
	BudgetYuan    float64           `json:"budget_yuan" doc:"relief that a budget bears"`
}

// ApportionedPart is a part's answer.
type ApportionedPart struct {
	Groups        []GroupShare `json:"groups"`
	ResidentsYuan float64      `json:"residents_yuan"`
	BudgetYuan    float64      `json:"budget_yuan"`
}

// GroupShare is what a group pays, to the fen: MoreCount of its households
// without relief pay EachYuan and a fen, the others EachYuan; so with both kinds
// of relief. By floor area a household's part is not known: what each pays is a
// mean, rounded down, and only the sums are exact.
type GroupShare struct {
	EachYuan      float64  `json:"each_yuan"`
	MoreCount     int      `json:"more_count"`
	FullTotalYuan float64  `json:"full_total_yuan" doc:"what all households without relief pay"`
	PerM2         *float64 `json:"per_m2_yuan" doc:"by floor area"`
	LowYuan       float64  `json:"low_income_each_yuan"`
	LowMore       int      `json:"low_income_more_count"`
	LowTotalYuan  float64  `json:"low_income_total_yuan"`
	NeedYuan      float64  `json:"destitute_each_yuan"`
	NeedMore      int      `json:"destitute_more_count"`
	NeedTotalYuan float64  `json:"destitute_total_yuan"`
	TotalYuan     float64  `json:"total_yuan"`
}

// Split computes who pays what. Errors: *InvalidError.
func (a Apportionment) Split() (Apportioned, error) {
	var out Apportioned
	var residents, budget int64
	for i, part := range a.Parts {
		answer, err := part.split(at("apportionment.parts", i))
		if err != nil {
			return Apportioned{}, err
		}
		residents += fen(answer.ResidentsYuan)
		budget += fen(answer.BudgetYuan)
		out.Parts = append(out.Parts, answer)
	}
	out.ResidentsYuan, out.BudgetYuan = yuan(residents), yuan(budget)
	return out, nil
}

func (p ApportionPart) split(field string) (ApportionedPart, error) {
	if !isSum(p.AmountYuan) {
		return ApportionedPart{}, invalid(field+"amount_yuan", "“%s”的金额不合理", p.Name)
	}
	problem := apportion.Problem{
		TotalFen: fen(p.AmountYuan), ByBudget: p.ReliefBy == "budget",
		Reliefs: []apportion.Relief{{Name: "低保", Pays: exactly(p.LowPays)}, {Name: "特困", Pays: exactly(p.NeedPays)}},
	}
	for _, g := range p.Groups {
		group := apportion.Group{Name: g.Name, Payers: g.Households, Relieved: []int{g.LowIncome, g.Destitute}}
		switch p.Basis {
		case PerHousehold:
			group.Weight = big.NewRat(1, 1)
		case PerArea:
			group.Weight, group.Whole = exactly(g.FloorAreaM2), true
		case PerFloor:
			group.Weight = exactly(g.Coefficient)
		default:
			return ApportionedPart{}, invalid(field+"basis", "“%s”的分摊方式应为按户、按面积或按楼层", p.Name)
		}
		problem.Groups = append(problem.Groups, group)
	}
	answer, err := apportion.Split(problem)
	var wrong *apportion.InvalidError
	if errors.As(err, &wrong) {
		if wrong.Group >= 0 {
			return ApportionedPart{}, invalid(fmt.Sprintf("%sgroups[%d]", field, wrong.Group), "“%s”%s：%s", p.Name, p.Groups[wrong.Group].Name, wrong.Detail)
		}
		return ApportionedPart{}, invalid(field+"groups", "“%s”：%s", p.Name, wrong.Detail)
	}
	if err != nil {
		return ApportionedPart{}, err
	}
	return p.said(answer), nil
}

func (p ApportionPart) said(answer apportion.Answer) ApportionedPart {
	out := ApportionedPart{ResidentsYuan: yuan(answer.PayersFen), BudgetYuan: yuan(answer.BudgetFen)}
	for i, share := range answer.Shares {
		low, destitute := share.Relieved[0], share.Relieved[1]
		g := GroupShare{
			TotalYuan: yuan(share.TotalFen), FullTotalYuan: yuan(share.Full.TotalFen),
			LowTotalYuan: yuan(low.TotalFen), NeedTotalYuan: yuan(destitute.TotalFen),
		}
		g.EachYuan, g.MoreCount = each(share.Full)
		g.LowYuan, g.LowMore = each(low)
		g.NeedYuan, g.NeedMore = each(destitute)
		if p.Basis == PerArea {
			g.EachYuan, g.LowYuan, g.NeedYuan = mean(share.Full), mean(low), mean(destitute)
			if area := p.Groups[i].FloorAreaM2; area > 0 && g.EachYuan > 0 && share.Full.Payers > 0 {
				rate := yuan(share.Full.TotalFen) / area * float64(p.Groups[i].Households) / float64(share.Full.Payers)
				g.PerM2 = &rate
			}
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

// each is what every payer of a part pays, and how many of them a fen more.
func each(p apportion.Part) (float64, int) {
	if p.More == p.Payers {
		return yuan(p.EachFen + int64(min(p.More, 1))), 0
	}
	return yuan(p.EachFen), p.More
}

// mean is what one of a part pays on average, to the fen.
func mean(p apportion.Part) float64 {
	if p.Payers == 0 {
		return yuan(p.TotalFen)
	}
	return yuan(p.TotalFen / int64(p.Payers))
}

// exactly takes a figure at the decimal value that a person wrote; what is no
// number is nil, which the engine refuses.
func exactly(v float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	if !ok {
		return nil
	}
	return r
}
