package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/job"
)

// say prints what a command has to say: as one JSON document for scripts, or by
// plainly for people.
func (c Config) say(out io.Writer, value any, plainly func(out io.Writer) error) error {
	if !c.JSON {
		return plainly(out)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	return nil
}

// How often a bar is drawn again, and a script is told.
const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 500 * time.Millisecond
)

// bar shows how far long work is: to people in one line that is drawn over, to
// scripts as lines of JSON. On a nil writer it shows nothing.
type bar struct {
	to             io.Writer
	lines          bool // for scripts
	phase, unit    string
	done, total    int64
	since, painted time.Time
	shown          string
}

// newBar shows progress on status, as the command's answer is printed.
func (c Config) newBar(status io.Writer) *bar { return &bar{to: status, lines: c.JSON} }

// Phase begins a phase that is counted in unit up to total; 0 is unknown.
func (b *bar) Phase(name, unit string, total int64) {
	b.end()
	b.phase, b.unit, b.done, b.total, b.since = name, unit, 0, total, time.Now()
	b.draw()
}

// Advance adds to what is done.
func (b *bar) Advance(n int64) {
	b.done += n
	every := barEvery
	if b.lines {
		every = lineEvery
	}
	if time.Since(b.painted) >= every {
		b.draw()
	}
}

func (b *bar) draw() {
	var left *float64
	if elapsed := time.Since(b.since).Seconds(); elapsed >= 1 && b.done > 0 && b.total > 0 && b.done <= b.total {
		seconds := elapsed / float64(b.done) * float64(b.total-b.done)
		left = &seconds
	}
	done := b.done
	if b.total > 0 { // programs of PostgreSQL count a table of PostGIS more
		done = min(done, b.total)
	}
	b.show(step{b.phase, b.unit, done, b.total, left})
}

// end tells scripts how far a phase came.
func (b *bar) end() {
	if b.lines && b.done > 0 {
		b.draw()
	}
}

// step is how far work is.
type step struct {
	Phase       string   `json:"phase"`
	Unit        string   `json:"unit"`
	Done        int64    `json:"done"`
	Total       int64    `json:"total" doc:"0: not known"`
	SecondsLeft *float64 `json:"seconds_left"`
}

// show shows a step, unless it was shown last.
func (b *bar) show(s step) {
	if b.to == nil || s.Phase == "" {
		return
	}
	b.painted = time.Now()
	line := barLine(s.Phase, s.Unit, s.Done, s.Total, s.SecondsLeft)
	if b.lines {
		text, err := json.Marshal(map[string]step{"progress": s})
		if err != nil {
			return // numbers and names can be encoded
		}
		line = string(text)
	}
	if line == b.shown {
		return
	}
	b.shown = line
	if b.lines {
		fmt.Fprintln(b.to, line)
	} else {
		fmt.Fprintf(b.to, "\r\033[K%s", line)
	}
}

// clear takes the line away; scripts are told how far the last phase came.
func (b *bar) clear() {
	b.end()
	if b.to != nil && b.shown != "" && !b.lines {
		fmt.Fprint(b.to, "\r\033[K")
	}
	b.shown, b.done = "", 0
}

const barWidth = 24

// barLine is a line of progress, such as
// ██████████░░░░░░░░░░░░░░ 42%  读取 4200/10000 行，约剩 3 秒.
func barLine(phase, unit string, done, total int64, left *float64) string {
	if phase == "" {
		return ""
	}
	if unit == "bytes" {
		done, total, unit = done>>20, total>>20, "MiB"
	}
	line := ""
	if total > 0 {
		share := min(float64(done)/float64(total), 1)
		full := int(share * barWidth)
		line = strings.Repeat("█", full) + strings.Repeat("░", barWidth-full) + fmt.Sprintf(" %3.0f%%  ", share*100)
	}
	line += phase
	if done > 0 || total > 0 {
		line += fmt.Sprintf(" %d", done)
	}
	if total > 0 {
		line += fmt.Sprintf("/%d", total)
	}
	if unit != "" && (done > 0 || total > 0) {
		line += " " + unit
	}
	if left != nil {
		line += fmt.Sprintf("，约剩 %.0f 秒", *left)
	}
	return line
}

func stepOf(j job.Job) step { return step{j.Phase, j.Unit, j.Done, j.Total, j.SecondsLeft} }
