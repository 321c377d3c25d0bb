package clock_test

import (
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/clock"
)

func TestADayBeginsInChina(t *testing.T) {
	for moment, want := range map[string]string{
		"2026-12-31T15:59:59Z":      "2026-12-31",
		"2026-12-31T16:00:00Z":      "2027-01-01",
		"2027-01-01T00:30:00+08:00": "2027-01-01",
		"2026-12-31T18:00:00-05:00": "2027-01-01",
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := clock.Day(at); got.Format(time.RFC3339) != want+"T00:00:00Z" {
			t.Errorf("%s is of %s, want %s", moment, got, want)
		}
	}
	if _, offset := clock.Now().Zone(); offset != 8*60*60 {
		t.Errorf("now is told %d s from UTC", offset)
	}
}
