package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// route is one address of the API and who may use it. There is no other way to
// add one than add and plain, and both put guard before the handler.
type route struct {
	door         string // what stands before the path; "" is root
	method, path string
	id           string // of the operation in the OpenAPI document
	tag, summary string
	status       int           // of success; 0 is what the library thinks
	within       time.Duration // for the work; 0 is answerWithin

	open  bool               // for everybody, also without a session
	own   bool               // for people at a browser: a session opens it, a token does not
	looks bool               // sends something and writes nothing: a token that only reads may
	needs account.Capability // "" is anybody who is signed in
	at    placeFinder        // where the thing lies; not used without needs
	asker bool               // also for who asked for the job of the address, whatever else they may
}

// placeFinder finds the place that a request is about, as far as the request
// alone tells. Where a thing lies exactly is often known only inside the
// transaction that changes it: such routes use ownPart, and the store asks
// account.Demand again, there.
type placeFinder func(s *Server, r *http.Request, p account.Person) (account.Place, error)

// service is the service as a whole.
func service(*Server, *http.Request, account.Person) (account.Place, error) {
	return account.Place{}, nil
}

// ownDistrict is for what every district has alike, and lists across districts,
// which are filtered by scope.
func ownDistrict(_ *Server, _ *http.Request, p account.Person) (account.Place, error) {
	return account.Place{District: p.Scope.District}, nil
}

// district is the whole district of the address.
func district(_ *Server, r *http.Request, _ account.Person) (account.Place, error) {
	return account.Place{District: chi.URLParam(r, "district")}, nil
}

// ownPart is the part of the address's district that is the person's.
func ownPart(_ *Server, r *http.Request, p account.Person) (account.Place, error) {
	return p.OwnPart(chi.URLParam(r, "district")), nil
}

// ofAccount is the district of the account in the address.
func ofAccount(s *Server, r *http.Request, _ account.Person) (account.Place, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return account.Place{}, notFound()
	}
	a, err := s.Accounts.Account(r.Context(), id)
	return account.Place{District: a.District}, err
}

// ofJob is the part of the job's district that is the person's. A job that has
// no district yet belongs to who asked for it.
func ofJob(s *Server, r *http.Request, p account.Person) (account.Place, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return account.Place{}, notFound()
	}
	j, err := s.Jobs.Get(r.Context(), id)
	if err != nil {
		return account.Place{}, err
	}
	if p.Scope.District != "" && j.District != p.Scope.District && (j.District != "" || j.CreatedBy != p.Name) ||
		p.Scope.Subdistricts != nil && j.CreatedBy != p.Name {
		return account.Place{}, notFound()
	}
	if j.District == "" {
		return p.OwnPart(p.Scope.District), nil
	}
	return p.OwnPart(j.District), nil
}

// asked tells whether the person asked for the job of the address, in the district
// where they still are: packages are ordered by people who may not import.
func (s *Server) asked(r *http.Request, p account.Person) bool {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return false
	}
	j, err := s.Jobs.Get(r.Context(), id)
	return err == nil && j.CreatedBy == p.Name && (p.Scope.District == "" || j.District == "" || j.District == p.Scope.District)
}

// guard is the one check of who may use a route.
func (s *Server) guard(rt route, r *http.Request) error {
	if rt.open {
		return nil
	}
	p, signedIn := account.From(r.Context())
	if !signedIn {
		return notSignedIn()
	}
	if p.Access != "" && rt.own {
		return sessionOnly()
	}
	if p.Access == account.AccessRead && !rt.looks && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return readsOnly()
	}
	if rt.needs == "" || rt.asker && s.asked(r, p) {
		return nil
	}
	if !p.Holds(rt.needs) { // before anything is looked up for somebody who may not
		return notPermitted()
	}
	at, err := rt.at(s, r, p)
	if err != nil {
		return err
	}
	if !p.May(rt.needs, at) {
		return notPermitted()
	}
	return nil
}

// security is what opens the route, for the document.
func (rt route) security() []map[string][]string {
	switch {
	case rt.open:
		return nil
	case rt.own:
		return []map[string][]string{{"session": {}}}
	default:
		return []map[string][]string{{"session": {}}, {"token": {}}}
	}
}

// list keeps the route for the test that knows every route.
func (s *Server) list(rt route) {
	if !rt.open && rt.needs != "" && rt.at == nil {
		panic("route " + rt.method + " " + rt.path + " does not say where its things lie")
	}
	s.routes[rt.method+" "+cmp.Or(rt.door, root)+rt.path] = rt
}

// add adds a route whose request and response are Go types.
func add[I, O any](s *Server, rt route, handle func(ctx context.Context, in *I) (*O, error)) {
	s.list(rt)
	op := huma.Operation{
		OperationID: rt.id, Method: rt.method, Path: rt.path, DefaultStatus: rt.status,
		Summary: rt.summary, Tags: []string{rt.tag},
		MaxBodyBytes: jsonLimit + 1, BodyReadTimeout: answerWithin,
		Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			r, w := humachi.Unwrap(ctx)
			if err := s.guard(rt, r); err != nil {
				writeProblem(w, r, s.problemOf(r.Context(), err))
				return
			}
			next(ctx)
		}},
	}
	op.Security = rt.security()
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx = postgis.Witnessed(ctx)
		release, err := s.turn(ctx, rt)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		defer release() // before the answer is written
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		return out, nil
	})
}

// plain adds a route that reads and writes HTTP by itself. Its handler returns
// an error only while nothing has been written.
func (s *Server) plain(r chi.Router, rt route, handle func(w http.ResponseWriter, r *http.Request) error) {
	s.list(rt)
	r.MethodFunc(rt.method, rt.path, func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(postgis.Witnessed(r.Context()))
		if err := s.answer(w, r, rt, handle); err != nil {
			writeProblem(w, r, s.problemOf(r.Context(), err))
		}
	})
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, rt route, handle func(w http.ResponseWriter, r *http.Request) error) error {
	if err := s.guard(rt, r); err != nil {
		return err
	}
	release, err := s.turn(r.Context(), rt)
	if err != nil {
		return err
	}
	defer release()
	if !uploads[rt.id] && !streams[rt.id] { // those hold their turn to the end
		w = &letsGo{w, release}
	}
	return handle(w, r)
}

// who is the person of a request that the guard has let through.
func who(ctx context.Context) account.Person {
	p, _ := account.From(ctx)
	return p
}

// scopeOf is how far the person of a request reaches. A request without a
// person reaches nothing: the service itself does not come through this door.
func scopeOf(ctx context.Context) account.Scope {
	p, ok := account.From(ctx)
	if !ok {
		return account.Scope{District: "nowhere", Subdistricts: []string{}, Zones: []int64{}}
	}
	return p.Scope
}

// InDistrict is embedded in requests about a district. (The library looks into
// embedded structs only where their names are exported.)
type InDistrict struct {
	District string `path:"district" maxLength:"20" doc:"administrative code" example:"500110"`
}

// Seen is embedded in requests that change what the person has seen.
type Seen struct {
	IfMatch string `header:"If-Match" doc:"the ETag of what the person saw, e.g. \"3\""`
}

// version is the version that the person saw.
func (s Seen) version() (int, error) {
	if s.IfMatch == "" {
		return 0, newProblem(http.StatusPreconditionRequired, kindNoVersion, "缺少 If-Match：请说明修改所依据的版本",
			"If-Match is missing: say which version the change is based on.")
	}
	text, err := strconv.Unquote(s.IfMatch)
	if err != nil {
		text = s.IfMatch
	}
	version, err := strconv.Atoi(text)
	if err != nil {
		return 0, newProblem(http.StatusBadRequest, kindInvalid, "If-Match 不是版本号", "If-Match is not a version.").
			with("header.If-Match", "应为加引号的版本号", s.IfMatch)
	}
	return version, nil
}

// etag is the entity tag of a version.
func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// orStale adds to a lost race how the thing is now.
func orStale[T any](err error, current func() (T, error)) error {
	p := problemOfNoun(err)
	if p == nil || p.Status != http.StatusPreconditionFailed {
		return err
	}
	now, readErr := current()
	if readErr != nil { // deleted by now, or unreadable: that is what to tell
		return errors.Join(readErr, err)
	}
	filled(reflect.ValueOf(&now)) // lists are never null here either
	return stale(now)
}
