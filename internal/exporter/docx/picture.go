package docx

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png" // pictures are PNG
)

// picture is a picture of the document.
type picture struct {
	png           []byte
	width, height int // pixels
	text          string
}

// Picture writes a picture as wide and high as fits below its caption on a page
// that lies on its long side or stands, with the caption under it. It returns how
// the text calls it: 图 3. The picture must be a PNG.
func (d *Document) Picture(title string, png []byte) (string, error) {
	size, format, err := image.DecodeConfig(bytes.NewReader(png))
	if err != nil {
		return "", fmt.Errorf("picture %q cannot be read: %w", title, err)
	}
	if format != "png" || size.Width <= 0 || size.Height <= 0 {
		return "", fmt.Errorf("picture %q is no PNG but %s of %d × %d pixels", title, format, size.Width, size.Height)
	}
	d.pictures = append(d.pictures, picture{png: png, width: size.Width, height: size.Height, text: clean(title)})
	d.blocks = append(d.blocks, block{kind: pictureBlock, style: "Picture", picture: len(d.pictures) - 1})
	return d.caption("图", title), nil
}

// size is that of a picture on a page, in points: no larger than room beside and
// below, no wider than the text.
func (p picture) size(page paper) (width, height float64) {
	width, height = page.textWidth(), page.textHeight()-pictureRoom
	if scale := float64(p.height) / float64(p.width); width*scale < height {
		height = width * scale
	} else {
		width = height / scale
	}
	return width, height
}

// pictureRoom is what a page with a picture keeps for its caption and a heading.
const pictureRoom = 80
