package dossier

import (
	"bytes"
	"encoding/binary"
	"image"
)

// maxDecoded bounds the memory that decoding one picture takes, in bytes.
const maxDecoded = 240 << 20

// decodedBytes is how much memory decoding a picture takes at most: formats differ
// in how many bytes stand for a pixel, and what was written in passes is kept
// twice over.
func decodedBytes(content []byte, config image.Config, format string) int64 {
	pixels := int64(config.Width) * int64(config.Height)
	if format == "png" {
		return pixels * pngBytes(content)
	}
	return pixels * jpegEighths(content) / 8
}

// pngBytes is how many bytes a pixel of a PNG takes.
func pngBytes(content []byte) int64 {
	const depth, colour, interlace = 24, 25, 28 // in the header that comes first
	if len(content) <= interlace {
		return 0
	}
	each := int64(4)
	switch {
	case content[colour] == 3: // of a palette
		each = 1
	case content[depth] == 16:
		each = 8
	}
	if content[interlace] != 0 {
		each *= 2
	}
	return each
}

// jpegEighths is how many eighths of a byte a pixel of a JPEG takes: its samples,
// 32 bits more for each where it is progressive, and the pixels once more where
// they are not of brightness and colour.
func jpegEighths(content []byte) int64 {
	plain := false // Adobe's mark that samples are red, green, blue or inks
	for at := 2; at+4 <= len(content); {
		if content[at] != 0xff {
			at++
			continue
		}
		marker := content[at+1]
		if marker == 0xff || marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd8 {
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(content[at+2:]))
		end := at + 2 + length
		if length < 2 || end > len(content) || marker == 0xda || marker == 0xd9 {
			break
		}
		body := content[at+4 : end]
		switch {
		case marker == 0xee && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
			plain = body[11] == 0
		case marker >= 0xc0 && marker <= 0xc2:
			return frameEighths(body, marker == 0xc2, plain)
		}
		at = end
	}
	return 8 * 24 // no frame is known: the most that there is
}

// frameEighths reads the header of a frame.
func frameEighths(body []byte, progressive, plain bool) int64 {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return 8 * 24
	}
	n := int(body[5])
	across, down, samples := 1, 1, 0
	for i := range n {
		h, v := int(body[6+3*i+1]>>4), int(body[6+3*i+1]&15)
		across, down, samples = max(across, h), max(down, v), samples+h*v
	}
	each := int64(8*samples+across*down-1) / int64(across*down)
	if progressive {
		each *= 5
	}
	if n == 4 || n == 3 && (plain || body[6] == 'R') {
		each += 8 * 5
	}
	return each
}
