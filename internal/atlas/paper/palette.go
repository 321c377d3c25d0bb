package paper

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// palettedImage takes a picture to at most 256 colours: maps have few, and edges
// of shapes some hundreds between them. Each pixel gets the most frequent colours
// themselves or the nearest of them, so that areas stay exactly as they are.
func palettedImage(in *image.RGBA) *image.Paletted {
	counts := map[uint32]int{}
	for i := 0; i+3 < len(in.Pix); i += 4 {
		counts[rgb(in.Pix[i:])]++
	}
	colours := make([]uint32, 0, len(counts))
	for c := range counts {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b uint32) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	kept := colours[:min(len(colours), 256)]
	index := make(map[uint32]uint8, len(colours))
	for _, c := range colours {
		index[c] = nearestColour(kept, c)
	}
	palette := make(color.Palette, len(kept))
	for i, c := range kept {
		palette[i] = color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 255}
	}
	out := image.NewPaletted(in.Rect, palette)
	for i := range out.Pix {
		out.Pix[i] = index[rgb(in.Pix[4*i:])]
	}
	return out
}

func rgb(pix []uint8) uint32 { return uint32(pix[0])<<16 | uint32(pix[1])<<8 | uint32(pix[2]) }

func nearestColour(palette []uint32, c uint32) uint8 {
	best, least := 0, int64(1<<62)
	for i, p := range palette {
		var sum int64
		for shift := 0; shift < 24; shift += 8 {
			d := int64(p>>shift&255) - int64(c>>shift&255)
			sum += d * d
		}
		if sum < least {
			if best, least = i, sum; sum == 0 {
				break
			}
		}
	}
	return uint8(best)
}
