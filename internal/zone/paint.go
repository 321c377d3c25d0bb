package zone

import (
	"context"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Paint is communities put into a zone and taken out of it by hand.
type Paint struct {
	Add, Remove []string // codes
	Derive      bool     // make the boundary from the communities; otherwise it stays
	Take        bool     // take the added ones out of other zones of the scenario
}

// Paint puts communities into a zone and takes others out; from then on they are
// chosen by hand. Zones that lose communities to it lose their ground, too; one
// that loses its last is removed. Errors: *InvalidError, *VersionError and those
// of Create. What changes nothing writes nothing.
func (s *Store) Paint(ctx context.Context, scope account.Scope, district string, seen Seen, p Paint) (Edit, error) {
	add, remove := sorted(p.Add), sorted(p.Remove)
	for _, code := range add {
		if _, both := slices.BinarySearch(remove, code); both {
			return Edit{}, &InvalidError{Field: "remove", Detail: "同一小区不能既加入又移出：" + code}
		}
	}
	z, err := find(ctx, s.db.Pool, scope, district, seen.Code, "")
	if err != nil {
		return Edit{}, err
	}
	return s.edit(ctx, scope, district, z.Scenario, act{"zone.paint", "调整小区"}, func(ctx context.Context, e *edition) error {
		claimed, err := e.claim(ctx, seen)
		if err != nil {
			return err
		}
		z := claimed[0]
		codes := sorted(append(slices.Clone(e.touched[z.id].Communities), add...))
		codes = slices.DeleteFunc(codes, func(code string) bool {
			_, out := slices.BinarySearch(remove, code)
			return out
		})
		members, err := communityIDs(ctx, e.tx, district, codes)
		if err != nil {
			return err
		}
		if p.Derive && len(members) == 0 {
			return &InvalidError{Field: "remove", Detail: "片区至少要有一个小区，才能生成边界"}
		}
		var derived []int64
		if p.Take {
			added, err := communityIDs(ctx, e.tx, district, add)
			if err != nil {
				return err
			}
			if derived, err = e.release(ctx, added, postgis.Geom{}, z.id); err != nil {
				return err
			}
		}
		shape, rule := z.shape, z.BoundaryRule
		if p.Derive {
			if shape, err = e.boundary(ctx, z.id, members); err != nil {
				return err
			}
			rule = Derived
		}
		if z.Membership == ByHand && slices.Equal(codes, e.touched[z.id].Communities) && shape.Equal(z.shape) && rule == z.BoundaryRule {
			delete(e.touched, z.id)
			return e.derive(ctx, derived)
		}
		_, err = e.tx.Exec(ctx, `
			update zone set membership = 'by_hand', geom = $2, boundary_rule = $3 where id = $1`,
			z.id, postgis.Geom{Geometry: shape}, rule)
		if err != nil {
			return saveError(z.Name, err)
		}
		if err := setMembers(ctx, e.tx, z.id, members); err != nil {
			return err
		}
		if err := e.derive(ctx, derived); err != nil {
			return err
		}
		return e.stitch(ctx, append(derived, z.id)...)
	})
}
