package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// bothDoors are the two ways in for a file.
var bothDoors = []string{root + "/districts/500110/imports", root + "/districts/500110/inspections"}

func (w *world) nothingLeft(name string) {
	w.t.Helper()
	left, err := os.ReadDir(w.server.UploadDir)
	if err != nil || len(left) != 0 {
		w.t.Errorf("%s: left behind %v, %v", name, left, err)
	}
	if jobs, inspections := w.count("job"), w.count("inspection"); jobs+inspections != 0 {
		w.t.Errorf("%s: %d jobs, %d inspections", name, jobs, inspections)
	}
}

// A file of more than 2 GB is refused before it is read, in a sentence that
// names the setting.
func TestAFileAboveTheLimitIsRefusedByItsHead(t *testing.T) {
	w := newWorld(t)
	for _, path := range bothDoors {
		conn, err := net.Dial("tcp", w.http.Listener.Addr().String())
		w.must(err)
		defer conn.Close()
		w.must(conn.SetDeadline(time.Now().Add(30 * time.Second)))
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: here\r\nCookie: %s=%s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n",
			path, cookieName, w.tokens["planner"], int64(2100)<<20)
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		w.must(err)
		body, err := io.ReadAll(got.Body)
		w.must(err)
		if got.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "LIANPIAN_UPLOAD_LIMIT") || !strings.Contains(string(body), "4 MiB") {
			t.Errorf("%s: %d %s", path, got.StatusCode, body)
		}
	}
	w.nothingLeft("by its head")
}

// The same where no head tells the size.
func TestAFileAboveTheLimitIsRefusedWhileItComesIn(t *testing.T) {
	w := newWorld(t)
	for _, path := range bothDoors {
		body, kind := form(strings.Repeat("x", 5<<20), "large.gpkg", nil)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.http.URL+path, io.MultiReader(strings.NewReader(body)))
		w.must(err)
		r.ContentLength = -1
		r.Header.Set("Content-Type", kind)
		r.AddCookie(&http.Cookie{Name: cookieName, Value: w.tokens["planner"]})
		got, err := http.DefaultTransport.RoundTrip(r)
		w.must(err)
		answer, err := io.ReadAll(got.Body)
		_ = got.Body.Close()
		w.must(err)
		if got.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(answer), "LIANPIAN_UPLOAD_LIMIT") {
			t.Errorf("%s: %d %s", path, got.StatusCode, answer)
		}
	}
	w.nothingLeft("while it comes in")
}

func TestACancelledUploadLeavesNothing(t *testing.T) {
	w := newWorld(t)
	for _, path := range bothDoors {
		ctx, cancel := context.WithCancel(t.Context())
		reader, writer := io.Pipe()
		m := multipart.NewWriter(writer)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.http.URL+path, reader)
		w.must(err)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r.AddCookie(&http.Cookie{Name: cookieName, Value: w.tokens["planner"]})
		done := make(chan error, 1)
		go func() {
			got, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				_ = got.Body.Close()
			}
			done <- err
		}()
		part, err := m.CreateFormFile("file", "楼栋.geojson")
		w.must(err)
		_, err = io.WriteString(part, strings.Repeat(" ", 300<<10))
		w.must(err)
		w.until("the file has begun to come in", func() bool {
			files, err := os.ReadDir(w.server.UploadDir)
			return err == nil && len(files) == 1
		})
		cancel()
		_ = writer.CloseWithError(context.Canceled)
		if err := <-done; err == nil {
			t.Errorf("%s: the cancelled upload was answered", path)
		}
		w.until("the file is gone", func() bool {
			files, err := os.ReadDir(w.server.UploadDir)
			return err == nil && len(files) == 0
		})
		w.nothingLeft(path)
	}
}

// until waits for something that another goroutine does.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not within 30 s: %s", what)
		}
	}
}
