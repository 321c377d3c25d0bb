package httpapi

import (
	"errors"

	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/works"
)

// problemOfProgram says what the nouns of the programme refuse.
func problemOfProgram(err error) *Problem {
	var wrongProject *program.InvalidError
	if errors.As(err, &wrongProject) {
		return invalid("body."+wrongProject.Field, wrongProject.Detail, nil)
	}
	var wrongWorks *works.InvalidError
	if errors.As(err, &wrongWorks) {
		return invalid("body."+wrongWorks.Field, wrongWorks.Detail, nil)
	}
	return nil
}
