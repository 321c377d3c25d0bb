package httpapi

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/progress"
)

// InMonth is embedded in requests about a month of a district.
type InMonth struct {
	InDistrict
	Month string `path:"month" maxLength:"7" doc:"YYYY-MM" example:"2026-03"`
}

func (m InMonth) month() (progress.Month, error) { return monthOf(m.Month) }

// monthOf reads a month of an address; one that cannot be has nothing in it.
func monthOf(text string) (progress.Month, error) {
	m, err := progress.ParseMonth(text)
	if err != nil {
		return m, notFound()
	}
	return m, nil
}

// OneReport is embedded in requests about one monthly report.
type OneReport struct {
	InMonth
	ID string `path:"id" maxLength:"36"`
}

func (r OneReport) which() (progress.Month, uuid.UUID, error) {
	m, err := r.month()
	if err != nil {
		return m, uuid.Nil, err
	}
	id, err := uuid.Parse(r.ID)
	if err != nil {
		return m, uuid.Nil, notFound()
	}
	return m, id, nil
}

type (
	projectProgressOut struct {
		ETag string `header:"ETag"`
		Body progress.ProjectProgress
	}
	projectMonthOut struct {
		ETag string `header:"ETag"`
		Body progress.ProjectMonth
	}
	reportOut struct {
		ETag string `header:"ETag"`
		Body progress.MonthReport
	}
)

func (s *Server) progressRoutes(r chi.Router) {
	s.milestoneRoutes()
	s.monthRoutes()
	s.reportRoutes()
	s.monthFileRoutes(r)
}

func (s *Server) milestoneRoutes() {
	const one = "/districts/{district}/projects/{code}"

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/progress", id: "listProgress", tag: "progress",
		summary: "Milestones of the confirmed projects, with filings that are due or late", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Alerts bool `query:"alerts" doc:"only those whose filing is due or late"`
	},
	) (*struct{ Body []progress.ListedProgress }, error) {
		list, err := s.Progress.List(ctx, scopeOf(ctx), in.District, in.Alerts)
		return &struct{ Body []progress.ListedProgress }{list}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/targets", id: "getTargets", tag: "progress",
		summary: "Figures that are to be reached in a year against what was, with a forecast", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Year int `query:"year" minimum:"1990" maximum:"2200" doc:"missing: this year"`
	},
	) (*struct{ Body []progress.TargetProgress }, error) {
		year := in.Year
		if year == 0 {
			year = s.now().Year()
		}
		list, err := s.Progress.Targets(ctx, scopeOf(ctx), in.District, year)
		return &struct{ Body []progress.TargetProgress }{list}, err
	})

	add(s, route{
		method: http.MethodGet, path: one + "/progress", id: "getProjectProgress", tag: "progress",
		summary: "Milestones, filing and handover of a project", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*projectProgressOut, error) {
		p, err := s.Progress.Project(ctx, scopeOf(ctx), in.District, in.Code)
		return &projectProgressOut{etag(p.Version), p}, err
	})

	add(s, route{
		method: http.MethodPut, path: one + "/progress", id: "saveProjectProgress", tag: "progress",
		summary: "Replace the milestones and the handover of a project", needs: account.FillProgress, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body progress.ProgressDraft
	},
	) (*projectProgressOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		p, err := s.Progress.SaveProject(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body)
		return &projectProgressOut{etag(p.Version), p}, orStale(err, func() (progress.ProjectProgress, error) {
			return s.Progress.Project(ctx, scopeOf(ctx), in.District, in.Code)
		})
	})

	add(s, route{
		method: http.MethodGet, path: one + "/months", id: "listProjectMonths", tag: "progress",
		summary: "A project's rows of all monthly reports, the newest first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body []progress.ProjectMonth }, error) {
		list, err := s.Progress.ProjectMonths(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body []progress.ProjectMonth }{list}, err
	})
	s.projectMonthRoutes(one + "/months/{month}")
}

func (s *Server) projectMonthRoutes(path string) {
	add(s, route{
		method: http.MethodGet, path: path, id: "getProjectMonth", tag: "progress",
		summary: "A project's row of a month: as saved, else as proposed", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InMonth
		Code string `path:"code" maxLength:"200"`
	},
	) (*projectMonthOut, error) {
		m, err := in.month()
		if err != nil {
			return nil, err
		}
		p, err := s.Progress.ProjectMonth(ctx, scopeOf(ctx), in.District, in.Code, m)
		return &projectMonthOut{etag(p.Version), p}, err
	})

	add(s, route{
		method: http.MethodPut, path: path, id: "saveProjectMonth", tag: "progress",
		summary: "Fill in a project's row of a month, for its owner", needs: account.FillProgress, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InMonth
		Code string `path:"code" maxLength:"200"`
		Seen
		Body progress.ProjectMonthDraft
	},
	) (*projectMonthOut, error) {
		m, err := in.month()
		if err != nil {
			return nil, err
		}
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		p, err := s.Progress.SaveProjectMonth(ctx, scopeOf(ctx), in.District, in.Code, m, version, in.Body)
		return &projectMonthOut{etag(p.Version), p}, orStale(err, func() (progress.ProjectMonth, error) {
			return s.Progress.ProjectMonth(ctx, scopeOf(ctx), in.District, in.Code, m)
		})
	})
}
