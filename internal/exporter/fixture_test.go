package exporter_test

import (
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/areaplan/areaplantest"
)

const (
	west = areaplantest.West
	east = areaplantest.East
)

// now is when the tests export: already the next day in China.
var now = areaplantest.Now

// sample is a town of which plans of its first zone are written.
type sample struct {
	t *testing.T
	*areaplantest.Town
}

func newSample(t *testing.T) *sample { return &sample{t, areaplantest.New(t)} }

func (s *sample) plan(scope account.Scope) *areaplan.Plan {
	s.t.Helper()
	p, err := s.Plans.Gather(s.t.Context(), scope, s.District, areaplan.Request{Zones: []string{s.Zone.Code}}, now)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}
