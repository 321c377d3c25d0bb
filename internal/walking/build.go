package walking

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// build reads a district at one moment and makes its network.
func (s *Store) build(ctx context.Context, district string) (*Snapshot, error) {
	began := s.now()
	var version string
	var m *material
	moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.db.Pool, moment, func(tx pgx.Tx) (err error) {
		if version, err = versionOf(ctx, tx, district); err != nil {
			return err
		}
		m, err = load(ctx, tx, district)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the walking network: %w", err)
	}
	snap := assemble(m)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	snap.District, snap.Version, snap.BuiltAt = district, version, began
	snap.Status.Version, snap.Status.BuiltAt = version, began
	snap.Status.Seconds = s.now().Sub(began).Seconds()
	return snap, nil
}

// assemble makes the network of what was read.
func assemble(m *material) *Snapshot {
	g := network.BuildClean(m.roads, network.Cleaning{Closed: m.closed})
	h := newHeights(m.plane, m.models)
	snap := &Snapshot{Graph: g, Plane: m.plane, refs: m.refs, ground: newGround(m), nets: newNets(g, h)}
	snap.Status = Status{
		Nodes: g.Nodes(), Edges: g.Edges(), Cleaned: Cleaned(g.Cleaned()),
		Barriers: len(m.bars), Openings: snap.ground.open.count(), ClosedGates: len(m.closed), Elevation: h != nil,
	}
	snap.Status.measure(g, h)
	return snap
}

// measure sums up the lengths of the network.
func (s *Status) measure(g *network.Graph, h *heights) {
	largest := 0.0
	for _, island := range g.Islands() {
		s.LengthM += island.Metres
		largest = max(largest, island.Metres)
	}
	s.Islands, s.IslandsM = max(0, len(g.Islands())-1), s.LengthM-largest
	if h == nil {
		return
	}
	known := make([]bool, g.Nodes())
	for n := range known {
		_, known[n] = h.Height(g.Node(n))
	}
	for e := range g.Edges() {
		if from, to := g.Ends(e); known[from] && known[to] {
			s.KnownHeightsM += g.Length(e)
		}
	}
}
