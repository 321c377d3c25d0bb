package kml

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
)

// styleID names the style of a class; -1 is the layer's own.
func styleID(layer, class int) string {
	if class < 0 {
		return "layer" + strconv.Itoa(layer+1)
	}
	return "layer" + strconv.Itoa(layer+1) + "-" + strconv.Itoa(class+1)
}

func (e *encoder) styles(i int, l geofile.Layer) {
	e.style(styleID(i, -1), l.Style)
	for j, c := range l.Style.Classes {
		s := l.Style
		s.Fill, s.Stroke = c.Fill, c.Stroke
		e.style(styleID(i, j), s)
	}
}

func (e *encoder) style(id string, s geofile.Style) {
	opacity := s.Opacity
	if opacity <= 0 || opacity > 1 {
		opacity = 1
	}
	mark := s.Fill
	if mark == "" {
		mark = s.Stroke
	}
	// a millimetre has about four pixels on screens
	width := math.Max(1, math.Round(s.Width*4*10)/10)
	e.text(fmt.Sprintf(`<Style id="%s"><IconStyle><color>%s</color><scale>0.8</scale></IconStyle><LabelStyle><scale>0.8</scale></LabelStyle>`+
		`<LineStyle><color>%s</color><width>%s</width></LineStyle><PolyStyle><color>%s</color><fill>%d</fill><outline>%d</outline></PolyStyle></Style>`+"\n",
		id, colour(mark, 1), colour(s.Stroke, 1), strconv.FormatFloat(width, 'f', -1, 64), colour(s.Fill, opacity), flag(s.Fill), flag(s.Stroke)))
}

func flag(colour string) int {
	if colour == "" {
		return 0
	}
	return 1
}

// colour is #rrggbb as KML has it: aabbggrr. Other texts are white.
func colour(c string, opacity float64) string {
	if len(c) != 7 || !strings.HasPrefix(c, "#") {
		c = "#ffffff"
	}
	return fmt.Sprintf("%02x%s%s%s", int(opacity*255+0.5), c[5:7], c[3:5], c[1:3])
}
