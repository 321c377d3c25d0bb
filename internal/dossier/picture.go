package dossier

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

const (
	maxPixels      = 60_000_000
	picturesAtOnce = 2    // each takes up to maxDecoded
	longestSide    = 3200 // pixels, of what is kept
	thumbnailSide  = 320
	quality        = 85
)

// photograph decodes a picture of bounded size and encodes it anew, upright and
// without anything that the camera wrote besides the pixels. What the camera
// said of day and place comes back beside it.
func (s *Store) photograph(ctx context.Context, content []byte) (kept, exifData, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return kept{}, exifData{}, invalid("file", "这个图片已损坏，无法读取")
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width*config.Height > maxPixels {
		return kept{}, exifData{}, invalid("file", "图片有 %d×%d 个像素，超过 %d 万的上限", config.Width, config.Height, maxPixels/10_000)
	}
	if size := decodedBytes(content, config, format); size > maxDecoded {
		return kept{}, exifData{}, invalid("file", "图片解开后约 %d MB，超过 %d MB 的上限；请缩小尺寸，或另存为普通（非渐进式、每色 8 位）图片后再上传", size>>20, maxDecoded>>20)
	}
	select {
	case s.drawing <- struct{}{}:
		defer func() { <-s.drawing }()
	case <-ctx.Done():
		return kept{}, exifData{}, ctx.Err()
	}
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return kept{}, exifData{}, invalid("file", "这个图片已损坏，无法读取")
	}
	said := exifData{}
	if format == "jpeg" {
		said = readExif(content)
	}
	whole := shrink(picture, longestSide)
	upright := turn(whole, said.orientation)
	k := kept{mediaType: jpegType}
	if format == "png" {
		k.mediaType = pngType
	}
	if k.content, err = encode(upright, k.mediaType); err != nil {
		return kept{}, said, err
	}
	k.thumbnail, err = encode(onWhite(shrink(upright, thumbnailSide)), jpegType)
	return k, said, err
}

func encode(picture image.Image, mediaType string) ([]byte, error) {
	var out bytes.Buffer
	var err error
	if mediaType == pngType {
		err = png.Encode(&out, picture)
	} else {
		err = jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
}

// onWhite gives a picture with transparent parts a ground, as JPEG has none.
func onWhite(picture image.Image) image.Image {
	out := image.NewRGBA(picture.Bounds())
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), picture, picture.Bounds().Min, draw.Over)
	return out
}

// shrink makes a picture whose longer side is at most the given one: each pixel
// is the mean of those that it stands for.
func shrink(picture image.Image, longest int) *image.NRGBA {
	b := picture.Bounds()
	w, h := b.Dx(), b.Dy()
	if w > longest || h > longest {
		if w >= h {
			w, h = longest, max(1, h*longest/w)
		} else {
			w, h = max(1, w*longest/h), longest
		}
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Bounds(), picture, b.Min, draw.Src)
		return out
	}
	line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	sums := make([]uint32, w*5)
	for y := 0; y < h; y++ {
		clear(sums)
		for sy := b.Min.Y + y*b.Dy()/h; sy < b.Min.Y+max((y+1)*b.Dy()/h, y*b.Dy()/h+1); sy++ {
			draw.Draw(line, line.Bounds(), picture, image.Pt(b.Min.X, sy), draw.Src)
			addLine(sums, line.Pix, w, b.Dx())
		}
		for x := 0; x < w; x++ {
			out.SetNRGBA(x, y, mean(sums[x*5:x*5+5]))
		}
	}
	return out
}

// addLine adds a line of from pixels to the sums of w columns: red, green, blue,
// alpha and how many.
func addLine(sums []uint32, pix []uint8, w, from int) {
	for sx := 0; sx < from; sx++ {
		at := sx * w / from * 5
		for c := 0; c < 4; c++ {
			sums[at+c] += uint32(pix[sx*4+c])
		}
		sums[at+4]++
	}
}

// mean is the pixel of a column's sums, whose colours are weighed by alpha.
func mean(sums []uint32) color.NRGBA {
	n, alpha := sums[4], sums[3]
	if n == 0 || alpha == 0 {
		return color.NRGBA{}
	}
	part := func(sum uint32) uint8 { return uint8(min(255, (uint64(sum)*255+uint64(alpha)/2)/uint64(alpha))) }
	return color.NRGBA{part(sums[0]), part(sums[1]), part(sums[2]), uint8((alpha + n/2) / n)}
}

// turn puts a picture upright by its EXIF orientation, 1 … 8.
func turn(in *image.NRGBA, orientation int) *image.NRGBA {
	if orientation < 2 || orientation > 8 {
		return in
	}
	w, h := in.Rect.Dx(), in.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			tx, ty := turned(orientation, x, y, w, h)
			copy(out.Pix[out.PixOffset(tx, ty):][:4], in.Pix[in.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turned is where a pixel goes.
func turned(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
