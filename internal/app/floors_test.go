package app_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the storeys of the house from the ground up (docs/architecture.md).
// A package may import those of lower floors, and of its own floor only what
// neighbours allows.
var floors = [][]string{
	{"geo", "geofile", "cql", "policy", "privacy", "turn", "clock", "panics", "seal", "engine"},
	{"postgis", "account", "job", "upload", "telemetry", "backup", "checkup"},
	{"registry", "walking", "zone", "link", "generalisation", "proposal", "phase", "coverage", "site", "dossier", "survey", "program", "works", "approval", "progress", "dashboard"},
	{"areaplan"},
	{"tile", "ogc", "importer", "doctor", "exporter", "atlas"},
	{"delivery"},
	{"httpapi"},
	{"app"},
}

var neighbours = map[string][]string{
	"geofile":  {"geo", "seal"},
	"cql":      {"geo"},
	"engine":   {"panics"},
	"doctor":   {"importer"}, // ledgers, OpenStreetMap extracts and elevation models are its
	"account":  {"postgis"},
	"job":      {"postgis"},
	"upload":   {"postgis"},
	"backup":   {"postgis"},
	"checkup":  {"postgis", "backup"}, // how old the newest one is
	"zone":     {"registry"},
	"walking":  {"registry"},
	"coverage": {"registry", "walking"},
	"site":     {"coverage"}, // it measures as coverage does
	"link":     {"registry"},
	"proposal": {"registry", "zone"}, // what it proposes is to become zones
	"phase":    {"registry", "zone"},
	"dossier":  {"registry"},
	"survey":   {"registry"},
	"program":  {"registry"},
	"works":    {"registry", "program"}, // of projects
	"approval": {"registry", "program"},
	"progress": {"registry", "program"},
	// the dashboard reads what the others publish, and imports none of them
	"dashboard": {"registry"},
}

// foundations are the packages with embedded data, and who may read them.
var foundations = map[string][]string{
	"migrations": {"postgis"},
	"tiles":      {"tile"},
	"web":        {"app"},
	"demo":       {"app"},
}

const module = "github.com/lianpian/lianpian/"

func floorOf(noun string) int {
	for i, floor := range floors {
		for _, n := range floor {
			if n == noun {
				return i
			}
		}
	}
	return -1
}

func TestImportsOnlyPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from, isInternal := strings.CutPrefix(fields[0], module+"internal/")
		noun, rest, _ := strings.Cut(from, "/")
		if !isInternal || rest == "postgistest" {
			continue
		}
		if floorOf(noun) < 0 {
			t.Errorf("internal/%s stands on no floor: give it one here and in docs/architecture.md", noun)
			continue
		}
		for _, path := range fields[1:] {
			target, ours := strings.CutPrefix(path, module)
			if !ours {
				continue
			}
			other, inside := strings.CutPrefix(target, "internal/")
			other, _, _ = strings.Cut(other, "/")
			if !inside {
				if !slices.Contains(foundations[other], noun) {
					t.Errorf("internal/%s imports %s, which is not for it", from, target)
				}
				continue
			}
			switch here, there := floorOf(noun), floorOf(other); {
			case other == noun, there < here:
			case there == here && slices.Contains(neighbours[noun], other):
			default:
				t.Errorf("internal/%s (floor %d) imports internal/%s (floor %d)", from, here+1, other, there+1)
			}
		}
	}
}

func TestGroundFloorKnowsNoDatabaseAndNoHTTP(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}}`, module+"internal/geo", module+"internal/geofile", module+"internal/cql", module+"internal/policy", module+"internal/privacy", module+"internal/turn", module+"internal/engine/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if path == "net/http" || path == "database/sql" || strings.HasPrefix(path, "github.com/jackc/pgx") {
			t.Errorf("the ground floor depends on %s", path)
		}
	}
}
