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

// barEvery is how often a bar is drawn again.
const barEvery = 100 * time.Millisecond

// bar shows how far long work is, in one line that is drawn over. It is for
// people: on a nil writer it draws nothing.
type bar struct {
	to             io.Writer
	phase, unit    string
	done, total    int64
	since, painted time.Time
}

func newBar(to io.Writer) *bar { return &bar{to: to} }

// Phase begins a phase that is counted in unit up to total; 0 is unknown.
func (b *bar) Phase(name, unit string, total int64) {
	b.phase, b.unit, b.done, b.total, b.since, b.painted = name, unit, 0, total, time.Now(), time.Time{}
	b.draw()
}

// Advance adds to what is done.
func (b *bar) Advance(n int64) {
	b.done += n
	if time.Since(b.painted) >= barEvery {
		b.draw()
	}
}

func (b *bar) draw() {
	if b.to == nil {
		return
	}
	b.painted = time.Now()
	var left *float64
	if elapsed := time.Since(b.since).Seconds(); elapsed >= 1 && b.done > 0 && b.total > 0 && b.done <= b.total {
		seconds := elapsed / float64(b.done) * float64(b.total-b.done)
		left = &seconds
	}
	fmt.Fprintf(b.to, "\r\033[K%s", barLine(b.phase, b.unit, b.done, b.total, left))
}

// clear takes the line away.
func (b *bar) clear() {
	if b.to != nil && b.phase != "" {
		fmt.Fprint(b.to, "\r\033[K")
	}
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

func progressLine(j job.Job) string { return barLine(j.Phase, j.Unit, j.Done, j.Total, j.SecondsLeft) }
