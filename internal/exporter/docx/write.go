package docx

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"strings"
)

// Write writes the document. The same document has the same bytes.
func (d *Document) Write(w io.Writer) error {
	out := zip.NewWriter(w)
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	parts := []struct{ name, content string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"docProps/core.xml", d.coreXML()},
		{"docProps/app.xml", appXML},
		{"word/document.xml", d.body()},
		{"word/_rels/document.xml.rels", d.relations()},
		{"word/styles.xml", stylesXML()},
		{"word/numbering.xml", d.numberingXML()},
		{"word/settings.xml", settingsXML},
		{"word/fontTable.xml", fontsXML},
		{"word/header1.xml", d.headerXML()},
		{"word/footer1.xml", footerXML},
		{"word/footer2.xml", frontFooterXML},
	}
	for _, part := range parts {
		file, err := out.Create(part.name)
		if err != nil {
			return fmt.Errorf("write %s: %w", part.name, err)
		}
		if _, err := io.WriteString(file, part.content); err != nil {
			return fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	for i, p := range d.pictures {
		file, err := out.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("word/media/image%d.png", i+1), Method: zip.Store})
		if err != nil {
			return fmt.Errorf("write picture %d: %w", i+1, err)
		}
		if _, err := file.Write(p.png); err != nil {
			return fmt.Errorf("write picture %d: %w", i+1, err)
		}
	}
	return out.Close()
}

const (
	officeRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wordType        = "application/vnd.openxmlformats-officedocument.wordprocessingml."

	contentTypes = declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/>` +
		`<Override PartName="/word/numbering.xml" ContentType="` + wordType + `numbering+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="` + wordType + `settings+xml"/>` +
		`<Override PartName="/word/fontTable.xml" ContentType="` + wordType + `fontTable+xml"/>` +
		`<Override PartName="/word/header1.xml" ContentType="` + wordType + `header+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="` + wordType + `footer+xml"/>` +
		`<Override PartName="/word/footer2.xml" ContentType="` + wordType + `footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
		`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

	packageRelations = declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeRelations + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
		`<Relationship Id="rId3" Type="` + officeRelations + `extended-properties" Target="docProps/app.xml"/></Relationships>`

	appXML = declaration + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Lianpian</Application></Properties>`
)

// relations name the parts that the main part needs.
func (d *Document) relations() string {
	var out strings.Builder
	out.WriteString(declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	add := func(id, kind, target string) {
		out.WriteString(`<Relationship Id="` + id + `" Type="` + officeRelations + kind + `" Target="` + target + `"/>`)
	}
	add("rIdStyles", "styles", "styles.xml")
	add("rIdNumbering", "numbering", "numbering.xml")
	add("rIdSettings", "settings", "settings.xml")
	add("rIdFonts", "fontTable", "fontTable.xml")
	add("rIdHeader", "header", "header1.xml")
	add("rIdFooter", "footer", "footer1.xml")
	add("rIdFrontFooter", "footer", "footer2.xml")
	for i := range d.pictures {
		add(fmt.Sprintf("rIdImage%d", i+1), "image", fmt.Sprintf("media/image%d.png", i+1))
	}
	out.WriteString("</Relationships>")
	return out.String()
}
