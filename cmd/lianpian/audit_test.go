package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/app"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func document[T any](t *testing.T, a answered) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.out), &v); err != nil || a.code != 0 {
		t.Fatalf("ended with %d, %v: %s%s", a.code, err, a.out, a.messages)
	}
	return v
}

func (p place) exits(t *testing.T, exit app.Exit, says string, args ...string) {
	t.Helper()
	if a := p.run(t, args...); a.code != int(exit) || !strings.Contains(a.messages, says) {
		t.Errorf("%v ended with %d instead of %d: %s", args, a.code, exit, a.messages)
	}
}

func TestAuditVerifyTellsATrailThatWasTamperedWith(t *testing.T) {
	p := newPlace(t)
	type verified struct {
		Entries int
		Head    string
	}
	p.exits(t, app.Done, "", "district", "add", "500111", "大足", "--bbox=105.4,29.4,106,29.9")
	early := document[verified](t, p.run(t, "audit", "verify", "--json"))
	if early.Entries == 0 {
		t.Fatalf("%+v", early)
	}
	p.exits(t, app.Done, "", "user", "add", "planner", "--role=planner", "--district=500110")
	later := document[verified](t, p.run(t, "audit", "verify", "--json", "--head="+early.Head))
	if later.Entries <= early.Entries || later.Head == early.Head {
		t.Errorf("%+v after %+v", later, early)
	}
	if a := p.run(t, "audit", "verify"); a.code != 0 || !strings.Contains(a.out, "is whole") || !strings.Contains(a.out, later.Head) {
		t.Errorf("%+v", a)
	}
	position, hash, _ := strings.Cut(later.Head, ":")
	p.exits(t, app.Refused, "POSITION:HASH", "audit", "verify", "--head=yesterday")
	p.exits(t, app.Failed, "tampered", "audit", "verify", "--head=9"+position+":"+hash)
	p.exits(t, app.Failed, "tampered", "audit", "verify", "--head="+position+":"+strings.Repeat("0", len(hash)))

	conn := postgistest.Connect(t, p.database)
	change := `update audit_entry set account_name = 'somebody else' where action = 'district.create'`
	if _, err := conn.Exec(t.Context(), change); err == nil {
		t.Error("the database lets the trail be changed")
	}
	if _, err := conn.Exec(t.Context(), `alter table audit_entry disable trigger audit_unchanged; `+change); err != nil {
		t.Fatal(err)
	}
	p.exits(t, app.Failed, "tampered", "audit", "verify")
}

func TestTokensAreMadeListedAndRevoked(t *testing.T) {
	p := newPlace(t)
	p.exits(t, app.Done, "", "user", "add", "planner", "--role=planner", "--district=500110")
	type token struct {
		ID, Person, Name, Access string
		RevokedAt                *string `json:"revoked_at"`
	}
	made := document[struct {
		Text  string
		Token token
	}](t, p.run(t, "token", "add", "planner", "--name=QGIS", "--days=7", "--json"))
	if !strings.HasPrefix(made.Text, "lpt_") || made.Token.Person != "planner" || made.Token.Access != "read" {
		t.Errorf("%+v", made)
	}
	if a := p.run(t, "token", "add", "planner", "--name=script", "--access=write"); a.code != 0 || !strings.HasPrefix(a.out, "lpt_") || strings.Count(a.out, "\n") != 1 {
		t.Errorf("a script gets %+v", a)
	}
	if a := p.run(t, "token", "list", "planner"); a.code != 0 || !strings.Contains(a.out, "QGIS") || strings.Contains(a.out, made.Text) {
		t.Errorf("%+v", a)
	}
	p.exits(t, app.Done, "", "token", "revoke", made.Token.ID)
	listed := document[struct{ Items []token }](t, p.run(t, "token", "list", "--json"))
	revoked := 0
	for _, one := range listed.Items {
		if one.RevokedAt != nil {
			revoked++
			if one.ID != made.Token.ID {
				t.Errorf("another one was revoked: %+v", one)
			}
		}
	}
	if len(listed.Items) != 2 || revoked != 1 {
		t.Errorf("%+v", listed.Items)
	}
	p.exits(t, app.NotFound, "nobody", "token", "add", "nobody", "--name=x")
	p.exits(t, app.NotFound, "nobody", "token", "list", "nobody")
	p.exits(t, app.NotFound, "", "token", "revoke", "00000000-0000-0000-0000-000000000001")
	p.exits(t, app.Refused, "token list", "token", "revoke", "QGIS")
	p.exits(t, app.Refused, "365", "token", "add", "planner", "--name=x", "--days=400")
	p.exits(t, app.Refused, "64", "token", "add", "planner", "--name=")
	p.exits(t, app.Refused, "access", "token", "add", "planner", "--name=x", "--access=everything")
}
