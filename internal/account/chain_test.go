package account

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"
)

func TestTheAuditTrailCannotBeChanged(t *testing.T) {
	s, _, d := newStore(t)
	ctx := context.Background()
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	if _, err := s.SealAudit(ctx); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`update audit_entry set account_name = 'somebody else'`,
		`delete from audit_entry`,
		`truncate audit_entry`,
		`truncate audit_entry cascade`,
		`update audit_seal set hash = hash`,
		`delete from audit_seal`,
		`truncate audit_seal`,
	} {
		if _, err := s.db.Pool.Exec(ctx, statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
	// Deleting what an entry is about leaves the entry.
	if _, err := s.db.Pool.Exec(ctx, `delete from district`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.VerifyAudit(ctx, Seal{}); err != nil {
		t.Error(err)
	}
}

func TestTamperingShows(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct{ tamper, forge string }{
		"a changed entry":       {`update audit_entry set after = '{"name":"x"}' where id = (select min(id) + 1 from audit_entry)`, ""},
		"a changed time":        {`update audit_entry set at = at + interval '1 microsecond' where id = (select max(id) from audit_entry)`, ""},
		"an entry taken out":    {`delete from audit_entry where id = (select min(id) + 1 from audit_entry)`, ""},
		"with its seal":         {`with gone as (delete from audit_entry where id = (select min(id) + 1 from audit_entry) returning id) delete from audit_seal where entry_id in (select id from gone)`, ""},
		"the last, with seal":   {`with gone as (delete from audit_entry where id = (select max(id) from audit_entry) returning id) delete from audit_seal where entry_id in (select id from gone)`, "known"},
		"all forged":            {`update audit_entry set account_name = 'somebody else'`, "chain"},
		"an entry put in aside": {`insert into audit_entry (account_name, action, entity, entity_code) values ('x', 'x', 'x', 'x')`, "aside"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, d := newStore(t)
			signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
			noted, err := s.VerifyAudit(ctx, Seal{})
			if err != nil || noted.Position < 3 {
				t.Fatal(noted, err)
			}
			// As somebody with all rights on the database.
			for _, statement := range []string{`alter table audit_entry disable trigger all`, `alter table audit_seal disable trigger all`, c.tamper} {
				if _, err := s.db.Pool.Exec(ctx, statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			known := Seal{}
			switch c.forge {
			case "known":
				known = noted
			case "chain": // the whole chain anew
				known = noted
				if _, err := s.db.Pool.Exec(ctx, `with gone as (delete from audit_seal returning entry_id) insert into audit_unsealed select entry_id from gone`); err != nil {
					t.Fatal(err)
				}
			}
			var tampered *TamperedError
			if _, err := s.VerifyAudit(ctx, known); !errors.As(err, &tampered) {
				t.Errorf("verified: %v", err)
			}
		})
	}
}

func TestSeveralInstancesMakeOneChain(t *testing.T) {
	s, _, d := newStore(t)
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 10 {
				if err := s.Note(ctx, Entry{Action: "test", Entity: "test", Code: string(rune('a' + i)), District: d}); err != nil {
					t.Error(err)
				}
				if _, err := s.SealAudit(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	head, err := s.VerifyAudit(ctx, Seal{})
	if err != nil || head.Position != 40 {
		t.Errorf("%v, %v", head, err)
	}
	if _, err := s.VerifyAudit(ctx, head); err != nil {
		t.Errorf("with its own head: %v", err)
	}
}

func TestAPanicWhileTheTrailIsChainedIsTriedAgain(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	broken := new(Store) // not even a database
	if err := broken.RunSeals(ctx, slog.New(slog.DiscardHandler)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
}
