package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/survey"
)

// problemOfProgram says what the nouns of the programme refuse.
func problemOfProgram(err error) *Problem {
	var wrongProject *program.InvalidError
	if errors.As(err, &wrongProject) {
		return refusedProject(wrongProject)
	}
	if p := problemOfProjectEntry(err); p != nil {
		return p
	}
	var wrongApproval *approval.InvalidError
	if errors.As(err, &wrongApproval) {
		return invalid("body."+wrongApproval.Field, wrongApproval.Detail, nil)
	}
	if p := problemOfSurvey(err); p != nil {
		return p
	}
	return nil
}

func problemOfSurvey(err error) *Problem {
	var wrong *survey.InvalidError
	var state *survey.StateError
	switch {
	case errors.As(err, &wrong) && (wrong.Field == "sort" || wrong.Field == "cursor" || wrong.Field == "q"):
		return newProblem(http.StatusBadRequest, kindInvalid, wrong.Detail, wrong.Error()).with("query."+wrong.Field, wrong.Detail, nil)
	case errors.As(err, &wrong):
		return invalid("body."+wrong.Field, wrong.Detail, nil)
	case errors.As(err, &state):
		return newProblem(http.StatusConflict, kindConflict, state.Detail, state.Error())
	}
	return nil
}
