package account

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
)

func TestMayHoldsRoleAndPlaceTogether(t *testing.T) {
	district := func(subdistricts ...string) Place { return Place{District: "500110", Subdistricts: subdistricts} }
	whole := Place{District: "500110"}
	nowhere := Place{District: "500110", Subdistricts: []string{}}
	foreign := Place{District: "500152"}
	service := Place{}
	zone := func(id int64) Place { return Place{District: "500110", Subdistricts: []string{"001"}, Zone: id} }

	people := map[string]Person{
		"administrator":          {Role: Administrator},
		"district administrator": {Role: Administrator, Scope: Scope{District: "500110"}},
		"planner":                {Role: Planner, Scope: Scope{District: "500110"}},
		"officer":                {Role: Officer, Scope: Scope{District: "500110", Subdistricts: []string{"001", "002"}}},
		"officer of nothing":     {Role: Officer, Scope: Scope{District: "500110", Subdistricts: []string{}}},
		"contractor":             {Role: Contractor, Scope: Scope{District: "500110", Zones: []int64{7}}},
		"viewer":                 {Role: Viewer, Scope: Scope{District: "500110"}},
		"nobody":                 {},
	}
	cases := []struct {
		who  string
		what Capability
		at   Place
		want bool
	}{
		{"administrator", ManageAccounts, service, true},
		{"administrator", FoundDistrict, service, true},
		{"administrator", EditRegister, foreign, true},
		{"district administrator", ManageAccounts, service, false},
		{"district administrator", ManageAccounts, whole, true},
		{"district administrator", ReadMap, foreign, false},
		{"planner", EditRegister, whole, true},
		{"planner", EditRegister, nowhere, true},
		{"planner", DrawZone, foreign, false},
		{"planner", ReadRegister, foreign, false},
		{"planner", ReadMap, foreign, false},
		{"planner", ReadMap, service, false},
		{"planner", ImportBase, whole, true},
		{"planner", FoundDistrict, service, false},
		{"planner", ManageAccounts, whole, false},
		{"planner", ReadAudit, whole, false},
		{"officer", ReadMap, whole, true},
		{"officer", ReadMap, district("003"), true},
		{"officer", ReadRegister, whole, true},
		{"officer", ReadRegister, district("001", "003"), true},
		{"officer", ReadRegister, district("003"), false},
		{"officer", ReadRegister, nowhere, false},
		{"officer", EditRegister, district("001"), true},
		{"officer", EditRegister, district("001", "002"), true},
		{"officer", EditRegister, district("001", "003"), false},
		{"officer", EditRegister, district("003"), false},
		{"officer", EditRegister, whole, false},
		{"officer", EditRegister, nowhere, false},
		{"officer", DrawZone, district("002"), true},
		{"officer", RunCoverage, whole, false},
		{"officer", RunCoverage, district("001"), true},
		{"officer", Import, whole, false},
		{"officer", Import, district("001", "002"), true},
		{"officer", ImportBase, district("001"), false},
		{"officer of nothing", ReadRegister, district("001"), false},
		{"officer of nothing", EditRegister, nowhere, false},
		{"contractor", ReadRegister, whole, true},
		{"contractor", ReadRegister, district("001"), false},
		{"contractor", ReadRegister, zone(7), true},
		{"contractor", ReadRegister, zone(8), false},
		{"contractor", Export, zone(7), true},
		{"contractor", Export, zone(8), false},
		{"contractor", Export, whole, false},
		{"contractor", DrawZone, zone(7), false},
		{"viewer", ReadRegister, whole, true},
		{"viewer", Export, whole, false},
		{"viewer", RunCoverage, whole, false},
		{"viewer", EditRegister, district("001"), false},
		{"nobody", ReadMap, whole, false},
		{"nobody", ReadRegister, whole, false},
	}
	for _, c := range cases {
		if got := people[c.who].May(c.what, c.at); got != c.want {
			t.Errorf("%s may %s at %+v: %v, want %v", c.who, c.what, c.at, got, c.want)
		}
	}
}

func TestEveryRoleAndCapabilityIsKnownToTheTable(t *testing.T) {
	for _, role := range Roles() {
		if len(granted[role]) == 0 {
			t.Errorf("role %s is granted nothing", role)
		}
	}
	if len(granted) != len(Roles()) {
		t.Errorf("%d roles are granted something, there are %d", len(granted), len(Roles()))
	}
}

func TestDemandAsksThePersonInTheContext(t *testing.T) {
	at := Place{District: "500110", Subdistricts: []string{"001"}}
	if err := Demand(context.Background(), EditRegister, at); err != nil {
		t.Errorf("the service itself: %v", err)
	}
	viewer := With(context.Background(), Person{ID: uuid.New(), Name: "v", Role: Viewer, Scope: Scope{District: "500110"}})
	var outside *OutsideError
	if err := Demand(viewer, EditRegister, at); !errors.As(err, &outside) || outside.Capability != EditRegister {
		t.Errorf("a viewer: %v, want an *OutsideError", err)
	}
	if name := Name(WithOperator(context.Background(), "root")); name != "root" {
		t.Errorf("operator is called %q", name)
	}
	if name := Name(context.Background()); name != "system" {
		t.Errorf("nobody is called %q", name)
	}
}
