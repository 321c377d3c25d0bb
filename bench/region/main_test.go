package main

import (
	"context"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestARunComparesWithTheDatabaseAndTheLimit(t *testing.T) {
	var out strings.Builder
	o := options{database: postgistest.New(t).URL(), communities: 900, zone: 60, zones: 2, times: 1, seed: 2}
	if err := run(context.Background(), o, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"parts in SQL", "of the limit", "anywhere", "2 of 2"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, out.String())
		}
	}
}
