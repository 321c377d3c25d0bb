package httpapi

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// drip gives a byte each time and lets the clock go on.
type drip struct {
	clock *time.Time
	every time.Duration
	piece int
}

func (d drip) Read(b []byte) (int, error) {
	*d.clock = d.clock.Add(d.every)
	return min(d.piece, len(b)), nil
}

func TestUploadsThatOnlyDripAreEnded(t *testing.T) {
	for name, c := range map[string]struct {
		every time.Duration
		piece int
		after time.Duration // it is ended; 0 is never within a day
	}{
		"a byte every half minute": {30 * time.Second, 1, 90 * time.Second},
		"a slow line":              {time.Second, 8 << 10, longestUpload + time.Second},
		"half the rate":            {time.Second, 1 << 10, 121 * time.Second}, // t KiB < 2 (t - 60) KiB from then on
	} {
		clock := time.Unix(0, 0)
		began := clock
		p := &patient{w: httptest.NewRecorder(), r: drip{&clock, c.every, c.piece}, began: began, now: func() time.Time { return clock }}
		_, err := io.Copy(io.Discard, p)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		if took := clock.Sub(began); took != c.after {
			t.Errorf("%s: ended after %s, want %s", name, took, c.after)
		}
		var said *Problem
		if !errors.As(unreadableForm(err), &said) || said.Status != http.StatusRequestTimeout {
			t.Errorf("%s: said %v", name, unreadableForm(err))
		}
	}
}

func TestAFormOfAThousandPartsIsRefused(t *testing.T) {
	w := newWorld(t)
	body := strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n", 1000) + "--b--\r\n"
	for _, path := range bothDoors {
		got := w.as("planner", ask{method: "POST", path: path, body: body, headers: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}})
		if got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	w.nothingLeft("a thousand parts")
}
