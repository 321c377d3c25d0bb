package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/walking"
)

// reachMetres is how far the nearest street may be from a building.
const reachMetres = walking.ReachMetres

// walked measures along the walking network as it was at one moment.
type walked struct {
	snap   *walking.Snapshot
	net    *network.Net
	ties   *network.Ties // of the subjects
	homes  *catchment.Homes
	walker *WalkerUsed
	speed  float64 // on the flat, metres per second
	timed  bool    // costs are seconds, else metres
}

// foot is the network for the settings, without homes.
func (s *Store) foot(ctx context.Context, district string, o Settings, w *WalkerUsed) (*walked, error) {
	snap, err := s.networks.Snapshot(ctx, district)
	if err != nil {
		return nil, fmt.Errorf("get the walking network of %s: %w", district, err)
	}
	m := &walked{snap: snap, walker: w, speed: w.SpeedMS, timed: o.Method == MethodWalkSlope}
	if !m.timed {
		m.net = snap.Metres()
		return m, nil
	}
	m.net, err = snap.Seconds(w.walker())
	if errors.Is(err, walking.ErrNoElevation) {
		return nil, &InvalidError{Field: "method", Detail: "本区没有地形高程数据，不能计算坡度；请先导入高程（HGT 或 GeoTIFF），或改用步行距离"}
	}
	if err != nil {
		return nil, fmt.Errorf("price the walking network of %s: %w", district, err)
	}
	return m, nil
}

// walked prepares the network for the subjects.
func (s *Store) walked(ctx context.Context, in *inputs) (*walked, error) {
	m, err := s.foot(ctx, in.district, in.settings, in.walker)
	if err != nil {
		return nil, err
	}
	at := make([]orb.Point, len(in.subjects))
	for i := range in.subjects {
		at[i] = orb.Point{in.subjects[i].at.lon, in.subjects[i].at.lat}
	}
	m.ties = m.snap.Tie(at)
	m.homes = catchment.NewHomes(m.net, m.ties)
	return m, nil
}

func (m *walked) tie(set []facility) *network.Ties {
	at := make([]orb.Point, len(set))
	for i := range set {
		at[i] = orb.Point{set[i].at.lon, set[i].at.lat}
	}
	return m.snap.Tie(at)
}

var statuses = map[catchment.Status]string{
	catchment.Covered: Covered, catchment.Beyond: Uncovered, catchment.CutOff: CutOff, catchment.Unreached: Unreached,
}

func (m *walked) nearest(ctx context.Context, set []facility, limit float64) ([]outcome, error) {
	cover, err := m.cover(ctx, set, limit)
	if err != nil {
		return nil, err
	}
	return m.outcomes(ctx, cover, len(set))
}

// outcomes reads a cover by so many facilities.
func (m *walked) outcomes(ctx context.Context, cover *catchment.Cover, facilities int) ([]outcome, error) {
	metres, err := cover.Metres(ctx)
	if err != nil {
		return nil, fmt.Errorf("compute coverage: %w", err)
	}
	outcomes := make([]outcome, cover.Len())
	for i := range outcomes {
		outcomes[i] = m.outcome(cover.Of(i), metres[i], statuses[cover.Status(i)])
		// Without any facility nothing is cut off from one.
		if facilities == 0 && outcomes[i].status == CutOff {
			outcomes[i].status = Uncovered
		}
	}
	return outcomes, nil
}

func (m *walked) cover(ctx context.Context, set []facility, limit float64) (*catchment.Cover, error) {
	cover, err := m.homes.Cover(ctx, catchment.Question{Facilities: m.tie(set), Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("compute coverage: %w", err)
	}
	return cover, nil
}

// outcome is an answer of the engine with its time.
func (m *walked) outcome(w catchment.Nearest, metres float64, status string) outcome {
	o := outcome{facility: int(w.Facility), cost: w.Cost(), metres: metres, status: status, served: math.NaN(), access: math.NaN()}
	if o.there, o.back = w.There, w.Back; !m.timed {
		o.there, o.back = w.There/m.speed, w.Back/m.speed
	}
	return o
}

func (m *walked) within(ctx context.Context, set []facility, r reach) (*catchment.Ranges, error) {
	ranges, err := m.homes.Ranges(ctx, catchment.Question{Facilities: m.tie(set), Limit: r.limit, Below: r.below, Most: r.most})
	if err != nil {
		return nil, fmt.Errorf("find what is in range: %w", err)
	}
	return ranges, nil
}

func (m *walked) lost(set []facility) (n int64) {
	ties := m.tie(set)
	doors := m.net.Doors(ties)
	for i := range set {
		if !doors.Reached(i) {
			n++
		}
	}
	return n
}

func (m *walked) network() *NetworkUsed {
	return &NetworkUsed{
		Version: m.snap.Version, Nodes: m.snap.Graph.Nodes(), Edges: m.snap.Graph.Edges(), Elevation: m.snap.Status.Elevation,
	}
}

// minutes is a cost of the method in minutes.
func (m *walked) minutes(cost float64) float64 {
	if !m.timed {
		cost /= m.speed
	}
	return cost / 60
}
