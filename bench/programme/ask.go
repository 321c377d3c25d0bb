package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/app"
	"github.com/lianpian/lianpian/internal/postgis"
)

// promise is what every list of the programme is to stay under.
const promise = 200 * time.Millisecond

// client is somebody who asks a running service.
type client struct {
	http    http.Client
	address string
	cookie  string
	ended   chan struct{}
	end     context.CancelFunc
}

// stop ends the service and waits for it.
func (c *client) stop() {
	c.end()
	<-c.ended
}

// serve runs the whole service on the database, and returns a planner who is
// signed in. Stop it before the database.
func serve(ctx context.Context, db *postgis.DB, folder string) (*client, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	listener.Close()
	accounts, err := account.New(db, account.Config{})
	if err != nil {
		return nil, err
	}
	a, err := accounts.Create(ctx, account.Draft{Name: "bench", Role: account.Planner, District: district.Code})
	if err != nil {
		return nil, err
	}
	link, err := accounts.IssueLink(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	token, _, err := accounts.Redeem(ctx, link, "", "bench")
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	c := &client{address: "http://" + address, cookie: token, ended: make(chan struct{}), end: end}
	go func() {
		defer close(c.ended)
		_ = app.Serve(ctx, app.Config{DataDir: folder, DatabaseURL: db.URL(), LogLevel: "error"}, app.ServeConfig{Listen: address, JobWorkers: 1}, io.Discard)
	}()
	for range 200 {
		if resp, err := c.http.Get(c.address + "/readyz"); err == nil {
			resp.Body.Close()
			return c, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.stop()
	return nil, errors.New("the service does not start")
}

// get asks for one address and returns how many bytes came. What stands behind a
// space in it is posted.
func (c *client) get(ctx context.Context, path string) (int, error) {
	path, body, posted := strings.Cut(path, " ")
	method := http.MethodGet
	if posted {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, c.address+"/api/v1/districts/"+district.Code+"/"+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	if posted {
		r.Header.Set("Content-Type", "application/json")
	}
	r.AddCookie(&http.Cookie{Name: "lianpian_session", Value: c.cookie})
	resp, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s %.200s", path, resp.Status, answer.String())
	}
	return answer.Len(), nil
}

// measure prints a line for each address: the middle and the 95th of a hundred,
// and what of the promise the latter takes.
func (c *client) measure(ctx context.Context, paths []string, times int, out io.Writer) error {
	fmt.Fprintf(out, "%-62s %9s %9s %9s %9s\n", "/districts/{district}/… (with a body: POST)", "p50", "p95", "bytes", "of 200 ms")
	var failed error
	for _, path := range paths {
		size := 0
		var err error
		if size, err = c.get(ctx, path); err != nil {
			fmt.Fprintf(out, "%-62s %v\n", path, err)
			failed = errors.Join(failed, err)
			continue
		}
		spans := make([]time.Duration, 0, times)
		for range times {
			began := time.Now()
			if _, err := c.get(ctx, path); err != nil {
				return err
			}
			spans = append(spans, time.Since(began))
		}
		slices.Sort(spans)
		p95 := spans[min(len(spans)-1, len(spans)*95/100)]
		fmt.Fprintf(out, "%-62s %6.1f ms %6.1f ms %9d %8.0f %%\n", path, ms(spans[len(spans)/2]), ms(p95), size, 100*p95.Seconds()/promise.Seconds())
	}
	return failed
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
