package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const password = "correct horse"

func newStore(t *testing.T) (*Store, *clock, string) {
	t.Helper()
	db := postgistest.New(t)
	c := &clock{now: time.Now().Truncate(time.Second)}
	cheap := argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	s, err := New(db, Config{Hash: &cheap, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s, c, postgistest.District(t, db)
}

// signedUp makes an account with a password.
func signedUp(t *testing.T, s *Store, d Draft) Account {
	t.Helper()
	ctx := context.Background()
	a, err := s.Create(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.IssueLink(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := s.Redeem(ctx, token, "192.0.2.1", "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetPassword(With(ctx, session.Person), session, "", password, "test"); err != nil {
		t.Fatal(err)
	}
	if a, err = s.Account(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestNamesOfAccountsHoldNoNumberOfAPerson(t *testing.T) {
	s, _, d := newStore(t)
	ctx := context.Background()
	var invalid *InvalidError
	for field, draft := range map[string]Draft{
		"name":         {Name: "13812345678", Role: Viewer, District: d},
		"display_name": {Name: "somebody", DisplayName: "张三 138-0013-8000", Role: Viewer, District: d},
	} {
		if _, err := s.Create(ctx, draft); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	a, err := s.Create(ctx, Draft{Name: "somebody", Role: Viewer, District: d})
	if err != nil {
		t.Fatal(err)
	}
	shown := "张三 +86 13800138000"
	if _, err := s.Update(ctx, a.ID, a.Version, Patch{DisplayName: &shown}); !errors.As(err, &invalid) || invalid.Field != "display_name" {
		t.Errorf("update: %v", err)
	}
}

func TestFirstStartMakesOneAdministratorWithAOneTimeLink(t *testing.T) {
	ctx := context.Background()
	s, _, _ := newStore(t)
	first, err := s.EnsureAdministrator(ctx)
	if err != nil || first == "" {
		t.Fatalf("first start: token %q, %v", first, err)
	}
	second, err := s.EnsureAdministrator(ctx)
	if err != nil || second == "" {
		t.Fatalf("second start before a password is set: token %q, %v", second, err)
	}
	if _, _, err := s.Redeem(ctx, first, "192.0.2.1", ""); !errors.Is(err, ErrLink) {
		t.Errorf("the earlier link: %v, want ErrLink", err)
	}
	_, session, err := s.Redeem(ctx, second, "192.0.2.1", "browser")
	if err != nil {
		t.Fatal(err)
	}
	if session.Person.Name != "admin" || session.Person.Role != Administrator || !session.ByLink || session.HasPassword {
		t.Errorf("signed in as %+v", session)
	}
	if _, _, err := s.Redeem(ctx, second, "192.0.2.1", ""); !errors.Is(err, ErrLink) {
		t.Errorf("the same link again: %v, want ErrLink", err)
	}
	if err := s.SetPassword(With(ctx, session.Person), session, "", password, ""); err != nil {
		t.Fatal(err)
	}
	if token, err := s.EnsureAdministrator(ctx); err != nil || token != "" {
		t.Errorf("start with a reachable administrator: token %q, %v", token, err)
	}
	if people, err := s.Accounts(ctx, ""); err != nil || len(people) != 1 {
		t.Errorf("accounts: %+v, %v", people, err)
	}
}

func TestALinkExpires(t *testing.T) {
	ctx := context.Background()
	s, c, _ := newStore(t)
	token, err := s.EnsureAdministrator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.move(4 * 24 * time.Hour)
	if _, _, err := s.Redeem(ctx, token, "192.0.2.1", ""); !errors.Is(err, ErrLink) {
		t.Errorf("a link of four days ago: %v, want ErrLink", err)
	}
}

func TestALinkIsRedeemedOnceWhoeverRaces(t *testing.T) {
	ctx := context.Background()
	s, _, _ := newStore(t)
	token, err := s.EnsureAdministrator(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	results := make([]error, 6)
	for i := range results {
		wg.Go(func() { _, _, results[i] = s.Redeem(ctx, token, "192.0.2.1", "") })
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, ErrLink):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d won", won, len(results))
	}
}

func TestSignInTellsNothingAboutNames(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	if _, err := s.Create(ctx, Draft{Name: "invited", Role: Viewer, District: d}); err != nil {
		t.Fatal(err)
	}
	for name, attempt := range map[string][2]string{
		"wrong password":   {"planner", "wrong password"},
		"unknown name":     {"nobody", password},
		"without password": {"invited", ""},
		"the decoy":        {"invited", "no account has this password"},
		"a NUL":            {"pl\x00anner", password},
		"bytes":            {"\xff\xfe", "\xff"},
		"megabytes":        {strings.Repeat("a", 1<<20), strings.Repeat("b", 1<<20)},
	} {
		token, _, err := s.SignIn(ctx, attempt[0], attempt[1], "192.0.2.1", "")
		if !errors.Is(err, ErrCredentials) || token != "" {
			t.Errorf("%s: %q, %v, want ErrCredentials", name, token, err)
		}
	}
	if _, session, err := s.SignIn(ctx, " planner ", password, "192.0.2.1", "agent\x00\xff"); err != nil || session.Person.Name != "planner" {
		t.Errorf("the right password: %+v, %v", session, err)
	}
}

func TestGuessingIsSlowedButDoesNotLockOthersOut(t *testing.T) {
	ctx := context.Background()
	s, c, d := newStore(t)
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	for range failuresPair {
		if _, _, err := s.SignIn(ctx, "planner", "guess", "192.0.2.1", ""); !errors.Is(err, ErrCredentials) {
			t.Fatal(err)
		}
	}
	var throttled *ThrottledError
	if _, _, err := s.SignIn(ctx, "Planner", password, "192.0.2.1", ""); !errors.As(err, &throttled) || throttled.Wait <= 0 || throttled.Wait > firstWait {
		t.Errorf("after %d failures: %v, want *ThrottledError", failuresPair, err)
	}
	if _, _, err := s.SignIn(ctx, "planner", password, "192.0.2.2", ""); err != nil {
		t.Errorf("the person from elsewhere: %v", err)
	}
	c.move(firstWait)
	if _, _, err := s.SignIn(ctx, "planner", password, "192.0.2.1", ""); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestParallelGuessesCountAsMany(t *testing.T) {
	s, _, _ := newStore(t)
	var wg sync.WaitGroup
	var let atomic.Int64
	for range 40 {
		wg.Go(func() {
			if s.attempt(context.Background(), signInLimits("name", "192.0.2.1")) == nil {
				let.Add(1)
			}
		})
	}
	wg.Wait()
	if let.Load() != failuresPair {
		t.Errorf("%d attempts were let through before one had failed, want %d", let.Load(), failuresPair)
	}
}

func TestTheWaitGrowsAndIsForgotten(t *testing.T) {
	s, c, _ := newStore(t)
	other, err := New(s.db, s.config) // another instance on the same database
	if err != nil {
		t.Fatal(err)
	}
	limits := signInLimits("name", "192.0.2.1")
	for range failuresPair {
		if err := s.attempt(t.Context(), limits); err != nil {
			t.Fatal(err)
		}
	}
	want := firstWait
	for range 8 {
		var throttled *ThrottledError
		if err := other.attempt(t.Context(), limits); !errors.As(err, &throttled) || throttled.Wait.Round(time.Second) != want {
			t.Fatalf("%v, want to wait %s", err, want)
		}
		c.move(want)
		if err := s.attempt(t.Context(), limits); err != nil {
			t.Fatalf("after %s: %v", want, err)
		}
		want = min(2*want, longestWait)
	}
	c.move(forgetAfter + time.Minute)
	for range failuresPair {
		if err := s.attempt(t.Context(), limits); err != nil {
			t.Errorf("much later: %v", err)
		}
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLinksAreNotGuessedForLong(t *testing.T) {
	s, _, _ := newStore(t)
	var throttled *ThrottledError
	for i := range failuresLink + 1 {
		_, _, err := s.Redeem(t.Context(), "made-up", "192.0.2.1", "")
		if i < failuresLink && !errors.Is(err, ErrLink) || i == failuresLink && !errors.As(err, &throttled) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if _, _, err := s.Redeem(t.Context(), "made-up", "192.0.2.2", ""); !errors.Is(err, ErrLink) {
		t.Errorf("from elsewhere: %v", err)
	}
}

func TestALockedAccountHasNoWayIn(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	boss := signedUp(t, s, Draft{Name: "boss", Role: Administrator})
	a := signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	session, _, err := s.SignIn(ctx, "planner", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := s.CreateToken(ctx, "planner", TokenDraft{Name: "x", Access: AccessRead, Life: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.IssueLink(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	locked, err := s.SetLocked(ctx, a.ID, a.Version, true)
	if err != nil || locked.LockedAt == nil {
		t.Fatal(locked, err)
	}
	if _, err := s.Session(ctx, session); !errors.Is(err, ErrNoSession) {
		t.Errorf("the session: %v", err)
	}
	if _, _, err := s.ByToken(ctx, text, ""); !errors.Is(err, ErrNoSession) {
		t.Errorf("the token: %v", err)
	}
	if _, _, err := s.Redeem(ctx, link, "", ""); !errors.Is(err, ErrLink) {
		t.Errorf("the link: %v", err)
	}
	if _, _, err := s.SignIn(ctx, "planner", "wrong", "", ""); !errors.Is(err, ErrCredentials) {
		t.Errorf("a wrong password hears of the lock: %v", err)
	}
	if _, _, err := s.SignIn(ctx, "planner", password, "", ""); !errors.Is(err, ErrLocked) {
		t.Errorf("the right password: %v", err)
	}
	if _, err := s.SetLocked(ctx, a.ID, locked.Version, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SignIn(ctx, "planner", password, "", ""); err != nil {
		t.Errorf("opened again: %v", err)
	}
	if _, err := s.SetLocked(ctx, boss.ID, boss.Version, true); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("the last administrator is locked: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	ctx := context.Background()
	s, c, d := newStore(t)
	a := signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	signedUp(t, s, Draft{Name: "boss", Role: Administrator})
	open := func() string {
		t.Helper()
		token, _, err := s.SignIn(ctx, "planner", password, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if session, err := s.Session(ctx, token); err != nil || session.Person.ID != a.ID || !session.HasPassword || session.ByLink {
			t.Fatalf("session: %+v, %v", session, err)
		}
		return token
	}
	dead := func(how, token string) {
		t.Helper()
		if _, err := s.Session(ctx, token); !errors.Is(err, ErrNoSession) {
			t.Errorf("%s: %v, want ErrNoSession", how, err)
		}
	}
	dead("never was", "made-up")
	dead("none", "")
	dead("a monster", strings.Repeat("x", 1<<20))

	token := open()
	if err := s.SignOut(ctx, token); err != nil {
		t.Fatal(err)
	}
	dead("signed out", token)
	if err := s.SignOut(ctx, token); err != nil {
		t.Errorf("sign out again: %v", err)
	}

	token = open()
	c.move(8 * 24 * time.Hour)
	dead("unused for a week", token)

	token = open()
	for range 5 {
		c.move(6 * 24 * time.Hour)
		_, _ = s.Session(ctx, token) // a look counts as use
	}
	dead("a month old, though used", token)

	token = open()
	other := open()
	session, err := s.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetPassword(With(ctx, session.Person), session, "not it", "another one", ""); !errors.Is(err, ErrCredentials) {
		t.Errorf("new password without the old one: %v", err)
	}
	if err := s.SetPassword(With(ctx, session.Person), session, password, "another one", ""); err != nil {
		t.Fatal(err)
	}
	dead("others after a new password", other)
	if _, err := s.Session(ctx, token); err != nil {
		t.Errorf("the one that set it: %v", err)
	}
	if err := s.Delete(ctx, a.ID, a.Version); err != nil {
		t.Fatal(err)
	}
	dead("account deleted", token)
}

func TestPasswordsAreChecked(t *testing.T) {
	for given, want := range map[string]bool{
		"short":                  false,
		"":                       false,
		"nine char":              false,
		"long enough":            true,
		"correct horse":          true,
		"连片-改造-2024":             true,
		"四面山下看老楼的人":              false, // nine
		"四面山下看老楼的那人":             true,
		"my-own-name":            false,
		"MY-OWN-NAME-2026":       false,
		"password123":            false,
		"P@ssw0rd2026!":          false,
		"Admin@123456":           false,
		"1234567890":             false,
		"12345678901":            false,
		"9876543210":             false,
		"qwertyuiop":             false,
		"1qaz2wsx3edc":           false,
		"q1w2e3r4t5y6":           false,
		"aaaaaaaaaaaa":           false,
		"abcabcabcabc":           false,
		"woaini1314520":          false,
		"iloveyou2024":           false,
		"adminadmin12":           false,
		"连片连片连片连片连片":             false,
		strings.Repeat("a", 300): false,
	} {
		if err := checkPassword(given, "my-own-name"); (err == nil) != want {
			t.Errorf("%q: %v", given, err)
		}
	}
}

func TestAnEarlierPasswordDoesNotComeBack(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	token, _, err := s.SignIn(ctx, "planner", password, "", "")
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) error {
		return s.SetPassword(With(ctx, session.Person), session, from, to, "")
	}
	var invalid *InvalidError
	if err := change(password, password); !errors.As(err, &invalid) {
		t.Errorf("the present one: %v", err)
	}
	now := password
	for i := range formerPasswords {
		next := fmt.Sprintf("river crossing %d", i)
		if err := change(now, next); err != nil {
			t.Fatal(err)
		}
		now = next
		if err := change(now, password); !errors.As(err, &invalid) {
			t.Errorf("the one %d changes ago: %v", i+1, err)
		}
	}
	if err := change(now, "river crossing again"); err != nil {
		t.Fatal(err)
	}
	if err := change("river crossing again", password); err != nil {
		t.Errorf("after more than %d others: %v", formerPasswords, err)
	}
}

func TestHashingIsBounded(t *testing.T) {
	h, err := newHasher(argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, 1)
	if err != nil {
		t.Fatal(err)
	}
	h.slots <- struct{}{} // somebody is hashing
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.matches(ctx, "x", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the slot is taken: %v", err)
	}
}

func TestScopesFollowTheAccount(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	var zone int64
	err := s.db.Pool.QueryRow(ctx, `
		insert into zone (district_code, code, name, geom)
		values ($1, 'z1', '片区', ST_Multi(ST_MakeEnvelope(106.9, 28.95, 106.91, 28.96, 4490))) returning id`, d).Scan(&zone)
	if err != nil {
		t.Fatal(err)
	}
	officer := Draft{Name: "officer", Role: Officer, District: d, Subdistricts: []string{d + "001"}, Zones: []string{"dropped"}}
	contractor := Draft{Name: "contractor", Role: Contractor, District: d, Zones: []string{"z1", "z1"}}
	for _, c := range []struct {
		draft Draft
		want  Scope
	}{
		{officer, Scope{District: d, Subdistricts: []string{d + "001"}}},
		{contractor, Scope{District: d, Zones: []int64{zone}}},
		{Draft{Name: "idle", Role: Contractor, District: d}, Scope{District: d, Zones: []int64{}}},
		{Draft{Name: "planner", Role: Planner, District: d, Subdistricts: []string{d + "001"}}, Scope{District: d}},
		{Draft{Name: "viewer", Role: Viewer, District: d}, Scope{District: d}},
		{Draft{Name: "boss", Role: Administrator}, Scope{}},
	} {
		if _, err := s.Create(ctx, c.draft); err != nil {
			t.Fatalf("%s: %v", c.draft.Name, err)
		}
		p, err := s.Person(ctx, c.draft.Name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, p.Scope); diff != "" {
			t.Errorf("%s: scope (-want +got)\n%s", c.draft.Name, diff)
		}
	}
	// An officer whose subdistrict is gone sees nothing, not everything.
	if _, err := s.db.Pool.Exec(ctx, `delete from subdistrict where code = $1`, d+"001"); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Person(ctx, "officer"); err != nil || p.Scope.Subdistricts == nil || len(p.Scope.Subdistricts) != 0 {
		t.Errorf("scope without subdistricts: %+v, %v", p.Scope, err)
	}
}

func TestBadAccountsAreRefusedByField(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	for field, draft := range map[string]Draft{
		"name":         {Name: "with space", Role: Viewer, District: d},
		"display_name": {Name: "nul", DisplayName: "a\x00b", Role: Viewer, District: d},
		"role":         {Name: "somebody", Role: "king", District: d},
		"district":     {Name: "somebody", Role: Viewer},
		"subdistricts": {Name: "somebody", Role: Officer, District: d, Subdistricts: []string{"999"}},
		"zones":        {Name: "somebody", Role: Contractor, District: d, Zones: []string{"999"}},
	} {
		var invalid *InvalidError
		if _, err := s.Create(ctx, draft); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	var invalid *InvalidError
	if _, err := s.Create(ctx, Draft{Name: "somebody", Role: Viewer, District: "999999"}); !errors.As(err, &invalid) || invalid.Field != "district" {
		t.Errorf("unknown district: %v", err)
	}
	if _, err := s.Create(ctx, Draft{Name: "officer", Role: Officer, District: d}); !errors.As(err, &invalid) || invalid.Field != "subdistricts" {
		t.Errorf("officer of nothing: %v", err)
	}
	if _, err := s.Create(ctx, Draft{Name: "twice", Role: Viewer, District: d}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(ctx, Draft{Name: "twice", Role: Viewer, District: d}); !errors.Is(err, postgis.ErrConflict) {
		t.Errorf("a name taken: %v, want ErrConflict", err)
	}
}

func TestAccountsChangeByVersionAndKeepAnAdministrator(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	boss := signedUp(t, s, Draft{Name: "boss", Role: Administrator})
	a, err := s.Create(ctx, Draft{Name: "officer", Role: Officer, District: d, Subdistricts: []string{d + "001"}})
	if err != nil {
		t.Fatal(err)
	}
	both := []string{d + "002", d + "001"}
	changed, err := s.Update(ctx, a.ID, a.Version, Patch{Subdistricts: &both})
	if err != nil || changed.Version != a.Version+1 || len(changed.Subdistricts) != 2 {
		t.Fatalf("update: %+v, %v", changed, err)
	}
	if _, err := s.Update(ctx, a.ID, a.Version, Patch{}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale update: %v, want ErrVersion", err)
	}
	if err := s.Delete(ctx, a.ID, a.Version); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale delete: %v, want ErrVersion", err)
	}
	viewer := Viewer
	if _, err := s.Update(ctx, boss.ID, boss.Version, Patch{Role: &viewer, District: &d}); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("the last administrator becomes a viewer: %v", err)
	}
	if err := s.Delete(ctx, boss.ID, boss.Version); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("the last administrator is deleted: %v", err)
	}
	// An administrator of one district hands out no more than that district.
	local := With(ctx, Person{Name: "local", Role: Administrator, District: d, Scope: Scope{District: d}})
	administrator, nowhere := Administrator, ""
	var outside *OutsideError
	if _, err := s.Update(local, a.ID, changed.Version, Patch{Role: &administrator, District: &nowhere}); !errors.As(err, &outside) {
		t.Errorf("a district's administrator makes an administrator of everything: %v", err)
	}
	if err := s.Delete(ctx, a.ID, changed.Version); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Account(ctx, a.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a deleted account: %v", err)
	}
}

func TestEveryWriteLeavesAnAuditEntry(t *testing.T) {
	ctx := context.Background()
	s, _, d := newStore(t)
	boss := signedUp(t, s, Draft{Name: "boss", Role: Administrator})
	acting := With(ctx, Person{ID: boss.ID, Name: boss.Name, Role: Administrator})
	a, err := s.Create(acting, Draft{Name: "viewer", Role: Viewer, District: d})
	if err != nil {
		t.Fatal(err)
	}
	name := "看图的人"
	if a, err = s.Update(acting, a.ID, a.Version, Patch{DisplayName: &name}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.IssueLink(acting, a.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(acting, a.ID, a.Version); err != nil {
		t.Fatal(err)
	}
	entries, next, err := s.Audit(ctx, AuditFilter{Entity: "account", Code: "viewer"})
	if err != nil || next != 0 {
		t.Fatal(next, err)
	}
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.Action)
		if e.Person != "boss" || e.District != d {
			t.Errorf("%s by %q in %q", e.Action, e.Person, e.District)
		}
		if has := string(e.Before) != ""; has != (e.Action == "account.update" || e.Action == "account.delete") {
			t.Errorf("%s: before is %s", e.Action, e.Before)
		}
		if strings.Contains(string(e.After), "argon2") {
			t.Error("the trail holds a password hash")
		}
	}
	if diff := cmp.Diff([]string{"account.delete", "account.link", "account.update", "account.create"}, actions); diff != "" {
		t.Errorf("actions (-want +got)\n%s", diff)
	}
	page, next, err := s.Audit(ctx, AuditFilter{District: d, Limit: 3})
	if err != nil || len(page) != 3 || next == 0 {
		t.Fatalf("first page: %d entries, next %d, %v", len(page), next, err)
	}
	rest, next, err := s.Audit(ctx, AuditFilter{District: d, Limit: 3, Cursor: next})
	if err != nil || len(rest) != 1 || next != 0 {
		t.Errorf("second page: %d entries, next %d, %v", len(rest), next, err)
	}
}
