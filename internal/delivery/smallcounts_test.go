package delivery_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/delivery"
)

// floorAgreed is the floor area, in m², of the three households that agreed: it
// tells of them as their number does, and no other figure of the town is like it.
const floorAgreed = 271.83

// tells finds the files, also those inside of others, that hold the figure: as
// text, and as a number of a GeoPackage or a FlatGeobuf.
func tells(t *testing.T, name string, content []byte) []string {
	t.Helper()
	if pack, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		var all []string
		for _, f := range pack.File {
			in, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			inner, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, tells(t, name+" > "+f.Name, inner)...)
		}
		return all
	}
	if packed, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		if content, err = io.ReadAll(packed); err != nil {
			t.Fatal(err)
		}
	}
	if strings.HasSuffix(name, ".pdf") {
		content = textOfPDF(t, content)
	}
	bits := math.Float64bits(floorAgreed)
	for _, mark := range [][]byte{[]byte("271.83"), []byte("271.8"), binary.BigEndian.AppendUint64(nil, bits), binary.LittleEndian.AppendUint64(nil, bits)} {
		if bytes.Contains(content, mark) {
			return []string{name}
		}
	}
	return nil
}

func textOfPDF(t *testing.T, content []byte) []byte {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return content
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(context.WithoutCancel(t.Context()), program, path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A community in which three households agreed and two did not.
func TestNoFileOfAPackageTellsSmallCounts(t *testing.T) {
	d := newDesk(t)
	code := ""
	if err := d.DB.Pool.QueryRow(t.Context(), `
		select c.code from community c join zone_community zc on zc.community_id = c.id join zone z on z.id = zc.zone_id
		where z.code = $1 order by c.code limit 1`, d.Zone.Code).Scan(&code); err != nil {
		t.Fatal(err)
	}
	d.Exec(`update community set households = 37, households_agreed = 3, floor_area_agreed_m2 = $2 where code = $1`, code, floorAgreed)
	d.Exec(`delete from survey where community_id = (select id from community where code = $1)`, code)
	d.Exec(`insert into survey (id, district_code, community_id, state, started_on, closed_on)
		select '5f0c0f5e-0000-4000-8000-000000000001', district_code, id, 'closed', '2026-09-01', '2026-09-20' from community where code = $1`, code)
	d.Exec(`insert into survey_count (survey_id, households, floor_area_m2, asked, agreed, disagreed, agreed_area_m2)
		values ('5f0c0f5e-0000-4000-8000-000000000001', 37, 3000, 5, 3, 2, $1)`, floorAgreed)

	order := delivery.Order{Zones: []string{d.Zone.Code}, Parts: delivery.Parts()}
	shown := map[string]bool{}
	for _, name := range tells(t, "", d.content(d.must(d.make("planner", delivery.Order{Zones: order.Zones, Parts: data})))) {
		shown[name] = true
	}
	for _, name := range []string{"2-表格/附件4-征求意见情况统计表.xlsx", "5-数据/片区方案.gpkg", "5-数据/片区方案-shp.zip", "5-数据/片区方案.kml", "5-数据/csv/小区.csv", "5-数据/flatgeobuf/小区.fgb", "reproduce.json"} {
		found := false
		for s := range shown {
			found = found || strings.HasPrefix(s, " > "+name)
		}
		if !found {
			t.Errorf("the planner's %s does not hold the figure, so that its absence proves nothing", name)
		}
	}
	for _, name := range tells(t, "", d.content(d.must(d.make("contractor", order)))) {
		t.Errorf("the contractor reads it in%s", name)
	}
}
