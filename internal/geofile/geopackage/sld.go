package geopackage

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
)

// pixels that a millimetre has at the 0.28 mm of the standard (OGC 05-077r4).
const pixelsPerMM = 1 / 0.28

// sld is the style of a layer as a Styled Layer Descriptor 1.0 for programs that
// do not know QGIS's form.
func sld(l geofile.Layer) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><StyledLayerDescriptor xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" version="1.0.0">`)
	fmt.Fprintf(&b, `<NamedLayer><Name>%s</Name><UserStyle><Name>%s</Name><FeatureTypeStyle>`, attribute(l.Name), attribute(either(l.Title, l.Name)))
	if l.Style.By == "" || len(l.Style.Classes) == 0 {
		rule(&b, l, l.Title, "", l.Style)
	}
	for _, c := range l.Style.Classes {
		if l.Style.By == "" {
			break
		}
		s := l.Style
		s.Fill, s.Stroke = c.Fill, c.Stroke
		rule(&b, l, either(c.Title, classText(c.Value)), fmt.Sprintf(
			`<ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>%s</ogc:PropertyName><ogc:Literal>%s</ogc:Literal></ogc:PropertyIsEqualTo></ogc:Filter>`,
			attribute(l.Style.By), attribute(classText(c.Value))), s)
	}
	if l.Style.By != "" && len(l.Style.Classes) > 0 {
		rule(&b, l, "其他", `<ElseFilter/>`, l.Style)
	}
	b.WriteString(`</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>`)
	return b.String()
}

func rule(b *strings.Builder, l geofile.Layer, title, filter string, s geofile.Style) {
	fmt.Fprintf(b, `<Rule><Name>%s</Name>%s`, attribute(title), filter)
	switch l.Shape {
	case geofile.Points:
		fmt.Fprintf(b, `<PointSymbolizer><Graphic><Mark><WellKnownName>circle</WellKnownName>%s%s</Mark><Size>%s</Size></Graphic></PointSymbolizer>`,
			sldFill(either(s.Fill, s.Stroke), 1), sldStroke(either(s.Stroke, "#ffffff"), 0.2), pixels(2*max(s.Width, 0.8)))
	case geofile.Lines:
		fmt.Fprintf(b, `<LineSymbolizer>%s</LineSymbolizer>`, sldStroke(either(s.Stroke, s.Fill), s.Width))
	default:
		fmt.Fprintf(b, `<PolygonSymbolizer>%s%s</PolygonSymbolizer>`, sldFill(s.Fill, opacity(s)), sldStroke(s.Stroke, s.Width))
	}
	if s.Label != "" {
		fmt.Fprintf(b, `<TextSymbolizer><Label><ogc:PropertyName>%s</ogc:PropertyName></Label><Font><CssParameter name="font-size">11</CssParameter></Font>`+
			`<Halo><Radius>2</Radius><Fill><CssParameter name="fill">#ffffff</CssParameter></Fill></Halo><Fill><CssParameter name="fill">#282828</CssParameter></Fill></TextSymbolizer>`, attribute(s.Label))
	}
	b.WriteString(`</Rule>`)
}

func sldFill(colour string, opacity float64) string {
	if colour == "" {
		return ""
	}
	return fmt.Sprintf(`<Fill><CssParameter name="fill">%s</CssParameter><CssParameter name="fill-opacity">%s</CssParameter></Fill>`,
		attribute(colour), strconv.FormatFloat(opacity, 'f', -1, 64))
}

func sldStroke(colour string, width float64) string {
	if colour == "" {
		return ""
	}
	if width <= 0 {
		width = 0.26
	}
	return fmt.Sprintf(`<Stroke><CssParameter name="stroke">%s</CssParameter><CssParameter name="stroke-width">%s</CssParameter></Stroke>`,
		attribute(colour), pixels(width))
}

func pixels(mm float64) string { return strconv.FormatFloat(mm*pixelsPerMM, 'f', 2, 64) }
