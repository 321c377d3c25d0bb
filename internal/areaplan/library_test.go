package areaplan_test

import (
	"testing"

	"github.com/lianpian/lianpian/internal/policy"
)

func library(t *testing.T) *policy.Library {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}
