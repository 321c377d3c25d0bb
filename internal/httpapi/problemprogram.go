package httpapi

import (
	"errors"
	"net/http"

	"github.com/lianpian/lianpian/internal/dossier"
	"github.com/lianpian/lianpian/internal/program"
)

// problemOfProgram says what the nouns of the programme refuse.
func problemOfProgram(err error) *Problem {
	var wrongProject *program.InvalidError
	if errors.As(err, &wrongProject) {
		return invalid("body."+wrongProject.Field, wrongProject.Detail, nil)
	}
	var wrongFile *dossier.InvalidError
	if errors.As(err, &wrongFile) {
		if wrongFile.Field == "sort" || wrongFile.Field == "cursor" {
			return newProblem(http.StatusBadRequest, kindInvalid, wrongFile.Detail, wrongFile.Error()).with("query."+wrongFile.Field, wrongFile.Detail, nil)
		}
		return invalid("body."+wrongFile.Field, wrongFile.Detail, nil)
	}
	return nil
}
