package exporter_test

import (
	"errors"
	"testing"

	"github.com/lianpian/lianpian/internal/policy"
)

type fake struct{}

func (fake) FacilityType(k string) (policy.FacilityType, bool) {
	return policy.FacilityType{Key: k, Name: "社区卫生服务站", Kind: "place"}, k == "health_station"
}
func (fake) Profile(string) (policy.Profile, bool) { return policy.Profile{}, false }
func (fake) Policy(string) (*policy.Policy, error) { return nil, errors.New("none") }
func library(t *testing.T) fake                    { return fake{} }
