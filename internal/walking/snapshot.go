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
	nets   *nets
}

// Metres returns the net whose costs are metres.
func (s *Snapshot) Metres() *network.Net { return s.nets.metres() }

// Seconds returns the net whose costs are the seconds of a walker on the slopes
// of the ground. It is ErrNoElevation where no height of the network is known, and
// network.ErrWalker for somebody who would not get anywhere.
func (s *Snapshot) Seconds(w network.Walker) (*network.Net, error) {
	if s.Status.KnownHeightsM == 0 {
		return nil, ErrNoElevation
	}
	return s.nets.seconds(w, false)
}

// FlatSeconds is Seconds as if all ground were flat. Stairs and crossings count.
func (s *Snapshot) FlatSeconds(w network.Walker) (*network.Net, error) {
	return s.nets.seconds(w, true)
}

// Height is the height of the ground at a place (longitude/latitude) in metres, as
// slopes see it: smoothed.
func (s *Snapshot) Height(at orb.Point) (metres float64, known bool) {
	if s.nets.heights == nil {
		return 0, false
	}
	return s.nets.heights.Height(s.Plane.Metres(at))
}

// Rules say how places are tied to the network: to what may be stepped onto
// within ReachMetres, straight where the way is clear.
func (s *Snapshot) Rules() network.TieRules {
	return network.TieRules{Reach: ReachMetres, Usable: s.Usable, Clear: s.Clear}
}

// Tie ties places (longitude/latitude) to the network. One that nothing is within
// reach of is not reached.
func (s *Snapshot) Tie(places []orb.Point) *network.Ties {
	return s.Graph.Tie(s.Plane.MetresLine(places), s.Rules())
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
