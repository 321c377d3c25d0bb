package httpapi

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

func TestTheDocumentNeedsNoDatabaseAndNamesThingsReadably(t *testing.T) {
	raw, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("LIANPIAN_OPENAPI_OUT"); path != "" { // to look at it
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var document struct {
		OpenAPI    string
		Components struct{ Schemas map[string]json.RawMessage }
		Paths      map[string]map[string]struct {
			OperationID string
			Summary     string
			Responses   map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	if document.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s", document.OpenAPI)
	}
	readable := regexp.MustCompile(`^[A-Z][A-Za-z]+$`)
	for name := range document.Components.Schemas {
		if !readable.MatchString(name) {
			t.Errorf("schema %q", name)
		}
	}
	for _, name := range []string{"Community", "CommunityPage", "CommunityPatch", "NewCommunity", "Zone", "ZoneDraft", "ZoneTotals", "CoverageRun", "Job", "Me", "Problem", "Geometry"} {
		if document.Components.Schemas[name] == nil {
			t.Errorf("schema %s is missing", name)
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref": "#/components/schemas/(\w+)"`).FindAllStringSubmatch(string(raw), -1) {
		if document.Components.Schemas[ref[1]] == nil {
			t.Errorf("a reference leads nowhere: %s", ref[1])
		}
	}
	ids := map[string]bool{}
	for path, operations := range document.Paths {
		for method, op := range operations {
			if ids[op.OperationID] || op.OperationID == "" || op.Summary == "" || op.Responses["default"] == nil {
				t.Errorf("%s %s: id %q, summary %q", method, path, op.OperationID, op.Summary)
			}
			ids[op.OperationID] = true
		}
	}
	again, err := OpenAPI()
	if err != nil || string(again) != string(raw) {
		t.Error("two documents differ")
	}
}
