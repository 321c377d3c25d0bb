package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/progress"
)

// problemOfProgress says what milestones and monthly reports refuse.
func problemOfProgress(err error) *Problem {
	var wrong *progress.InvalidError
	var unit *progress.AreaUnitError
	var state *progress.StateError
	switch {
	case errors.As(err, &wrong):
		p := invalid("body."+wrong.Field, wrong.Detail, nil)
		for _, more := range wrong.More {
			p.with("body."+more.Field, more.Detail, nil)
		}
		return p
	case errors.As(err, &unit):
		p := newProblem(http.StatusUnprocessableEntity, "area-unit", "是否把平方米填成了万平方米？请核对标出的面积",
			"Some areas look like square metres where 10,000 square metres are meant.")
		for _, d := range unit.Doubts {
			p.with("body."+d.Field, d.Text, d.Given)
		}
		p.Current = unit.Doubts
		return p
	case errors.As(err, &state) && state.Frozen:
		return newProblem(http.StatusConflict, "frozen", state.Detail, "The month is closed; its reports never change again.")
	case errors.As(err, &state):
		return newProblem(http.StatusConflict, kindConflict, state.Detail, "The report does not stand where this could be done.")
	}
	return nil
}
