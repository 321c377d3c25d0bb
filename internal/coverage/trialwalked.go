package coverage

import "context"

func (m *walked) trial(ctx context.Context, set []facility, limit float64) ([]outcome, whatIf, error) {
	o, err := m.nearest(ctx, set, limit)
	return o, nil, err
}
