package app

import (
	"bytes"
	"strings"
	"testing"
)

func TestProgressIsABarForPeopleAndLinesForScripts(t *testing.T) {
	work := func(c Config) string {
		var shown bytes.Buffer
		b := c.newBar(&shown)
		b.Phase("读取", "行", 10)
		for range 5 {
			b.Advance(2)
		}
		b.Phase("写入", "", 0)
		b.clear()
		return shown.String()
	}
	people := work(Config{})
	if strings.Contains(people, "\n") || !strings.HasPrefix(people, "\r\033[K░") || !strings.Contains(people, "写入") || !strings.HasSuffix(people, "\r\033[K") {
		t.Errorf("people see %q", people)
	}
	const want = `{"progress":{"phase":"读取","unit":"行","done":0,"total":10,"seconds_left":null}}
{"progress":{"phase":"读取","unit":"行","done":10,"total":10,"seconds_left":null}}
{"progress":{"phase":"写入","unit":"","done":0,"total":0,"seconds_left":null}}
`
	if scripts := work(Config{JSON: true}); scripts != want {
		t.Errorf("scripts read %s", scripts)
	}
	nobody := Config{}.newBar(nil)
	nobody.Phase("读取", "行", 10)
	nobody.Advance(10)
	nobody.clear()
}
