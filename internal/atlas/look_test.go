package atlas

import (
	"context"
	"os"
	"strings"
	"testing"
)

// TestLook writes an atlas to the folder that ATLAS_OUT names, to be looked at.
func TestLook(t *testing.T) {
	out := os.Getenv("ATLAS_OUT")
	if out == "" {
		t.Skip("ATLAS_OUT names no folder")
	}
	for name, o := range map[string]Options{"A3": {}, "A4": {Paper: "A4"}, "A1": {Paper: "A1"}, "grey": {Grey: true}} {
		o.Reviewer = "李审"
		if err := os.WriteFile(out+"/"+name+".pdf", pdf(t, demoPlan(t, 4), o), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pictures, err := Pictures(context.Background(), demoPlan(t, 4), Options{}, 150, func(kind, zone, _ string) bool { return zone == "" || strings.HasSuffix(zone, "1") })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		if err := os.WriteFile(out+"/picture-"+p.Number+".png", p.PNG, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
