package httpapi

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// somebody is a person of the sweep as the table of rights sees them.
type somebody struct {
	name, role string   // role is a column of the table; "administrator" reaches everything
	district   string   // "" is every district
	parts      []string // names of the spots that are theirs
	draft      account.Draft
}

// crowd are the people of a sweep: those of the world, and those who differ from
// them only by where they may be.
func crowd(w *world) []somebody {
	zones := func(spots ...spot) []string {
		codes := []string{}
		for _, s := range spots {
			codes = append(codes, w.standing[s.name].zone)
		}
		return codes
	}
	subdistricts := func(spots ...spot) []string {
		codes := []string{}
		for _, s := range spots {
			codes = append(codes, s.subdistrict)
		}
		return codes
	}
	d, other := own.district, away.district
	return []somebody{
		{name: "administrator", role: "administrator"},
		{name: "planner", role: "bureau", district: d},
		{name: "officer", role: "officer", district: d, parts: []string{"own"}},
		{name: "contractor", role: "contractor", district: d, parts: []string{"own"}},
		{name: "viewer", role: "viewer", district: d},
		{name: "steward", role: "bureau", district: d, draft: account.Draft{Role: account.Administrator, District: d}},
		{name: "neighbour", role: "officer", district: d, parts: []string{"next"}, draft: account.Draft{Role: account.Officer, District: d, Subdistricts: subdistricts(next)}},
		{name: "both", role: "officer", district: d, parts: []string{"own", "next"}, draft: account.Draft{Role: account.Officer, District: d, Subdistricts: subdistricts(own, next)}},
		{name: "builder", role: "contractor", district: d, parts: []string{"next"}, draft: account.Draft{Role: account.Contractor, District: d, Zones: zones(next)}},
		{name: "idle", role: "contractor", district: d, draft: account.Draft{Role: account.Contractor, District: d}},
		{name: "steward-away", role: "bureau", district: other, draft: account.Draft{Role: account.Administrator, District: other}},
		{name: "planner-away", role: "bureau", district: other, draft: account.Draft{Role: account.Planner, District: other}},
		{name: "officer-away", role: "officer", district: other, parts: []string{"away"}, draft: account.Draft{Role: account.Officer, District: other, Subdistricts: subdistricts(away)}},
		{name: "contractor-away", role: "contractor", district: other, parts: []string{"away"}, draft: account.Draft{Role: account.Contractor, District: other, Zones: zones(away)}},
		{name: "viewer-away", role: "viewer", district: other, draft: account.Draft{Role: account.Viewer, District: other}},
	}
}

// credential is what a request shows.
type credential struct {
	kind   string
	access account.Access // "" is no token
	only   string         // district that a token is for
	dead   bool
	cookie string // a session's, where it is not the person's own
	token  string
}

// show makes the request one with the credential.
func (c credential) show(q ask) ask {
	headers := map[string]string{}
	for name, value := range q.headers {
		headers[name] = value
	}
	if c.cookie != "" {
		headers["Cookie"] = cookieName + "=" + c.cookie
	}
	if c.token != "" {
		headers["Authorization"] = "Bearer " + c.token
	}
	q.headers = headers
	return q
}

// purse are the credentials of somebody: a session, tokens of every access, and,
// of the administrator, tokens of one district.
func purse(w *world, p somebody) []credential {
	list := []credential{{kind: "session"}}
	token := func(kind string, access account.Access, only string) {
		list = append(list, credential{kind: kind, access: access, only: only, token: w.apiTokens[w.apiToken(p.name, access, only).ID]})
	}
	for _, access := range account.Accesses() {
		token("token "+string(access), access, "")
	}
	if p.district == "" {
		token("token of one district", account.AccessAdminister, own.district)
		token("token of another district", account.AccessAdminister, away.district)
	} else {
		token("token of the own district", account.AccessWrite, p.district)
	}
	return list
}

// deadOnes are credentials that open nothing any more, and none at all.
func deadOnes(w *world) []credential {
	ctx := context.Background()
	dead := func(kind, name string, end func(a account.Account, t account.Token)) []credential {
		w.signUp(name, account.Draft{Role: account.Administrator})
		t := w.apiToken(name, account.AccessAdminister, "")
		cookie := w.tokens[name]
		end(w.people[name], t)
		return []credential{{kind: kind + " session", dead: true, cookie: cookie}, {kind: kind + " token", dead: true, access: account.AccessAdminister, token: w.apiTokens[t.ID]}}
	}
	out := []credential{{kind: "nothing", dead: true}}
	out = append(out, dead("locked", "locked", func(a account.Account, _ account.Token) {
		_, err := w.accounts.SetLocked(ctx, a.ID, a.Version, true)
		w.must(err)
	})...)
	out = append(out, dead("expired", "expired", func(a account.Account, t account.Token) {
		w.sql(`update session set expires_at = now() - interval '1 second' where account_id = $1`, a.ID)
		w.sql(`update api_token set created_at = created_at - interval '2 days', expires_at = now() - interval '1 second' where id = $1`, t.ID)
	})...)
	out = append(out, dead("revoked", "revoked", func(a account.Account, t account.Token) {
		w.sql(`delete from session where account_id = $1`, a.ID)
		_, err := w.accounts.RevokeToken(ctx, t.ID, "")
		w.must(err)
	})...)
	return out
}

var looks = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// answer is what the table says: "ok", or the status of a refusal.
func (a act) answer(method string, p somebody, s spot, c credential) string {
	asked := a.maker && p.name == map[string]string{"own": "officer", "next": "planner", "away": "administrator"}[s.name]
	switch {
	case a.open:
		return "ok"
	case c.dead:
		return "401"
	case c.access != "" && a.browser,
		c.access == account.AccessRead && !slices.Contains(looks, method),
		c.access == account.AccessRead && a.closed && !(a.asker && asked),
		c.access != "" && c.access != account.AccessAdminister && a.high:
		return "403"
	case a.away == "ok" || p.district == "" && c.only == "":
		return "ok"
	}
	role := p.role
	if role == "administrator" {
		role = "bureau" // of the district of the token
	}
	if s.district != max(p.district, c.only) && !a.across {
		if slices.Contains(strings.Fields(a.hidden), role) && !(a.asker && c.access == account.AccessRead) {
			return "404"
		}
		return "403"
	}
	inPart := func(two string) string {
		f := strings.Fields(two)
		if slices.Contains(p.parts, s.name) && (!a.maker || asked) {
			return f[0]
		}
		return f[1]
	}
	switch role {
	case "officer":
		return inPart(a.officer)
	case "contractor":
		if a.holding && p.parts == nil {
			return "403"
		}
		if a.scenario && p.parts == nil {
			return "404"
		}
		return inPart(a.contractor)
	case "viewer":
		return a.viewer
	}
	if p.draft.Role == account.Administrator || p.role == "administrator" {
		if a.steward != "" {
			return a.steward
		}
	}
	return a.bureau
}

// unswept are routes that are about nobody's rights.
var unswept = []string{
	"POST /session", "POST /session/link", "DELETE /session", // who is nobody yet, and who will be
	"POST /session/provider", "GET /session/provider/callback", "POST /session/provider/logout",
	"GET /metrics", // judged by where it is asked from, too
}

// actOf finds the act of a row.
func actOf(r row) (act, bool) {
	n := slices.IndexFunc(acts, func(a act) bool { return a.again == r.again && slices.Contains(a.routes, r.route) })
	if n < 0 { // a second row that differs only by its things
		n = slices.IndexFunc(acts, func(a act) bool { return !a.again && slices.Contains(a.routes, r.route) })
	}
	if n < 0 {
		return act{}, false
	}
	return acts[n], true
}

// The rows say what five people are answered, the table why. Neither is made of
// the other.
func TestTheMatrixSaysWhatTheTableOfRightsSays(t *testing.T) {
	w := &world{standing: map[string]standing{}}
	people := crowd(w)
	seen := map[string]bool{}
	for _, r := range matrix {
		seen[r.route] = true
		if slices.Contains(unswept, r.route) {
			continue
		}
		a, known := actOf(r)
		if !known {
			t.Errorf("%s is no act of the table of rights", r.route)
			continue
		}
		method, _, _ := strings.Cut(r.route, " ")
		for _, at := range r.places() {
			want := strings.Fields(at.want)
			for n, name := range everyone {
				p, c := somebody{name: "nobody"}, credential{dead: true}
				if n > 0 {
					p, c = people[slices.IndexFunc(people, func(p somebody) bool { return p.name == name })], credential{}
				}
				if a.maker && strings.HasSuffix(r.route, "/faulty-rows") && name == "officer" && at.spot.name == "next" {
					continue
				}
				got := a.answer(method, p, at.spot, c)
				if got == "ok" {
					got = want[1]
				}
				if got != want[n] {
					t.Errorf("%s, %s, as %s: the table says %s, the row %s", r.route, at.spot.name, name, got, want[n])
				}
			}
		}
	}
	for _, a := range acts {
		for _, route := range a.routes {
			if !seen[route] {
				t.Errorf("the table of rights knows %s, which has no row", route)
			}
		}
	}
}

type placedAnswers struct {
	spot spot
	want string
}

// places are the spots that a row is asked about.
func (r row) places() (out []placedAnswers) {
	for _, at := range []placedAnswers{{own, r.own}, {next, r.next}, {away, r.away}} {
		if at.want != "" {
			out = append(out, at)
		}
	}
	return out
}

// sweepVariable is the seed of another sweep.
const sweepVariable = "LIANPIAN_TEST_SWEEP"

// sweeper sends requests and compares the answers with the table.
type sweeper struct {
	*world
	rand   *rand.Rand
	people []somebody
	purses map[string][]credential
	dead   []credential
	counts string // SQL that counts and adds up every table of content

	cases, refused int
}

// oneCase is a request of the sweep with the status that the table wants.
type oneCase struct {
	person     somebody
	credential credential
	want       string
}

// TestEveryDoorKnowsEveryScopeAndCredential asks for what every row of the matrix
// is about, in every place, as people and credentials of every kind. Refusals come
// first, all with the same request, which nothing of them may have changed; those
// who may then show that it was a good one.
func TestEveryDoorKnowsEveryScopeAndCredential(t *testing.T) {
	seed := uint64(1)
	if text := os.Getenv(sweepVariable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	s := &sweeper{world: w, rand: rand.New(rand.NewPCG(seed, 0)), people: crowd(w), purses: map[string][]credential{}}
	for _, p := range s.people {
		if p.draft.Role != "" {
			w.signUp(p.name, p.draft)
		}
		s.purses[p.name] = purse(w, p)
	}
	s.dead = deadOnes(w)
	w.must(w.db.Pool.QueryRow(t.Context(), `
		select string_agg(format('select count(*)%s as n from %I', case when exists (
			select from information_schema.columns v where v.table_name = c.table_name and v.column_name = 'version') then ' + coalesce(sum(version), 0)' else '' end, c.table_name), ' union all ')
		from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
		  and c.column_name = case when c.table_name in ('account', 'api_token') then 'id' else 'district_code' end`).Scan(&s.counts))
	var silent []string
	w.db.OnChange(func(changes []postgis.Change) {
		for _, c := range changes {
			if c.Layer != "" && !c.Everybody && c.Subdistricts == nil && c.Zones == nil && c.Person == "" && !slices.Contains(silent, c.Layer) {
				silent = append(silent, c.Layer)
			}
		}
	})
	for _, r := range matrix {
		if !slices.Contains(unswept, r.route) {
			for _, at := range r.places() {
				s.sweep(r, at)
			}
		}
	}
	if silent != nil {
		t.Errorf("changes of %v do not say whose business they are: officers and contractors never hear of them", silent)
	}
	t.Logf("seed %d (%s): %d cases, %d of them refusals", seed, sweepVariable, s.cases, s.refused)
	if s.cases < 2000 || s.refused < 1000 {
		t.Errorf("only %d cases, %d of them refusals", s.cases, s.refused)
	}
}

// still is what a refusal leaves as it is.
func (s *sweeper) still() (out [4]string) {
	s.t.Helper()
	s.must(s.db.Pool.QueryRow(s.t.Context(), `
		select (select count(*)::text from audit_entry), (select coalesce(max(seq), 0)::text from change_log),
		       (select string_agg(n::text, ' ') from (`+s.counts+`) t), (select count(*)::text from job)`).Scan(&out[0], &out[1], &out[2], &out[3]))
	return out
}

// casesOf draws cases of a row in a place: refused ones, and allowed ones.
func (s *sweeper) casesOf(a act, method string, at spot) (refused, allowed []oneCase) {
	all := []oneCase{}
	for _, p := range s.people {
		for _, c := range s.purses[p.name] {
			if a.open && c.access != "" {
				continue // who shows no token is asked for none
			}
			all = append(all, oneCase{p, c, a.answer(method, p, at, c)})
		}
	}
	for _, c := range s.dead {
		if a.open && c.access != "" {
			continue
		}
		all = append(all, oneCase{somebody{name: "nobody"}, c, a.answer(method, somebody{}, at, c)})
	}
	s.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	most := 2 // each takes a thing of its own
	if slices.Contains(looks, method) {
		most = 5
	}
	for _, c := range all {
		switch {
		case c.want != "ok" && len(refused) < 12:
			refused = append(refused, c)
		case c.want == "ok" && len(allowed) < most:
			allowed = append(allowed, c)
		}
	}
	if a.browser && a.once && !slices.Contains(looks, method) {
		allowed = nil // would end the sessions that are still needed
	}
	return refused, allowed
}

// sweep asks for what a row is about in a place.
func (s *sweeper) sweep(r row, at placedAnswers) {
	s.t.Helper()
	a, _ := actOf(r)
	method, path, _ := strings.Cut(r.route, " ")
	writes := !slices.Contains(looks, method)
	refused, allowed := s.casesOf(a, method, at.spot)
	request := func(c oneCase) ask {
		person := c.person.name
		if a.maker {
			person = "officer"
		} else if person == "nobody" {
			person = "viewer"
		}
		return r.ask(s.world, at.spot, person)
	}
	label := r.route + ", " + at.spot.name
	check := func(c oneCase, q ask) {
		s.cases++
		s.check(label, strings.Fields(at.want)[1], c, q)
	}
	s.refused += len(refused)
	if a.once || strings.Contains(path, "/coverage/trials/") { // begun or asked for by who goes on
		for _, c := range refused {
			q := request(c)
			s.unchanged(label, writes, func() { check(c, q) })
		}
		for _, c := range allowed {
			check(c, request(c))
		}
	} else if len(refused)+len(allowed) > 0 {
		q := request(oneCase{person: s.people[0]})
		s.unchanged(label, writes || r.audited, func() {
			for _, c := range refused {
				check(c, q)
			}
		})
		for n, c := range allowed {
			if n > 0 && writes {
				q = request(c)
			}
			check(c, q)
		}
	}
	s.sql(`delete from attempt`) // wrong tokens are counted
}

// unchanged tells of what refusals have changed.
func (s *sweeper) unchanged(label string, matters bool, refusals func()) {
	s.t.Helper()
	if !matters {
		refusals()
		return
	}
	before := s.still()
	refusals()
	if after := s.still(); before != after {
		s.t.Errorf("%s: refusals changed something: %v, then %v", label, before, after)
	}
}

// check sends a request; ok is the status of those who may.
func (s *sweeper) check(label, ok string, c oneCase, q ask) {
	s.t.Helper()
	want, person := c.want, c.person.name
	if want == "ok" {
		want = ok
	}
	if c.credential.access != "" {
		person = "nobody" // no cookie beside the token
	}
	q = c.credential.show(q)
	var got answer
	if strings.HasSuffix(q.path, "/events") { // goes on for ever: left once its status is known
		got = s.as(person, q)
	} else {
		answered, err := s.put(person, q)
		if err != nil {
			s.t.Errorf("%s, as %s with %s: %v", label, c.person.name, c.credential.kind, err)
			return
		}
		got = answer{status: answered.Code, body: answered.Body.Bytes()}
	}
	if strconv.Itoa(got.status) != want {
		s.t.Errorf("%s, as %s with %s: %d, want %s\n%.200s", label, c.person.name, c.credential.kind, got.status, want, got.body)
	}
}
