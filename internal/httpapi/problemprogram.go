package httpapi

import (
	"errors"

	"github.com/lianpian/lianpian/internal/program"
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
	return nil
}
