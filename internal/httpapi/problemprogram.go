package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/works"
)

// problemOfProgram says what the nouns of the programme refuse.
func problemOfProgram(err error) *Problem {
	for _, of := range []func(error) *Problem{
		problemOfProject,
		problemOfSurvey,
		problemOfWorks,
		problemOfApproval,
	} {
		if p := of(err); p != nil {
			return p
		}
	}
	return nil
}

func problemOfProject(err error) *Problem {
	var wrong *program.InvalidError
	if errors.As(err, &wrong) {
		return refusedProject(wrong)
	}
	return problemOfProjectEntry(err)
}

func problemOfWorks(err error) *Problem {
	var wrong *works.InvalidError
	if errors.As(err, &wrong) {
		return invalid("body."+wrong.Field, wrong.Detail, nil)
	}
	return nil
}

func problemOfApproval(err error) *Problem {
	var wrong *approval.InvalidError
	if errors.As(err, &wrong) {
		return invalid("body."+wrong.Field, wrong.Detail, nil)
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
