package catchment

import (
	"context"
	"strings"
	"testing"
)

func TestAPieceOfWorkThatPanicsIsAnError(t *testing.T) {
	err := share(t.Context(), 3, func(_ context.Context, i int) error {
		if i == 1 {
			panic("a nil net")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "a nil net") {
		t.Errorf("got %v", err)
	}
}
