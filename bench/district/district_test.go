package district

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestTheSameSeedGivesTheSameDistrict(t *testing.T) {
	size := Scaled(3_000)
	one, two, other := New(size, 7), New(size, 7), New(size, 8)
	collect := func(d *District) (all []Building) {
		for b := range d.Buildings() {
			all = append(all, b)
		}
		return all
	}
	if diff := cmp.Diff(collect(one), collect(two)); diff != "" {
		t.Errorf("buildings differ: %s", diff)
	}
	if diff := cmp.Diff(one.Roads, two.Roads); diff != "" {
		t.Errorf("roads differ: %s", diff)
	}
	if cmp.Equal(collect(one), collect(other)) {
		t.Error("another seed gives the same buildings")
	}
}

func TestSizeIsMetExactly(t *testing.T) {
	for _, size := range []Size{Scaled(500), Scaled(3_000), Full} {
		d := New(size, Seed)
		buildings := 0
		for b := range d.Buildings() {
			buildings++
			if n := len(b.Area[0][0]); n < 5 || n > 12 {
				t.Fatalf("building %s has %d vertices", b.Code, n)
			}
		}
		got := Size{buildings, len(d.Communities), len(d.Roads), len(d.Facilities)}
		if diff := cmp.Diff(size, got); diff != "" {
			t.Errorf("size of the district: %s", diff)
		}
	}
}

func TestLoadedDistrictIsValid(t *testing.T) {
	db := postgistest.New(t)
	ctx := context.Background()
	if err := Load(ctx, db, New(Scaled(3_000), Seed)); err != nil {
		t.Fatal(err)
	}
	var buildings, outside, crooked int
	err := db.Pool.QueryRow(ctx, `
		select count(*),
		       count(*) filter (where c.id is not null and not ST_Covers(c.geom, b.geom)),
		       count(*) filter (where not ST_IsSimple(b.geom))
		from building b
		left join community c on c.id = b.community_id`).Scan(&buildings, &outside, &crooked)
	if err != nil {
		t.Fatal(err)
	}
	if buildings != 3_000 || outside != 0 || crooked != 0 {
		t.Errorf("%d buildings, %d outside their community, %d crooked", buildings, outside, crooked)
	}
}
