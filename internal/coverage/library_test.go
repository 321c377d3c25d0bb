package coverage_test

import (
	"testing"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
)

type fake struct{}

func (fake) FacilityType(k string) (policy.FacilityType, bool) {
	return policy.FacilityType{Key: k, Name: "社区卫生服务站", Kind: "place"}, k == "health_station"
}
func (fake) Profile(string) (policy.Profile, bool) { return policy.Profile{}, false }

func library(t *testing.T) coverage.Standards { return fake{} }
