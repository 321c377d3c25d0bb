package dossier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// MaxAttachment is the largest file that is taken, in bytes.
const MaxAttachment = 20 << 20

// maxAttachments bounds what one community or project holds.
const maxAttachments = 500

// Attachment is a photograph, a paper or a drawing of a community or a project.
type Attachment struct {
	ID           uuid.UUID  `json:"id"`
	Community    string     `json:"community" doc:"code; empty where it belongs to a project alone"`
	Project      string     `json:"project" doc:"code; empty where it belongs to a community alone"`
	Kind         string     `json:"kind" enum:"photograph,document,drawing"`
	Title        string     `json:"title"`
	FileName     string     `json:"file_name"`
	MediaType    string     `json:"media_type"`
	Size         int        `json:"size" doc:"bytes, as kept"`
	SHA256       string     `json:"sha256" doc:"of what is kept"`
	TakenOn      *string    `json:"taken_on" format:"date"`
	Location     *orb.Point `json:"location" doc:"longitude, latitude"`
	HasThumbnail bool       `json:"has_thumbnail"`
	By           string     `json:"by"`
	At           time.Time  `json:"at"`
}

// Owner is what an attachment belongs to: a community or a project of a district.
type Owner struct {
	District  string
	Community string // code
	Project   string // code
}

// Brought is a file that a person sent, not looked at yet.
type Brought struct {
	Kind     string // "" finds it from the content
	Title    string // "" is the file's name
	FileName string
	TakenOn  string     // YYYY-MM-DD; "" takes it from the photograph
	Location *orb.Point // nil takes it from the photograph
	Content  []byte
}

// AttachmentPatch changes what is said of an attachment; nil leaves as it is.
type AttachmentPatch struct {
	Title    *string    `json:"title,omitempty" maxLength:"200"`
	TakenOn  *string    `json:"taken_on,omitempty" doc:"YYYY-MM-DD; empty is not known"`
	Location *orb.Point `json:"location,omitempty" doc:"longitude, latitude"`
	Nowhere  bool       `json:"nowhere,omitempty" doc:"it has no place any more"`
}

// keeper is an owner whose row is known.
type keeper struct {
	Owner
	community, project *int64
	at                 account.Place
}

const attachmentColumns = `
	a.id, coalesce(c.code, '') as community, coalesce(p.code, '') as project, a.kind, a.title, a.file_name, a.media_type, a.size,
	encode(a.sha256, 'hex') as sha256, a.taken_on::text as taken_on,
	case when a.location is not null then json_build_array(ST_X(a.location), ST_Y(a.location)) end as location,
	a.thumbnail is not null as has_thumbnail, a.by, a.at
	from attachment a
	left join published_community c on c.id = a.community_id
	left join published_project p on p.id = a.project_id`

func (s *Store) readAttachments(ctx context.Context, f *File, h held, _ policy.Choice) (err error) {
	f.Attachments, err = attachments(ctx, s.db.Pool, `a.community_id = $1`, h.ID)
	return err
}

func attachments(ctx context.Context, q querier, where string, args ...any) ([]Attachment, error) {
	rows, err := q.Query(ctx, `select `+attachmentColumns+` where `+where+` order by a.at desc, a.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Attachment])
	if err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	return found, nil
}

// Attachments lists what a community or a project holds, newest first.
func (s *Store) Attachments(ctx context.Context, scope account.Scope, of Owner) ([]Attachment, error) {
	k, err := keeperOf(ctx, s.db.Pool, scope, of)
	if err != nil {
		return nil, err
	}
	if k.community != nil {
		return attachments(ctx, s.db.Pool, `a.community_id = $1`, *k.community)
	}
	return attachments(ctx, s.db.Pool, `a.project_id = $1`, *k.project)
}

// keeperOf finds an owner that the scope reaches, or postgis.ErrNotFound.
func keeperOf(ctx context.Context, q querier, scope account.Scope, of Owner) (keeper, error) {
	k := keeper{Owner: of}
	if of.Community != "" {
		h, err := find(ctx, q, scope, of.District, of.Community)
		k.community, k.at = &h.ID, h.place()
		return k, err
	}
	k.at.District = of.District
	if !storable(of.Project) || !storable(of.District) {
		return k, fmt.Errorf("project of %q: %w", of.District, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, of.District)
	args["code"] = of.Project
	var id int64
	err := q.QueryRow(ctx, `
		select p.id, p.subdistrict_codes, coalesce(p.zone_id, 0) from published_project p
		where p.district_code = @district and p.code = @code and (@within = '' or p.district_code = @within)
		  and (@subs::text[] is null or p.subdistrict_codes && @subs)
		  and (@zones::bigint[] is null or p.zone_id = any(@zones))`, args).Scan(&id, &k.at.Subdistricts, &k.at.Zone)
	if errors.Is(err, pgx.ErrNoRows) {
		return k, fmt.Errorf("project %s of %s: %w", of.Project, of.District, postgis.ErrNotFound)
	}
	if err != nil {
		return k, fmt.Errorf("find project %s of %s: %w", of.Project, of.District, err)
	}
	k.project = &id
	return k, nil
}

// Attach keeps a file. Photographs are drawn anew without what the camera wrote
// into them; where and when they were taken is read first.
func (s *Store) Attach(ctx context.Context, scope account.Scope, of Owner, b Brought) (Attachment, error) {
	k, err := keeperOf(ctx, s.db.Pool, scope, of)
	if err != nil {
		return Attachment{}, err
	}
	if err := account.Demand(ctx, account.EditProgram, k.at); err != nil {
		return Attachment{}, err
	}
	kept, err := s.look(ctx, of.District, &b)
	if err != nil {
		return Attachment{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Attachment{}, fmt.Errorf("name an attachment: %w", err)
	}
	sum := sha256.Sum256(kept.content)
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := room(ctx, tx, k, sum[:]); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into attachment (id, district_code, community_id, project_id, kind, title, file_name, media_type, size, sha256,
			                        taken_on, location, content, thumbnail, by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			id, of.District, k.community, k.project, b.Kind, b.Title, b.FileName, kept.mediaType, len(kept.content), sum[:],
			kept.takenOn, kept.location, kept.content, kept.thumbnail, account.Name(ctx))
		if err != nil {
			return fmt.Errorf("keep an attachment: %w", err)
		}
		return k.settle(ctx, tx, "attach", nil, map[string]any{
			"id": id, "title": b.Title, "kind": b.Kind, "size": len(kept.content), "sha256": hex.EncodeToString(sum[:]),
		})
	})
	if err != nil {
		return Attachment{}, err
	}
	return s.Attachment(ctx, scope, of.District, id)
}

// room refuses one file too many, and the same file twice.
func room(ctx context.Context, tx *postgis.Tx, k keeper, sum []byte) error {
	var count int
	var twin *string
	err := tx.QueryRow(ctx, `
		select count(*), min(title) filter (where sha256 = $3) from attachment
		where community_id = $1 or project_id = $2`, k.community, k.project, sum).Scan(&count, &twin)
	switch {
	case err != nil:
		return fmt.Errorf("count attachments: %w", err)
	case twin != nil:
		return invalid("file", "这个文件已经在档案里：“%s”", *twin)
	case count >= maxAttachments:
		return invalid("file", "最多保存 %d 个文件", maxAttachments)
	}
	return nil
}

func (k keeper) settle(ctx context.Context, tx *postgis.Tx, action string, before, after any) error {
	e := account.Entry{District: k.District, Before: before, After: after}
	if k.Community != "" {
		e.Entity, e.Code, e.Action = "dossier", k.Community, "dossier."+action
		if err := registry.TellOf(ctx, tx, k.District, layer, *k.community); err != nil {
			return err
		}
	} else {
		e.Entity, e.Code, e.Action = "project", k.Project, "project."+action
		news := postgis.Change{District: k.District, Layer: layer, Subdistricts: k.at.Subdistricts}
		if k.at.Zone != 0 {
			news.Zones = []int64{k.at.Zone}
		}
		tx.Changed(news)
	}
	return account.Record(ctx, tx, e)
}

// Attachment returns one that the scope reaches, or postgis.ErrNotFound.
func (s *Store) Attachment(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Attachment, error) {
	a, _, err := s.attachment(ctx, s.db.Pool, scope, district, id)
	return a, err
}

func (s *Store) attachment(ctx context.Context, q querier, scope account.Scope, district string, id uuid.UUID) (Attachment, keeper, error) {
	found, err := attachments(ctx, q, `a.id = $1 and a.district_code = $2`, id, district)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("attachment %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Attachment{}, keeper{}, err
	}
	k, err := keeperOf(ctx, q, scope, Owner{District: district, Community: found[0].Community, Project: found[0].Project})
	return found[0], k, err
}

// Content is the file itself.
func (s *Store) Content(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (a Attachment, content []byte, err error) {
	if a, err = s.Attachment(ctx, scope, district, id); err != nil {
		return a, nil, err
	}
	err = s.db.Pool.QueryRow(ctx, `select content from attachment where id = $1`, id).Scan(&content)
	return a, content, gone(err, id)
}

// Thumbnail is a small JPEG of a photograph, or postgis.ErrNotFound.
func (s *Store) Thumbnail(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (jpeg []byte, err error) {
	a, err := s.Attachment(ctx, scope, district, id)
	if err != nil {
		return nil, err
	}
	if !a.HasThumbnail {
		return nil, fmt.Errorf("thumbnail of %s: %w", id, postgis.ErrNotFound)
	}
	err = s.db.Pool.QueryRow(ctx, `select thumbnail from attachment where id = $1`, id).Scan(&jpeg)
	return jpeg, gone(err, id)
}

func gone(err error, id uuid.UUID) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("attachment %s: %w", id, postgis.ErrNotFound)
	}
	return err
}

// ChangeAttachment changes what is said of an attachment.
func (s *Store) ChangeAttachment(ctx context.Context, scope account.Scope, district string, id uuid.UUID, patch AttachmentPatch) (Attachment, error) {
	var after Attachment
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, k, err := s.mine(ctx, tx, scope, district, id)
		if err != nil {
			return err
		}
		title, taken, where := before.Title, before.TakenOn, before.Location
		if patch.Title != nil {
			title = strings.TrimSpace(*patch.Title)
		}
		if patch.TakenOn != nil {
			taken = nil
			if *patch.TakenOn != "" {
				taken = patch.TakenOn
			}
		}
		if patch.Location != nil {
			where = patch.Location
		}
		if patch.Nowhere {
			where = nil
		}
		if err := s.checkSaid(ctx, tx, district, title, taken, where); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update attachment set title = $2, taken_on = $3::text::date, location = $4 where id = $1`, id, title, taken, pointOf(where))
		if err != nil {
			return fmt.Errorf("change attachment %s: %w", id, err)
		}
		if after, _, err = s.attachment(ctx, tx, scope, district, id); err != nil {
			return err
		}
		return k.settle(ctx, tx, "attachment", before, after)
	})
	return after, err
}

func (s *Store) checkSaid(ctx context.Context, q querier, district, title string, taken *string, where *orb.Point) error {
	if title == "" {
		return invalid("title", "请写标题")
	}
	if err := clean("title", title, 200); err != nil {
		return err
	}
	if taken != nil {
		on, err := day("taken_on", *taken, s.now())
		if err != nil {
			return err
		}
		if err := s.notLater("taken_on", on); err != nil {
			return err
		}
	}
	if where == nil {
		return nil
	}
	inside, err := insideDistrict(ctx, q, district, *where)
	if err == nil && !inside {
		return invalid("location", "位置不在本区范围内")
	}
	return err
}

// Detach removes an attachment.
func (s *Store) Detach(ctx context.Context, scope account.Scope, district string, id uuid.UUID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, k, err := s.mine(ctx, tx, scope, district, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from attachment where id = $1`, id); err != nil {
			return fmt.Errorf("remove attachment %s: %w", id, err)
		}
		return k.settle(ctx, tx, "detach", before, nil)
	})
}

// mine locks an attachment that the person may change.
func (s *Store) mine(ctx context.Context, tx *postgis.Tx, scope account.Scope, district string, id uuid.UUID) (Attachment, keeper, error) {
	if _, err := tx.Exec(ctx, `select from attachment where id = $1 for update`, id); err != nil {
		return Attachment{}, keeper{}, fmt.Errorf("lock attachment %s: %w", id, err)
	}
	a, k, err := s.attachment(ctx, tx, scope, district, id)
	if err != nil {
		return a, k, err
	}
	return a, k, account.Demand(ctx, account.EditProgram, k.at)
}

func pointOf(p *orb.Point) postgis.Geom {
	if p == nil {
		return postgis.Geom{}
	}
	return postgis.Geom{Geometry: *p}
}

// insideDistrict tells whether a point lies in the district.
func insideDistrict(ctx context.Context, q querier, district string, p orb.Point) (inside bool, err error) {
	err = q.QueryRow(ctx, `select ST_Intersects(boundary, $2) from published_district where code = $1`, district, postgis.Geom{Geometry: p}).Scan(&inside)
	if err != nil {
		return false, fmt.Errorf("look for a point in district %s: %w", district, err)
	}
	return inside, nil
}

var attachmentKinds = []string{"photograph", "document", "drawing"}

func knownKind(kind string) bool { return slices.Contains(attachmentKinds, kind) }
