// Package raster reads elevation models from files (HGT tiles and GeoTIFF) and
// cuts out the heights around a district. Files come from anybody: nothing in
// them is believed before it is checked, and what is read is bounded. It must
// never repair a height or guess a coordinate system.
package raster

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/terrain"
)

const (
	// mostSamples is how many samples a cut has at most. A finer model is averaged
	// over squares: slopes are those of 30 m and more.
	mostSamples = 9_000_000
	// mostRead is how many samples of a file are looked at for one cut.
	mostRead = 400_000_000
)

// Fault says in a sentence for people why a file cannot be taken.
type Fault struct{ Detail string }

func (f *Fault) Error() string { return f.Detail }

func fault(format string, args ...any) error { return &Fault{fmt.Sprintf(format, args...)} }

// ElsewhereError says that the file has no ground within the bound asked for.
type ElsewhereError struct{ Has, Wanted orb.Bound } // degrees

func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("the model covers %v, not %v", e.Has, e.Wanted)
}

// Raster is an open elevation file. Its sample (row, col) stands for the point
// x + col·stepX, y − row·stepY of its coordinate system.
type Raster struct {
	Format     string // hgt | geotiff
	CRS        string // name of the coordinate system, for people
	Cols, Rows int

	x, y         float64
	stepX, stepY float64
	crs          crs
	source       source
}

// source hands out samples in metres, NaN where unknown.
type source interface {
	// read emits every sample of the window once, in runs along a row. A run may
	// not be kept.
	read(ctx context.Context, w window, emit func(row, col int, run []float32)) error
}

// window is a part of a raster; ends are exclusive.
type window struct{ row, col, endRow, endCol int }

func (w window) rows() int { return w.endRow - w.row }
func (w window) cols() int { return w.endCol - w.col }

// Open looks at a file; name is what people call it, which tells where an HGT
// tile lies. A file that cannot be taken is a *Fault.
func Open(file io.ReaderAt, size int64, name string) (*Raster, error) {
	head := make([]byte, 4)
	if n, err := file.ReadAt(head, 0); n < len(head) {
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("read the elevation file: %w", err)
		}
		return nil, fault("高程文件不完整")
	}
	if IsTIFF(head) {
		return openTIFF(file, size)
	}
	return openHGT(file, size, name)
}

// Bound is the ground of the outermost samples, in degrees.
func (r *Raster) Bound() orb.Bound {
	far := orb.Point{r.x + float64(r.Cols-1)*r.stepX, r.y - float64(r.Rows-1)*r.stepY}
	return r.crs.degreesOf(orb.Bound{Min: orb.Point{r.x, far[1]}, Max: orb.Point{far[0], r.y}})
}

// onEarth tells whether the raster lies where there is ground.
func (r *Raster) onEarth() bool {
	b := r.Bound()
	return b.Min[0] >= -361 && b.Max[0] <= 361 && b.Min[1] >= -91 && b.Max[1] <= 91 && b.Min[0] < b.Max[0] && b.Min[1] < b.Max[1]
}

// Cut returns the heights within a bound (degrees) as a grid of degrees, and how
// far apart the samples of the file are on the ground, in metres. A model that
// has no ground there is an *ElsewhereError.
func (r *Raster) Cut(ctx context.Context, bound orb.Bound) (grid *terrain.Grid, stepM float64, err error) {
	has := r.Bound()
	if !has.Intersects(bound) {
		return nil, 0, &ElsewhereError{has, bound}
	}
	w := r.windowOf(r.crs.planeOf(bound))
	if w.rows() < 2 || w.cols() < 2 {
		return nil, 0, &ElsewhereError{has, bound}
	}
	if int64(w.rows())*int64(w.cols()) > mostRead {
		return nil, 0, fault("本区范围内有 %d 亿个高程点，太密，请先重采样到 10 米左右再导入", int64(w.rows())*int64(w.cols())/100_000_000)
	}
	heights, err := r.heights(ctx, w)
	if err != nil {
		return nil, 0, err
	}
	middle := r.crs.degrees(orb.Point{heights.Bound().Center()[0], heights.Bound().Center()[1]})
	stepX, stepY := r.crs.step(middle, r.stepX, r.stepY)
	stepM = stepY * metresPerDegree
	if r.crs.geographic {
		return heights, stepM, nil
	}
	blocks := heights.StepX / r.stepX
	grid, err = r.unproject(ctx, heights, has, bound, stepX*blocks, stepY*blocks)
	return grid, stepM, err
}

const metresPerDegree = 111_195 // of a great circle

// windowOf is the part of the raster around a bound of its own coordinates, with
// two samples more on every side.
func (r *Raster) windowOf(b orb.Bound) window {
	at := func(v float64, most int) int {
		if !(v > 0) { // nor a number
			return 0
		}
		return int(math.Min(float64(most), v))
	}
	return window{
		row:    at(math.Floor((r.y-b.Max[1])/r.stepY)-2, r.Rows),
		endRow: at(math.Ceil((r.y-b.Min[1])/r.stepY)+3, r.Rows),
		col:    at(math.Floor((b.Min[0]-r.x)/r.stepX)-2, r.Cols),
		endCol: at(math.Ceil((b.Max[0]-r.x)/r.stepX)+3, r.Cols),
	}
}

// heights reads a window. A window of too many samples is averaged over squares;
// a square of which less than half is known is unknown.
func (r *Raster) heights(ctx context.Context, w window) (*terrain.Grid, error) {
	block := 1
	for w.rows()/block*(w.cols()/block) > mostSamples {
		block++
	}
	w.endRow, w.endCol = w.row+w.rows()/block*block, w.col+w.cols()/block*block
	rows, cols := w.rows()/block, w.cols()/block
	if rows < 2 || cols < 2 {
		return nil, fault("高程文件太窄，每边至少要有 2 个点")
	}
	sums := make([]float32, rows*cols)
	var counts []uint32
	if block > 1 {
		counts = make([]uint32, rows*cols)
	}
	err := r.source.read(ctx, w, func(row, col int, run []float32) {
		line := (row - w.row) / block * cols
		if block == 1 {
			copy(sums[line+col-w.col:], run)
			return
		}
		for i, h := range run {
			if at := line + (col-w.col+i)/block; h == h {
				counts[at]++
				// The running mean: a sum of thousands of heights would lose digits.
				sums[at] += (h - sums[at]) / float32(counts[at])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i, n := range counts {
		if int(n)*2 < block*block {
			sums[i] = float32(math.NaN())
		}
	}
	middle := float64(block-1) / 2
	grid, err := terrain.New(
		r.x+(float64(w.col)+middle)*r.stepX, r.y-(float64(w.row)+middle)*r.stepY,
		float64(block)*r.stepX, float64(block)*r.stepY, cols, rows, sums)
	if err != nil {
		return nil, fault("高程文件的网格无法使用")
	}
	return grid, nil
}

// unproject takes heights in a projection to a grid of degrees with about the
// same steps, bilinear.
func (r *Raster) unproject(ctx context.Context, from *terrain.Grid, has, bound orb.Bound, stepX, stepY float64) (*terrain.Grid, error) {
	west, east := math.Max(has.Min[0], bound.Min[0]), math.Min(has.Max[0], bound.Max[0])
	south, north := math.Max(has.Min[1], bound.Min[1]), math.Min(has.Max[1], bound.Max[1])
	cols, rows := int(math.Ceil((east-west)/stepX))+1, int(math.Ceil((north-south)/stepY))+1
	if cols < 2 || rows < 2 || cols > 2*mostSamples/rows {
		return nil, fault("高程文件与本区重叠的部分太小或太密，无法使用")
	}
	heights := make([]float32, rows*cols)
	for row := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for col := range cols {
			at := r.crs.plane(orb.Point{west + float64(col)*stepX, north - float64(row)*stepY})
			h, known := from.At(at[0], at[1])
			if !known {
				h = math.NaN()
			}
			heights[row*cols+col] = float32(h)
		}
	}
	grid, err := terrain.New(west, north, stepX, stepY, cols, rows, heights)
	if err != nil {
		return nil, fault("高程文件的网格无法使用")
	}
	return grid, nil
}
