package siting

import "context"

// Curve answers a question for every number of sites from 0 to q.N.
func Curve(ctx context.Context, p *Problem, q Question) ([]Point, error) {
	var points []Point
	for n := range q.N + 1 {
		next := q
		next.N = n
		a, err := Solve(ctx, p, next)
		if err != nil {
			return nil, err
		}
		points = append(points, Point{N: n, Sites: a.Sites, Value: a.Value, Bound: a.Bound, Proven: a.Proven})
	}
	return points, nil
}
