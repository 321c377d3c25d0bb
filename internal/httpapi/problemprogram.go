package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/dossier"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/works"
)

// problemOfProgram says what the nouns of the programme refuse.
func problemOfProgram(err error) *Problem {
	for _, of := range []func(error) *Problem{
		problemOfProject,
		problemOfDossier,
		problemOfSurvey,
		problemOfWorks,
		problemOfApproval,
		problemOfProgress,
		problemOfPackage,
		problemOfDoctor,
	} {
		if p := of(err); p != nil {
			return p
		}
	}
	return nil
}

// refusedField says which field a noun refuses. How a list is asked for stands
// in the address, everything else in the body.
func refusedField(field, detail string, err error) *Problem {
	switch field {
	case "sort", "cursor", "q":
		return newProblem(http.StatusBadRequest, kindInvalid, detail, err.Error()).with("query."+field, detail, nil)
	}
	return invalid("body."+field, detail, nil)
}

func problemOfProject(err error) *Problem {
	var wrong *program.InvalidError
	if errors.As(err, &wrong) {
		return refusedProject(wrong)
	}
	return problemOfProjectEntry(err)
}

func problemOfDossier(err error) *Problem {
	var wrong *dossier.InvalidError
	if errors.As(err, &wrong) {
		return refusedField(wrong.Field, wrong.Detail, wrong)
	}
	return nil
}

func problemOfWorks(err error) *Problem {
	var wrong *works.InvalidError
	if errors.As(err, &wrong) {
		return refusedField(wrong.Field, wrong.Detail, wrong)
	}
	return nil
}

func problemOfApproval(err error) *Problem {
	var wrong *approval.InvalidError
	if errors.As(err, &wrong) {
		return refusedField(wrong.Field, wrong.Detail, wrong)
	}
	return nil
}

func problemOfSurvey(err error) *Problem {
	var wrong *survey.InvalidError
	var state *survey.StateError
	switch {
	case errors.As(err, &wrong):
		return refusedField(wrong.Field, wrong.Detail, wrong)
	case errors.As(err, &state):
		return newProblem(http.StatusConflict, kindConflict, state.Detail, state.Error())
	}
	return nil
}
