package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/doctor"
)

// problemOfDoctor says what the import doctor refuses.
func problemOfDoctor(err error) *Problem {
	var state *doctor.StateError
	var open *doctor.OpenError
	var wrong *doctor.InvalidError
	switch {
	case errors.As(err, &state):
		return newProblem(http.StatusConflict, kindConflict, state.Detail, "The file is not in the state for this.")
	case errors.As(err, &open):
		p := newProblem(http.StatusConflict, "open-questions", open.Error()+"；请先回答", "Some questions have to be answered first.")
		for _, q := range open.Questions {
			p.with("body.decisions."+q.Kind, q.Text, q.Layer)
		}
		return p
	case errors.As(err, &wrong):
		return invalid("body."+wrong.Field, wrong.Detail, nil)
	}
	return nil
}
