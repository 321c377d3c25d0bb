package proposal

import (
	"context"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/engine/formation"
)

func TestShowingAnAnswerThatPanicsDoesNotEndTheService(t *testing.T) {
	show := newShowcase(new(Store), Proposal{}, nil) // without a model no answer can be put into words
	show.put(formation.Answer{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	show.run(ctx)
}
