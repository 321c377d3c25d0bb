package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// noted is what the audit trail says of a request for a job, written with it.
func noted(e account.Entry) func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) error {
	return func(ctx context.Context, tx *postgis.Tx, _ uuid.UUID) error { return account.Record(ctx, tx, e) }
}

type jobList struct {
	Items []job.Job `json:"items" doc:"newest first, without their reports"`
}

func (s *Server) jobRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/jobs", id: "listJobs", tag: "jobs",
		summary: "Background work of a district; officers see what they asked for", needs: account.Import, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Kind  string `query:"kind" maxLength:"40" doc:"e.g. import"`
		Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	},
	) (*struct{ Body jobList }, error) {
		p := who(ctx)
		jobs, err := s.Jobs.List(ctx, in.District, in.Kind, p.Name, in.Limit)
		list := jobList{}
		for _, j := range jobs {
			if p.Scope.Subdistricts == nil || j.CreatedBy == p.Name {
				list.Items = append(list.Items, j)
			}
		}
		return &struct{ Body jobList }{list}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/jobs/{id}", id: "getJob", tag: "jobs",
		summary: "A job with its report", needs: account.Import, at: ofJob, asker: true,
	}, func(ctx context.Context, in *ByID) (*struct{ Body job.Job }, error) {
		j, err := s.Jobs.Get(ctx, in.ID)
		return &struct{ Body job.Job }{j}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/jobs/{id}", id: "cancelJob", tag: "jobs",
		summary: "Cancel a job; one that has ended stays as it is", needs: account.Import, at: ofJob, asker: true,
	}, func(ctx context.Context, in *ByID) (*struct{ Body job.Job }, error) {
		before, err := s.Jobs.Get(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		j, err := s.Jobs.Cancel(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if !before.State.Final() {
			err = s.Accounts.Note(ctx, account.Entry{
				Action: "job.cancel", Entity: "job", Code: in.ID.String(), District: j.District,
				Before: map[string]any{"state": before.State}, After: map[string]any{"state": j.State},
			})
		}
		return &struct{ Body job.Job }{j}, err
	})
}
