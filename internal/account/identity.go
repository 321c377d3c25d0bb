package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gopkg.in/yaml.v3"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
)

// Rule says what somebody may do of whom an OpenID Connect provider says
// something.
type Rule struct {
	Claim string `yaml:"claim"` // name of the claim, or a path into nested ones: realm_access.roles
	Is    string `yaml:"is"`    // its value, or one of its values; * is any

	Role             Role     `yaml:"role"`
	District         string   `yaml:"district"`          // code; "" with an administrator is every district
	DistrictFrom     string   `yaml:"district_from"`     // claim that holds the code instead
	Subdistricts     []string `yaml:"subdistricts"`      // codes; an officer's
	SubdistrictsFrom string   `yaml:"subdistricts_from"` // claim that holds them instead
	Zones            []string `yaml:"zones"`             // codes; a contractor's; none leaves those of the account
}

// NewRules makes rules of a YAML list of them. The first that fits somebody
// counts.
func NewRules(text []byte) ([]Rule, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var rules []Rule
	if err := decoder.Decode(&rules); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	if len(rules) == 0 {
		return nil, errors.New("there is no rule")
	}
	for i, r := range rules {
		if fault := r.fault(); fault != "" {
			return nil, fmt.Errorf("rule %d: %s", i+1, fault)
		}
	}
	return rules, nil
}

func (r Rule) fault() string {
	placed := r.District != "" || r.DistrictFrom != ""
	switch {
	case r.Claim == "" || r.Is == "":
		return "claim and is say whom it fits"
	case !slices.Contains(Roles(), r.Role):
		return fmt.Sprintf("there is no role %q", r.Role)
	case r.Role != Administrator && !placed:
		return "every role but the administrator's has a district"
	case r.District != "" && r.DistrictFrom != "", r.Subdistricts != nil && r.SubdistrictsFrom != "":
		return "a place is named or taken from a claim, not both"
	case r.Role != Officer && (r.Subdistricts != nil || r.SubdistrictsFrom != ""):
		return "only officers have subdistricts"
	case r.Role != Contractor && r.Zones != nil:
		return "only contractors have zones"
	case r.Role == Officer && r.Subdistricts == nil && r.SubdistrictsFrom == "":
		return "officers have subdistricts"
	}
	return ""
}

// grant is what rules give to somebody.
type grant struct {
	role         Role
	district     string
	subdistricts []string
	zones        []string // nil leaves those of the account
}

// granted is what the first rule that fits gives; nil where none does. A rule
// whose place the provider does not tell fits nobody.
func grantedBy(rules []Rule, c claims) *grant {
	for _, r := range rules {
		values := c.values(r.Claim)
		if len(values) == 0 || r.Is != "*" && !slices.Contains(values, r.Is) {
			continue
		}
		g := grant{r.Role, r.District, r.Subdistricts, r.Zones}
		if r.DistrictFrom != "" {
			if g.district = c.first(r.DistrictFrom); g.district == "" {
				continue
			}
		}
		if r.SubdistrictsFrom != "" {
			if g.subdistricts = c.values(r.SubdistrictsFrom); len(g.subdistricts) == 0 {
				continue
			}
		}
		return &g
	}
	return nil
}

// identity is somebody whom a provider vouches for.
type identity struct {
	subject     [sha256.Size]byte // digest of what the provider calls them, once and for all
	session     []byte            // digest of what it calls its session with them; nil where it does not tell
	name        string            // of their account; "" where the provider does not tell
	displayName string
	grant       *grant // nil: no rule fits
}

func (p *Provider) identityOf(subject string, c claims) identity {
	who := identity{
		subject: sha256.Sum256([]byte(subject)), name: strings.TrimSpace(c.first(p.config.NameClaim)),
		displayName: strings.TrimSpace(c.first("name")), grant: grantedBy(p.config.Rules, c),
	}
	if p.config.NameClaim == "email" && c.first("email_verified") != "true" {
		who.name = "" // anybody may have written it there
	}
	if cut(storable(who.displayName), maxName) != who.displayName || privacy.PersonalNumbers(who.displayName) {
		who.displayName = ""
	}
	return who
}

// endVisit uses a visit up and tells where to go on, or returns ErrVisit.
func (s *Store) endVisit(ctx context.Context, secret string) (back string, err error) {
	err = s.db.Pool.QueryRow(ctx, `delete from provider_visit where secret_hash = $1 and expires_at > $2 returning back`,
		hashToken(secret), s.config.Now()).Scan(&back)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("%w: it is over", ErrVisit)
	}
	if err != nil {
		return "", fmt.Errorf("end a visit to the provider: %w", err)
	}
	return back, nil
}

// providerName is what the audit trail calls the provider as it acts.
const providerName = "OpenID Connect"

// identified finds the account of somebody whom the provider vouches for, and
// gives it what the rules say. An identity is bound to the account of its name
// the first time; after that only the identity counts. The errors are ErrStranger
// and ErrLocked.
func (s *Store) identified(ctx context.Context, who identity, c ProviderConfig) (uuid.UUID, error) {
	if len(c.Rules) > 0 && who.grant == nil {
		return uuid.Nil, fmt.Errorf("%w: no rule fits", ErrStranger)
	}
	// It is not whoever may still be signed in that acts.
	ctx = WithOperator(context.WithValue(ctx, personKey, nil), providerName)
	var id uuid.UUID
	err := s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := lockPeople(ctx, tx); err != nil {
			return err
		}
		a, err := s.bound(ctx, tx, who, c)
		if err != nil {
			return err
		}
		id = a.ID
		if a.LockedAt != nil {
			return ErrLocked
		}
		return s.bestow(ctx, tx, a, who.grant)
	})
	var invalid *InvalidError
	if errors.As(err, &invalid) || errors.Is(err, ErrLastAdministrator) {
		return uuid.Nil, fmt.Errorf("%w: %w", ErrStranger, err)
	}
	return id, err
}

// bound is the account that the identity is bound to, and binds it first where it
// is not.
func (s *Store) bound(ctx context.Context, tx *postgis.Tx, who identity, c ProviderConfig) (Account, error) {
	var id uuid.UUID
	err := tx.QueryRow(ctx, `select account_id from account_identity where issuer = $1 and subject_hash = $2`, c.Issuer, who.subject[:]).Scan(&id)
	if err == nil {
		return s.get(ctx, tx, id, true)
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return Account{}, fmt.Errorf("look for an identity: %w", err)
	}
	a, err := s.nameBearer(ctx, tx, who, c)
	if err != nil {
		return Account{}, err
	}
	if _, err := tx.Exec(ctx, `insert into account_identity (issuer, subject_hash, account_id, bound_at) values ($1, $2, $3, $4)`,
		c.Issuer, who.subject[:], a.ID, s.config.Now()); err != nil {
		return Account{}, fmt.Errorf("bind an identity to %s: %w", a.Name, err)
	}
	return a, Record(ctx, tx, Entry{
		Action: "account.identity", Entity: "account", Code: a.Name, District: a.District, After: map[string]string{"issuer": c.Issuer},
	})
}

// nameBearer is the account of the identity's name that nobody of the provider has
// yet, or a new one where such are made.
func (s *Store) nameBearer(ctx context.Context, tx *postgis.Tx, who identity, c ProviderConfig) (Account, error) {
	if !nameShape.MatchString(who.name) || who.name != storable(who.name) {
		return Account{}, fmt.Errorf("%w: the claim %s holds no name of an account", ErrStranger, c.NameClaim)
	}
	var id uuid.UUID
	var taken bool
	err := tx.QueryRow(ctx, `
		select id, exists (select from account_identity where account_id = a.id and issuer = $2) from account a where name = $1`,
		who.name, c.Issuer).Scan(&id, &taken)
	if errors.Is(err, pgx.ErrNoRows) {
		if !c.Create {
			return Account{}, fmt.Errorf("%w: nobody has the name", ErrStranger)
		}
		g := who.grant
		return s.create(ctx, tx, Draft{
			Name: who.name, DisplayName: who.displayName, Role: g.role, District: g.district, Subdistricts: g.subdistricts, Zones: g.zones,
		})
	}
	if err != nil {
		return Account{}, fmt.Errorf("look for an account by name: %w", err)
	}
	if taken {
		return Account{}, fmt.Errorf("%w: the account is another identity's", ErrStranger)
	}
	a, err := s.get(ctx, tx, id, true)
	if err != nil {
		return Account{}, err
	}
	// A name can be chosen at some providers; who administers is not decided by it.
	if a.Role == Administrator && (who.grant == nil || who.grant.role != Administrator) {
		return Account{}, fmt.Errorf("%w: an administrator's account is not bound by its name alone", ErrStranger)
	}
	return a, nil
}

// isBound tells of an account a whether an identity is bound to it.
const isBound = `exists (select from account_identity where account_id = a.id)`

// Unbind takes from an account the identity that is bound to it, and ends the
// sessions which that opened but the one to keep, which may be the zero value. The
// account is then bound to whom the provider next vouches for under its name. It
// returns postgis.ErrNotFound where nothing is bound.
func (s *Store) Unbind(ctx context.Context, account, keep uuid.UUID) error {
	return s.unbind(ctx, account, keep, func(Account) error { return nil })
}

// UnbindOwn is Unbind for the person of the session. Who has no password is
// refused with ErrOnlyWay: nothing else would let them in again.
func (s *Store) UnbindOwn(ctx context.Context, session Session) error {
	return s.unbind(ctx, session.Person.ID, session.ID, func(a Account) error {
		if !a.HasPassword {
			return ErrOnlyWay
		}
		return nil
	})
}

func (s *Store) unbind(ctx context.Context, account, keep uuid.UUID, allowed func(Account) error) error {
	return s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := lockPeople(ctx, tx); err != nil {
			return err
		}
		a, err := s.get(ctx, tx, account, true)
		if err != nil {
			return err
		}
		if !a.Bound {
			return fmt.Errorf("identity of %s: %w", a.Name, postgis.ErrNotFound)
		}
		if err := allowed(a); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `delete from account_identity where account_id = $1 returning issuer`, a.ID)
		if err != nil {
			return fmt.Errorf("unbind the identity of %s: %w", a.Name, err)
		}
		issuers, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("unbind the identity of %s: %w", a.Name, err)
		}
		if _, err := tx.Exec(ctx, `delete from session where account_id = $1 and by_provider and id <> $2`, a.ID, keep); err != nil {
			return fmt.Errorf("end sessions of %s: %w", a.Name, err)
		}
		return Record(ctx, tx, Entry{
			Action: "account.unbind", Entity: "account", Code: a.Name, District: a.District, Before: map[string][]string{"issuers": issuers},
		})
	})
}

// bestow gives an account what rules say; nil leaves it as it is.
func (s *Store) bestow(ctx context.Context, tx *postgis.Tx, a Account, g *grant) error {
	if g == nil {
		return nil
	}
	p := Patch{Role: &g.role, District: &g.district}
	if g.subdistricts != nil {
		p.Subdistricts = &g.subdistricts
	}
	if g.zones != nil {
		p.Zones = &g.zones
	}
	d, err := p.apply(a).normal()
	if err != nil {
		return err
	}
	if d.Role == a.Role && d.District == a.District && slices.Equal(d.Subdistricts, unique(a.Subdistricts)) && slices.Equal(d.Zones, unique(a.Zones)) {
		return nil
	}
	_, err = s.change(ctx, tx, a, d)
	return err
}
