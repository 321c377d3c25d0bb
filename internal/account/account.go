// Package account knows the people: their roles and scopes, sessions, one-time
// links, passwords, and the audit trail. Person.May is the one place where it
// is decided who may do what. It must never hold a rule of a planner's noun,
// nor keep a password or a token in the clear.
package account

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// Role says what kind of work a person does here.
type Role string

const (
	Administrator Role = "administrator" // everything; the only role that may reach every district
	Planner       Role = "planner"       // the whole of one district
	Officer       Role = "officer"       // own subdistricts (镇街)
	Contractor    Role = "contractor"    // reads the zones whose works are theirs
	Viewer        Role = "viewer"        // reads one district
)

// Roles lists every role.
func Roles() []Role { return []Role{Administrator, Planner, Officer, Contractor, Viewer} }

// Capability is a kind of act. A route of the service declares the one it needs.
type Capability string

const (
	ReadMap        Capability = "read.map"        // base map, districts, subdistricts, policies, standards
	ReadRegister   Capability = "read.register"   // communities, buildings, facilities, zones, runs
	EditRegister   Capability = "edit.register"   // communities, buildings, facilities, eligibility
	DrawZone       Capability = "draw.zone"       // save, change and delete zones
	RunCoverage    Capability = "run.coverage"    // compute and keep a coverage run
	Export         Capability = "export"          // take an area plan away as a file
	Import         Capability = "import"          // bring in register data
	EditProgram    Capability = "edit.program"    // community files, surveys, applications, works, approvals, monthly reports of own subdistricts
	DecideProgram  Capability = "decide.program"  // what the bureau decides: entry into a library, years, funds, frozen months
	FillProgress   Capability = "fill.progress"   // milestones and monthly figures of own projects
	SeeCounts      Capability = "see.counts"      // small counts of households unmasked
	ChoosePolicy   Capability = "choose.policy"   // the plan that a district follows and its readings
	ImportBase     Capability = "import.base"     // bring in an OpenStreetMap extract or base map layers
	FoundDistrict  Capability = "found.district"  // create a district, also by importing one
	ManageAccounts Capability = "manage.accounts" // people, their roles and links
	ReadAudit      Capability = "read.audit"      // who did what
)

// Capabilities lists every capability.
func Capabilities() []Capability {
	return []Capability{
		ReadMap, ReadRegister, EditRegister, DrawZone, RunCoverage, Export,
		Import, ImportBase, EditProgram, DecideProgram, FillProgress, SeeCounts, ChoosePolicy,
		FoundDistrict, ManageAccounts, ReadAudit,
	}
}

// granted says which role has which capability, before scope is looked at.
var granted = map[Role][]Capability{
	Administrator: Capabilities(),
	Planner: {
		ReadMap, ReadRegister, EditRegister, DrawZone, RunCoverage, Export, Import, ImportBase,
		EditProgram, DecideProgram, FillProgress, SeeCounts, ChoosePolicy,
	},
	Officer: {
		ReadMap, ReadRegister, EditRegister, DrawZone, RunCoverage, Export, Import,
		EditProgram, FillProgress, SeeCounts,
	},
	Contractor: {ReadMap, ReadRegister, Export, FillProgress},
	Viewer:     {ReadMap, ReadRegister},
}

// reads tells the capabilities that only look. A look at a whole district is
// open to a person with a narrower scope, because the stores filter what they
// return by Scope; an act on a whole district is not.
func (c Capability) reads() bool {
	return c == ReadMap || c == ReadRegister || c == ReadAudit || c == SeeCounts
}

// Scope is how far a person's role reaches. The stores filter by it. A nil
// slice means no limit, an empty one means nothing at all.
type Scope struct {
	District     string   `json:"district"`                     // "" reaches every district
	Subdistricts []string `json:"subdistricts" nullable:"true"` // nil is the whole district
	Zones        []int64  `json:"-"`                            // nil is no limit; a contractor reads only these zones and their communities
}

// Everything is the scope of the service itself and of an administrator.
var Everything = Scope{}

// Person is somebody who is signed in.
type Person struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"` // what they sign in with
	DisplayName string    `json:"display_name"`
	Role        Role      `json:"role" enum:"administrator,planner,officer,contractor,viewer"`
	District    string    `json:"district"` // "" is every district
	Scope       Scope     `json:"scope"`

	Access Access `json:"-"` // what a personal API token lets through; "" is no token
	Via    string `json:"-"` // name of that token, for the audit trail
}

// Place is where the thing lies that an act is about.
type Place struct {
	District     string   // "" is the service as a whole
	Subdistricts []string // where the thing lies; nil is the whole district, empty is nowhere known
	Zone         int64    // 0 when the thing is not a zone
}

// May tells whether the person may do c at a place. A role that lacks the
// capability never may; the scope then has to hold the place: an act needs
// every subdistrict of the place inside the scope, a look needs one of them.
// This is the one place where that is decided.
func (p Person) May(c Capability, at Place) bool {
	if !p.Holds(c) {
		return false
	}
	if p.Scope.District != "" && p.Scope.District != at.District {
		return false
	}
	if c == ReadMap {
		return true // the base map and the names of subdistricts have no owner inside a district
	}
	if p.Scope.Zones != nil && !p.Scope.zoneHolds(c, at) {
		return false
	}
	if p.Scope.Subdistricts == nil {
		return true
	}
	if at.Subdistricts == nil {
		return c.reads()
	}
	return p.Scope.subdistrictsHold(c, at.Subdistricts)
}

// Holds tells whether the person's role has the capability anywhere at all, and
// the token that they act with, if any, lets it through.
func (p Person) Holds(c Capability) bool {
	return slices.Contains(granted[p.Role], c) && (p.Access == "" || slices.Contains(passes[p.Access], c))
}

// OwnPart is the part of a district that the person's scope reaches. Whoever may
// not do a thing even there may not do it anywhere in the district.
func (p Person) OwnPart(district string) Place {
	at := Place{District: district, Subdistricts: p.Scope.Subdistricts}
	if len(p.Scope.Zones) > 0 {
		at.Zone = p.Scope.Zones[0]
	}
	return at
}

func (s Scope) zoneHolds(c Capability, at Place) bool {
	if at.Zone != 0 {
		return slices.Contains(s.Zones, at.Zone)
	}
	return c.reads() && at.Subdistricts == nil
}

func (s Scope) subdistrictsHold(c Capability, subdistricts []string) bool {
	inside := func(code string) bool { return slices.Contains(s.Subdistricts, code) }
	if c.reads() {
		return slices.ContainsFunc(subdistricts, inside)
	}
	return len(subdistricts) > 0 && !slices.ContainsFunc(subdistricts, func(code string) bool { return !inside(code) })
}

type contextKey int

const (
	personKey contextKey = iota
	operatorKey
)

// With returns a context in which the person acts.
func With(ctx context.Context, p Person) context.Context {
	return context.WithValue(ctx, personKey, p)
}

// From returns the person who acts in ctx; false is the service itself, such as
// the command line or the first start.
func From(ctx context.Context) (Person, bool) {
	p, ok := ctx.Value(personKey).(Person)
	return p, ok
}

// WithOperator names who runs the command line, for the audit trail.
func WithOperator(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, operatorKey, name)
}

// Name returns what the audit trail calls whoever acts in ctx.
func Name(ctx context.Context) string {
	if p, ok := From(ctx); ok {
		return p.Name
	}
	if name, ok := ctx.Value(operatorKey).(string); ok && name != "" {
		return name
	}
	return "system"
}

// Demand is May for those who find the place only inside their own transaction:
// it returns an *OutsideError unless the person in ctx may do c there. The
// service itself (no person in ctx) may.
func Demand(ctx context.Context, c Capability, at Place) error {
	p, ok := From(ctx)
	if !ok || p.May(c, at) {
		return nil
	}
	return &OutsideError{Capability: c, Place: at}
}

// OutsideError says that a person's role or scope does not reach an act.
type OutsideError struct {
	Capability Capability
	Place      Place
}

func (e *OutsideError) Error() string {
	return "not permitted: " + string(e.Capability) + " in district " + e.Place.District
}
