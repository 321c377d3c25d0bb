// Package survey keeps how residents were asked (征求意见): counts of households
// and floor area per building and stairwell, and what the policy's rule of
// consent says to them. It must never keep a name, a number or a signature.
package survey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the surveys of one database. Use New.
type Store struct {
	db  *postgis.DB
	reg *registry.Store
	now func() time.Time
}

// New makes the store of a database. now tells which day it is.
func New(db *postgis.DB, reg *registry.Store, now func() time.Time) *Store {
	return &Store{db: db, reg: reg, now: now}
}

func (s *Store) today() time.Time { return clock.Day(s.now()) }

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// communityInScope keeps a read of published communities to a scope.
const communityInScope = `c.district_code = @district and (@own = '' or c.district_code = @own)
	and (@subs::text[] is null or c.subdistrict_code = any(@subs))
	and (@zones::bigint[] is null or c.id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones)))`

func scopeArgs(scope account.Scope, district string) pgx.NamedArgs {
	return pgx.NamedArgs{"district": district, "own": scope.District, "subs": scope.Subdistricts, "zones": scope.Zones}
}

// headRow is a survey as a query reads it; sums are those of the table.
type headRow struct {
	CommunityID int64
	Code        string
	Name        string
	Address     string
	Subdistrict string
	SubName     string
	ID          uuid.UUID
	Round       int
	Newest      bool
	State       State
	Contents    []string
	Means       []string
	StartedOn   time.Time
	DueOn       *time.Time
	ClosedOn    *time.Time
	PublicFrom  *time.Time
	PublicTo    *time.Time
	Committee   string
	Note        string
	Recorded    bool
	Generated   []string
	Version     int
	UpdatedBy   string
	UpdatedAt   time.Time
	Households  int
	FloorArea   *float64
	Asked       int
	Agreed      int
	Disagreed   int
	AgreedArea  *float64
	RegHouse    *int
	RegArea     *float64
}

const headColumns = `
	c.id as community_id, c.code, c.name, c.address, coalesce(c.subdistrict_code, '') as subdistrict, coalesce(d.name, '') as sub_name,
	s.id,
	(select count(*) from survey o where o.community_id = s.community_id and (o.created_at, o.id) <= (s.created_at, s.id)) as round,
	not exists (select from survey o where o.community_id = s.community_id and (o.created_at, o.id) > (s.created_at, s.id)) as newest,
	s.state, s.contents, s.means, s.started_on, s.due_on, s.closed_on, s.publicised_from as public_from, s.publicised_to as public_to,
	s.owners_committee as committee, s.note, s.recorded, s.generated, s.version, s.updated_by, s.updated_at,
	s.households, s.floor_area_m2 as floor_area, s.asked, s.agreed, s.disagreed, s.agreed_area_m2 as agreed_area,
	c.households as reg_house, c.floor_area_m2 as reg_area`

const headTables = `
	survey s
	join published_community c on c.id = s.community_id
	left join published_subdistrict d on d.district_code = c.district_code and d.code = c.subdistrict_code`

func (r headRow) head() Head {
	return Head{
		ID: r.ID, Community: Place{r.Code, r.Name, r.Address, r.Subdistrict, r.SubName},
		Round: r.Round, Newest: r.Newest, State: r.State, Contents: r.Contents, Means: r.Means,
		StartedOn: r.StartedOn.Format(time.DateOnly), DueOn: date(r.DueOn), ClosedOn: date(r.ClosedOn),
		PublicisedFrom: date(r.PublicFrom), PublicisedTo: date(r.PublicTo),
		OwnersCommittee: r.Committee, Note: r.Note, Recorded: r.Recorded, Generated: r.Generated,
		Version: r.Version, UpdatedBy: r.UpdatedBy, UpdatedAt: r.UpdatedAt,
		Sums: Sums{
			Households: r.Households, FloorAreaM2: r.FloorArea, Asked: &r.Asked, Agreed: &r.Agreed, Disagreed: &r.Disagreed,
			AgreedAreaM2: r.AgreedArea,
		},
	}
}

func date(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := t.Format(time.DateOnly)
	return &text
}

// find reads a survey that the scope reaches; lock is "" or a locking clause.
func find(ctx context.Context, q querier, scope account.Scope, district string, id uuid.UUID, lock string) (headRow, error) {
	args := scopeArgs(scope, district)
	args["id"] = id
	rows, err := q.Query(ctx, `select `+headColumns+` from `+headTables+` where s.id = @id and `+communityInScope+lock, args)
	if err != nil {
		return headRow{}, fmt.Errorf("read survey %s: %w", id, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[headRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return r, fmt.Errorf("survey %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return r, fmt.Errorf("read survey %s: %w", id, err)
	}
	return r, nil
}

// Survey returns one survey with its rows and the verdict, or
// postgis.ErrNotFound, also where it is outside the scope. Whoever needs no
// detail is shown no small counts.
func (s *Store) Survey(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Survey, error) {
	r, err := find(ctx, s.db.Pool, scope, district, id, "")
	if err != nil {
		return Survey{}, err
	}
	return s.whole(ctx, s.db.Pool, district, r)
}

// whole adds to a survey its rows and what the policy says.
func (s *Store) whole(ctx context.Context, q querier, district string, r headRow) (Survey, error) {
	counts, err := readCounts(ctx, q, district, r.ID)
	if err != nil {
		return Survey{}, err
	}
	out := Survey{Head: r.head(), Counts: counts, Registered: Registered{Households: r.RegHouse, FloorAreaM2: r.RegArea}}
	return out, s.finish(ctx, district, &out)
}

// finish compares with the register, judges, and masks for the person in ctx.
func (s *Store) finish(ctx context.Context, district string, out *Survey) error {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return err
	}
	out.Registered.compare(out.Sums)
	if account.SeesCounts(ctx) {
		out.Verdict = judge(choice, out.Sums, out.Counts)
		return nil
	}
	verdict := choice.Consent(out.Sums.asked())
	out.mask()
	if out.Sums.Masked {
		maskVerdict(&verdict)
	}
	out.Verdict = Verdict{ConsentVerdict: verdict, Policy: choice.Policy.ID(), Places: unasked(out.Counts)}
	return nil
}

// readCounts returns the rows of a survey, buildings in the order that people
// count in.
func readCounts(ctx context.Context, q querier, district string, id uuid.UUID) ([]Count, error) {
	rows, err := q.Query(ctx, `
		select n.building_code, coalesce(nullif(b.name, ''), n.building_code) as building_name, n.stairwell, n.households, n.floor_area_m2,
		       n.asked, n.agreed, n.disagreed, n.agreed_area_m2, false as masked
		from survey_count n
		left join published_building b on b.district_code = $1 and b.code = n.building_code
		where n.survey_id = $2`, district, id)
	if err != nil {
		return nil, fmt.Errorf("read the counts of survey %s: %w", id, err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Count])
	if err != nil {
		return nil, fmt.Errorf("read the counts of survey %s: %w", id, err)
	}
	sortCounts(counts)
	return counts, nil
}

// Rounds lists the surveys of a community, the newest first.
func (s *Store) Rounds(ctx context.Context, scope account.Scope, district, community string) ([]Head, error) {
	if _, err := s.community(ctx, s.db.Pool, scope, district, community); err != nil {
		return nil, err
	}
	args := scopeArgs(scope, district)
	args["code"] = community
	rows, err := s.db.Pool.Query(ctx, `
		select `+headColumns+` from `+headTables+`
		where c.code = @code and `+communityInScope+`
		order by s.created_at desc, s.id desc`, args)
	if err != nil {
		return nil, fmt.Errorf("list the surveys of community %s: %w", community, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[headRow])
	if err != nil {
		return nil, fmt.Errorf("list the surveys of community %s: %w", community, err)
	}
	heads := make([]Head, len(found))
	for i, r := range found {
		heads[i] = r.head()
		if !account.SeesCounts(ctx) {
			heads[i].Sums.mask()
		}
	}
	return heads, nil
}
