package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dossier"
)

type dossierOut struct {
	ETag string `header:"ETag"`
	Body dossier.File
}

type attachmentList struct {
	Items []dossier.Attachment `json:"items" doc:"newest first"`
}

type attachmentOut struct{ Body dossier.Attachment }

// OfAttachment is embedded in requests about one attachment.
type OfAttachment struct {
	InDistrict
	ByID
}

// file answers with the file of a community as it is after a write.
func (s *Server) file(ctx context.Context, of OneOf, err error) (*dossierOut, error) {
	read := func() (dossier.File, error) { return s.Dossiers.File(ctx, scopeOf(ctx), of.District, of.Code) }
	if err != nil {
		return nil, orStale(err, read)
	}
	f, err := read()
	return &dossierOut{etag(f.Version), f}, err
}

func (s *Server) dossierRoutes() {
	const one = "/districts/{district}/communities/{code}/file"

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/files", id: "listFiles", tag: "files",
		summary: "Files of communities with their completeness", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Q            string   `query:"q" maxLength:"200" doc:"part of name or code"`
		Subdistricts []string `query:"subdistricts" maxItems:"200"`
		Eligibility  []string `query:"eligibility" maxItems:"3" enum:"in,out,borderline"`
		Below        float64  `query:"below" minimum:"0" maximum:"1" doc:"only files less complete than this"`
		Sort         string   `query:"sort" maxLength:"40" doc:"share, name or missing_items; with - in front descending"`
		Limit        int      `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor       string   `query:"cursor" maxLength:"1000" doc:"next_cursor of the page before"`
	},
	) (*struct{ Body dossier.Files }, error) {
		files, err := s.Dossiers.Files(ctx, scopeOf(ctx), in.District, dossier.Filter{
			Q: in.Q, Subdistricts: in.Subdistricts, Eligibility: in.Eligibility, Below: in.Below, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor,
		})
		return &struct{ Body dossier.Files }{files}, err
	})

	add(s, route{
		method: http.MethodGet, path: one, id: "getFile", tag: "files",
		summary: "All that is known of a community (一小区一档)", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*dossierOut, error) { return s.file(ctx, *in, nil) })

	add(s, route{
		method: http.MethodPut, path: one + "/sources", id: "stateSources", tag: "files",
		summary: "Say where facts come from", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body struct {
			Sources []dossier.FactSource `json:"sources" minItems:"1" maxItems:"50"`
		} `nameHint:"FactSources"`
	},
	) (*dossierOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return s.file(ctx, in.OneOf, s.Dossiers.StateSources(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Sources))
	})

	add(s, route{
		method: http.MethodPut, path: one + "/checks", id: "setChecks", tag: "files",
		summary: "Write down what was found on the ground, many lines at once", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body struct {
			Checks []dossier.CheckResult `json:"checks" minItems:"1" maxItems:"200"`
		} `nameHint:"CheckResults"`
	},
	) (*dossierOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return s.file(ctx, in.OneOf, s.Dossiers.SetChecks(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Checks))
	})

	add(s, route{
		method: http.MethodPost, path: one + "/take-over", id: "takeChecksOver", tag: "files",
		summary: "Make what the checks found missing facts of the community; its verdict follows", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
	},
	) (*dossierOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return s.file(ctx, in.OneOf, s.Dossiers.TakeChecksOver(ctx, scopeOf(ctx), in.District, in.Code, version))
	})

	add(s, route{
		method: http.MethodPut, path: one + "/prior-works", id: "setPriorWorks", tag: "files",
		summary: "The list of what was renovated before", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body struct {
			Works []dossier.PriorWork `json:"works" maxItems:"100"`
		} `nameHint:"PriorWorks"`
	},
	) (*dossierOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return s.file(ctx, in.OneOf, s.Dossiers.SetPriorWorks(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Works))
	})

	add(s, route{
		method: http.MethodPut, path: one + "/management", id: "setManagement", tag: "files",
		summary: "How the community is managed: one mode, and its notice board", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body dossier.ManagementSetting
	},
	) (*dossierOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return s.file(ctx, in.OneOf, s.Dossiers.SetManagement(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body))
	})
	s.attachmentRoutes()
}

// attachmentRoutes are those of attachments whose bodies are JSON.
func (s *Server) attachmentRoutes() {
	listOf := func(ctx context.Context, of dossier.Owner) (*struct{ Body attachmentList }, error) {
		items, err := s.Dossiers.Attachments(ctx, scopeOf(ctx), of)
		return &struct{ Body attachmentList }{attachmentList{items}}, err
	}

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/communities/{code}/attachments", id: "listCommunityAttachments", tag: "files",
		summary: "Photographs and papers of a community", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body attachmentList }, error) {
		return listOf(ctx, dossier.Owner{District: in.District, Community: in.Code})
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/projects/{code}/attachments", id: "listProjectAttachments", tag: "files",
		summary: "Photographs and papers of a project", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body attachmentList }, error) {
		return listOf(ctx, dossier.Owner{District: in.District, Project: in.Code})
	})

	add(s, route{
		method: http.MethodPatch, path: "/districts/{district}/attachments/{id}", id: "changeAttachment", tag: "files",
		summary: "Change title, day or place of an attachment", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OfAttachment
		Body dossier.AttachmentPatch
	},
	) (*attachmentOut, error) {
		a, err := s.Dossiers.ChangeAttachment(ctx, scopeOf(ctx), in.District, in.ID, in.Body)
		return &attachmentOut{a}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/districts/{district}/attachments/{id}", id: "deleteAttachment", tag: "files",
		summary: "Remove an attachment", needs: account.EditProgram, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *OfAttachment) (*struct{}, error) {
		return nil, s.Dossiers.Detach(ctx, scopeOf(ctx), in.District, in.ID)
	})
}
