package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/program"
)

// refusedProject says which field, or which part of a list's address, cannot be.
func refusedProject(e *program.InvalidError) *Problem {
	switch e.Field {
	case "sort", "cursor", "q", "by":
		return newProblem(http.StatusBadRequest, kindInvalid, e.Detail, e.Error()).with("query."+e.Field, e.Detail, nil)
	}
	return invalid("body."+e.Field, e.Detail, nil)
}

// problemOfProjectEntry says why communities or a project cannot enter a
// library: what is in the way stands in current.
func problemOfProjectEntry(err error) *Problem {
	var taken *program.TakenError
	var entry *program.EntryError
	switch {
	case errors.As(err, &taken):
		p := newProblem(http.StatusConflict, kindConflict, taken.Error(), "A community is in another live project already.")
		for _, t := range taken.Communities {
			p.with("body.communities", t.Sentence(), t.Code)
		}
		p.Current = taken.Communities
		return p
	case errors.As(err, &entry):
		p := newProblem(http.StatusUnprocessableEntity, "entry-conditions",
			"入库条件尚未全部具备；确需入库的请说明理由", "Not all conditions of entry hold; give a reason to enter the project all the same.")
		for _, c := range entry.Conditions {
			p.with("body.reason", c.Sentence(), c.Key)
		}
		p.Current = entry.Conditions
		return p
	}
	return nil
}
