package account

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
)

// TestASessionEndedElsewhereCountsAtOnce has two processes on one database: one
// remembers a session, the other ends it or changes its person.
func TestASessionEndedElsewhereCountsAtOnce(t *testing.T) {
	here, c, district := newStore(t)
	ctx := context.Background()
	db, err := postgis.Open(ctx, here.db.URL(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	there, err := New(db, here.config)
	if err != nil {
		t.Fatal(err)
	}
	signedUp(t, here, Draft{Name: "boss", Role: Administrator})
	a := signedUp(t, here, Draft{Name: "officer", Role: Officer, District: district, Subdistricts: []string{"500110001"}})
	open := func() (string, Session) {
		token, s, err := here.SignIn(ctx, a.Name, password, "192.0.2.1", "test")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // looked up, and remembered
			if _, err := here.Session(ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		return token, s
	}
	hears := func() {
		t.Helper()
		if err := here.db.CatchUp(ctx); err != nil { // as before every request
			t.Fatal(err)
		}
	}
	gone := func(token, why string) {
		t.Helper()
		hears()
		if _, err := here.Session(ctx, token); !errors.Is(err, ErrNoSession) {
			t.Errorf("after %s the session is still open: %v", why, err)
		}
	}

	token, session := open()
	if err := there.EndSession(ctx, a.ID, session.ID); err != nil {
		t.Fatal(err)
	}
	gone(token, "its end")

	token, _ = open()
	if err := there.SignOut(ctx, token); err != nil {
		t.Fatal(err)
	}
	gone(token, "signing out")

	token, _ = open()
	a, err = there.Account(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = there.Update(ctx, a.ID, a.Version, Patch{Subdistricts: &[]string{"500110002"}}); err != nil {
		t.Fatal(err)
	}
	hears()
	if got, err := here.Session(ctx, token); err != nil || got.Person.Scope.Subdistricts[0] != "500110002" {
		t.Errorf("after a change of scope the session reaches %v: %v", got.Person.Scope, err)
	}
	if _, err := there.SetLocked(ctx, a.ID, a.Version, true); err != nil {
		t.Fatal(err)
	}
	gone(token, "the account was locked")
	if _, err := there.SetLocked(ctx, a.ID, a.Version+1, false); err != nil {
		t.Fatal(err)
	}

	hears()
	token, _ = open()
	c.move(here.config.SessionLife + time.Second)
	if _, err := here.Session(ctx, token); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session that has run out is still open: %v", err)
	}
}

func TestWhatChangedWhileItWasReadIsNotRemembered(t *testing.T) {
	var k known
	now := time.Now()
	hash := hashToken("a token")
	s := Session{ExpiresAt: now.Add(time.Hour)}
	before := k.heard()
	k.hear([]postgis.Change{{Layer: LayerPeople}})
	k.keep(hash, s, now, before)
	if _, ok := k.session(hash, now); ok {
		t.Error("a session is remembered as it was before people changed")
	}
	k.keep(hash, s, now, k.heard())
	if _, ok := k.session(hash, now.Add(touchEvery-1)); !ok {
		t.Error("a session is forgotten at once")
	}
	if _, ok := k.session(hash, now.Add(touchEvery)); ok {
		t.Error("a session in use is remembered for so long that it is not written to")
	}
	k.hear([]postgis.Change{{Layer: "communities"}})
	if _, ok := k.session(hash, now); !ok {
		t.Error("an edit of a community forgets who is signed in")
	}
	k.hear([]postgis.Change{{}})
	if _, ok := k.session(hash, now); ok {
		t.Error("a session outlives a change of everything")
	}
}
