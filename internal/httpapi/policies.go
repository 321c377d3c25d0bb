package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// PolicySummary is a policy in a list.
type PolicySummary struct {
	Key        string `json:"key"`
	Version    string `json:"version"`
	Title      string `json:"title"`
	ShortTitle string `json:"short_title"`
	DocumentNo string `json:"document_no"`
	IssuedOn   string `json:"issued_on"`
}

// FacilityTypeRow is a facility type with what a profile of standards asks of it.
type FacilityTypeRow struct {
	Key      string           `json:"key"`
	Name     string           `json:"name" doc:"Chinese"`
	NameEN   string           `json:"name_en"`
	Tier     string           `json:"tier"`
	Kind     string           `json:"kind" doc:"place: has a location and can be covered"`
	Standard *policy.Standard `json:"standard" doc:"the profile's row; null where it has none or no profile was asked for"`
}

type policyList struct {
	Items []PolicySummary `json:"items"`
}

type facilityTypeList struct {
	Items    []FacilityTypeRow `json:"items" doc:"in the order of the standards table"`
	Profiles []policy.Profile  `json:"profiles" doc:"the profiles there are"`
}

// rulebook is what the library holds, as it is shown: a copy of its own, since
// the library is shared with those who judge by it and must not be touched.
type rulebook struct {
	policies []policy.Policy
	types    []policy.FacilityType
	profiles []policy.Profile
}

func newRulebook(lib *policy.Library) (rulebook, error) {
	var b rulebook
	if lib == nil {
		return b, nil
	}
	for _, p := range lib.Policies() {
		b.policies = append(b.policies, *p)
	}
	b.types, b.profiles = lib.FacilityTypes(), lib.Profiles()
	if err := errors.Join(ownCopy(&b.policies), ownCopy(&b.types), ownCopy(&b.profiles)); err != nil {
		return b, fmt.Errorf("copy the policies and standards: %w", err)
	}
	return b, nil
}

// ownCopy puts a deep copy in the place of what v points to.
func ownCopy[T any](v *T) error {
	text, err := json.Marshal(*v)
	if err != nil {
		return err
	}
	var copied T
	if err := json.Unmarshal(text, &copied); err != nil {
		return err
	}
	filled(reflect.ValueOf(&copied))
	*v = copied
	return nil
}

func (s *Server) policyRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/policies", id: "listPolicies", tag: "policies",
		summary: "Renewal policies", needs: account.ReadMap, at: ownDistrict,
	}, func(context.Context, *struct{}) (*struct{ Body policyList }, error) {
		var list policyList
		for _, p := range s.rules.policies {
			list.Items = append(list.Items, PolicySummary{p.Key, p.Version, p.Title, p.ShortTitle, p.DocumentNo, p.IssuedOn})
		}
		return &struct{ Body policyList }{list}, nil
	})

	add(s, route{
		method: http.MethodGet, path: "/policies/{key}", id: "getPolicy", tag: "policies",
		summary: "A renewal policy as data", needs: account.ReadMap, at: ownDistrict,
	}, func(_ context.Context, in *struct {
		Key string `path:"key" maxLength:"64"`
	},
	) (*struct{ Body policy.Policy }, error) {
		for _, p := range s.rules.policies {
			if p.Key == in.Key {
				return &struct{ Body policy.Policy }{p}, nil
			}
		}
		return nil, notFound()
	})

	add(s, route{
		method: http.MethodGet, path: "/facility-types", id: "listFacilityTypes", tag: "policies",
		summary: "Facility types and what a profile asks of them", needs: account.ReadMap, at: ownDistrict,
	}, func(_ context.Context, in *struct {
		Profile string `query:"profile" maxLength:"64" doc:"key of a profile of standards"`
	},
	) (*struct{ Body facilityTypeList }, error) {
		profile, known := s.Policies.Profile(in.Profile)
		if in.Profile != "" && !known {
			return nil, notFound()
		}
		list := facilityTypeList{Profiles: s.rules.profiles}
		for _, t := range s.rules.types {
			row := FacilityTypeRow{Key: t.Key, Name: t.Name, NameEN: t.NameEN, Tier: t.Tier, Kind: t.Kind}
			if known {
				if standard, ok := profile.Standard(t.Key); ok {
					row.Standard = &standard
				}
			}
			list.Items = append(list.Items, row)
		}
		return &struct{ Body facilityTypeList }{list}, nil
	})
}
