package zone

import (
	"context"
	"errors"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
)

var errPending = errors.New("not there yet")

func (s *Store) Found(ctx context.Context, scope account.Scope, district, scenario, label string, drafts []Draft) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Paint(ctx context.Context, scope account.Scope, district string, seen Seen, p Paint) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Split(ctx context.Context, scope account.Scope, district string, seen Seen, line orb.LineString, name string) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Merge(ctx context.Context, scope account.Scope, district string, seen []Seen, name string, note *string) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Reshape(ctx context.Context, scope account.Scope, district string, seen []Seen, line orb.LineString) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Undo(ctx context.Context, scope account.Scope, district, scenario string, revision int) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Restore(ctx context.Context, scope account.Scope, district, scenario string, revision int) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) SetYears(ctx context.Context, scope account.Scope, district, scenario string, seen int, years []Year) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Take(ctx context.Context, scope account.Scope, district, scenario, from string, zones []string) (Edit, error) {
	return Edit{}, errPending
}

func (s *Store) Compare(ctx context.Context, scope account.Scope, district string, a, b At) (Comparison, error) {
	return Comparison{}, errPending
}
