package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/exporter/docx"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewPaletted(image.Rect(0, 0, 300, 200), color.Palette{color.Gray{200}})); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sample is a document with one of everything.
func sample(t *testing.T) *docx.Document {
	t.Helper()
	d := docx.New(docx.Properties{Title: "标题 & <甲>", Author: "作者", Created: time.Unix(1_790_000_000, 0)}, "页眉")
	d.Cover("标题", true)
	d.Cover("副题", false)
	d.Contents("目录")
	d.EndFront()
	d.Chapter("第一")
	d.Part("甲")
	d.Paragraph("文字 & <标签> \"引号\"\n第二行\x01")
	d.List([]string{"一项", "两项"})
	if got := d.Table("表题", docx.Table{
		Columns: []docx.Column{{Title: "名称", Width: 2}, {Title: "数", Width: 1, Right: true}},
		Rows:    [][]string{{"=SUM(A1)", "1"}, {"只有一格"}, {"合计", "1"}}, Total: true,
	}); got != "表 1" {
		t.Errorf("the table is called %q", got)
	}
	d.EndSection(false)
	d.Appendix("附图")
	got, err := d.Picture("图题", picture(t))
	if err != nil || got != "图 1" {
		t.Errorf("the picture is called %q, %v", got, err)
	}
	d.EndSection(true)
	d.Appendix("说明")
	d.Note("完")
	d.EndSection(false)
	return d
}

func parts(t *testing.T, d *docx.Document) map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		found[f.Name] = string(content)
	}
	return found
}

// orders are the sequences of children that the schema of WordprocessingML has
// (ECMA-376 part 1, annex A). Word refuses what is out of order.
var orders = map[string]string{
	"pPr":         "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
	"rPr":         "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
	"tbl":         "bookmarkStart bookmarkEnd tblPr tblGrid tr",
	"tblPr":       "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
	"tblBorders":  "top left start bottom right end insideH insideV",
	"tblCellMar":  "top left start bottom right end",
	"tr":          "tblPrEx trPr tc",
	"tc":          "tcPr p",
	"tcPr":        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
	"sectPr":      "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
	"style":       "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
	"styles":      "docDefaults latentStyles style",
	"docDefaults": "rPrDefault pPrDefault",
	"lvl":         "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
	"abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
	"numbering":   "numPicBullet abstractNum num numIdMacAtCleanup",
	"num":         "abstractNumId lvlOverride",
	"font":        "altName panose1 charset family notTrueType pitch sig embedRegular embedBold embedItalic embedBoldItalic",
	"settings":    "writeProtection view zoom removePersonalInformation defaultTabStop characterSpacingControl compat docVars rsids mathPr themeFontLang clrSchemeMapping decimalSymbol listSeparator",
	"inline":      "extent effectExtent docPr cNvGraphicFramePr graphic",
	"pic":         "nvPicPr blipFill spPr",
	"spPr":        "xfrm custGeom prstGeom noFill",
	"blipFill":    "blip srcRect tile stretch",
	"body":        "p tbl sectPr",
}

// repeats are elements whose children come in any mixture.
var repeats = []string{"body"}

func checkOrder(t *testing.T, name, content string) {
	t.Helper()
	type open struct {
		element string
		last    int
	}
	var stack []open
	decoder := xml.NewDecoder(strings.NewReader(content))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s is not well-formed: %v", name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if n := len(stack); n > 0 {
				parent := &stack[n-1]
				if order, ok := orders[parent.element]; ok {
					at := slices.Index(strings.Fields(order), token.Name.Local)
					if at < 0 {
						t.Errorf("%s: <%s> has no place for <%s>", name, parent.element, token.Name.Local)
					}
					if at < parent.last && !slices.Contains(repeats, parent.element) {
						t.Errorf("%s: <%s> comes too late in <%s>", name, token.Name.Local, parent.element)
					}
					parent.last = at
				}
			}
			stack = append(stack, open{token.Name.Local, -1})
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

func TestEveryPartFollowsTheSchema(t *testing.T) {
	for _, d := range []*docx.Document{sample(t), docx.New(docx.Properties{}, "")} {
		for name, content := range parts(t, d) {
			if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
				checkOrder(t, name, content)
			}
		}
	}
}

func TestEveryReferenceHasItsPart(t *testing.T) {
	found := parts(t, sample(t))
	relations := found["word/_rels/document.xml.rels"]
	for _, part := range []string{"document.xml"} {
		for _, piece := range strings.Split(found["word/"+part], `r:id="`)[1:] {
			id, _, _ := strings.Cut(piece, `"`)
			if !strings.Contains(relations, `Id="`+id+`"`) {
				t.Errorf("%s points at %s, which is nowhere", part, id)
			}
		}
		for _, piece := range strings.Split(found["word/"+part], `r:embed="`)[1:] {
			id, _, _ := strings.Cut(piece, `"`)
			if !strings.Contains(relations, `Id="`+id+`"`) {
				t.Errorf("%s shows %s, which is nowhere", part, id)
			}
		}
	}
	for _, piece := range strings.Split(relations, `Target="`)[1:] {
		target, _, _ := strings.Cut(piece, `"`)
		if _, ok := found["word/"+target]; !ok {
			t.Errorf("the part %s is missing", target)
		}
	}
	for _, piece := range strings.Split(found["[Content_Types].xml"], `PartName="/`)[1:] {
		part, _, _ := strings.Cut(piece, `"`)
		if _, ok := found[part]; !ok {
			t.Errorf("the part %s is missing", part)
		}
	}
}

func TestFieldsAreFilledInAndNothingIsAskedOnOpening(t *testing.T) {
	found := parts(t, sample(t))
	body := found["word/document.xml"]
	if strings.Contains(found["word/settings.xml"], "updateFields") || strings.Contains(body, "w:dirty") {
		t.Error("the document asks to have its fields counted")
	}
	begins, separates, ends := strings.Count(body, `"begin"`), strings.Count(body, `"separate"`), strings.Count(body, `"end"`)
	if begins == 0 || begins != separates || begins != ends {
		t.Errorf("%d fields begin, %d have values, %d end", begins, separates, ends)
	}
	for _, want := range []string{"TOC \\o &#34;1-2&#34;", "SEQ 表", "SEQ 图", "PAGEREF _Toc"} {
		if !strings.Contains(body, want) {
			t.Errorf("there is no field %s", want)
		}
	}
	for _, mark := range strings.Split(body, `w:anchor="`)[1:] {
		name, _, _ := strings.Cut(mark, `"`)
		if !strings.Contains(body, `w:name="`+name+`"`) {
			t.Errorf("the contents point at %s, which is nowhere", name)
		}
	}
	if strings.Contains(body, "\x01") || !strings.Contains(body, "文字 &amp; &lt;标签&gt;") {
		t.Error("the text is not as it was given")
	}
}

func TestTheSameDocumentHasTheSameBytes(t *testing.T) {
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := sample(t).Write(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("they differ")
	}
}

func TestAPictureThatIsNoneIsRefused(t *testing.T) {
	d := docx.New(docx.Properties{}, "")
	for name, content := range map[string][]byte{"nothing": nil, "text": []byte("GIF89a"), "half": picture(t)[:20]} {
		if _, err := d.Picture("图", content); err == nil {
			t.Errorf("%s became a picture", name)
		}
	}
}

func TestSeveralListsAreCountedFromOne(t *testing.T) {
	d := docx.New(docx.Properties{}, "")
	for i := range 3 {
		d.List([]string{fmt.Sprint("甲", i), "乙"})
	}
	found := parts(t, d)
	if n := strings.Count(found["word/numbering.xml"], "startOverride"); n != 3 {
		t.Errorf("%d lists begin anew", n)
	}
}
