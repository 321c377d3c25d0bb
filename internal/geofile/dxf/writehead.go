package dxf

import (
	"math"

	"github.com/paulmach/orb"
)

// Handles of what every drawing has. Those of entities follow, in the order they are
// written.
const (
	vportTable, ltypeTable, layerTable, styleTable = "8", "5", "2", "3"
	viewTable, ucsTable, appTable, dimTable        = "6", "7", "9", "A"
	recordTable, modelHandle, paperHandle          = "1", "1F", "1B"
	rootHandle, groupHandle                        = "C", "D"
	layerHandles                                   = 0x1000 // of layers
	firstHandle                                    = 0x10000
	styleName                                      = "LIANPIAN"
)

// head writes all before the entities.
func (w *writer) head(crs string) {
	w.text(999, "Lianpian")
	if crs != "" {
		w.text(999, crsComment+crs)
	}
	w.header()
	w.section("CLASSES")
	w.text(0, "ENDSEC")
	w.section("TABLES")
	w.viewports()
	w.lineTypes()
	w.layerTable()
	w.styles()
	w.table("VIEW", viewTable, 0)
	w.text(0, "ENDTAB")
	w.table("UCS", ucsTable, 0)
	w.text(0, "ENDTAB")
	w.applications()
	w.dimensionStyles()
	w.blockRecords()
	w.text(0, "ENDSEC")
	w.blocks()
	w.section("ENTITIES")
}

func (w *writer) section(name string) {
	w.text(0, "SECTION")
	w.text(2, name)
}

func (w *writer) header() {
	low, high := w.bound.Min, w.bound.Max
	if low[0] > high[0] {
		low, high = orb.Point{}, orb.Point{}
	}
	w.section("HEADER")
	variable := func(name string, code int, value string) {
		w.text(9, name)
		w.text(code, value)
	}
	// From 2007 on texts are UTF-8 whatever the code page says. GDAL goes by the
	// code page all the same, and takes texts as they are where it is 65001.
	version, page := "AC1021", "ANSI_65001"
	if w.gbk {
		version, page = "AC1018", "ANSI_936"
	}
	variable("$ACADVER", 1, version)
	variable("$DWGCODEPAGE", 3, page)
	w.text(9, "$INSBASE")
	w.place(10, orb.Point{})
	w.text(9, "$EXTMIN")
	w.place(10, low)
	w.text(9, "$EXTMAX")
	w.place(10, high)
	variable("$HANDSEED", 5, hex(w.handle))
	variable("$MEASUREMENT", 70, "1")
	variable("$INSUNITS", 70, "6") // metres
	variable("$LUNITS", 70, "2")
	variable("$LUPREC", 70, "4")
	variable("$PDMODE", 70, "34") // points as a cross in a circle
	variable("$PDSIZE", 40, "1.5")
	variable("$TEXTSTYLE", 7, styleName)
	w.text(0, "ENDSEC")
}

func hex(v int64) string {
	const digits = "0123456789ABCDEF"
	out := ""
	for ; v > 0; v >>= 4 {
		out = digits[v&15:v&15+1] + out
	}
	return out
}

func (w *writer) table(name, handle string, entries int) {
	w.text(0, "TABLE")
	w.text(2, name)
	w.text(5, handle)
	w.text(330, "0")
	w.text(100, "AcDbSymbolTable")
	w.int(70, int64(entries))
}

// record begins an entry of a table.
func (w *writer) record(kind, handle, table, class, name string, flags int64) {
	w.text(0, kind)
	if kind == "DIMSTYLE" {
		w.text(105, handle)
	} else {
		w.text(5, handle)
	}
	w.text(330, table)
	w.text(100, "AcDbSymbolTableRecord")
	w.text(100, class)
	w.text(2, name)
	w.int(70, flags)
}

func (w *writer) viewports() {
	centre, height := orb.Point{}, 1000.0
	if w.bound.Min[0] <= w.bound.Max[0] {
		centre = w.bound.Center()
		height = math.Max(10, 1.1*math.Max(w.bound.Max[1]-w.bound.Min[1], (w.bound.Max[0]-w.bound.Min[0])/1.5))
	}
	w.table("VPORT", vportTable, 1)
	w.record("VPORT", "29", vportTable, "AcDbViewportTableRecord", "*ACTIVE", 0)
	pair := func(code int, x, y float64) {
		w.metres(code, x)
		w.metres(code+10, y)
	}
	pair(10, 0, 0)
	pair(11, 1, 1)
	pair(12, centre[0], centre[1])
	pair(13, 0, 0)
	pair(14, 10, 10)
	pair(15, 10, 10)
	w.metres(16, 0)
	w.metres(26, 0)
	w.metres(36, 1)
	w.metres(17, 0)
	w.metres(27, 0)
	w.metres(37, 0)
	w.metres(40, height)
	w.metres(41, 1.5)
	w.metres(42, 50)
	w.text(0, "ENDTAB")
}

func (w *writer) lineTypes() {
	w.table("LTYPE", ltypeTable, 3)
	for i, name := range []string{"ByBlock", "ByLayer", "Continuous"} {
		w.record("LTYPE", []string{"14", "15", "16"}[i], ltypeTable, "AcDbLinetypeTableRecord", name, 0)
		w.text(3, "")
		w.int(72, 65)
		w.int(73, 0)
		w.metres(40, 0)
	}
	w.text(0, "ENDTAB")
}

func (w *writer) layerTable() {
	w.table("LAYER", layerTable, len(w.layers)+1)
	entry := func(handle, name string, colour int) {
		w.record("LAYER", handle, layerTable, "AcDbLayerTableRecord", name, 0)
		w.int(62, indexed(colour))
		if colour != 0 {
			w.int(420, int64(colour))
		}
		w.text(6, "Continuous")
		w.int(370, -3)
		w.text(390, "F")
	}
	entry("10", "0", 0)
	for i, l := range w.layers {
		entry(hex(layerHandles+int64(i)), l.name, l.colour)
	}
	w.text(0, "ENDTAB")
}

// styles are text styles whose fonts have Chinese characters: those of Chinese
// Windows, and the large font of AutoCAD for others.
func (w *writer) styles() {
	w.table("STYLE", styleTable, 2)
	for i, name := range []string{"Standard", styleName} {
		w.record("STYLE", []string{"11", "12"}[i], styleTable, "AcDbTextStyleTableRecord", name, 0)
		w.metres(40, 0)
		w.metres(41, 1)
		w.metres(50, 0)
		w.int(71, 0)
		w.metres(42, 2.5)
		if i == 0 {
			w.text(3, "txt.shx")
			w.text(4, "gbcbig.shx")
		} else {
			w.text(3, "simsun.ttc")
			w.text(4, "")
		}
	}
	w.text(0, "ENDTAB")
}

func (w *writer) applications() {
	w.table("APPID", appTable, 2)
	w.record("APPID", "13", appTable, "AcDbRegAppTableRecord", "ACAD", 0)
	w.record("APPID", "17", appTable, "AcDbRegAppTableRecord", appName, 0)
	w.text(0, "ENDTAB")
}

func (w *writer) dimensionStyles() {
	w.table("DIMSTYLE", dimTable, 1)
	w.text(100, "AcDbDimStyleTable")
	w.int(71, 0)
	w.record("DIMSTYLE", "27", dimTable, "AcDbDimStyleTableRecord", "Standard", 0)
	w.text(0, "ENDTAB")
}

func (w *writer) blockRecords() {
	w.table("BLOCK_RECORD", recordTable, 2)
	for i, name := range []string{"*Model_Space", "*Paper_Space"} {
		w.text(0, "BLOCK_RECORD")
		w.text(5, []string{modelHandle, paperHandle}[i])
		w.text(330, recordTable)
		w.text(100, "AcDbSymbolTableRecord")
		w.text(100, "AcDbBlockTableRecord")
		w.text(2, name)
	}
	w.text(0, "ENDTAB")
}

func (w *writer) blocks() {
	w.section("BLOCKS")
	for i, name := range []string{"*Model_Space", "*Paper_Space"} {
		owner := []string{modelHandle, paperHandle}[i]
		w.text(0, "BLOCK")
		w.text(5, []string{"20", "1C"}[i])
		w.text(330, owner)
		w.text(100, "AcDbEntity")
		if i == 1 {
			w.int(67, 1)
		}
		w.text(8, "0")
		w.text(100, "AcDbBlockBegin")
		w.text(2, name)
		w.int(70, 0)
		w.place(10, orb.Point{})
		w.text(3, name)
		w.text(1, "")
		w.text(0, "ENDBLK")
		w.text(5, []string{"21", "1D"}[i])
		w.text(330, owner)
		w.text(100, "AcDbEntity")
		if i == 1 {
			w.int(67, 1)
		}
		w.text(8, "0")
		w.text(100, "AcDbBlockEnd")
	}
	w.text(0, "ENDSEC")
}

// tail writes all after the entities.
func (w *writer) tail() {
	w.text(0, "ENDSEC")
	w.section("OBJECTS")
	w.dictionary(rootHandle, "0", [][2]string{{"ACAD_GROUP", groupHandle}, {"ACAD_PLOTSTYLENAME", "E"}})
	w.dictionary(groupHandle, rootHandle, nil)
	w.text(0, "ACDBDICTIONARYWDFLT")
	w.text(5, "E")
	w.text(330, rootHandle)
	w.text(100, "AcDbDictionary")
	w.int(281, 1)
	w.text(3, "Normal")
	w.text(350, "F")
	w.text(100, "AcDbDictionaryWithDefault")
	w.text(340, "F")
	w.text(0, "ACDBPLACEHOLDER")
	w.text(5, "F")
	w.text(330, "E")
	w.text(0, "ENDSEC")
	w.text(0, "EOF")
}

func (w *writer) dictionary(handle, owner string, entries [][2]string) {
	w.text(0, "DICTIONARY")
	w.text(5, handle)
	w.text(330, owner)
	w.text(100, "AcDbDictionary")
	w.int(281, 1)
	for _, e := range entries {
		w.text(3, e[0])
		w.text(350, e[1])
	}
}
