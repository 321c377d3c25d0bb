package coverage

import (
	"strings"
	"testing"
)

func TestAQuestionOfAScorecardThatPanicsIsAnError(t *testing.T) {
	nothing := &inputs{questions: make([]question, 3)} // not even a method to measure by
	if _, err := new(Store).answerAll(t.Context(), nothing, true); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("got %v", err)
	}
}
