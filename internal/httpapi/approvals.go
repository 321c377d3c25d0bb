package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/policy"
)

type approvalOut struct {
	ETag string `header:"ETag"`
	Body approval.File
}

type opinionList struct {
	Items []approval.Opinion `json:"items"`
}

type opinionOut struct {
	ETag string `header:"ETag"`
	Body approval.Opinion
}

// OneOpinion is embedded in requests about an opinion.
type OneOpinion struct {
	OneOf
	ID uuid.UUID `path:"id"`
}

// ApprovalInputs are what a project's approval is decided by.
type ApprovalInputs struct {
	Inputs  map[string]any `json:"inputs" doc:"by the keys of the policy's approval inputs; null: not known"`
	StartOn *string        `json:"start_on,omitempty" maxLength:"10" doc:"YYYY-MM-DD; the day from which allowed days count"`
}

func (s *Server) approvalRoutes() {
	s.approvalFileRoutes()
	s.opinionRoutes()

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/approval-steps", id: "listApprovalSteps", tag: "approvals",
		summary: "Open steps of the approval of live projects, the most urgent first", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Which       approval.Which `query:"which" enum:"late,due,next,open" default:"due" doc:"due: late and due within the days; next: each project's next step"`
		Within      int            `query:"within" minimum:"0" maximum:"3650" default:"30" doc:"days"`
		Subdistrict string         `query:"subdistrict" maxLength:"20"`
		Limit       int            `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		After       int            `query:"after" minimum:"0" maximum:"100000" doc:"rows to leave out"`
	},
	) (*struct{ Body approval.DueList }, error) {
		list, err := s.Approvals.Steps(ctx, scopeOf(ctx), in.District, approval.DueFilter{
			Which: in.Which, Within: in.Within, Subdistrict: in.Subdistrict, Limit: in.Limit, After: in.After,
		})
		return &struct{ Body approval.DueList }{list}, err
	})
}

func (s *Server) approvalFileRoutes() {
	const one = "/districts/{district}/projects/{code}/approval"

	add(s, route{
		method: http.MethodGet, path: one, id: "getApproval", tag: "approvals",
		summary: "What a project's approval is decided by, what the policy's tables say, and the checklist", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*approvalOut, error) {
		f, err := s.Approvals.File(ctx, scopeOf(ctx), in.District, in.Code)
		return &approvalOut{etag(f.Version), f}, err
	})

	add(s, route{
		method: http.MethodPut, path: one, id: "saveApproval", tag: "approvals",
		summary: "Save what a project's approval is decided by; the checklist follows", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body ApprovalInputs
	},
	) (*approvalOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		f, err := s.Approvals.Save(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Inputs, in.Body.StartOn)
		return &approvalOut{etag(f.Version), f}, s.orStaleApproval(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "setApprovalSteps", tag: "approvals",
		summary: "Save dates, departments and documents of steps of the checklist", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body struct {
			Steps []approval.StepEdit `json:"steps" minItems:"1" maxItems:"100"`
		} `nameHint:"ApprovalStepEdits"`
	},
	) (*approvalOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		f, err := s.Approvals.SetSteps(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Steps)
		return &approvalOut{etag(f.Version), f}, s.orStaleApproval(ctx, in.OneOf, err)
	})

	add(s, route{
		method: http.MethodPost, path: one + "/trial", id: "tryApproval", tag: "approvals",
		summary: "What the policy's tables would say of other inputs; nothing is saved", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body ApprovalInputs
	},
	) (*struct{ Body policy.Route }, error) {
		r, err := s.Approvals.Try(ctx, scopeOf(ctx), in.District, in.Code, in.Body.Inputs)
		return &struct{ Body policy.Route }{r}, err
	})
}

func (s *Server) opinionRoutes() {
	const list, one = "/districts/{district}/projects/{code}/opinions", "/districts/{district}/projects/{code}/opinions/{id}"

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/opinions", id: "listDistrictOpinions", tag: "approvals",
		summary: "Opinions of the joint review on live projects, with their places", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Open bool `query:"open" doc:"only conditions and objections that are not answered"`
	},
	) (*struct{ Body opinionList }, error) {
		items, err := s.Approvals.DistrictOpinions(ctx, scopeOf(ctx), in.District, in.Open)
		return &struct{ Body opinionList }{opinionList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: list, id: "listOpinions", tag: "approvals",
		summary: "Opinions of the joint review on a project", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body opinionList }, error) {
		items, err := s.Approvals.Opinions(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body opinionList }{opinionList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: list, id: "createOpinion", tag: "approvals",
		summary: "Write an opinion of the joint review down", needs: account.EditProgram, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body approval.OpinionDraft
	},
	) (*opinionOut, error) {
		o, err := s.Approvals.Opine(ctx, scopeOf(ctx), in.District, in.Code, in.Body)
		return &opinionOut{etag(o.Version), o}, err
	})

	add(s, route{
		method: http.MethodPut, path: one, id: "updateOpinion", tag: "approvals",
		summary: "Change or answer an opinion", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOpinion
		Seen
		Body approval.OpinionDraft
	},
	) (*opinionOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		o, err := s.Approvals.Revise(ctx, scopeOf(ctx), in.District, in.Code, in.ID, version, in.Body)
		return &opinionOut{etag(o.Version), o}, s.orStaleOpinion(ctx, in.OneOpinion, err)
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "deleteOpinion", tag: "approvals",
		summary: "Remove an opinion", needs: account.EditProgram, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneOpinion
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Approvals.Withdraw(ctx, scopeOf(ctx), in.District, in.Code, in.ID, version)
		return nil, s.orStaleOpinion(ctx, in.OneOpinion, err)
	})
}

func (s *Server) orStaleApproval(ctx context.Context, of OneOf, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (approval.File, error) { return s.Approvals.File(ctx, scopeOf(ctx), of.District, of.Code) })
}

func (s *Server) orStaleOpinion(ctx context.Context, of OneOpinion, err error) error {
	if err == nil {
		return nil
	}
	return orStale(err, func() (approval.Opinion, error) {
		return s.Approvals.Opinion(ctx, scopeOf(ctx), of.District, of.Code, of.ID)
	})
}
