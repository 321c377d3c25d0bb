package app_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/policy"
)

// rulesOf are the ids that docs/policy-coverage.md has to have a line for.
func rulesOf(p *policy.Policy, letter string) []string {
	var ids []string
	add := func(kind string, key any) {
		id := letter + "."
		if kind != "" {
			id += kind + "."
		}
		ids = append(ids, id+fmt.Sprint(key))
	}
	for _, r := range p.Eligibility.Rules {
		add("", r.ID)
	}
	for _, a := range p.Ambiguities {
		add("", a.ID)
	}
	for _, x := range p.Targets {
		add("target", x.ID)
	}
	for _, x := range p.Phases {
		add("phase", x.Key)
	}
	for _, l := range p.Libraries {
		add("library", l.Key)
		for _, c := range l.Conditions {
			add("library", l.Key+"."+c.Key)
		}
	}
	for _, x := range p.Items {
		add("item", x.No)
	}
	for _, x := range p.Categories {
		add("category", x.Key)
	}
	for _, x := range p.Natures {
		add("nature", x.Key)
	}
	for _, x := range p.ManagementChecks {
		add("check", x.Key)
	}
	for _, x := range p.ManagementModes {
		add("mode", x.Key)
	}
	for _, x := range p.Procedure {
		add("step", x.No)
	}
	for _, x := range p.Approvals {
		add("approval", x.Key)
	}
	for _, x := range p.Funding {
		add("fund", x.Key)
	}
	for _, x := range p.Actors {
		add("actor", x.Key)
	}
	for _, x := range p.Dates {
		add("date", x.Key)
	}
	for _, x := range p.Forms {
		add("form", x.Key)
	}
	for _, x := range p.Provisions {
		add("provision", x.Topic)
	}
	return append(ids, letter+".survey")
}

var (
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	testName  = regexp.MustCompile(`^Test[A-Z][\p{L}\d_]*$`)
	coverLine = regexp.MustCompile(`^\| ([WTX]\.[^ |]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
)

// Every rule of the plans has its line in docs/policy-coverage.md, no line is of
// a rule that is gone, and what the lines name is there.
func TestEveryRuleHasItsPlace(t *testing.T) {
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "docs", "policy-coverage.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for _, line := range strings.Split(string(page), "\n") {
		cells := coverLine.FindStringSubmatch(line)
		if cells == nil {
			if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| id ") {
				t.Errorf("not a line of the page: %s", line)
			}
			continue
		}
		if lines[cells[1]] {
			t.Errorf("%s has two lines", cells[1])
		}
		lines[cells[1]] = true
	}
	for key, letter := range map[string]string{"wansheng-2020": "W", "tongnan-2021": "T"} {
		p, err := lib.Policy(key)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range rulesOf(p, letter) {
			if !lines[id] {
				t.Errorf("%s of %s has no line in docs/policy-coverage.md", id, key)
			}
			delete(lines, id)
		}
	}
	for id := range lines {
		if !strings.HasPrefix(id, "X.") {
			t.Errorf("%s is no rule of the plans", id)
		}
	}
	tests := testsIn(t, filepath.Join(root, "internal"))
	for _, span := range codeSpan.FindAllStringSubmatch(string(page), -1) {
		switch name := span[1]; {
		case testName.MatchString(name):
			if !tests[name] {
				t.Errorf("there is no test %s", name)
			}
		case strings.Contains(name, "/"):
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("there is no %s", name)
			}
		}
	}
}

// testsIn are the names of all tests below a folder.
func testsIn(t *testing.T, root string) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test[\p{L}\d_]+)\(`)
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range declared.FindAllStringSubmatch(string(text), -1) {
			names[found[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
