package atlas

import (
	"bytes"
	"context"
	"os"
	"testing"
)

// TestLook writes an atlas to the folder that ATLAS_OUT names, to be looked at.
func TestLook(t *testing.T) {
	out := os.Getenv("ATLAS_OUT")
	if out == "" {
		t.Skip("ATLAS_OUT names no folder")
	}
	for _, paper := range []string{"A3", "A4"} {
		var b bytes.Buffer
		if err := PDF(context.Background(), &b, demoPlan(t, 4), Options{Paper: paper, Reviewer: "李审"}, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(out+"/"+paper+".pdf", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
