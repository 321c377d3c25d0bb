package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// business is how much of a change is somebody's.
type business int

const (
	nobodys business = iota // not theirs: they hear nothing
	unclear                 // theirs where one of their zones lies there
	partly                  // also of others: they hear that there is something, not where
	theirs
)

// kept are the layers that not every role reads.
var kept = map[string]account.Capability{
	"jobs": account.Import, "inspections": account.Import, "packages": account.Export,
}

// register are the layers that a person of certain zones reads inside their shapes.
var register = []string{"communities", "buildings", "facilities", "idle_buildings", "links"}

// businessOf says whether a change in the person's district is to be told them.
// Everything is told to who sees the whole district.
func businessOf(p account.Person, c postgis.Change) business {
	if c.Layer == account.LayerPeople { // nothing that a map shows; whose scope it changes hears of everything
		return nobodys
	}
	if c.Layer == "" || c.Person != "" && c.Person == p.Name {
		return theirs
	}
	if need, some := kept[c.Layer]; some && !p.Holds(need) {
		return nobodys
	}
	switch {
	case p.Scope.Zones == nil && p.Scope.Subdistricts == nil:
		return theirs
	case c.Everybody && c.Subdistricts == nil && c.Zones == nil:
		return theirs
	case c.Everybody:
		return partly
	case p.Scope.Zones == nil:
		return share(c.Subdistricts, p.Scope.Subdistricts, c.Together)
	case len(c.Zones) == 0 && len(p.Scope.Zones) > 0 && slices.Contains(register, c.Layer):
		return unclear
	default:
		return share(c.Zones, p.Scope.Zones, c.Together)
	}
}

// share says how much of what lies in some parts is who sees own parts.
func share[T comparable](parts, own []T, together bool) business {
	foreign := func(part T) bool { return !slices.Contains(own, part) }
	switch {
	case len(parts) == 0:
		return nobodys
	case !slices.ContainsFunc(parts, foreign):
		return theirs
	case together || !slices.ContainsFunc(parts, func(part T) bool { return !foreign(part) }):
		return nobodys
	default:
		return partly
	}
}

// news is what of some changes is to be told who listens, who is looked up anew
// for it. Whoever sees other parts than before hears that everything may be
// different.
func (s *Server) news(r *http.Request, watching *watch, changes []postgis.Change) ([]MapChange, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	p, err := s.listener(r)
	if err != nil {
		return nil, err
	}
	if watching.listens(p) {
		return []MapChange{{}}, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookWithin)
	defer cancel()
	var out []MapChange
	for _, c := range changes {
		what := businessOf(p, c)
		if what == unclear {
			what = nobodys
			touched, err := s.Zones.Touched(ctx, c.District, p.Scope.Zones, c)
			if err != nil {
				return nil, err
			}
			if touched {
				what = partly
			}
		}
		switch what {
		case theirs:
			out = append(out, mapChange(c))
		case partly:
			out = append(out, MapChange{Layer: c.Layer})
		}
	}
	return slices.Compact(out), nil
}

// stillHeard tells whether who opened a stream of a district might open it now.
// When the database does not answer the stream stays: it tells nothing meanwhile.
func (s *Server) stillHeard(r *http.Request, watching *watch) bool {
	p, err := s.listener(r)
	if err != nil {
		return !gone(err)
	}
	if watching.listens(p) {
		watching.add(0, []postgis.Change{{}})
	}
	return true
}
