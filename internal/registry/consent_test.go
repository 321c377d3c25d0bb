package registry_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestSmallCountsAreNotShownToThoseWhoNeedNoDetail(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name           string
		households, of int
		masked         bool
	}{
		{"four agreed", 4, 60, true},
		{"five agreed", 5, 60, false},
		{"nobody agreed", 0, 60, false},
		{"two did not", 58, 60, true},
		{"everybody agreed", 60, 60, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := c.name
			made, err := b.CreateCommunity(t.Context(), account.Everything, b.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{
				Name: &name, Households: &c.of, HouseholdsAgreed: &c.households,
			}})
			if err != nil {
				t.Fatal(err)
			}
			for role, masked := range map[account.Role]bool{account.Viewer: c.masked, account.Planner: false} {
				ctx := account.With(context.Background(), account.Person{ID: uuid.New(), Role: role, District: b.district, Scope: account.Scope{District: b.district}})
				got, err := b.Community(ctx, account.Scope{District: b.district}, b.district, made.Code)
				if err != nil || got.CountsMasked != masked || (got.HouseholdsAgreed == nil) != masked {
					t.Errorf("%s: %v, masked %v, %v", role, err, got.CountsMasked, got.HouseholdsAgreed)
				}
				for _, r := range got.VerdictProof {
					if masked && r.Fact == "households_agreed" && strings.ContainsAny(r.Text, "0123456789") {
						t.Errorf("%s: the proof tells it: %s", role, r.Text)
					}
				}
				list, err := b.Communities(ctx, account.Scope{District: b.district}, b.district, registry.CommunityFilter{Codes: []string{made.Code}})
				if err != nil || list.Items[0].CountsMasked != masked {
					t.Errorf("%s, in a list: %v", role, err)
				}
			}
		})
	}
}
