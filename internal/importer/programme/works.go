package programme

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"
)

// rate is what an item costs and what its quantity follows from.
type rate struct {
	unit   string
	yuan   float64
	per    string  // household | building | area | community
	amount float64 // units for each of them
}

// rates of the catalogue of 39, made up in the order of what such works cost.
var rates = map[int]rate{
	1: {"户", 2600, "household", 1}, 2: {"户", 2200, "household", 1}, 3: {"户", 1900, "household", 1},
	4: {"平方米", 160, "area", 0.03}, 5: {"平方米", 320, "area", 0.004}, 6: {"平方米", 230, "area", 0.06}, 7: {"盏", 2400, "building", 3},
	8: {"套", 5200, "building", 2}, 9: {"套", 9800, "building", 1}, 10: {"米", 760, "building", 55}, 11: {"组", 4300, "community", 3},
	12: {"平方米", 260, "area", 0.02}, 13: {"米", 900, "building", 14}, 14: {"米", 820, "building", 10}, 15: {"个", 6000, "community", 12},
	16: {"座", 68000, "community", 1}, 17: {"座", 52000, "community", 1}, 18: {"部", 520000, "building", 0.15}, 19: {"平方米", 280, "area", 0.01},
	20: {"套", 8600, "community", 4}, 21: {"处", 92000, "community", 1}, 22: {"平方米", 145, "area", 0.16}, 23: {"米", 62, "building", 120},
	24: {"处", 7600, "building", 3}, 25: {"台", 260, "household", 0.6}, 26: {"处", 260000, "community", 0.5}, 27: {"处", 420000, "community", 0.5},
	28: {"处", 7800, "building", 1}, 29: {"组", 16000, "community", 1}, 30: {"户", 130, "household", 1}, 31: {"个", 2300, "building", 5},
}

// quantity of an item in a project, to three places.
func (r rate) quantity(p *project) float64 {
	of := map[string]float64{
		"household": float64(p.households), "building": float64(p.buildings), "area": p.area, "community": float64(len(p.towns)),
	}[r.per]
	return math.Max(1, math.Round(of*r.amount))
}

type line struct {
	p        *project
	no       int
	answer   string
	reason   string
	rate     rate
	quantity *float64
	price    *float64
}

// price says what a project is thought to cost, before its works are known.
func (in *inventor) price(p *project) {
	each := 2.1 // 10,000 yuan a household
	if p.library == management {
		each = 0.12
	}
	p.estimatedWan = math.Round(float64(p.households)*each*(0.8+0.4*in.random.Float64())*10) / 10
}

// writeWorks gives the catalogue's answers to projects that are in a year's
// programme or planned for the next, and the district its prices.
func (in *inventor) writeWorks(ctx context.Context, tx pgx.Tx) error {
	var lines []line
	for i, p := range in.projects {
		if p.library != comprehensive || p.state != "confirmed" || p.phase == "reserve" {
			continue
		}
		answered := 1.0
		if p.stage == unbegun || p.phase == "plan" && i%2 == 0 {
			answered = 0.6 // still being talked about
		}
		for _, l := range in.lines(p, answered) {
			if l.quantity != nil {
				p.cost += int64(math.Round(*l.quantity * *l.price * 100))
			}
			lines = append(lines, l)
		}
	}
	in.made.Items = len(lines)
	err := write(ctx, tx, "work_item", []string{"project_id", "policy_key", "item_no", "answer", "reason", "quantity", "unit", "price_yuan", "by"},
		lines, func(l line) []any {
			return []any{l.p.id, in.Policy.Key, l.no, l.answer, l.reason, l.quantity, l.rate.unit, l.price, by}
		})
	if err != nil {
		return err
	}
	type priced struct {
		no   int
		rate rate
	}
	var prices []priced
	for _, item := range in.Policy.Items {
		if r, known := rates[works39(in.Policy, item)]; known {
			prices = append(prices, priced{item.No, r})
		}
	}
	return write(ctx, tx, "price", []string{"district_code", "policy_key", "item_no", "unit", "price_yuan", "source"}, prices, func(k priced) []any {
		return []any{in.District, in.Policy.Key, k.no, k.rate.unit, k.rate.yuan, "演示数据：生成"}
	})
}

func (in *inventor) lines(p *project, answered float64) []line {
	var lines []line
	for _, item := range in.Policy.Items {
		basic := item.Nature == "basic" || item.Category == "basic"
		if !in.chance(answered) {
			continue
		}
		r, known := rates[works39(in.Policy, item)]
		wanted := known && basic && in.chance(0.75)
		for _, c := range p.towns {
			wanted = wanted || known && in.lacks(c, item)
		}
		switch {
		case wanted || known && !basic && in.chance(0.2):
			quantity, price := r.quantity(p), math.Round(r.yuan*(0.9+0.2*in.random.Float64())*100)/100
			lines = append(lines, line{p: p, no: item.No, answer: "do", rate: r, quantity: &quantity, price: &price})
		case basic && in.chance(0.15):
			lines = append(lines, line{p: p, no: item.No, answer: "cannot", reason: "现场条件不具备"})
		case basic:
			lines = append(lines, line{p: p, no: item.No, answer: "not_needed", reason: "现状完好，居民未提出"})
		}
	}
	return lines
}
