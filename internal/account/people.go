package account

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
)

// Account is a person as those who manage people see them.
type Account struct {
	ID           uuid.UUID  `json:"id"`
	Name         string     `json:"name"`
	DisplayName  string     `json:"display_name"`
	Role         Role       `json:"role" enum:"administrator,planner,officer,contractor,viewer"`
	District     string     `json:"district"`     // "" is every district
	Subdistricts []string   `json:"subdistricts"` // codes; an officer's own
	Zones        []string   `json:"zones"`        // codes; a contractor's own
	HasPassword  bool       `json:"has_password"`
	Bound        bool       `json:"bound"` // to an identity at an OpenID Connect provider
	Version      int        `json:"version"`
	CreatedAt    time.Time  `json:"created_at"`
	LastSeenAt   *time.Time `json:"last_seen_at"`
	LockedAt     *time.Time `json:"locked_at"` // nil is not locked
	LockedBy     string     `json:"locked_by"`
}

// Draft is an account to be made.
type Draft struct {
	Name         string
	DisplayName  string
	Role         Role
	District     string
	Subdistricts []string // codes in District; officers only
	Zones        []string // codes in District; contractors only
}

// Patch changes an account; nil leaves as it is.
type Patch struct {
	DisplayName  *string
	Role         *Role
	District     *string
	Subdistricts *[]string
	Zones        *[]string
}

const maxName = 64

var nameShape = regexp.MustCompile(`^[^\s\p{C}]{2,64}$`)

// normal checks a draft and drops what its role has no use for.
func (d Draft) normal() (Draft, error) {
	if !nameShape.MatchString(d.Name) {
		return d, &InvalidError{"name", "用户名为 2–64 个字符，不能含空格"}
	}
	if utf8.RuneCountInString(d.DisplayName) > maxName || d.DisplayName != storable(d.DisplayName) {
		return d, &InvalidError{"display_name", "姓名最多 64 个字符"}
	}
	if !slices.Contains(Roles(), d.Role) {
		return d, &InvalidError{"role", "没有这种角色"}
	}
	if d.Role != Administrator && d.District == "" {
		return d, &InvalidError{"district", "除管理员外，每个账户都属于一个区"}
	}
	if d.Role == Officer {
		if len(d.Subdistricts) == 0 {
			return d, &InvalidError{"subdistricts", "镇街人员至少属于一个街道或镇"}
		}
	} else {
		d.Subdistricts = nil
	}
	if d.Role != Contractor {
		d.Zones = nil
	}
	d.Subdistricts = unique(d.Subdistricts)
	d.Zones = unique(d.Zones)
	return d, nil
}

// private refuses names that hold the number of a person: they stand in lists and
// in the audit trail.
func private(field, label, name string) error {
	if privacy.PersonalNumbers(name) {
		return &InvalidError{field, label + privacy.Refusal}
	}
	return nil
}

func unique(codes []string) []string {
	codes = slices.Clone(codes)
	slices.Sort(codes)
	return slices.Compact(codes)
}

const selectAccount = `
	select a.id, a.name, a.display_name, a.role, coalesce(a.district_code, ''),
	       array(select subdistrict_code from account_subdistrict where account_id = a.id order by 1),
	       array(select z.code from account_zone az join zone z on z.id = az.zone_id where az.account_id = a.id order by 1),
	       a.password_hash is not null, ` + isBound + `, a.version, a.created_at,
	       (select max(last_seen_at) from session where account_id = a.id), a.locked_at, a.locked_by
	from account a`

// Accounts lists the people of a district, or all of them where it is "".
func (s *Store) Accounts(ctx context.Context, district string) ([]Account, error) {
	rows, err := s.db.Pool.Query(ctx, selectAccount+`
		where $1 = '' or a.district_code = $1
		order by a.name`, district)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	accounts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Account])
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return accounts, nil
}

// Account returns one account, or postgis.ErrNotFound.
func (s *Store) Account(ctx context.Context, id uuid.UUID) (Account, error) {
	return s.get(ctx, s.db.Pool, id, false)
}

type rowsQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func (s *Store) get(ctx context.Context, q rowsQuerier, id uuid.UUID, lock bool) (Account, error) {
	query := selectAccount + ` where a.id = $1`
	if lock {
		query += ` for update of a`
	}
	rows, err := q.Query(ctx, query, id)
	if err != nil {
		return Account{}, fmt.Errorf("read account %s: %w", id, err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Account])
	if errors.Is(err, pgx.ErrNoRows) {
		return Account{}, fmt.Errorf("account %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Account{}, fmt.Errorf("read account %s: %w", id, err)
	}
	return a, nil
}

// Person returns the person of an account as they are now, for work that goes
// on after their request, or postgis.ErrNotFound.
func (s *Store) Person(ctx context.Context, name string) (Person, error) {
	var p Person
	var r reach
	err := s.db.Pool.QueryRow(ctx, `select `+personColumns+` from account a where a.name = $1`, name).Scan(p.columns(&r)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, fmt.Errorf("account %q: %w", name, postgis.ErrNotFound)
	}
	if err != nil {
		return Person{}, fmt.Errorf("read account %q: %w", name, err)
	}
	p.Scope = scopeOf(p.Role, p.District, r.subdistricts, r.zones)
	return p, nil
}

// personColumns are a person's columns of an account a, in the order of columns.
const personColumns = `
	a.id, a.name, a.display_name, a.role, coalesce(a.district_code, ''),
	array(select subdistrict_code from account_subdistrict where account_id = a.id order by 1),
	array(select zone_id from account_zone where account_id = a.id order by 1)`

// reach is what a person's scope is made of.
type reach struct {
	subdistricts []string
	zones        []int64
}

func (p *Person) columns(r *reach) []any {
	return []any{&p.ID, &p.Name, &p.DisplayName, &p.Role, &p.District, &r.subdistricts, &r.zones}
}

// Create makes an account without a password; a link lets its person in. The
// errors are *InvalidError, and postgis.ErrConflict for a name that is taken.
func (s *Store) Create(ctx context.Context, d Draft) (made Account, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := mayManage(ctx, d); err != nil {
			return err
		}
		made, err = s.create(ctx, tx, d)
		return err
	})
	return made, err
}

func (s *Store) create(ctx context.Context, tx *postgis.Tx, d Draft) (Account, error) {
	d, err := d.normal()
	if err != nil {
		return Account{}, err
	}
	if err := private("name", "用户名", d.Name); err != nil {
		return Account{}, err
	}
	if err := private("display_name", "姓名", d.DisplayName); err != nil {
		return Account{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Account{}, fmt.Errorf("make an account: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into account (id, name, display_name, role, district_code)
		values ($1, $2, $3, $4, nullif($5, ''))`, id, d.Name, d.DisplayName, d.Role, d.District)
	if err != nil {
		return Account{}, accountFault(err)
	}
	if err := setReach(ctx, tx, id, d); err != nil {
		return Account{}, err
	}
	made, err := s.get(ctx, tx, id, false)
	if err != nil {
		return Account{}, err
	}
	return made, Record(ctx, tx, Entry{
		Action: "account.create", Entity: "account", Code: made.Name, District: made.District, After: made,
	})
}

// Update changes an account that still has the version, else postgis.ErrVersion.
// A changed scope counts from the person's next request.
func (s *Store) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (changed Account, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.hold(ctx, tx, id, version)
		if err != nil {
			return err
		}
		d, err := p.apply(before).normal()
		if err != nil {
			return err
		}
		if p.DisplayName != nil {
			if err := private("display_name", "姓名", d.DisplayName); err != nil {
				return err
			}
		}
		if err := mayManage(ctx, d); err != nil {
			return err
		}
		changed, err = s.change(ctx, tx, before, d)
		return err
	})
	return changed, err
}

// hold keeps others from changing people until the transaction ends, and returns
// the account that still has the version, else postgis.ErrVersion.
func (s *Store) hold(ctx context.Context, tx *postgis.Tx, id uuid.UUID, version int) (Account, error) {
	if err := lockPeople(ctx, tx); err != nil {
		return Account{}, err
	}
	held, err := s.get(ctx, tx, id, true)
	if err != nil {
		return Account{}, err
	}
	if held.Version != version {
		return Account{}, fmt.Errorf("account %s has version %d, not %d: %w", id, held.Version, version, postgis.ErrVersion)
	}
	return held, nil
}

// change makes an account what the draft says.
func (s *Store) change(ctx context.Context, tx *postgis.Tx, before Account, d Draft) (Account, error) {
	if _, err := tx.Exec(ctx, `
		update account set display_name = $2, role = $3, district_code = nullif($4, ''), version = version + 1
		where id = $1`, before.ID, d.DisplayName, d.Role, d.District); err != nil {
		return Account{}, accountFault(err)
	}
	if err := setReach(ctx, tx, before.ID, d); err != nil {
		return Account{}, err
	}
	if err := administratorLeft(ctx, tx); err != nil {
		return Account{}, err
	}
	changed, err := s.get(ctx, tx, before.ID, false)
	if err != nil {
		return Account{}, err
	}
	return changed, Record(ctx, tx, Entry{
		Action: "account.update", Entity: "account", Code: before.Name, District: changed.District, Before: before, After: changed,
	})
}

func (p Patch) apply(a Account) Draft {
	d := Draft{
		Name: a.Name, DisplayName: a.DisplayName, Role: a.Role, District: a.District,
		Subdistricts: a.Subdistricts, Zones: a.Zones,
	}
	if p.DisplayName != nil {
		d.DisplayName = *p.DisplayName
	}
	if p.Role != nil {
		d.Role = *p.Role
	}
	if p.District != nil && *p.District != d.District {
		d.District = *p.District
		d.Subdistricts, d.Zones = nil, nil // they were the old district's
	}
	if p.Subdistricts != nil {
		d.Subdistricts = *p.Subdistricts
	}
	if p.Zones != nil {
		d.Zones = *p.Zones
	}
	return d
}

// mayManage keeps an administrator of one district from handing out more than
// that district.
func mayManage(ctx context.Context, d Draft) error {
	return Demand(ctx, ManageAccounts, Place{District: d.District})
}

// Delete removes an account that still has the version, with its sessions and
// links. What the person did stays in the audit trail.
func (s *Store) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.hold(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from account where id = $1`, id); err != nil {
			return fmt.Errorf("delete account %s: %w", id, err)
		}
		if err := administratorLeft(ctx, tx); err != nil {
			return err
		}
		return Record(ctx, tx, Entry{
			Action: "account.delete", Entity: "account", Code: before.Name, District: before.District, Before: before,
		})
	})
}

// SetLocked locks an account that still has the version, or opens it again. A
// locked account has no session, and neither password, link nor token opens one.
func (s *Store) SetLocked(ctx context.Context, id uuid.UUID, version int, locked bool) (changed Account, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.hold(ctx, tx, id, version)
		if err != nil {
			return err
		}
		action := "account.unlock"
		if locked {
			action = "account.lock"
			_, err = tx.Exec(ctx, `
				with ended as (delete from session where account_id = $1), dead as (delete from sign_in_link where account_id = $1)
				update account set locked_at = $2, locked_by = $3, version = version + 1 where id = $1`, id, s.config.Now(), Name(ctx))
		} else {
			_, err = tx.Exec(ctx, `update account set locked_at = null, locked_by = '', version = version + 1 where id = $1`, id)
		}
		if err != nil {
			return fmt.Errorf("lock account %s: %w", id, err)
		}
		if err := administratorLeft(ctx, tx); err != nil {
			return err
		}
		if changed, err = s.get(ctx, tx, id, false); err != nil {
			return err
		}
		return Record(ctx, tx, Entry{Action: action, Entity: "account", Code: before.Name, District: before.District, Before: before, After: changed})
	})
	return changed, err
}

// lockPeople makes changes of accounts follow one another, so that two
// administrators cannot remove each other at the same moment.
func lockPeople(ctx context.Context, tx *postgis.Tx) error {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-people'))`); err != nil {
		return fmt.Errorf("lock the accounts: %w", err)
	}
	return nil
}

func administratorLeft(ctx context.Context, tx *postgis.Tx) error {
	var left bool
	if err := tx.QueryRow(ctx, `
		select exists (select from account where role = 'administrator' and district_code is null and locked_at is null)`).Scan(&left); err != nil {
		return fmt.Errorf("look for an administrator: %w", err)
	}
	if !left {
		return ErrLastAdministrator
	}
	return nil
}

// setReach writes the subdistricts and zones that the account is bound to.
// Codes of zones are looked up here because account_zone refers to them.
func setReach(ctx context.Context, tx *postgis.Tx, id uuid.UUID, d Draft) error {
	if _, err := tx.Exec(ctx, `delete from account_subdistrict where account_id = $1`, id); err != nil {
		return fmt.Errorf("set subdistricts: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		insert into account_subdistrict (account_id, district_code, subdistrict_code)
		select $1, $2, unnest($3::text[])`, id, d.District, d.Subdistricts); err != nil {
		return accountFault(err)
	}
	if _, err := tx.Exec(ctx, `delete from account_zone where account_id = $1`, id); err != nil {
		return fmt.Errorf("set zones: %w", err)
	}
	set, err := tx.Exec(ctx, `
		insert into account_zone (account_id, zone_id, district_code)
		select $1, id, district_code from zone where district_code = $2 and code = any($3::text[])`, id, d.District, d.Zones)
	if err != nil {
		return fmt.Errorf("set zones: %w", err)
	}
	if set.RowsAffected() != int64(len(d.Zones)) {
		return &InvalidError{"zones", "本区没有这个片区"}
	}
	return nil
}

// accountFault says which rule of the database a draft breaks.
func accountFault(err error) error {
	switch constraint, _ := postgis.Violation(err); constraint {
	case "account_name_key":
		return fmt.Errorf("account name is taken: %w", postgis.ErrConflict)
	case "account_district_code_fkey":
		return &InvalidError{"district", "没有这个区"}
	case "account_subdistrict_district_code_subdistrict_code_fkey":
		return &InvalidError{"subdistricts", "本区没有这个街道或镇"}
	}
	return fmt.Errorf("write an account: %w", err)
}
