package delivery_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan/areaplantest"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (d *desk) open(name string, p delivery.Package) error {
	d.t.Helper()
	ctx, scope := d.as(name)
	_, file, err := d.store.Open(ctx, scope, p.ID)
	if err == nil {
		err = file.Close()
	}
	return err
}

func (d *desk) book(name string) delivery.Package {
	d.t.Helper()
	return d.must(d.make(name, delivery.Order{Zones: []string{d.Zone.Code}, Parts: []string{"book"}}))
}

func TestAPackageIsForThoseWhoReadAsFarAsItsMaker(t *testing.T) {
	d := newDesk(t)
	planners, officers, contractors := d.book("planner"), d.book("officer"), d.book("contractor")
	for _, c := range []struct {
		who  string
		of   delivery.Package
		want error
	}{
		{"planner", planners, nil},
		{"planner", officers, nil},
		{"officer", officers, nil},
		{"officer", planners, postgis.ErrNotFound},
		{"officer", contractors, postgis.ErrNotFound}, // who reads both sides of a zone
		{"contractor", contractors, nil},
		{"contractor", planners, postgis.ErrNotFound},
		{"contractor", officers, postgis.ErrNotFound}, // of zones that are not theirs
	} {
		if err := d.open(c.who, c.of); !errors.Is(err, c.want) {
			t.Errorf("the %s opens what the %s made: %v, want %v", c.who, c.of.CreatedBy, err, c.want)
		}
	}
	ctx, scope := d.as("officer")
	list, err := d.store.List(ctx, scope, d.District, 10)
	if err != nil || len(list) != 1 || list[0].ID != officers.ID {
		t.Errorf("the officer is shown %+v, %v", list, err)
	}
}

func TestWhoseScopeShrinksLosesTheFile(t *testing.T) {
	d := newDesk(t)
	p := d.book("planner")
	d.Exec(`update account set role = 'officer' where name = 'planner'`)
	d.Exec(`insert into account_subdistrict (account_id, district_code, subdistrict_code) select id, $1, $2 from account where name = 'planner'`, d.District, areaplantest.West)
	if err := d.open("planner", p); !errors.Is(err, delivery.ErrScope) {
		t.Errorf("the file of a wider scope: %v", err)
	}
	ctx, scope := d.as("planner")
	if own, err := d.store.Get(ctx, scope, p.ID); err != nil || own.MayDownload {
		t.Errorf("their own package is %+v, %v", own, err)
	}
	if _, err := d.store.Again(ctx, scope, p.ID); !errors.Is(err, delivery.ErrScope) {
		t.Errorf("making it again: %v", err)
	}
}

func TestSmallCountsGoToNobodyWhoIsNotShownThem(t *testing.T) {
	d := newDesk(t)
	d.Exec(`update account set role = 'viewer' where name = 'contractor'`) // reads the whole district, sees no small counts
	p := d.book("planner")
	ctx, scope := d.as("contractor")
	if _, _, err := d.store.Open(ctx, scope, p.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a file with small counts: %v", err)
	}
}

func TestAPackageIsMadeWithTheRightsOfItsDay(t *testing.T) {
	d := newDesk(t)
	ctx, scope := d.as("planner")
	p, err := d.store.Ask(ctx, scope, d.District, delivery.Order{Zones: []string{d.Zone.Code}, Parts: []string{"geopackage"}})
	if err != nil {
		t.Fatal(err)
	}
	d.Exec(`update account set role = 'officer' where name = 'planner'`)
	d.Exec(`insert into account_subdistrict (account_id, district_code, subdistrict_code) select id, $1, $2 from account where name = 'planner'`, d.District, areaplantest.West)
	p = d.must(d.work("planner", p))
	if err := d.open("planner", p); err != nil {
		t.Errorf("what was made with fewer rights: %v", err)
	}
	note := string(unpack(t, d.content(p))["说明.txt"])
	if !strings.Contains(note, "辖区以外") {
		t.Errorf("the note does not say that part of the zone is missing:\n%s", note)
	}
	if recipe := string(unpack(t, d.content(p))["reproduce.json"]); strings.Contains(recipe, "-2+3") {
		t.Error("the package holds a community that its maker may not read any more")
	}
	d.Exec(`update account set role = 'viewer' where name = 'planner'`)
	var refusal *job.Refusal
	if _, err := d.work("planner", p); !errors.As(err, &refusal) {
		t.Errorf("without the right to export: %v", err)
	}
}

func TestTheFileOfAPackageGoesInTime(t *testing.T) {
	d := newDesk(t)
	p := d.book("planner")
	sweep := func() {
		t.Helper()
		if err := d.store.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	there := func(kind string) bool {
		_, err := os.Stat(filepath.Join(d.dir, p.ID.String()+kind))
		return err == nil
	}
	d.now = d.now.Add(29 * 24 * time.Hour)
	sweep()
	if err := d.open("planner", p); err != nil {
		t.Errorf("within its time: %v", err)
	}
	d.now = d.now.Add(2 * 24 * time.Hour)
	if err := d.open("planner", p); !errors.Is(err, delivery.ErrExpired) {
		t.Errorf("after its time: %v", err)
	}
	sweep()
	if there(".zip") || !there(".json.gz") {
		t.Error("the file is there, or what it was made from is not")
	}
	ctx, scope := d.as("planner")
	again, err := d.store.Again(ctx, scope, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if again = d.must(d.work("planner", again)); again.SHA256 != p.SHA256 {
		t.Error("another package comes out after the time of the first")
	}
	d.now = d.now.Add(800 * 24 * time.Hour)
	sweep()
	if _, err := d.store.Get(ctx, scope, p.ID); !errors.Is(err, postgis.ErrNotFound) || there(".json.gz") {
		t.Errorf("after years it is still there: %v", err)
	}
}

func TestADeletedPackageLeavesNothing(t *testing.T) {
	d := newDesk(t)
	p := d.book("planner")
	ctx, scope := d.as("planner")
	if err := d.store.Delete(ctx, scope, p.ID); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(d.dir); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
	if err := d.open("planner", p); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a deleted package: %v", err)
	}
}

func TestACancelledPackageLeavesNoFile(t *testing.T) {
	d := newDesk(t)
	ctx, scope := d.as("planner")
	p, err := d.store.Ask(ctx, scope, d.District, delivery.Order{Zones: []string{d.Zone.Code}, Parts: data})
	if err != nil {
		t.Fatal(err)
	}
	args, err := json.Marshal(delivery.JobArgs{Package: p.ID})
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.store.Handle(ended, args, nil); err == nil {
		t.Error("a cancelled job made a package")
	}
	if files, _ := os.ReadDir(d.dir); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
	if err := d.open("planner", p); !errors.Is(err, delivery.ErrMaking) {
		t.Errorf("before it is made: %v", err)
	}
}

// full is a disk without room after some bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, syscall.ENOSPC
	}
	return len(b), nil
}

func TestAFullDiskIsToldAsSuch(t *testing.T) {
	d := newDesk(t)
	content := &delivery.Content{Plan: *d.Plan(d.Zone.Code)}
	for _, room := range []int{0, 100, 5000, 20_000} {
		_, err := delivery.Make(t.Context(), &full{room}, content, delivery.Order{Zones: []string{d.Zone.Code}, Parts: data}, t.TempDir(), (*job.Progress)(nil))
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
	if err := os.Chmod(d.dir, 0o500); err != nil || os.Getuid() == 0 {
		t.Skip("root writes everywhere")
	}
	if _, err := d.make("planner", delivery.Order{Zones: []string{d.Zone.Code}, Parts: []string{"book"}}); err == nil {
		t.Error("a package was made where nothing can be written")
	}
}

func TestSingleFilesOfEveryFormat(t *testing.T) {
	d := newDesk(t)
	ctx, scope := d.as("planner")
	for _, format := range delivery.SingleFormats() {
		for _, crs := range []string{"", "EPSG:4545", "gk:cm=107,fe=400000,prefix=0"} {
			one, err := d.store.Single(ctx, scope, d.District, delivery.Order{Zones: []string{d.Zone.Code}, CRS: crs}, format)
			if err != nil {
				t.Errorf("%s in %q: %v", format, crs, err)
				continue
			}
			var size counter
			if err := one.Write(&size); err != nil || size == 0 || one.Media == "" || filepath.Ext(one.Name) == "" || strings.ContainsAny(one.Name, `/\<>`) {
				t.Errorf("%s in %q: %d bytes as %q (%s): %v", format, crs, size, one.Name, one.Media, err)
			}
		}
	}
	var invalid *delivery.InvalidError
	if _, err := d.store.Single(ctx, scope, d.District, delivery.Order{Zones: []string{d.Zone.Code}}, "dwg"); !errors.As(err, &invalid) {
		t.Errorf("an unknown format: %v", err)
	}
	ctx = account.With(ctx, account.Person{Name: "x", District: "500152"})
	if _, err := d.store.Single(ctx, account.Scope{District: "500152"}, d.District, delivery.Order{Zones: []string{d.Zone.Code}}, "xlsx"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district: %v", err)
	}
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)
