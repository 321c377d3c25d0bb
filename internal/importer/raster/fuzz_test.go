package raster

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/lianpian/lianpian/internal/engine/terrain"
)

// Whatever bytes come, they are refused in a sentence or make a sound grid.
func check(t *testing.T, data []byte, name string) {
	r, err := Open(bytes.NewReader(data), int64(len(data)), name)
	var f *Fault
	if err != nil {
		if !errors.As(err, &f) {
			t.Fatalf("%v is no sentence for people", err)
		}
		return
	}
	b := r.Bound()
	if int64(r.Cols)*int64(r.Rows) > 1_000_000 { // time is not what is looked for here
		b.Max[0] = b.Min[0] + (b.Max[0]-b.Min[0])/float64(r.Cols)*100
		b.Min[1] = b.Max[1] - (b.Max[1]-b.Min[1])/float64(r.Rows)*100
	}
	g, stepM, err := r.Cut(context.Background(), b)
	var elsewhere *ElsewhereError
	if err != nil {
		if !errors.As(err, &f) && !errors.As(err, &elsewhere) {
			t.Fatalf("%v is no sentence for people", err)
		}
		return
	}
	if !(stepM > 0) {
		t.Fatalf("samples %v m apart", stepM)
	}
	if _, err := terrain.New(g.West, g.North, g.StepX, g.StepY, g.Cols, g.Rows, g.Heights); err != nil {
		t.Fatal(err)
	}
}

func FuzzGeoTIFF(f *testing.F) {
	for _, name := range []string{
		"int16_strips.tif", "int16_lzw_predictor.tif", "uint16_deflate_tiles.tif", "int32_lzw_tiles_big_endian.tif",
		"float32_deflate_predictor.tif", "float32_lzw_big_endian.tif", "float64_lzw_predictor.tif",
		"float32_bigtiff_points.tif", "refused_lambert.tif",
	} {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data, "x.tif") })
}

func FuzzHGT(f *testing.F) {
	f.Add(zipped(f, map[string][]byte{"N29E106.hgt": make([]byte, hgtSize(1201))}), "x.zip")
	f.Add([]byte("PK\x03\x04"), "N29E106.hgt")
	f.Add([]byte{0x1f, 0x8b, 8, 0}, "N29E106.hgt.gz")
	f.Add([]byte{0, 1, 2, 3}, "S95W999.hgt")
	f.Fuzz(func(t *testing.T, data []byte, name string) { check(t, data, name) })
}

func FuzzLZW(f *testing.F) {
	f.Add([]byte{0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01})
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bytes.NewReader(data)
		out := make([]byte, 1<<16)
		z := newLZW(bufio.NewReader(in))
		for {
			n, err := z.Read(out)
			if err != nil {
				return
			}
			if n == 0 {
				t.Fatal("it reads nothing, without an end")
			}
		}
	})
}
