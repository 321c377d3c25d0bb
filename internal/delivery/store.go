package delivery

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
)

// Config says where packages are kept, and for how long.
type Config struct {
	Dir      string           // of their files
	Keep     time.Duration    // from their making on; 0 is 30 days
	Software string           // version of the program, for who compares packages
	Now      func() time.Time // nil is time.Now
}

// Store takes orders, makes packages and keeps them. Use New.
type Store struct {
	db       *postgis.DB
	people   *account.Store
	plans    *areaplan.Gatherer
	surveys  *survey.Store
	months   *progress.Store
	dir      string
	keep     time.Duration
	software string
	now      func() time.Time
}

const usualKeep = 30 * 24 * time.Hour

// New makes the store of a database.
func New(db *postgis.DB, people *account.Store, plans *areaplan.Gatherer, surveys *survey.Store, months *progress.Store, c Config) *Store {
	s := &Store{db: db, people: people, plans: plans, surveys: surveys, months: months, dir: c.Dir, keep: c.Keep, software: c.Software, now: c.Now}
	if s.keep <= 0 {
		s.keep = usualKeep
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// The state follows from the file, and without one from the job.
const selectPackage = `
select p.id, p.district_code, p.scenario_code, p.title,
       case when p.sha256 is not null and p.expires_at > $2 then 'ready' when p.sha256 is not null then 'expired'
            when j.state in ('failed', 'cancelled') then j.state when j.state = 'done' then 'failed'
            when j.id is null and p.created_at < $2 - interval '1 minute' then 'failed' else 'making' end,
       case when p.sha256 is null then coalesce(j.error, '') else '' end,
       p.ordered, p.zones, p.job_id, p.reproduces, p.size, coalesce(encode(p.sha256, 'hex'), ''), coalesce(encode(p.plan_sha256, 'hex'), ''),
       p.files, p.notices, p.expires_at, p.created_by, p.created_at, p.subdistrict_codes, p.zone_ids, p.counts, p.software
from package p
left join published_job j on j.id = p.job_id
where p.district_code = $1`

func scanPackage(row pgx.CollectableRow) (Package, error) {
	var p Package
	var ordered, files []byte
	err := row.Scan(&p.ID, &p.District, &p.Scenario, &p.Title, &p.State, &p.Error, &ordered, &p.Zones, &p.Job, &p.Reproduces,
		&p.Size, &p.SHA256, &p.PlanSHA256, &files, &p.Notices, &p.ExpiresAt, &p.CreatedBy, &p.CreatedAt,
		&p.made.Subdistricts, &p.made.Zones, &p.full, &p.Software)
	if err != nil {
		return p, err
	}
	if err := errors.Join(json.Unmarshal(ordered, &p.Order), json.Unmarshal(files, &p.Files)); err != nil {
		return p, fmt.Errorf("read package %s: %w", p.ID, err)
	}
	return p, nil
}

// settle says whether the person in ctx, as far as they read today, may have the
// package: only who reads at least as far as the maker did then.
func (p *Package) settle(ctx context.Context, scope account.Scope) {
	within := func(all, own bool) bool { return all || own }
	subdistricts := within(scope.Subdistricts == nil, p.made.Subdistricts != nil && subset(p.made.Subdistricts, scope.Subdistricts))
	zones := within(scope.Zones == nil, p.made.Zones != nil && subset(p.made.Zones, scope.Zones))
	p.MayDownload = subdistricts && zones && (!p.full || account.SeesCounts(ctx))
}

// change tells of the package: to who ordered it and who may have it.
func (p Package) change() postgis.Change {
	return postgis.Change{
		District: p.District, Layer: "packages", Person: p.CreatedBy,
		Subdistricts: p.made.Subdistricts, Zones: p.made.Zones, Together: true,
	}
}

func subset[T comparable](part, whole []T) bool {
	return !slices.ContainsFunc(part, func(v T) bool { return !slices.Contains(whole, v) })
}

// List returns the packages of a district that the person ordered or may have,
// newest first, at most limit of them.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, limit int) ([]Package, error) {
	if scope.District != "" && scope.District != district {
		return []Package{}, nil
	}
	rows, err := s.db.Pool.Query(ctx, selectPackage+`
		  and (p.created_by = $3
		       or ($4::text[] is null or p.subdistrict_codes <@ $4) and ($5::bigint[] is null or p.zone_ids <@ $5) and ($6 or not p.counts))
		order by p.created_at desc, p.id desc limit $7`,
		district, s.now(), account.Name(ctx), scope.Subdistricts, scope.Zones, account.SeesCounts(ctx), limit)
	if err != nil {
		return nil, fmt.Errorf("list the packages of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, scanPackage)
	if err != nil {
		return nil, fmt.Errorf("list the packages of %s: %w", district, err)
	}
	for i := range list {
		list[i].settle(ctx, scope)
	}
	return list, nil
}

// District returns where a package lies, or postgis.ErrNotFound.
func (s *Store) District(ctx context.Context, id uuid.UUID) (string, error) {
	var district string
	err := s.db.Pool.QueryRow(ctx, `select district_code from package where id = $1`, id).Scan(&district)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("package %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("find package %s: %w", id, err)
	}
	return district, nil
}

// Get returns a package that the person ordered or may have, or
// postgis.ErrNotFound.
func (s *Store) Get(ctx context.Context, scope account.Scope, id uuid.UUID) (Package, error) {
	missing := fmt.Errorf("package %s: %w", id, postgis.ErrNotFound)
	district, err := s.District(ctx, id)
	if err != nil {
		return Package{}, err
	}
	if scope.District != "" && scope.District != district {
		return Package{}, missing
	}
	rows, err := s.db.Pool.Query(ctx, selectPackage+` and p.id = $3`, district, s.now(), id)
	if err != nil {
		return Package{}, fmt.Errorf("read package %s: %w", id, err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPackage)
	if errors.Is(err, pgx.ErrNoRows) {
		return Package{}, missing
	}
	if err != nil {
		return Package{}, fmt.Errorf("read package %s: %w", id, err)
	}
	p.settle(ctx, scope)
	if !p.MayDownload && p.CreatedBy != account.Name(ctx) {
		return Package{}, missing
	}
	return p, nil
}

// Ask checks an order against the data and keeps it. Nothing is made before its
// job begins. Errors: *InvalidError, *zone.InvalidError, postgis.ErrNotFound for
// a zone outside the scope.
func (s *Store) Ask(ctx context.Context, scope account.Scope, district string, o Order, begin ...func(ctx context.Context, tx *postgis.Tx, p Package) (job uuid.UUID, err error)) (Package, error) {
	o, err := o.checked()
	if err != nil {
		return Package{}, err
	}
	subject, err := s.plans.Look(ctx, scope, district, o.Scenario, o.Zones)
	if err != nil {
		return Package{}, err
	}
	crs, err := geo.ParseCRS(o.CRS)
	if err != nil {
		return Package{}, err
	}
	if err := suits(crs, subject.Longitude); err != nil {
		return Package{}, err
	}
	o.Scenario = subject.Scenario
	if o.Title == "" {
		o.Title = subject.Title
	}
	return s.record(ctx, scope, Package{District: district, Scenario: o.Scenario, Title: o.Title, Order: o, Zones: subject.Zones}, begin)
}

// Again keeps the order to make a package once more from what it was made from.
// Errors: postgis.ErrNotFound, ErrScope, ErrGone where nothing was ever gathered.
func (s *Store) Again(ctx context.Context, scope account.Scope, id uuid.UUID, begin ...func(ctx context.Context, tx *postgis.Tx, p Package) (job uuid.UUID, err error)) (Package, error) {
	p, err := s.Get(ctx, scope, id)
	if err != nil {
		return Package{}, err
	}
	if !p.MayDownload {
		return Package{}, ErrScope
	}
	if _, err := s.kept(p.ID); err != nil {
		return Package{}, err
	}
	again := Package{District: p.District, Scenario: p.Scenario, Title: p.Title, Order: p.Order, Zones: p.Zones, Reproduces: &p.ID}
	again.made, again.full = p.made, p.full
	return s.record(ctx, account.Scope{District: p.District, Subdistricts: p.made.Subdistricts, Zones: p.made.Zones}, again, begin)
}

func (s *Store) record(ctx context.Context, scope account.Scope, p Package, begin []func(context.Context, *postgis.Tx, Package) (uuid.UUID, error)) (Package, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Package{}, fmt.Errorf("make the id of a package: %w", err)
	}
	p.ID = id
	full := account.SeesCounts(ctx)
	if p.Reproduces != nil {
		full = p.full
	}
	ordered, err := json.Marshal(p.Order)
	if err != nil {
		return Package{}, fmt.Errorf("write an order: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into package (id, district_code, scenario_code, title, ordered, zones, subdistrict_codes, zone_ids, counts, reproduces, created_by, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			id, p.District, p.Scenario, p.Title, ordered, p.Zones, scope.Subdistricts, scope.Zones, full, p.Reproduces, account.Name(ctx), s.now())
		if err != nil {
			return fmt.Errorf("keep an order: %w", err)
		}
		for _, ask := range begin {
			work, err := ask(ctx, tx, p)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update package set job_id = $2 where id = $1`, id, work); err != nil {
				return fmt.Errorf("note the job of package %s: %w", id, err)
			}
		}
		p.CreatedBy, p.made = account.Name(ctx), scope
		tx.Changed(p.change())
		return account.Record(ctx, tx, account.Entry{
			Action: "package.order", Entity: "package", Code: id.String(), District: p.District, After: p.Order,
		})
	})
	if err != nil {
		return Package{}, err
	}
	return s.Get(ctx, account.Scope{District: p.District}, id)
}

// finish keeps what came of a package. The last thing it does is what last does.
func (s *Store) finish(ctx context.Context, p Package, made Made, last func(ctx context.Context, tx *postgis.Tx) error) error {
	sum, err1 := hex.DecodeString(made.SHA256)
	plan, err2 := hex.DecodeString(made.PlanSHA256)
	files, err3 := json.Marshal(made.Files)
	if err := errors.Join(err1, err2, err3); err != nil {
		return fmt.Errorf("keep package %s: %w", p.ID, err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		tag, err := tx.Exec(ctx, `
			update package set sha256 = $2, plan_sha256 = $3, size = $4, files = $5, notices = $6, expires_at = $7, software = $8 where id = $1`,
			p.ID, sum, plan, made.Size, files, made.Notices, s.now().Add(s.keep), s.software)
		if err != nil {
			return fmt.Errorf("keep package %s: %w", p.ID, err)
		}
		if tag.RowsAffected() == 0 { // deleted meanwhile
			return fmt.Errorf("package %s: %w", p.ID, postgis.ErrNotFound)
		}
		tx.Changed(p.change())
		err = account.Record(ctx, tx, account.Entry{
			Action: "package.make", Entity: "package", Code: p.ID.String(), District: p.District,
			After: map[string]any{"sha256": made.SHA256, "size": made.Size, "plan_sha256": made.PlanSHA256},
		})
		if err != nil {
			return err
		}
		return last(ctx, tx)
	})
}
