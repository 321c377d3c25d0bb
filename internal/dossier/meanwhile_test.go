package dossier

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// meanwhile lets somebody else take a lock, does something up to where it waits for
// that, lets the other one go on and commit, and returns how it went.
func (b *bench) meanwhile(do func() error, lock, then string) error {
	b.t.Helper()
	other, err := b.db.Pool.Begin(b.t.Context())
	b.must(err)
	defer func() { _ = other.Rollback(context.Background()) }()
	_, err = other.Exec(b.t.Context(), lock)
	b.must(err)
	went := make(chan error, 1)
	go func() { went <- do() }()
	postgistest.Blocked(b.t, b.db)
	_, err = other.Exec(b.t.Context(), then)
	b.must(err)
	b.must(other.Commit(b.t.Context()))
	return <-went
}

func TestACommunityMayGoWhileItsFileIsRead(t *testing.T) {
	for name, then := range map[string]string{
		"it is deleted":                   `delete from community where code = 'a'`,
		"it moves to another subdistrict": `update community set subdistrict_code = '` + east + `' where code = 'a'`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.community("a", west, registry.CommunityPatch{})
			ctx, scope := b.as(account.Officer, west)
			err := b.meanwhile(func() error {
				_, err := b.File(ctx, scope, b.district, "a")
				return err
			}, `lock table survey in access exclusive mode`, then)
			if !errors.Is(err, postgis.ErrNotFound) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestACommunityMayGoWhileItsFileIsChanged(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	b.must(b.SetPriorWorks(t.Context(), account.Everything, b.district, "a", 1, nil))
	err := b.meanwhile(func() error {
		return b.SetPriorWorks(t.Context(), account.Everything, b.district, "a", 2, nil)
	}, `select from community_file for update`, `delete from community where code = 'a'`)
	if !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestWhatSomebodyWritesWhileChecksAreTakenOverStays(t *testing.T) {
	b := newBench(t)
	ctx, all := t.Context(), account.Everything
	b.community("a", west, registry.CommunityPatch{})
	b.must(b.SetChecks(ctx, all, b.district, "a", 1, []CheckResult{{Kind: OfItem, No: "1", Result: Missing}}))
	err := b.meanwhile(func() error {
		return b.TakeChecksOver(ctx, all, b.district, "a", 2)
	}, `select from community where code = 'a' for no key update`,
		`update community set municipal_missing = '{路灯}', version = version + 1 where code = 'a'`)
	if !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("got %v", err)
	}
	if c := b.file("a").Community; c.MunicipalMissing == nil || !slices.Equal(*c.MunicipalMissing, []string{"路灯"}) {
		t.Errorf("missing %v", c.MunicipalMissing)
	}
	b.must(b.TakeChecksOver(ctx, all, b.district, "a", 2))
	if c := b.file("a").Community; !slices.Equal(*c.MunicipalMissing, []string{"供水管网改造", "路灯"}) {
		t.Errorf("taken over %v", *c.MunicipalMissing)
	}
}
