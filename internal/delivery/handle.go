package delivery

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// JobKind is the kind of job that makes a package.
const JobKind = "package"

// JobArgs are the arguments of such a job.
type JobArgs struct {
	Package uuid.UUID `json:"package"`
}

// Handle makes a package. It is a job.Handler. It reads as the person who ordered
// it may read now, in their district. Whatever ends it early leaves no file.
func (s *Store) Handle(ctx context.Context, args json.RawMessage, progress *job.Progress) (any, error) {
	var a JobArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return nil, fmt.Errorf("read the arguments of a package: %w", err)
	}
	p, err := s.Get(ctx, account.Everything, a.Package)
	if err != nil {
		return nil, refusalOf(err)
	}
	person, err := s.people.Person(ctx, p.CreatedBy)
	if err != nil {
		return nil, refusalOf(err)
	}
	ctx = account.With(ctx, person)
	if !person.May(account.Export, person.OwnPart(p.District)) {
		return nil, &job.Refusal{Detail: "您已没有导出本区成果的权限"}
	}
	progress.Phase("汇总数据", "", 0)
	content, err := s.contentOf(ctx, person.Scope, &p)
	if err != nil {
		return nil, refusalOf(err)
	}
	made, err := s.make(ctx, p, content, progress)
	if err != nil {
		return nil, refusalOf(err)
	}
	defer made.discard()
	report := map[string]any{"package": p.ID, "files": len(made.Files), "size": made.Size, "sha256": made.SHA256, "notices": made.Notices}
	if p.Reproduces != nil {
		if was, err := s.Get(ctx, person.Scope, *p.Reproduces); err == nil && was.SHA256 != "" {
			report["same"] = was.SHA256 == made.SHA256
			report["software"], report["first_software"] = s.software, was.madeBy(content)
		}
	}
	err = s.finish(ctx, p, made.Made, func(ctx context.Context, tx *postgis.Tx) error {
		if err := progress.Done(ctx, tx, report); err != nil {
			return err
		}
		return s.place(p.ID, made) // from here on nobody else may do the job
	})
	return report, refusalOf(err)
}

// drafted is a package whose files are not in their places yet.
type drafted struct {
	Made
	archive, recipe string
}

// discard removes what was not put in its place.
func (d drafted) discard() {
	_ = os.Remove(d.archive)
	_ = os.Remove(d.recipe)
}

// place puts the files of a package where they are looked for, and makes sure that
// they are still there after a crash of the machine.
func (s *Store) place(id uuid.UUID, d drafted) error {
	if err := errors.Join(os.Rename(d.recipe, s.recipePath(id)), os.Rename(d.archive, s.path(id))); err != nil {
		return fmt.Errorf("put package %s in its place: %w", id, err)
	}
	dir, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("put package %s in its place: %w", id, err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("put package %s in its place: %w", id, err)
	}
	return nil
}

// contentOf gathers what a package is made of, or reads what another one was.
func (s *Store) contentOf(ctx context.Context, scope account.Scope, p *Package) (*Content, error) {
	if p.Reproduces == nil {
		if !sameScope(scope, p.made) { // other rights than when it was ordered
			if err := s.rescope(ctx, p.ID, scope, account.SeesCounts(ctx)); err != nil {
				return nil, err
			}
		}
		return s.gather(ctx, scope, p.District, p.Order, s.now())
	}
	p.settle(ctx, scope)
	if !p.MayDownload {
		return nil, ErrScope
	}
	return s.kept(*p.Reproduces)
}

// madeBy is the version of the program that made a package; of those from before it
// was noted, the one that gathered its data.
func (p *Package) madeBy(c *Content) string { return cmp.Or(p.Software, c.Plan.Versions.Software) }

func sameScope(a, b account.Scope) bool {
	same := func(x, y bool) bool { return x == y }
	return same(a.Subdistricts == nil, b.Subdistricts == nil) && same(a.Zones == nil, b.Zones == nil) &&
		subset(a.Subdistricts, b.Subdistricts) && subset(b.Subdistricts, a.Subdistricts) &&
		subset(a.Zones, b.Zones) && subset(b.Zones, a.Zones)
}

// rescope notes how far the maker of a package reads now that it is gathered.
func (s *Store) rescope(ctx context.Context, id uuid.UUID, scope account.Scope, counts bool) error {
	_, err := s.db.Pool.Exec(ctx, `update package set subdistrict_codes = $2, zone_ids = $3, counts = $4 where id = $1`,
		id, scope.Subdistricts, scope.Zones, counts)
	if err != nil {
		return fmt.Errorf("note how far the maker of package %s reads: %w", id, err)
	}
	return nil
}

// make drafts the files of a package: all of it or nothing.
func (s *Store) make(ctx context.Context, p Package, c *Content, progress Progress) (made drafted, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return made, fmt.Errorf("create the directory of packages: %w", err)
	}
	defer func() {
		if err != nil {
			made.discard()
		}
	}()
	made.recipe, err = s.draft(func(w io.Writer) error {
		recipe, err := recipeOf(c, p.Order)
		if err != nil {
			return err
		}
		packer := gzip.NewWriter(w)
		return errors.Join(recipe.write(packer), packer.Close())
	})
	if err != nil {
		return made, err
	}
	made.archive, err = s.draft(func(w io.Writer) (err error) {
		made.Made, err = Make(ctx, w, c, p.Order, s.dir, progress)
		return err
	})
	return made, err
}

// draft writes a file and returns its name; nothing is left of one that fails.
func (s *Store) draft(write func(io.Writer) error) (name string, err error) {
	file, err := os.CreateTemp(s.dir, ".making-*")
	if err != nil {
		return "", fmt.Errorf("create a file of a package: %w", err)
	}
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		_ = os.Remove(file.Name())
		return "", fmt.Errorf("write a file of a package: %w", err)
	}
	return file.Name(), nil
}

// refusalOf is an error as the person of a job is told it.
func refusalOf(err error) error {
	var invalid *InvalidError
	var zones *zone.InvalidError
	detail := ""
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		detail = invalid.Detail
	case errors.As(err, &zones):
		detail = zones.Detail
	case errors.Is(err, postgis.ErrNotFound):
		detail = "选择的片区、方案或成果包已不存在，或已不在您的权限范围内"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		detail = "服务器磁盘空间不足，成果包没有生成；请管理员清理磁盘后重试"
	case errors.Is(err, ErrScope):
		detail = ErrScope.Error()
	case errors.Is(err, ErrGone):
		detail = "该成果包所依据的数据已不再保存，不能重新生成"
	default:
		return err
	}
	return errors.Join(&job.Refusal{Detail: detail}, err)
}
