package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
)

type projectMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     program.Project
}

type projectOut struct {
	ETag string `header:"ETag"`
	Body program.Project
}

type projectFileOut struct {
	ETag string `header:"ETag"`
	Body program.ProjectFile
}

// ProjectCommunities are the communities that a project is to have.
type ProjectCommunities struct {
	Communities []string `json:"communities" minItems:"1" maxItems:"500" doc:"codes"`
	Reason      string   `json:"reason,omitempty" maxLength:"2000" doc:"required once the project is accepted"`
}

// ProjectPhasing is a phase and year that a project is to have.
type ProjectPhasing struct {
	Phase  program.Phase `json:"phase" enum:"reserve,plan,implement"`
	Year   *int          `json:"year,omitempty" minimum:"1990" maximum:"2200" nullable:"true"`
	Reason string        `json:"reason,omitempty" maxLength:"2000" doc:"required to go back, or over a phase"`
}

func (s *Server) projectRoutes() {
	const list, one = "/districts/{district}/projects", "/districts/{district}/projects/{code}"
	s.projectListRoutes()
	s.projectStepRoutes()

	add(s, route{
		method: http.MethodPost, path: list, id: "createProject", tag: "projects",
		summary: "Apply for entry in a project library", needs: account.EditProgram, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body program.NewProject
	},
	) (*projectMade, error) {
		p, err := s.Program.Create(ctx, scopeOf(ctx), in.District, in.Body)
		if err != nil {
			return nil, err
		}
		return madeProject(in.District, p), nil
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getProject", tag: "projects",
		summary: "A project with its communities, conditions of entry, priority and next steps", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*projectFileOut, error) {
		f, err := s.Program.File(ctx, scopeOf(ctx), in.District, in.Code)
		return &projectFileOut{etag(f.Version), f}, err
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateProject", tag: "projects",
		summary: "Change facts of a project", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body program.ProjectPatch
	},
	) (*projectOut, error) {
		return s.changeProject(ctx, in.OneOf, in.Seen, func(version int) (program.Project, error) {
			return s.Program.Update(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body)
		})
	})

	add(s, route{
		method: http.MethodPut, path: one + "/communities", id: "setProjectCommunities", tag: "projects",
		summary: "Give a project other communities", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body ProjectCommunities
	},
	) (*projectOut, error) {
		return s.changeProject(ctx, in.OneOf, in.Seen, func(version int) (program.Project, error) {
			return s.Program.Communities(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Communities, in.Body.Reason)
		})
	})

	add(s, route{
		method: http.MethodPut, path: one + "/phase", id: "setProjectPhase", tag: "projects",
		summary: "Move a confirmed project to a phase and year", needs: account.DecideProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body ProjectPhasing
	},
	) (*projectOut, error) {
		return s.changeProject(ctx, in.OneOf, in.Seen, func(version int) (program.Project, error) {
			return s.Program.SetPhase(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Phase, in.Body.Year, in.Body.Reason)
		})
	})
}

func madeProject(district string, p program.Project) *projectMade {
	return &projectMade{etag(p.Version), location("/districts/%s/projects/%s", district, p.Code), p}
}

// changeProject answers a change of a project with how it is afterwards.
func (s *Server) changeProject(ctx context.Context, of OneOf, seen Seen, change func(version int) (program.Project, error)) (*projectOut, error) {
	version, err := seen.version()
	if err != nil {
		return nil, err
	}
	p, err := change(version)
	return &projectOut{etag(p.Version), p}, s.orStaleProject(ctx, of, err)
}

func (s *Server) orStaleProject(ctx context.Context, of OneOf, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (program.ProjectFile, error) {
		return s.Program.File(ctx, scopeOf(ctx), of.District, of.Code)
	})
}
