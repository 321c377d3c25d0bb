package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/dxf"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/upload"
)

// planted is what files say about persons in these tests: it must stand nowhere.
var planted = []string{"欧阳测验", "13912345678", "500110198001011239", "赵测验", "15011112222", "13700137000", "15922223333"}

// residents are buildings with what a housing office writes beside them.
func residents(t testing.TB, n int) geofile.Layer {
	t.Helper()
	l := some(t, n)
	l.Fields = append(l.Fields,
		geofile.Field{Name: "户主姓名", Title: "户主姓名", Short: "户主", Kind: geofile.Text},
		geofile.Field{Name: "联系电话", Title: "联系电话", Short: "LXDH", Kind: geofile.Text},
		geofile.Field{Name: "身份证号", Title: "身份证号", Short: "SFZH", Kind: geofile.Text},
		geofile.Field{Name: "情况", Title: "情况", Short: "QK", Kind: geofile.Text},
		geofile.Field{Name: "热线", Title: "热线", Short: "RX", Kind: geofile.Integer})
	l.Style.Label = "name"
	plain := l.Features
	l.Features = func(yield func(geofile.Feature, error) bool) {
		for f, err := range plain {
			f.Values[0] = fmt.Sprint(f.Values[0], " 13700137000")
			f.Values = append(f.Values, "欧阳测验", "13912345678", "500110198001011239", "找赵测验 15011112222", int64(15922223333))
			if !yield(f, err) {
				return
			}
		}
	}
	return l
}

// sealed brings a file as the service stores it.
func (c *clinic) sealed(name string, content []byte) Inspection {
	c.t.Helper()
	path := filepath.Join(c.doctor.files, uuid.NewString()+filepath.Ext(name))
	w, err := upload.Create(c.t.Context(), c.db, path, rand.Reader, time.Now())
	c.must(err)
	_, err = w.Write(content)
	c.must(err)
	c.must(w.Close())
	i, err := c.doctor.Begin(c.t.Context(), c.district, Upload{Path: path, Name: name, Size: int64(len(content))})
	c.must(err)
	return i
}

func (c *clinic) work(handler func(context.Context, json.RawMessage) (any, error), i Inspection) any {
	c.t.Helper()
	args, err := json.Marshal(Args{Inspection: i.ID})
	c.must(err)
	out, err := handler(c.t.Context(), args)
	c.must(err)
	return out
}

func (c *clinic) examined(i Inspection) Inspection {
	c.t.Helper()
	c.work(func(ctx context.Context, args json.RawMessage) (any, error) { return c.doctor.Inspect(ctx, args, nil) }, i)
	i, err := c.doctor.Inspection(c.t.Context(), i.ID)
	c.must(err)
	if i.State != Ready && i.State != Imported {
		c.t.Fatalf("%s: %s", i.State, i.Error)
	}
	return i
}

// inFolders tells which planted texts stand in files below folders.
func inFolders(folders ...string) (found []string) {
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			for _, p := range planted {
				if bytes.Contains(content, []byte(p)) {
					found = append(found, filepath.Base(path)+": "+p)
				}
			}
			return nil
		})
	}
	return found
}

// watched looks into folders again and again until it is stopped.
func watched(folders ...string) (stop func() (looks int, found []string)) {
	var seen []string
	var looks atomic.Int64
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			seen = append(seen, inFolders(folders...)...)
			looks.Add(1)
			select {
			case <-end:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() (int, []string) {
		close(end)
		<-done
		return int(looks.Load()), seen
	}
}

// nowhere fails where a planted text stands in any table of the database.
func (c *clinic) nowhere(when string) {
	c.t.Helper()
	texts := append([]string{}, planted...)
	for _, p := range planted {
		texts = append(texts, hex.EncodeToString([]byte(p)))
	}
	rows, err := c.db.Pool.Query(c.t.Context(), `select c.oid::regclass::text from pg_class c where c.relkind in ('r', 'p', 'm') and c.relnamespace = 'public'::regnamespace`)
	c.must(err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	c.must(err)
	if len(tables) < 50 {
		c.t.Fatalf("only %d tables", len(tables))
	}
	for _, table := range tables {
		n := c.count(`select count(*) from `+table+` t where exists (select from unnest($1::text[]) p where position(p in t::text) > 0)`, texts)
		if n > 0 {
			var row string
			c.must(c.db.Pool.QueryRow(c.t.Context(), `select t::text from `+table+` t where exists (select from unnest($1::text[]) p where position(p in t::text) > 0) limit 1`, texts).Scan(&row))
			c.t.Errorf("%s: %d rows of %s, as %.2000s", when, n, table, row)
		}
	}
}

// inDatabaseFiles looks into what the server has written since.
func (c *clinic) inDatabaseFiles(since time.Time) {
	c.t.Helper()
	_, err := c.db.Pool.Exec(c.t.Context(), `checkpoint`)
	c.must(err)
	var data string
	c.must(c.db.Pool.QueryRow(c.t.Context(), `select current_setting('data_directory')`).Scan(&data))
	looked := 0
	err = filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err != nil || info.ModTime().Before(since) {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		looked++
		for _, p := range planted {
			if bytes.Contains(content, []byte(p)) {
				c.t.Errorf("%s stands in %s of the server", p, path)
			}
		}
		return nil
	})
	c.must(err)
	c.t.Logf("%d files of the server", looked)
}

func register(t testing.TB) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range [][]any{
		{"老旧小区台账  填表人：欧阳测验 13912345678"},
		{"小区名称", "户数", "建筑面积", "业主", "联系电话", "身份证号", "备注", "建成年份"},
		{"测验一村", 120, 8000, "欧阳测验", "13912345678", "500110198001011239", "找赵测验 15011112222", 1988},
		{"测验二村 13700137000", 15922223333, 9000, "欧阳测验", 13912345678, "500110198001011239", "", 1989},
		{"测验三村", 80, "15011112222", "", "", "", "", "13912345678"},
	} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := book.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatFilesSayAboutPersonsIsKeptNowhere(t *testing.T) {
	c := newClinic(t)
	since := time.Now()
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	formats := map[string]write{}
	for name, w := range writers {
		formats[name] = w
	}
	formats["dxf"] = func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		crs, err := geo.ParseCRS("EPSG:4549") // a drawing in metres
		if err != nil {
			return err
		}
		return dxf.Write(ctx, w, []geofile.Layer{l[0].Projected(crs)}, dxf.WriteOptions{})
	}
	for _, format := range sortedKeys(formats) {
		t.Run(format, func(t *testing.T) {
			c.t = t
			_, err := c.db.Pool.Exec(t.Context(), `delete from building; delete from import_habit`)
			c.must(err)
			var file bytes.Buffer
			c.must(formats[format](t.Context(), &file, []geofile.Layer{residents(t, 5)}))
			stop := watched(c.doctor.files, scratch)
			i := c.examined(c.sealed("楼栋."+format, file.Bytes()))
			c.nowhere("staged")
			told, err := json.Marshal(i)
			c.must(err)
			clean(t, "the inspection", string(told))
			if format == "dxf" { // its places are nowhere near the district; it is not brought in
				stop()
				c.doctor.removeFile(t.Context(), i.path)
				return
			}
			i = c.answered(i)
			report := c.broughtClean(i, stop)
			whole, cells := int64(0), int64(0)
			for _, d := range report.Dropped {
				if d.Whole {
					whole += d.Cells
				} else {
					cells += d.Cells
				}
			}
			if whole != 15 || cells != 15 || !strings.Contains(strings.Join(report.Notes, "\n"), "（5 格）") {
				t.Errorf("%d cells of columns of persons, %d others: %+v\n%v", whole, cells, report.Dropped, report.Notes)
			}
			if n := c.count(`select count(*) from building where name like '龙湖%'`); n != 5 {
				t.Errorf("%d buildings", n)
			}
			if left, _ := os.ReadDir(c.doctor.files); len(left) > 0 || c.count(`select count(*) from upload_key`) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	c.t = t
	t.Run("ledger", func(t *testing.T) {
		c.t = t
		stop := watched(c.doctor.files, scratch)
		i := c.examined(c.sealed("台账.xlsx", register(t)))
		if i.Diagnosis.Path != pathLedger {
			t.Fatalf("the file goes by %q", i.Diagnosis.Path)
		}
		c.nowhere("looked into")
		report := c.broughtClean(i, stop)
		t.Logf("%+v", report.Dropped)
	})
	c.t = t
	c.inDatabaseFiles(since)
}

// broughtClean brings an inspection's file in, and looks for what it says about
// persons on the disk meanwhile (until stop), in the database and in the report.
func (c *clinic) broughtClean(i Inspection, stop func() (looks int, found []string)) *importer.Report {
	c.t.Helper()
	report, err := c.bring(i)
	c.must(err)
	if looks, found := stop(); len(found) > 0 || looks < 3 {
		c.t.Errorf("%d looks: on the disk stood %v", looks, found)
	}
	c.nowhere("imported")
	said, err := json.Marshal(report)
	c.must(err)
	clean(c.t, "the report", string(said))
	return report
}

func clean(t testing.TB, what, said string) {
	t.Helper()
	for _, p := range planted {
		if strings.Contains(said, p) {
			t.Errorf("%s says %s: %s", what, p, said)
		}
	}
}

func TestAFileWhoseKeyIsGoneHasToBeSentAgain(t *testing.T) {
	c := newClinic(t)
	var file bytes.Buffer
	c.must(writers["geojson"](t.Context(), &file, []geofile.Layer{some(t, 3)}))
	i := c.sealed("楼栋.geojson", file.Bytes())
	_, err := c.db.Pool.Exec(t.Context(), `delete from upload_key`)
	c.must(err)
	args, err := json.Marshal(Args{Inspection: i.ID})
	c.must(err)
	if _, err := c.doctor.Inspect(t.Context(), args, nil); err == nil || !strings.Contains(err.Error(), "请重新上传") {
		t.Errorf("got %v", err)
	}
	if i, err = c.doctor.Inspection(t.Context(), i.ID); err != nil || i.State != Failed || !strings.Contains(i.Error, "请重新上传") {
		t.Errorf("%s %q %v", i.State, i.Error, err)
	}
}
