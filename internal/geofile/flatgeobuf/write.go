// Package flatgeobuf reads and writes FlatGeobuf 3: one layer with a packed
// Hilbert R-tree, made for reading a part of a large file
// (https://flatgeobuf.org, schemas header.fbs and feature.fbs). It must never
// trust an offset or a count that stands in a file.
package flatgeobuf

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/hilbert"
)

// magic begins every file: version 3.
var magic = [8]byte{'f', 'g', 'b', 3, 'f', 'g', 'b', 0}

const nodeSize = 16

// Options say how a file is written.
type Options struct {
	Description string // of the layer: attribution and notices
	Dir         string // for the features while they wait for their order; "" is the system's
}

// ErrOneLayer says that a file of this format holds one layer.
var ErrOneLayer = errors.New("a FlatGeobuf file holds exactly one layer")

// Write writes the one layer, its features in the order of a Hilbert curve. Memory
// grows by 56 bytes a feature.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, o Options) (err error) {
	if len(layers) != 1 {
		return ErrOneLayer
	}
	file, err := os.CreateTemp(o.Dir, "lianpian-*.fgb")
	if err != nil {
		return fmt.Errorf("write a FlatGeobuf: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	l := layers[0]
	s := &spool{bound: emptyBound(), located: true}
	if err := s.gather(ctx, file, l); err != nil {
		return fmt.Errorf("write a FlatGeobuf: layer %s: %w", l.Name, err)
	}
	out := bufio.NewWriterSize(w, 256<<10)
	if err := s.write(ctx, out, file, l, o); err != nil {
		return fmt.Errorf("write a FlatGeobuf: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write a FlatGeobuf: %w", err)
	}
	return nil
}

func emptyBound() orb.Bound {
	return orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
}

// item is a feature that waits.
type item struct {
	bound orb.Bound
	at    int64 // in the temporary file
	size  uint32
	order uint32
}

// spool holds features until their order is known.
type spool struct {
	items   []item
	bound   orb.Bound
	located bool // every feature has a geometry, so that there can be an index
}

func (s *spool) gather(ctx context.Context, file io.Writer, l geofile.Layer) error {
	out := bufio.NewWriterSize(file, 256<<10)
	e := newEncoder(l)
	at := int64(0)
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		content, err := e.feature(f)
		if err != nil {
			return fmt.Errorf("row %d: %w", len(s.items)+1, err)
		}
		i := item{bound: emptyBound(), at: at, size: uint32(len(content))}
		if geofile.CountPoints(f.Geometry) > 0 {
			i.bound = f.Geometry.Bound()
			s.bound = s.bound.Union(i.bound)
		} else {
			s.located = false
		}
		s.items = append(s.items, i)
		at += int64(len(content))
		if _, err := out.Write(content); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (s *spool) write(ctx context.Context, w io.Writer, file io.ReaderAt, l geofile.Layer, o Options) error {
	indexed := s.located && len(s.items) > 0
	if _, err := w.Write(magic[:]); err != nil {
		return err
	}
	if _, err := w.Write(header(l, o, s.bound, len(s.items), indexed)); err != nil {
		return err
	}
	if indexed {
		s.arrange()
		if err := s.writeIndex(w); err != nil {
			return err
		}
	}
	var content []byte
	for n, i := range s.items {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		content = slices.Grow(content[:0], int(i.size))[:i.size]
		if _, err := file.ReadAt(content, i.at); err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return nil
}

func (s *spool) arrange() {
	curve := hilbert.NewOrder(s.bound)
	for i := range s.items {
		s.items[i].order = curve.Of(s.items[i].bound.Center())
	}
	slices.SortStableFunc(s.items, func(a, b item) int { return int(int64(b.order) - int64(a.order)) })
}

// node is an entry of the index: a box, and the place of the feature (in a leaf)
// or the number of the first child.
type node struct {
	bound orb.Bound
	place uint64
}

// levels are how many nodes each level of the index has, leaves first.
func levels(items uint64, size uint64) []uint64 {
	out := []uint64{items}
	for n := items; ; {
		n = (n + size - 1) / size
		out = append(out, n)
		if n <= 1 {
			return out
		}
	}
}

func (s *spool) writeIndex(w io.Writer) error {
	counts := levels(uint64(len(s.items)), nodeSize)
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	nodes := make([]node, len(s.items))
	place := uint64(0)
	for i, it := range s.items {
		nodes[i] = node{it.bound, place}
		place += uint64(it.size)
	}
	tree := [][]node{nodes}
	begin := total - counts[0] // number of the level's first node
	for _, n := range counts[1:] {
		above := make([]node, n)
		below := tree[len(tree)-1]
		for i := range above {
			from := i * nodeSize
			above[i] = node{below[from].bound, begin + uint64(from)}
			for _, child := range below[from:min(from+nodeSize, len(below))] {
				above[i].bound = above[i].bound.Union(child.bound)
			}
		}
		begin -= n
		tree = append(tree, above)
	}
	var b []byte
	for _, level := range slices.Backward(tree) {
		for _, n := range level {
			b = b[:0]
			for _, v := range []float64{n.bound.Min[0], n.bound.Min[1], n.bound.Max[0], n.bound.Max[1]} {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
			b = binary.LittleEndian.AppendUint64(b, n.place)
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
	}
	return nil
}
