package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/seal"
	spool "github.com/lianpian/lianpian/internal/upload"
)

func TestBadUploadsLeaveNothingBehind(t *testing.T) {
	w := newWorld(t)
	imports := root + "/districts/500110/imports"
	post := func(person, body, kind string) answer {
		return w.as(person, ask{method: "POST", path: imports, body: body, headers: map[string]string{"Content-Type": kind}})
	}
	good, kind := form("a,b\n1,2\n", "ledger.csv", nil)
	large, largeKind := form(strings.Repeat("x", 5<<20), "large.csv", nil)
	empty, emptyKind := form("", "empty.csv", nil)
	layer, layerKind := form("a", "a.csv", map[string]string{"layer": "colours"})
	crs, crsKind := form("a", "a.csv", map[string]string{"crs": "mars"})
	base, baseKind := form("a", "a.osm.pbf", nil)
	for name, c := range map[string]struct {
		got  answer
		want int
	}{
		"too large":        {post("planner", large, largeKind), 413},
		"empty":            {post("planner", empty, emptyKind), 422},
		"no such layer":    {post("planner", layer, layerKind), 422},
		"no such crs":      {post("planner", crs, crsKind), 422},
		"cut off":          {post("planner", good[:len(good)-30], kind), 400},
		"no file":          {post("planner", "--b\r\nContent-Disposition: form-data; name=\"layer\"\r\n\r\nauto\r\n--b--\r\n", "multipart/form-data; boundary=b"), 422},
		"no form":          {post("planner", "{}", "application/json"), 415},
		"no boundary":      {post("planner", good, "multipart/form-data"), 415},
		"OSM by officers":  {post("officer", base, baseKind), 403},
		"unknown district": {w.as("administrator", ask{method: "POST", path: root + "/districts/999999/imports", body: good, headers: map[string]string{"Content-Type": kind}}), 404},
	} {
		if c.got.status != c.want {
			t.Errorf("%s: %d, want %d\n%s", name, c.got.status, c.want, c.got.body)
		}
		c.got.problem(t)
	}
	if jobs := w.count("job"); jobs != 0 {
		t.Errorf("%d jobs", jobs)
	}
	left, err := os.ReadDir(w.server.UploadDir)
	if err != nil || len(left) != 0 || w.count("upload_key") != 0 {
		t.Errorf("left behind: %v, %v, %d keys", left, err, w.count("upload_key"))
	}
}

func TestAnUploadBecomesAJobOfItsFile(t *testing.T) {
	w := newWorld(t)
	content := strings.Repeat("小区,户数\n", 1000)
	for _, c := range []struct {
		person, district, file, wantName, wantDistrict string
	}{
		{"planner", "500110", "台账.csv", "台账.csv", "500110"},
		{"officer", "500110", `C:\Users\..\台账 (1).xlsx`, "台账 (1).xlsx", "500110"},
		{"planner", "-", "../../etc/passwd", "passwd", "500110"},
		{"planner", "500110", "张三丰 13800138000.csv", "张三丰 （已略去）.csv", "500110"},
		{"administrator", "-", "chongqing.osm.pbf", "chongqing.osm.pbf", ""},
	} {
		body, kind := form(content, c.file, map[string]string{"layer": "auto", "crs": "gcj02"})
		got := w.as(c.person, ask{method: "POST", path: root + "/districts/" + c.district + "/imports", body: body, headers: map[string]string{"Content-Type": kind}})
		if got.status != http.StatusAccepted {
			t.Errorf("%s: %d\n%s", c.file, got.status, got.body)
			continue
		}
		made := decode[struct{ ID, Title, State, District string }](t, got)
		if got.header.Get("Location") != root+"/jobs/"+made.ID || made.Title != c.wantName || made.State != "queued" || made.District != c.wantDistrict {
			t.Errorf("%s: %+v at %s", c.file, made, got.header.Get("Location"))
		}
		var raw []byte
		w.must(w.db.Pool.QueryRow(t.Context(), `select args from job where id = $1`, made.ID).Scan(&raw))
		var args importArgs
		w.must(json.Unmarshal(raw, &args))
		raw, err := os.ReadFile(args.Path)
		if err != nil || strings.Contains(string(raw), "小区") {
			t.Errorf("%s: stored in clear, or not at all: %v", c.file, err)
		}
		key, err := spool.Key(t.Context(), w.db, w.server.UploadDir, args.Path)
		w.must(err)
		file, err := seal.Open(args.Path, key)
		w.must(err)
		stored, err := io.ReadAll(file)
		_ = file.Close()
		if err != nil || string(stored) != content || args.By != c.person || args.CRS != "gcj02" || args.Layer != "auto" || args.District != c.wantDistrict {
			t.Errorf("%s: %+v, %d bytes, %v", c.file, args, len(stored), err)
		}
	}
}
