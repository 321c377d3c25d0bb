package survey_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/survey"
)

func TestTheMapShowsSharesAndHidesSmallCounts(t *testing.T) {
	d := newDesk(t)
	d.building("A", "B3", "3幢", "residential", 20)
	d.mustSave(d.open("A"), at("B2", "1单元", 30, 30, 15), at("B2", "2单元", 10, 10, 5), at("B3", "", 40, 40, 37), at("B10", "", 50, 50, 50))
	here := orb.Bound{Min: orb.Point{106.89, 28.92}, Max: orb.Point{106.95, 28.99}}
	said := func(p survey.Picture, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, f := range p.Features {
			share := "-"
			if f.Properties.Share != nil {
				share = fmt.Sprint(*f.Properties.Share)
			}
			text += fmt.Sprintf("%s %s %v;", f.Properties.Code, share, f.Properties.Masked)
		}
		return text
	}
	if got := said(d.Picture(context.Background(), account.Everything, d.district, here)); got != "B10 1 false;B2 0.5 false;B3 0.925 false;" {
		t.Error(got)
	}
	viewer, scope := d.as(account.Viewer, account.Scope{})
	if got := said(d.Picture(viewer, scope, d.district, here)); got != "B10 1 false;B2 - true;B3 - true;" {
		t.Error("3 of 3幢 did not agree, and 2幢 would tell:", got)
	}
	officer, there := d.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	if got := said(d.Picture(officer, there, d.district, here)); got != "" {
		t.Error("outside the scope:", got)
	}
	if got := said(d.Picture(context.Background(), account.Everything, d.district, orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{1.1, 1.1}})); got != "" {
		t.Error("elsewhere:", got)
	}
	wide, err := d.Picture(context.Background(), account.Everything, d.district, orb.Bound{Min: orb.Point{106, 28}, Max: orb.Point{107, 29}})
	if err != nil || wide.Whole || len(wide.Features) > 0 {
		t.Errorf("a box of a degree: %v, %d buildings", err, len(wide.Features))
	}
}

func TestSharesOfCommunities(t *testing.T) {
	d := newDesk(t)
	d.mustSave(d.open("A"), at("B2", "", 60, 60, 30), at("B10", "", 40, 40, 20))
	d.mustSave(d.open("B"), whole(30, 30, 3))
	said := func(list []survey.Share, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, s := range list {
			text += fmt.Sprint(s.Code, s.Share != nil, s.Masked, " ")
		}
		return text
	}
	if got := said(d.Shares(context.Background(), account.Everything, d.district)); got != "Atrue false Btrue false " {
		t.Error(got)
	}
	viewer, scope := d.as(account.Viewer, account.Scope{})
	if got := said(d.Shares(viewer, scope, d.district)); got != "Atrue false Bfalse true " {
		t.Error(got)
	}
}
