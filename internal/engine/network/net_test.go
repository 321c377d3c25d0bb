package network_test

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

func TestBareNetsAreSearchedBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "nodes")
		dist := make([][]float64, n)
		for i := range dist {
			dist[i] = make([]float64, n)
			for k := range dist[i] {
				if k != i {
					dist[i][k] = math.Inf(1)
				}
			}
		}
		first, to, cost := []int32{0}, []int32{}, []float64{}
		for i := range n {
			for range rapid.IntRange(0, 4).Draw(t, "arcs") {
				k := rapid.IntRange(0, n-1).Draw(t, "to")
				c := rapid.SampledFrom([]float64{0.0001, 0.5, 30, 7000, 1e6}).Draw(t, "cost")
				to, cost = append(to, int32(k)), append(cost, c)
				if c < 1e6 { // more than can be walked
					dist[i][k] = min(dist[i][k], c)
				}
			}
			first = append(first, int32(len(to)))
		}
		for k := range n {
			for i := range n {
				for j := range n {
					dist[i][j] = min(dist[i][j], dist[i][k]+dist[k][j])
				}
			}
		}
		net, err := network.NewNet(first, to, cost)
		if err != nil {
			t.Fatal(err)
		}
		from := rapid.IntRange(0, n-1).Draw(t, "from")
		nearby := net.Vicinity()
		for _, dir := range directions {
			costs, err := net.OneToAll(context.Background(), from, dir)
			if err != nil {
				t.Fatal(err)
			}
			nearby.ExploreNode(from, dir, 40)
			for k, got := range costs {
				want := dist[from][k]
				if dir == network.ToSource {
					want = dist[k][from]
				}
				if !near(got, want) {
					t.Fatalf("direction %d, from %d to %d: %v, want %v", dir, from, k, got, want)
				}
				if want > 40 {
					want = math.Inf(1)
				}
				if _, got := nearby.Node(k); !near(got, want) {
					t.Fatalf("direction %d, from %d to %d within 40: %v, want %v", dir, from, k, got, want)
				}
			}
		}
	})
}

func TestWhatIsNoBareNetIsRefused(t *testing.T) {
	for name, make := range map[string]func() (*network.Net, error){
		"no nodes at all":          func() (*network.Net, error) { return network.NewNet(nil, nil, nil) },
		"fewer ends than said":     func() (*network.Net, error) { return network.NewNet([]int32{0, 2}, []int32{0}, []float64{1}) },
		"fewer costs than ends":    func() (*network.Net, error) { return network.NewNet([]int32{0, 1}, []int32{0}, nil) },
		"an end that is no node":   func() (*network.Net, error) { return network.NewNet([]int32{0, 1}, []int32{1}, []float64{1}) },
		"a negative cost":          func() (*network.Net, error) { return network.NewNet([]int32{0, 1}, []int32{0}, []float64{-1}) },
		"a cost that is no number": func() (*network.Net, error) { return network.NewNet([]int32{0, 1}, []int32{0}, []float64{math.NaN()}) },
		"arcs out of order": func() (*network.Net, error) {
			return network.NewNet([]int32{0, 2, 1, 2}, []int32{0, 0}, []float64{1, 1})
		},
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
