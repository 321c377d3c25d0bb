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
	snap := &Snapshot{Plane: m.plane, refs: m.refs, ground: newGround(m)}
	snap.Graph = network.Build(m.roads)
	snap.Status = Status{
		Nodes: snap.Graph.Nodes(), Edges: snap.Graph.Edges(),
		Barriers: len(m.bars), Openings: snap.ground.open.count(), ClosedGates: len(m.closed),
	}
	for e := range snap.Graph.Edges() {
		snap.Status.LengthM += snap.Graph.Length(e)
	}
	return snap
}
