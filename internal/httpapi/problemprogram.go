package httpapi

import (
	"errors"

	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/program"
)

// problemOfProgram says what the nouns of the programme refuse.
func problemOfProgram(err error) *Problem {
	var wrongProject *program.InvalidError
	if errors.As(err, &wrongProject) {
		return invalid("body."+wrongProject.Field, wrongProject.Detail, nil)
	}
	var wrongApproval *approval.InvalidError
	if errors.As(err, &wrongApproval) {
		return invalid("body."+wrongApproval.Field, wrongApproval.Detail, nil)
	}
	return nil
}
