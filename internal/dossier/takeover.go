package dossier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// The facts that checks can be taken over into, wansheng-2020 二(一) S3 and S4.
const (
	municipalMissing = "municipal_missing"
	serviceMissing   = "service_missing"
)

// TakeOver says what the condition checks would make of the two facts of what is
// missing. A null fact stays as it is.
type TakeOver struct {
	MunicipalMissing *[]string `json:"municipal_missing"`
	ServiceMissing   *[]string `json:"service_missing"`
	Changes          bool      `json:"changes" doc:"at least one of them is another than the community's"`
	LastChecked      *string   `json:"last_checked" format:"date"`
}

// takeOver works out the two facts from a checklist. What somebody wrote by hand
// into a fact stays, unless it is the name of an item that was found to be there.
func takeOver(checks []FileCheck, municipal, service *[]string) TakeOver {
	t := TakeOver{
		MunicipalMissing: missingOf(checks, municipalMissing, municipal),
		ServiceMissing:   missingOf(checks, serviceMissing, service),
	}
	t.Changes = t.MunicipalMissing != nil && !sameList(t.MunicipalMissing, municipal) ||
		t.ServiceMissing != nil && !sameList(t.ServiceMissing, service)
	for _, c := range checks {
		if c.Fact != "" && c.CheckedOn != nil && (t.LastChecked == nil || *c.CheckedOn > *t.LastChecked) {
			t.LastChecked = c.CheckedOn
		}
	}
	return t
}

func missingOf(checks []FileCheck, fact string, now *[]string) *[]string {
	missing := []string{}
	var looked []FileCheck
	complete := true
	for _, c := range checks {
		switch {
		case c.Fact != fact:
		case c.Result == Unchecked:
			complete = false
		default:
			looked = append(looked, c)
			if c.Result == Missing {
				missing = append(missing, c.Name)
			}
		}
	}
	if len(looked) == 0 || now == nil && !complete && len(missing) == 0 {
		return nil // nothing is missing as far as anybody looked, which is not far enough
	}
	if now != nil {
		for _, name := range *now {
			if !slices.ContainsFunc(looked, func(c FileCheck) bool { return c.speaksOf(name) }) {
				missing = append(missing, name)
			}
		}
	}
	return &missing
}

// speaksOf tells whether an entry of a fact means what the check is about: its
// name or the beginning of it (供电管网 of 供电管网改造), or a facility type.
func (c FileCheck) speaksOf(entry string) bool {
	return c.Name == entry || slices.Contains(c.facilities, entry) || len([]rune(entry)) > 1 && strings.HasPrefix(c.Name, entry)
}

func sameList(a, b *[]string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(slices.Sorted(slices.Values(*a)), slices.Sorted(slices.Values(*b)))
}

// TakeChecksOver makes the missing items of the checklist facts of the
// community, so that its verdict follows, and states the checks as their source.
func (s *Store) TakeChecksOver(ctx context.Context, scope account.Scope, district, code string, version int) error {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return err
	}
	return s.change(ctx, scope, district, code, version, "dossier.take_over", func(ctx context.Context, tx *postgis.Tx, h held) (any, any, error) {
		c, err := s.reg.Community(ctx, scope, district, code)
		if err != nil {
			return nil, nil, err
		}
		results, err := checkResults(ctx, tx, h.ID, choice.Policy.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("read the checks: %w", err)
		}
		lines := checklist(choice.Policy)
		for i, l := range lines {
			if r, ok := results[l.Kind+" "+l.No]; ok {
				on := r.on.Format(time.DateOnly)
				lines[i].Result, lines[i].CheckedOn = r.result, &on
			}
		}
		t := takeOver(lines, c.MunicipalMissing, c.ServiceMissing)
		if !t.Changes {
			return nil, nil, invalid("checks", "体检结果与现有事实一致，没有可以采用的")
		}
		patch := registry.CommunityPatch{MunicipalMissing: t.MunicipalMissing, ServiceMissing: t.ServiceMissing}
		after, err := s.reg.ChangeCommunity(ctx, tx, scope, district, code, patch)
		if err != nil {
			return nil, nil, err
		}
		if after.Version != c.Version+1 { // what was worked out would undo what somebody wrote by hand since
			return nil, nil, fmt.Errorf("community %s of %s was at version %d: %w", code, district, c.Version, postgis.ErrVersion)
		}
		for fact, value := range map[string]*[]string{municipalMissing: t.MunicipalMissing, serviceMissing: t.ServiceMissing} {
			if value == nil {
				continue
			}
			if err := s.stateSource(ctx, tx, h, FactSource{Field: fact, Source: "现状体检", AsOf: *t.LastChecked}); err != nil {
				return nil, nil, err
			}
		}
		return map[string]any{municipalMissing: c.MunicipalMissing, serviceMissing: c.ServiceMissing}, t, nil
	})
}
