package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
)

var stepSummaries = map[program.Step]string{
	program.Accept:   "Accept an application (街镇受理)",
	program.Confirm:  "Enter a project in its library; its conditions hold, or a reason is given",
	program.Return:   "Return an application with a reason",
	program.Withdraw: "Withdraw a project",
	program.Reapply:  "Take a returned or withdrawn application up again",
	program.Close:    "End a management project that is done",
}

// projectStepRoutes are the steps of the intake, each with its own address. Who
// may take which depends on the district's reading of its plan, which the store
// knows.
func (s *Server) projectStepRoutes() {
	const one = "/districts/{district}/projects/{code}"
	for _, step := range program.Steps() {
		add(s, route{
			method: http.MethodPost, path: one + "/" + string(step), id: string(step) + "Project", tag: "projects",
			summary: stepSummaries[step], needs: account.EditProgram, at: ownPart,
		}, func(ctx context.Context, in *struct {
			OneOf
			Seen
			Body program.StepAsk
		},
		) (*projectOut, error) {
			return s.changeProject(ctx, in.OneOf, in.Seen, func(version int) (program.Project, error) {
				return s.Program.Step(ctx, scopeOf(ctx), in.District, in.Code, version, step, in.Body)
			})
		})
	}

	type goOn = func(ctx context.Context, scope account.Scope, district, code string, version int, c program.Continuation) (program.Project, error)
	for _, way := range []struct {
		path, id, summary string
		goOn              goOn
	}{
		{"/promote", "promoteProject", "Let a management project go on as comprehensive renovation; answers with the new project", s.Program.Promote},
		{"/follow", "followProject", "End an accepted comprehensive project and let management improvement follow; answers with the new project", s.Program.Follow},
	} {
		add(s, route{
			method: http.MethodPost, path: one + way.path, id: way.id, tag: "projects",
			summary: way.summary, needs: account.EditProgram, at: ownPart, status: http.StatusCreated,
		}, func(ctx context.Context, in *struct {
			OneOf
			Seen
			Body program.Continuation
		},
		) (*projectMade, error) {
			version, err := in.version()
			if err != nil {
				return nil, err
			}
			p, err := way.goOn(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body)
			if err != nil {
				return nil, s.orStaleProject(ctx, in.OneOf, err)
			}
			return madeProject(in.District, p), nil
		})
	}
}
