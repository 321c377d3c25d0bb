package terrain

import (
	"math"
	"slices"
)

// Smoothed returns the grid with the noise of single samples taken out: each
// height becomes the mean of those around it under a Gaussian bell whose
// standard deviation is half of metres, so that about metres of ground across
// are one. Unknown heights stay unknown and count for nothing.
func (g *Grid) Smoothed(metres float64) *Grid {
	x, y := g.cell()
	across, down := bell(metres/2/x), bell(metres/2/y)
	if len(across) <= 1 && len(down) <= 1 {
		return g
	}
	smooth := *g
	smooth.Heights = blur(blur(g.Heights, g.Cols, g.Rows, 1, across), g.Cols, g.Rows, g.Cols, down)
	for i, h := range g.Heights {
		if h != h {
			smooth.Heights[i] = unknown
		}
	}
	return &smooth
}

// widest bounds the bell: beyond so many samples to a side noise is not meant.
const widest = 64

// bell returns the weights of a Gaussian to one side, from the middle to three
// standard deviations.
func bell(deviation float64) []float64 {
	if !(deviation > 0.05) {
		return nil
	}
	weights := []float64{1}
	for k := 1.0; k <= math.Ceil(3*deviation) && k <= widest; k++ {
		weights = append(weights, math.Exp(-k*k/(2*deviation*deviation)))
	}
	return weights
}

// blur averages along rows (step 1) or columns (step cols) over what is known.
func blur(heights []float32, cols, rows, step int, weights []float64) []float32 {
	if len(weights) <= 1 {
		return slices.Clone(heights)
	}
	out := make([]float32, len(heights))
	for row := range rows {
		for col := range cols {
			i := row*cols + col
			place, last := col, cols-1
			if step != 1 {
				place, last = row, rows-1
			}
			sum, weight := 0.0, 0.0
			add := func(at int, w float64) {
				if h := heights[at]; h == h {
					sum += w * float64(h)
					weight += w
				}
			}
			add(i, weights[0])
			for k := 1; k < len(weights); k++ {
				if place >= k {
					add(i-k*step, weights[k])
				}
				if place+k <= last {
					add(i+k*step, weights[k])
				}
			}
			out[i] = unknown
			if weight > 0 {
				out[i] = float32(sum / weight)
			}
		}
	}
	return out
}

// Filled returns the grid with its small voids closed: patches of unknown
// samples that hang together (by sides), of at most so many, are filled from
// their rim inwards, each with the mean of the known ones among its eight
// neighbours. Larger voids, and those at the rim of the grid, stay unknown:
// there the ground may be anything.
func (g *Grid) Filled(most int) *Grid {
	filled := *g
	filled.Heights = slices.Clone(g.Heights)
	seen := make([]bool, len(g.Heights))
	for i, h := range g.Heights {
		if h == h || seen[i] {
			continue
		}
		void, inside := g.void(i, seen)
		if inside && len(void) <= most {
			filled.close(void)
		}
	}
	return &filled
}

// void collects the patch of unknown samples around one, and tells whether it
// lies inside the grid.
func (g *Grid) void(start int, seen []bool) (patch []int, inside bool) {
	inside = true
	seen[start] = true
	patch = []int{start}
	for k := 0; k < len(patch); k++ {
		row, col := patch[k]/g.Cols, patch[k]%g.Cols
		if row == 0 || col == 0 || row == g.Rows-1 || col == g.Cols-1 {
			inside = false
		}
		for _, next := range [4][2]int{{row, col - 1}, {row, col + 1}, {row - 1, col}, {row + 1, col}} {
			if next[0] < 0 || next[1] < 0 || next[0] >= g.Rows || next[1] >= g.Cols {
				continue
			}
			i := next[0]*g.Cols + next[1]
			if h := g.Heights[i]; h != h && !seen[i] {
				seen[i] = true
				patch = append(patch, i)
			}
		}
	}
	return patch, inside
}

// close fills a patch, ring by ring.
func (g *Grid) close(patch []int) {
	type height struct {
		at int
		h  float32
	}
	for len(patch) > 0 {
		var ring []height
		rest := patch[:0:0]
		for _, i := range patch {
			sum, n := 0.0, 0
			for row := i/g.Cols - 1; row <= i/g.Cols+1; row++ {
				for col := i%g.Cols - 1; col <= i%g.Cols+1; col++ {
					if h := g.Heights[row*g.Cols+col]; h == h {
						sum, n = sum+float64(h), n+1
					}
				}
			}
			if n == 0 {
				rest = append(rest, i)
				continue
			}
			ring = append(ring, height{i, float32(sum / float64(n))})
		}
		for _, r := range ring {
			g.Heights[r.at] = r.h
		}
		patch = rest
	}
}
