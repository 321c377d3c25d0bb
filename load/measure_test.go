package load

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// times are durations in order.
type times []time.Duration

// at is the time that a share of the requests took at the most.
func (d times) at(share float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	return d[min(len(d)-1, int(share*float64(len(d))))]
}

// kindFigures are those of one kind of request.
type kindFigures struct {
	server, client times
	conflicts      int // somebody else was faster, which the app tells and offers to do again
	errors         int
}

// figures are what came of everything that was asked after a moment.
type figures struct {
	kinds     map[string]*kindFigures
	requests  int
	errors    []string
	unmatched int // not in the service's log
	unchanged int // of the tiles: the browser had them
}

// report sums up, with the times of the service by the numbers of the requests.
func report(crowd []*person, served map[string]time.Duration, from time.Time) *figures {
	r := &figures{kinds: map[string]*kindFigures{}}
	for _, p := range crowd {
		for _, s := range p.samples {
			if s.err != nil || s.status >= 400 && s.status != http.StatusPreconditionFailed {
				r.errors = append(r.errors, fmt.Sprintf("%s: %s: %d %v", p.name, s.what, s.status, s.err))
			}
			if s.at.Before(from) {
				continue
			}
			k := r.kinds[s.kind]
			if k == nil {
				k = &kindFigures{}
				r.kinds[s.kind] = k
			}
			r.requests++
			switch {
			case s.err != nil || s.status >= 400 && s.status != http.StatusPreconditionFailed:
				k.errors++
				continue
			case s.status == http.StatusPreconditionFailed:
				k.conflicts++
			case s.status == http.StatusNotModified:
				r.unchanged++
			}
			took, known := served[s.id]
			if !known {
				r.unmatched++
			}
			k.server = append(k.server, took)
			k.client = append(k.client, s.took)
		}
	}
	for _, k := range r.kinds {
		slices.Sort(k.server)
		slices.Sort(k.client)
	}
	return r
}

// String is a table, what was asked for most first.
func (r *figures) String() string {
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "ms\tcount\terrors\tconflicts\tserver p50\tp95\tp99\tmax\tclient p50\tp95\tp99\tmax\t")
	names := make([]string, 0, len(r.kinds))
	for name := range r.kinds {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(len(r.kinds[b].client), len(r.kinds[a].client)) })
	for _, name := range names {
		k := r.kinds[name]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t", name, len(k.client), k.errors, k.conflicts)
		for _, d := range []times{k.server, k.client} {
			for _, share := range []float64{0.5, 0.95, 0.99, 1} {
				fmt.Fprintf(table, "%.1f\t", float64(d.at(share).Microseconds())/1000)
			}
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
	kept, made := r.kinds[tileKept], r.kinds[tileMade]
	if kept != nil && made != nil {
		all := len(kept.client) + len(made.client)
		fmt.Fprintf(&b, "tiles: %d, of which %.1f %% from the service's memory, %.1f %% the browser had already\n",
			all, 100*float64(len(kept.client))/float64(all), 100*float64(r.unchanged)/float64(all))
	}
	return b.String()
}

// readLog reads how long every request took at the service, by its number, and
// the lines that are warnings or worse.
func readLog(path string) (served map[string]time.Duration, warnings []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	served = map[string]time.Duration{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Level   string        `json:"level"`
			Msg     string        `json:"msg"`
			Request string        `json:"request"`
			Took    time.Duration `json:"took"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			warnings = append(warnings, lines.Text()) // a panic of the runtime is no JSON
			continue
		}
		if line.Msg == "request" {
			served[line.Request] = line.Took
		}
		if line.Level == "WARN" || line.Level == "ERROR" {
			warnings = append(warnings, lines.Text())
		}
	}
	return served, warnings, lines.Err()
}

// observer looks at the service's process from outside.
type observer struct {
	pid  int
	base string
	dir  string // of the database
	seen []observation
	open int // event streams, the most that were
	last []byte
}

type observation struct {
	at         time.Time
	resident   float64 // bytes
	goroutines int
	busy       [3]time.Duration // of the processors: the service, its database, these tests
}

// watch looks once a second until ctx ends.
func (o *observer) watch(ctx context.Context) {
	for {
		o.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

func (o *observer) look(ctx context.Context) {
	now := observation{at: time.Now(), resident: resident(o.pid), busy: [3]time.Duration{busy(o.pid), busyIn(o.dir), busy(os.Getpid())}}
	if r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base+"/metrics", nil); err == nil {
		if a := answered(http.DefaultClient.Do(r)); a.err == nil {
			now.goroutines = int(metric(a.body, "go_goroutines"))
			o.last = a.body
			o.open = max(o.open, int(metric(a.body, "lianpian_event_streams")))
		}
	}
	if now.resident > 0 {
		o.seen = append(o.seen, now)
	}
}

func (o *observer) streams() int { return o.open }

// quarter is the mean memory of a quarter of the time, 0 to 3, in bytes.
func (o *observer) quarter(n int) float64 {
	part := o.seen[len(o.seen)*n/4 : len(o.seen)*(n+1)/4]
	sum := 0.0
	for _, s := range part {
		sum += s.resident
	}
	return sum / float64(max(1, len(part)))
}

func (o *observer) String() string {
	if len(o.seen) == 0 {
		return "nothing was observed"
	}
	var b strings.Builder
	for i, name := range []string{"start", "middle", "end"} {
		s := o.seen[i*(len(o.seen)-1)/2]
		fmt.Fprintf(&b, "%s: %.0f MiB resident, %d goroutines; ", name, s.resident/(1<<20), s.goroutines)
	}
	fmt.Fprintf(&b, "mean of the quarters:")
	for n := range 4 {
		fmt.Fprintf(&b, " %.0f", o.quarter(n)/(1<<20))
	}
	fmt.Fprintf(&b, " MiB; %d event streams\n", o.open)
	first, last := o.seen[0], o.seen[len(o.seen)-1]
	for i, who := range []string{"the service", "the database", "these tests"} {
		fmt.Fprintf(&b, "%s used %.2f processors; ", who, (last.busy[i]-first.busy[i]).Seconds()/last.at.Sub(first.at).Seconds())
	}
	for _, pool := range []string{"main", "follow", "tiles"} {
		of := fmt.Sprintf(`{ended="done",pool="%s"}`, pool)
		if n := metric(o.last, "lianpian_db_query_seconds_count"+of); n > 0 {
			fmt.Fprintf(&b, "%.0f statements of %s, %.1f ms each; ", n, pool, 1000*metric(o.last, "lianpian_db_query_seconds_sum"+of)/n)
		}
	}
	return b.String()
}

// resident is the memory of a process that is in RAM, in bytes; 0 where it is gone.
func resident(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.ParseFloat(strings.TrimSpace(strings.SplitN(rest, "kB", 2)[0]), 64)
	if err != nil {
		return 0
	}
	return kilobytes * 1024
}

// busy is how long a process has used processors.
func busy(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // a name may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	ticks := 0
	for _, field := range fields[11:13] { // in user mode and in the kernel
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// busyIn is the same for the processes that work in a directory, as those of a
// database do.
func busyIn(dir string) (all time.Duration) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if at, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil && at == dir {
			all += busy(pid)
		}
	}
	return all
}

// metric is a figure by its name and labels.
func metric(text []byte, name string) float64 {
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			number, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err == nil {
				return number
			}
		}
	}
	return 0
}
