package progress

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// layout is a monthly form as the document prints it.
type layout struct {
	form    policy.Form
	columns []policy.FormColumn
}

// layoutOf is the form of the district's plan.
func layoutOf(c policy.Choice, form Form) layout {
	p := c.Policy
	f, _ := formOf(p, string(form))
	out := layout{form: f, columns: f.Columns}
	if same, ok := formOf(p, f.SameAs); ok {
		if len(out.columns) == 0 {
			out.columns = renumbered(same.Columns)
		}
		if out.form.Notes = slices.Clone(same.Notes); len(out.form.Footer) == 0 {
			out.form.Footer = same.Footer
		}
	}
	return out
}

func formOf(p *policy.Policy, key string) (policy.Form, bool) {
	for _, f := range p.Forms {
		if f.Key == key {
			return f, true
		}
	}
	return policy.Form{}, false
}

// renumbered gives the third group the number that annex 7 prints before it
// (A8); annex 6 prints none.
func renumbered(columns []policy.FormColumn) []policy.FormColumn {
	out := slices.Clone(columns)
	for i, c := range out {
		if strings.HasPrefix(c.Key, "g3_") && len(c.Path) > 0 {
			out[i].Path = slices.Clone(c.Path)
			out[i].Path[len(c.Path)-1] = "3、" + c.Path[len(c.Path)-1]
		}
	}
	return out
}

var periodInTitle = regexp.MustCompile(`^\d{4}年1月至\d{4}年(　|X|x)*月`)

// title is the form's with the year and the month put in.
func (l layout) title(m Month) string {
	period := fmt.Sprintf("%d年1月至%d年%d月", m.Year(), m.Year(), m.Month())
	if periodInTitle.MatchString(l.form.Title) {
		return periodInTitle.ReplaceAllString(l.form.Title, period)
	}
	return period + l.form.Title
}
