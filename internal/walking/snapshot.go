package walking

import (
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// Snapshot is the walking network of a district at one moment. It does not change
// once it is there; any number of goroutines may use it. Places are in metres of
// Plane unless a method says otherwise.
type Snapshot struct {
	District string
	Version  string // of the base map and the heights that it was built from
	BuiltAt  time.Time
	Graph    *network.Graph
	Plane    Plane
	Status   Status

	refs   []roadRef
	ground *ground
}

// Clear tells whether nothing bars the straight way over open ground between two
// points: nobody wades, climbs a railway or a wall, or crosses an expressway. A
// gate or a road within OpenMetres of the way opens a wall.
func (s *Snapshot) Clear(from, to orb.Point) bool { return s.ground.clear(from, to) }

// Usable tells whether an edge may be stepped onto from beside it.
func (s *Snapshot) Usable(edge int) bool { return usable(s.Graph.Way(edge)) }

// Road names the road that an edge is a part of.
func (s *Snapshot) Road(edge int) (id int64, sourceRef string) {
	ref := s.refs[s.Graph.Road(edge)]
	return ref.ID, ref.SourceRef
}
