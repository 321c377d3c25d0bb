package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestATokenHoldsAsLongAsItSays(t *testing.T) {
	s, c, d := newStore(t)
	ctx := context.Background()
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	text, made, err := s.CreateToken(ctx, "planner", TokenDraft{Name: "导出脚本", Access: AccessRead, Life: 10 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	p, expires, err := s.ByToken(ctx, text, "192.0.2.7")
	if err != nil || p.Name != "planner" || p.Via != "导出脚本" || p.Access != AccessRead || !expires.Equal(made.ExpiresAt) {
		t.Fatalf("%+v, %v, %v", p, expires, err)
	}
	if !p.Holds(ReadRegister) || p.Holds(EditRegister) || p.Holds(ManageAccounts) {
		t.Error("a token that reads does not do what it says")
	}
	var kept string
	if err := s.db.Pool.QueryRow(ctx, `select row_to_json(t)::text from api_token t`).Scan(&kept); err != nil || strings.Contains(kept, strings.TrimPrefix(text, TokenPrefix)) {
		t.Errorf("the token is kept in the clear: %v", err)
	}
	c.move(10*24*time.Hour - time.Second)
	if _, _, err := s.ByToken(ctx, text, ""); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	c.move(time.Second)
	if _, _, err := s.ByToken(ctx, text, ""); !errors.Is(err, ErrNoSession) {
		t.Errorf("at its end: %v", err)
	}
}

func TestTheUseOfATokenIsNotedOnceAMinute(t *testing.T) {
	s, c, d := newStore(t)
	ctx := context.Background()
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	text, made, err := s.CreateToken(ctx, "planner", TokenDraft{Name: "x", Access: AccessRead, Life: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	used := func(address string) (string, time.Time) {
		t.Helper()
		if _, _, err := s.ByToken(ctx, text, address); err != nil {
			t.Fatal(err)
		}
		now, err := token(ctx, s.db.Pool, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now.LastUsedFrom, *now.LastUsedAt
	}
	from, first := used("192.0.2.1")
	c.move(59 * time.Second)
	if again, at := used("192.0.2.2"); again != from || !at.Equal(first) {
		t.Errorf("written after less than a minute: %s, %v", again, at)
	}
	c.move(2 * time.Second)
	if again, at := used("192.0.2.2"); again != "192.0.2.2" || !at.After(first) {
		t.Errorf("not written after a minute: %s, %v", again, at)
	}
}

func TestATokenOfADistrictReachesNoOther(t *testing.T) {
	s, _, d := newStore(t)
	ctx := context.Background()
	boss := signedUp(t, s, Draft{Name: "boss", Role: Administrator})
	text, _, err := s.CreateToken(ctx, "boss", TokenDraft{Name: "x", Access: AccessAdminister, District: d, Life: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := s.ByToken(ctx, text, "")
	if err != nil || !p.May(ChoosePolicy, Place{District: d}) || p.May(ReadMap, Place{District: "500152"}) || p.May(FoundDistrict, Place{}) {
		t.Errorf("%+v, %v", p.Scope, err)
	}
	signedUp(t, s, Draft{Name: "second", Role: Administrator})
	if _, err := s.db.Pool.Exec(ctx, `insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key)
		select '500152', '潼南区', boundary, gk_srid, policy_key, policy_version, profile_key from district`); err != nil {
		t.Fatal(err)
	}
	elsewhere := "500152"
	if _, err := s.Update(ctx, boss.ID, boss.Version, Patch{District: &elsewhere}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ByToken(ctx, text, ""); !errors.Is(err, ErrNoSession) {
		t.Errorf("after the person moved: %v", err)
	}
}

func TestTokensThatCannotBe(t *testing.T) {
	s, _, d := newStore(t)
	ctx := context.Background()
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	good := TokenDraft{Name: "x", Access: AccessRead, Life: time.Hour}
	for field, change := range map[string]func(*TokenDraft){
		"name":     func(t *TokenDraft) { t.Name = " " },
		"access":   func(t *TokenDraft) { t.Access = "everything" },
		"days":     func(t *TokenDraft) { t.Life = MaxTokenLife + time.Hour },
		"district": func(t *TokenDraft) { t.District = "500152" },
	} {
		draft := good
		change(&draft)
		var invalid *InvalidError
		if _, _, err := s.CreateToken(ctx, "planner", draft); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	never := good
	never.Life = 0
	if _, _, err := s.CreateToken(ctx, "planner", never); err == nil {
		t.Error("a token without an end was made")
	}
	if _, _, err := s.CreateToken(ctx, "nobody", good); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("for nobody: %v", err)
	}
	for range maxTokens {
		if _, _, err := s.CreateToken(ctx, "planner", good); err != nil {
			t.Fatal(err)
		}
	}
	var invalid *InvalidError
	if _, _, err := s.CreateToken(ctx, "planner", good); !errors.As(err, &invalid) {
		t.Errorf("one too many: %v", err)
	}
}

func TestOfTwoWhoMakeTheLastTokenOneIsRefused(t *testing.T) {
	s, c, d := newStore(t)
	ctx := context.Background()
	signedUp(t, s, Draft{Name: "planner", Role: Planner, District: d})
	other, err := s.db.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(ctx) }()
	if _, err := other.Exec(ctx, `select from account where name = 'planner' for update`); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(ctx, `
		insert into api_token (id, account_id, token_hash, name, access, created_by, created_at, expires_at)
		select gen_random_uuid(), a.id, sha256(i::text::bytea), 'x', 'read', 'planner', $1, $2
		from account a, generate_series(1, $3) i where a.name = 'planner'`, c.Now(), c.Now().Add(time.Hour), maxTokens); err != nil {
		t.Fatal(err)
	}
	went := make(chan error, 1)
	go func() {
		_, _, err := s.CreateToken(ctx, "planner", TokenDraft{Name: "x", Access: AccessRead, Life: time.Hour})
		went <- err
	}()
	postgistest.Blocked(t, s.db)
	if err := other.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	var invalid *InvalidError
	if err := <-went; !errors.As(err, &invalid) {
		t.Errorf("one more than there may be: %v", err)
	}
}
