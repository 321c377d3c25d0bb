package walking

import (
	"fmt"
	"slices"
	"sync"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// mostNets is how many nets of different walkers a snapshot keeps.
const mostNets = 6

// nets are the nets of one network, each made when it is first asked for.
type nets struct {
	graph   *network.Graph
	heights *heights // nil: not known

	metres func() *network.Net

	mu   sync.Mutex
	made []*pacedNet // the last one asked for at the end
}

// pacedNet is the net of a walker, on the slopes or as if all were flat.
type pacedNet struct {
	walker network.Walker
	flat   bool
	once   sync.Once
	net    *network.Net
	err    error
}

func newNets(g *network.Graph, h *heights) *nets {
	return &nets{graph: g, heights: h, metres: sync.OnceValue(g.ByMetres)}
}

// seconds returns the net of a walker; the same one for who asks again.
func (n *nets) seconds(w network.Walker, flat bool) (*network.Net, error) {
	n.mu.Lock()
	i := slices.IndexFunc(n.made, func(p *pacedNet) bool { return p.walker == w && p.flat == flat })
	p := &pacedNet{walker: w, flat: flat}
	if i >= 0 {
		p = n.made[i]
		n.made = slices.Delete(n.made, i, i+1)
	}
	n.made = append(n.made, p)
	if len(n.made) > mostNets {
		n.made = slices.Delete(n.made, 0, 1)
	}
	n.mu.Unlock()
	p.once.Do(func() {
		var h network.Heights
		if !flat {
			h = n.heights
		}
		if p.net, p.err = n.graph.BySeconds(w, h); p.err != nil {
			p.err = fmt.Errorf("price the network for a walker: %w", p.err)
		}
	})
	return p.net, p.err
}
