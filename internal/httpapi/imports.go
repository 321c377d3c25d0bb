package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/registry"
)

type importList struct {
	Items []registry.Import `json:"items" doc:"newest first"`
}

type undoAsked struct {
	KeepChanged bool `json:"keep_changed,omitempty" doc:"leave rows that were changed or used since as they are, instead of refusing the whole"`
}

// ofImport is where an import went, for those who may know of it.
func ofImport(s *Server, r *http.Request, p account.Person) (account.Place, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return account.Place{}, notFound()
	}
	i, err := s.Registry.ImportDone(r.Context(), p.Scope, id)
	if err != nil {
		return account.Place{}, err
	}
	return p.OwnPart(i.District), nil
}

func (s *Server) importRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/imports", id: "listImports", tag: "imports",
		summary: "Imports into a district with what they changed; officers see their own", needs: account.Import, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
	},
	) (*struct{ Body importList }, error) {
		items, err := s.Registry.Imports(ctx, scopeOf(ctx), in.District, in.Limit)
		return &struct{ Body importList }{importList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/imports/{id}", id: "getImport", tag: "imports",
		summary: "An import with what it changed", needs: account.Import, at: ofImport,
	}, func(ctx context.Context, in *ByID) (*struct{ Body registry.Import }, error) {
		i, err := s.Registry.ImportDone(ctx, scopeOf(ctx), in.ID)
		return &struct{ Body registry.Import }{i}, err
	})

	add(s, route{
		method: http.MethodPost, path: "/imports/{id}/undo", id: "undoImport", tag: "imports",
		summary: "Take an import back as a whole; the job's report says what was removed, restored and left", needs: account.Import, at: ofImport,
		status: http.StatusAccepted,
	}, func(ctx context.Context, in *struct {
		ByID
		Body undoAsked
	},
	) (*struct {
		Location string `header:"Location"`
		Body     job.Job
	}, error,
	) {
		i, err := s.Registry.ImportDone(ctx, scopeOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		if i.UndoneAt != nil {
			return nil, newProblem(http.StatusConflict, kindConflict, "这次导入已经撤销过了", "This import has been taken back already.")
		}
		p := who(ctx)
		made, err := s.Jobs.Enqueue(ctx, job.Request{
			District: i.District, Kind: importer.UndoKind, Title: "撤销导入：" + i.Title, CreatedBy: p.Name,
			Args: importer.UndoArgs{Import: i.ID, KeepChanged: in.Body.KeepChanged, By: p.Name},
		}, noted(account.Entry{
			Action: "import.undo.request", Entity: "import", Code: i.ID.String(), District: i.District, After: in.Body,
		}))
		if err != nil {
			return nil, fmt.Errorf("ask for the undo of an import: %w", err)
		}
		return &struct {
			Location string `header:"Location"`
			Body     job.Job
		}{location("/jobs/%s", made.ID), made}, nil
	})
}
