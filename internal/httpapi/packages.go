package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// OnePackage is embedded in requests about a package.
type OnePackage struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// PackageOrdered is a package with the job that makes it.
type PackageOrdered struct {
	Package delivery.Package `json:"package"`
	Job     job.Job          `json:"job"`
}

type packageList struct {
	Items []delivery.Package `json:"items" doc:"newest first; the person's own, and those that they may have"`
}

type packageOrdered struct {
	Location string `header:"Location"`
	Body     PackageOrdered
}

// ofPackage is the part of the package's district that is the person's.
func ofPackage(s *Server, r *http.Request, p account.Person) (account.Place, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return account.Place{}, notFound()
	}
	district, err := s.Delivery.District(r.Context(), id)
	if err != nil {
		return account.Place{}, err
	}
	if p.Scope.District != "" && p.Scope.District != district {
		return account.Place{}, notFound()
	}
	return p.OwnPart(district), nil
}

func (s *Server) packageRoutes() {
	const list, one = "/districts/{district}/packages", "/packages/{id}"

	add(s, route{
		method: http.MethodGet, path: list, id: "listPackages", tag: "packages",
		summary: "Packages of area plans, newest first", needs: account.Export, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
	},
	) (*struct{ Body packageList }, error) {
		items, err := s.Delivery.List(ctx, scopeOf(ctx), in.District, in.Limit)
		return &struct{ Body packageList }{packageList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "orderPackage", tag: "packages",
		summary: "Have a package of an area plan made", needs: account.Export, at: ownPart, status: http.StatusAccepted,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body delivery.Order
	},
	) (*packageOrdered, error) {
		p, err := s.Delivery.Ask(ctx, scopeOf(ctx), in.District, in.Body, s.makePackage)
		return s.ordered(ctx, p, err)
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getPackage", tag: "packages",
		summary: "A package", needs: account.Export, at: ofPackage,
	}, func(ctx context.Context, in *OnePackage) (*struct{ Body delivery.Package }, error) {
		p, err := s.Delivery.Get(ctx, scopeOf(ctx), in.ID)
		return &struct{ Body delivery.Package }{p}, err
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deletePackage", tag: "packages",
		summary: "Remove a package with its file; one that is being made is stopped", needs: account.Export, at: ofPackage, status: http.StatusNoContent,
	}, func(ctx context.Context, in *OnePackage) (*struct{}, error) {
		p, err := s.Delivery.Get(ctx, scopeOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		if p.State == delivery.Making && p.Job != nil {
			if _, err := s.Jobs.Cancel(ctx, *p.Job); err != nil {
				return nil, err
			}
		}
		return nil, s.Delivery.Delete(ctx, scopeOf(ctx), in.ID)
	})

	add(s, route{
		method: http.MethodPost, path: one + "/reproduce", id: "reproducePackage", tag: "packages",
		summary: "Have a package made again from what it was made from", needs: account.Export, at: ofPackage, status: http.StatusAccepted,
	}, func(ctx context.Context, in *OnePackage) (*packageOrdered, error) {
		p, err := s.Delivery.Again(ctx, scopeOf(ctx), in.ID, s.makePackage)
		return s.ordered(ctx, p, err)
	})
}

// makePackage asks for the job that makes a package, together with its order.
func (s *Server) makePackage(ctx context.Context, tx *postgis.Tx, p delivery.Package) (uuid.UUID, error) {
	return s.Jobs.EnqueueIn(ctx, tx, job.Request{
		District: p.District, Kind: delivery.JobKind, Title: p.Title, CreatedBy: account.Name(ctx), Args: delivery.JobArgs{Package: p.ID},
	})
}

func (s *Server) ordered(ctx context.Context, p delivery.Package, err error) (*packageOrdered, error) {
	if err != nil {
		return nil, err
	}
	work, err := s.Jobs.Get(ctx, *p.Job)
	if err != nil {
		return nil, err
	}
	return &packageOrdered{location("/packages/%s", p.ID), PackageOrdered{p, work}}, nil
}

func (s *Server) packageStreams(r chi.Router) {
	s.plain(r, route{
		method: http.MethodGet, path: "/packages/{id}/file", id: "downloadPackage", tag: "packages",
		summary: "The file of a package, also in ranges", needs: account.Export, at: ofPackage,
	}, s.servePackage)
}

// downloadWithin bounds the sending of a package: 2 GiB at 5 MBit/s.
const downloadWithin = time.Hour

// servePackage sends a package. Who may have it is asked each time.
func (s *Server) servePackage(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(param(r, "id"))
	if err != nil {
		return notFound()
	}
	p, file, err := s.Delivery.Open(r.Context(), scopeOf(r.Context()), id)
	if err != nil {
		return err
	}
	defer file.Close()
	allow(w, downloadWithin)
	name := p.FileName()
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", attachment("package.zip", name))
	h.Set("ETag", `"`+p.SHA256+`"`)
	http.ServeContent(w, r, name, p.CreatedAt, file)
	return nil
}

// attachment is the header of a file to be saved: under plain for clients that
// read only ASCII.
func attachment(plain, name string) string {
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}

// serveExport sends a zone's area plan as one file.
func (s *Server) serveExport(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := within(r.Context(), exportWithin)
	defer cancel()
	allow(w, exportWithin)
	q := r.URL.Query()
	order := delivery.Order{Zones: []string{param(r, "code")}, CRS: q.Get("crs"), Encoding: q.Get("encoding")}
	order.Atlas.Paper = q.Get("paper")
	one, err := s.Delivery.Single(ctx, scopeOf(ctx), param(r, "district"), order, q.Get("format"))
	if err != nil {
		var wrong *delivery.InvalidError
		if errors.As(err, &wrong) {
			return newProblem(http.StatusBadRequest, kindInvalid, wrong.Detail, wrong.Error()).with("query."+path.Base(wrong.Field), wrong.Detail, nil)
		}
		return err
	}
	return sendLarge(w, one.Media, one.Name, one.Write)
}

// sendLarge sends a file once all of it is written, by way of the disk.
func sendLarge(w http.ResponseWriter, kind, name string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp("", "lianpian-export-*")
	if err != nil {
		return fmt.Errorf("make a file for an export: %w", err)
	}
	defer func() { _ = errors.Join(file.Close(), os.Remove(file.Name())) }()
	if err := write(file); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("send an export: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", fmt.Sprint(size))
	h.Set("Content-Disposition", attachment("zone"+path.Ext(name), name))
	_, _ = io.Copy(w, file)
	return nil
}

func problemOfPackage(err error) *Problem {
	var wrong *delivery.InvalidError
	switch {
	case errors.As(err, &wrong):
		return refusedField(wrong.Field, wrong.Detail, wrong)
	case errors.Is(err, delivery.ErrExpired):
		return newProblem(http.StatusGone, "expired", delivery.ErrExpired.Error(), "The file of this package is gone; have it made again.")
	case errors.Is(err, delivery.ErrGone):
		return newProblem(http.StatusGone, "gone", delivery.ErrGone.Error(), "Nothing came of this package.")
	case errors.Is(err, delivery.ErrMaking):
		return newProblem(http.StatusConflict, kindConflict, delivery.ErrMaking.Error(), "The package is still being made.")
	case errors.Is(err, delivery.ErrScope):
		return newProblem(http.StatusForbidden, kindNotPermitted, delivery.ErrScope.Error(), "The package holds what lies outside your area.")
	}
	return nil
}

// describePackages puts the files of plans into the document.
func (s *Server) describePackages(text func(string, ...any) *huma.Schema, of func(string, *huma.Schema) map[string]*huma.MediaType, file *huma.Schema) {
	formats := make([]any, 0, len(delivery.SingleFormats()))
	for _, f := range delivery.SingleFormats() {
		formats = append(formats, f)
	}
	s.describe("exportZone", map[string]*huma.Schema{
		"format": text("", formats...), "crs": text("of GIS files, as in an order of a package"),
		"encoding": text("of Shapefile and CSV texts", "utf-8", "gbk"), "paper": text("of map sheets", "A4", "A3", "A1"),
	}, nil, http.StatusOK, of("application/octet-stream", file))
	s.describe("downloadPackage", nil, nil, http.StatusOK, of("application/zip", file))
}
