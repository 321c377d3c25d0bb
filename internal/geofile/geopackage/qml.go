package geopackage

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
)

// qml is the style of a layer as QGIS 3 saves it: symbols by class, labels, and
// the Chinese names of fields.
func qml(l geofile.Layer) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>` + "\n")
	labels := map[bool]string{false: "0", true: "1"}[l.Style.Label != ""]
	fmt.Fprintf(&b, `<qgis version="3.22.16" styleCategories="Symbology|Labeling|Fields" labelsEnabled="%s">`, labels)
	if l.Style.By == "" || len(l.Style.Classes) == 0 {
		b.WriteString(`<renderer-v2 type="singleSymbol" enableorderby="0" forceraster="0" symbollevels="0"><symbols>`)
		symbol(&b, "0", l.Shape, l.Style)
		b.WriteString(`</symbols></renderer-v2>`)
	} else {
		categories(&b, l)
	}
	labeling(&b, l)
	aliases(&b, l)
	b.WriteString(`</qgis>`)
	return b.String()
}

func categories(b *strings.Builder, l geofile.Layer) {
	fmt.Fprintf(b, `<renderer-v2 type="categorizedSymbol" attr="%s" enableorderby="0" forceraster="0" symbollevels="0"><categories>`, attribute(l.Style.By))
	for i, c := range l.Style.Classes {
		title := c.Title
		if title == "" {
			title = classText(c.Value)
		}
		fmt.Fprintf(b, `<category render="true" type="%s" symbol="%d" value="%s" label="%s"/>`,
			classType(c.Value), i, attribute(classText(c.Value)), attribute(title))
	}
	// what has no class of its own, unknown values among it
	fmt.Fprintf(b, `<category render="true" type="NULL" symbol="%d" value="" label="其他"/></categories><symbols>`, len(l.Style.Classes))
	for i, c := range l.Style.Classes {
		s := l.Style
		s.Fill, s.Stroke = c.Fill, c.Stroke
		symbol(b, strconv.Itoa(i), l.Shape, s)
	}
	symbol(b, strconv.Itoa(len(l.Style.Classes)), l.Shape, l.Style)
	b.WriteString(`</symbols></renderer-v2>`)
}

func classText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "true", false: "false"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func classType(v any) string {
	switch v.(type) {
	case bool:
		return "bool"
	case int64, int:
		return "long"
	case float64:
		return "double"
	}
	return "string"
}

func symbol(b *strings.Builder, name string, shape geofile.Shape, s geofile.Style) {
	kind, class := "fill", "SimpleFill"
	options := [][2]string{
		{"color", rgba(s.Fill, opacity(s))},
		{"style", painted(s.Fill)},
		{"outline_color", rgba(s.Stroke, 1)},
		{"outline_style", lined(s.Stroke)},
		{"outline_width", width(s)},
		{"outline_width_unit", "MM"},
		{"joinstyle", "miter"},
	}
	switch shape {
	case geofile.Lines:
		kind, class = "line", "SimpleLine"
		options = [][2]string{
			{"line_color", rgba(either(s.Stroke, s.Fill), 1)},
			{"line_style", lined(either(s.Stroke, s.Fill))},
			{"line_width", width(s)},
			{"line_width_unit", "MM"},
			{"joinstyle", "round"},
			{"capstyle", "round"},
		}
	case geofile.Points:
		kind, class = "marker", "SimpleMarker"
		options = [][2]string{
			{"name", "circle"},
			{"color", rgba(either(s.Fill, s.Stroke), 1)},
			{"outline_color", rgba(either(s.Stroke, "#ffffff"), 1)},
			{"outline_style", "solid"},
			{"outline_width", "0.2"},
			{"size", millimetres(2 * max(s.Width, 0.8))},
			{"size_unit", "MM"},
		}
	}
	fmt.Fprintf(b, `<symbol type="%s" name="%s" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="%s" enabled="1" locked="0" pass="0"><Option type="Map">`, kind, name, class)
	for _, o := range options {
		fmt.Fprintf(b, `<Option type="QString" name="%s" value="%s"/>`, o[0], o[1])
	}
	b.WriteString(`</Option>`)
	for _, o := range options { // QGIS before 3.20 knows these only
		fmt.Fprintf(b, `<prop k="%s" v="%s"/>`, o[0], o[1])
	}
	b.WriteString(`</layer></symbol>`)
}

func labeling(b *strings.Builder, l geofile.Layer) {
	if l.Style.Label == "" {
		return
	}
	placement := map[geofile.Shape]string{geofile.Points: "6", geofile.Lines: "2", geofile.Areas: "1"}[l.Shape]
	if placement == "" {
		placement = "6"
	}
	fmt.Fprintf(b, `<labeling type="simple"><settings calloutType="simple"><text-style fieldName="%s" isExpression="0" fontFamily="Noto Sans CJK SC" fontSize="8" fontSizeUnit="Point" textColor="40,40,40,255" textOpacity="1" namedStyle="Regular" fontWeight="50" blendMode="0">`+
		`<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,230" bufferOpacity="0.9" bufferJoinStyle="128" bufferNoFill="1"/></text-style>`+
		`<placement placement="%s" dist="0.8" distUnits="MM" priority="5" placementFlags="10" centroidInside="1"/><rendering drawLabels="1" obstacle="1" scaleVisibility="0" fontLimitPixelSize="0"/></settings></labeling>`,
		attribute(l.Style.Label), placement)
}

func aliases(b *strings.Builder, l geofile.Layer) {
	b.WriteString(`<aliases><alias index="0" field="fid" name="编号"/>`)
	for i, f := range l.Fields {
		title := f.Title
		if f.Unit != "" {
			title += "（" + f.Unit + "）"
		}
		fmt.Fprintf(b, `<alias index="%d" field="%s" name="%s"/>`, i+1, attribute(f.Name), attribute(title))
	}
	b.WriteString(`</aliases>`)
	if l.Style.Label != "" {
		fmt.Fprintf(b, `<previewExpression>"%s"</previewExpression>`, attribute(strings.ReplaceAll(l.Style.Label, `"`, `""`)))
	}
}

// attribute is a text as it may stand in an attribute or element of XML.
func attribute(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func opacity(s geofile.Style) float64 {
	if s.Opacity <= 0 || s.Opacity > 1 {
		return 1
	}
	return s.Opacity
}

func width(s geofile.Style) string {
	if s.Width <= 0 {
		return "0.26"
	}
	return millimetres(s.Width)
}

func millimetres(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func painted(colour string) string { return map[bool]string{true: "no", false: "solid"}[colour == ""] }

func lined(colour string) string { return painted(colour) }

// rgba is #rrggbb as QGIS has it: 255,0,0,255. Other texts are black.
func rgba(colour string, opacity float64) string {
	v, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		v = 0
	}
	return fmt.Sprintf("%d,%d,%d,%d", v>>16, v>>8&255, v&255, int(opacity*255+0.5))
}
