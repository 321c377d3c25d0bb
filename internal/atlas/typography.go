package atlas

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/lianpian/lianpian/internal/atlas/font"
	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// typography is the font of a sheet and the sizes of its texts.
type typography struct {
	font *font.Font
	k    float64 // sizes grow with the paper: 1 for A3
}

// The sizes of texts in millimetres of an A3 sheet.
func (t typography) title() float64 { return 7 * t.k }
func (t typography) head() float64  { return 3.6 * t.k }
func (t typography) body() float64  { return 2.6 * t.k }
func (t typography) small() float64 { return 2.1 * t.k }

// width is how wide a text is, in millimetres.
func (t typography) width(text string, size float64) float64 { return t.font.Width(text) * size }

// clean makes a text of the register fit to be drawn: one line, without what is
// not seen, and with characters that the font lacks written as their code, for
// nothing must be missing unseen.
func (t typography) clean(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		case !t.font.Has(r):
			fmt.Fprintf(&out, "〔U+%04X〕", r)
		default:
			out.WriteRune(r)
		}
	}
	return strings.TrimSpace(out.String())
}

// missing are the characters of texts that the font lacks, sorted.
func (t typography) missing(texts ...string) []rune {
	var out []rune
	for _, text := range texts {
		for _, r := range text {
			if !unicode.IsSpace(r) && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector) && !t.font.Has(r) {
				out = append(out, r)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fitted shortens a text with … to a width.
func (t typography) fitted(text string, size, width float64) string {
	if t.width(text, size) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && t.width(string(runes)+"…", size) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// wrapped breaks a text into lines: between Chinese characters and at spaces, and
// never before closing punctuation.
func (t typography) wrapped(text string, size, width float64) []string {
	var lines []string
	var line strings.Builder
	at := 0.0
	flush := func() {
		lines = append(lines, strings.TrimSpace(line.String()))
		line.Reset()
		at = 0
	}
	for _, word := range words(text) {
		w := t.width(word, size)
		if at > 0 && at+w > width+1e-9 {
			flush()
			word = strings.TrimLeft(word, " ")
		}
		for _, r := range word { // also breaks words that are wider than a line
			rw := t.width(string(r), size)
			if at > 0 && at+rw > width+1e-9 && w > width {
				flush()
			}
			line.WriteRune(r)
			at += rw
		}
	}
	if line.Len() > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}

// words are the pieces that a line may be broken between.
func words(text string) []string {
	const closing, opening = "，。；：、！？）》」』〕】”’％℃…", "（《「『〔【“‘"
	var out []string
	var word strings.Builder
	previous := rune(0)
	for _, r := range text {
		wide := r >= 0x2E80
		breakable := (wide || previous >= 0x2E80 || previous == ' ') && !strings.ContainsRune(closing, r) && !strings.ContainsRune(opening, previous)
		if breakable && word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
		word.WriteRune(r)
		previous = r
	}
	if word.Len() > 0 {
		out = append(out, word.String())
	}
	return out
}

// Alignment of texts.
type align int

const (
	left align = iota
	centre
	right
)

// write draws a line of text; x is where it begins, its middle or its end.
func (t typography) write(s paper.Surface, x, y float64, text string, size float64, a align, bold bool) {
	switch a {
	case centre:
		x -= t.width(text, size) / 2
	case right:
		x -= t.width(text, size)
	}
	s.Text(paper.Text{X: x, Y: y, String: text, Size: size, Colour: ink, Bold: bold})
}

// ink is the colour of texts and frames.
var ink = paper.Hex("#1d1d1b")
