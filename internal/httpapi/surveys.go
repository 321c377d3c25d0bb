package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/survey"
)

// SurveyRows are all rows of a survey, as a person wrote them.
type SurveyRows struct {
	Counts []survey.CountDraft `json:"counts" minItems:"1" maxItems:"5000"`
}

// SurveyClosing ends a survey.
type SurveyClosing struct {
	ClosedOn string `json:"closed_on,omitempty" doc:"omitted: today" example:"2026-11-25"`
}

type surveyRounds struct {
	Items []survey.Head `json:"items" doc:"newest first"`
}

type surveyShares struct {
	Items []survey.Share `json:"items"`
}

type surveyStatistics struct {
	Items []survey.Statistic `json:"items"`
}

// OneSurvey is embedded in requests about one survey.
type OneSurvey struct {
	InDistrict
	ID string `path:"id" maxLength:"60"`
}

func (o OneSurvey) id() (uuid.UUID, error) {
	id, err := uuid.Parse(o.ID)
	if err != nil {
		return id, notFound()
	}
	return id, nil
}

type surveyOut struct {
	ETag string `header:"ETag"`
	Body survey.Survey
}

type surveyMade struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     survey.Survey
}

// surveyFile is a file that is taken away.
type surveyFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func workbook(name string, write func(io.Writer) error) (*surveyFile, error) {
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return nil, err
	}
	return &surveyFile{
		workbookType, `attachment; filename="survey.xlsx"; filename*=UTF-8''` + url.PathEscape(strings.ReplaceAll(name, "/", "／")+".xlsx"), content.Bytes(),
	}, nil
}

// changing answers a change of a survey that the person has seen.
func (s *Server) changing(ctx context.Context, of OneSurvey, seen Seen, change func(id uuid.UUID, version int) (survey.Survey, error)) (*surveyOut, error) {
	id, err := of.id()
	if err != nil {
		return nil, err
	}
	version, err := seen.version()
	if err != nil {
		return nil, err
	}
	out, err := change(id, version)
	if err != nil {
		return nil, s.orStaleSurvey(ctx, of, id, err)
	}
	return &surveyOut{etag(out.Version), out}, nil
}

func (s *Server) orStaleSurvey(ctx context.Context, of OneSurvey, id uuid.UUID, err error) error {
	return orStale(err, func() (survey.Survey, error) { return s.Surveys.Survey(ctx, scopeOf(ctx), of.District, id) })
}

func (s *Server) surveyRoutes() {
	s.surveyReads()
	s.surveyMap()
	s.surveyFiles()
	const list, one = "/districts/{district}/surveys", "/districts/{district}/surveys/{id}"

	add(s, route{
		method: http.MethodPost, path: list, id: "openSurvey", tag: "surveys",
		summary: "Begin to ask the residents of a community", needs: account.EditProgram, at: ownPart, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body survey.Draft
	},
	) (*surveyMade, error) {
		out, err := s.Surveys.Open(ctx, scopeOf(ctx), in.District, in.Body)
		if err != nil {
			return nil, err
		}
		return &surveyMade{etag(out.Version), location("/districts/%s/surveys/%s", in.District, out.ID), out}, nil
	})

	add(s, route{
		method: http.MethodPatch, path: one, id: "updateSurvey", tag: "surveys",
		summary: "Change what is said about an open survey", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneSurvey
		Seen
		Body survey.Patch
	},
	) (*surveyOut, error) {
		return s.changing(ctx, in.OneSurvey, in.Seen, func(id uuid.UUID, version int) (survey.Survey, error) {
			return s.Surveys.Update(ctx, scopeOf(ctx), in.District, id, version, in.Body)
		})
	})

	add(s, route{
		method: http.MethodPut, path: one + "/counts", id: "saveSurveyCounts", tag: "surveys",
		summary: "Replace all rows of an open survey", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneSurvey
		Seen
		Body SurveyRows
	},
	) (*surveyOut, error) {
		return s.changing(ctx, in.OneSurvey, in.Seen, func(id uuid.UUID, version int) (survey.Survey, error) {
			return s.Surveys.SaveCounts(ctx, scopeOf(ctx), in.District, id, version, in.Body.Counts)
		})
	})

	add(s, route{
		method: http.MethodPost, path: one + "/trial", id: "trySurveyCounts", tag: "surveys",
		summary: "What rows would amount to; nothing is saved", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneSurvey
		Body SurveyRows
	},
	) (*surveyOut, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		out, err := s.Surveys.Try(ctx, scopeOf(ctx), in.District, id, in.Body.Counts)
		return &surveyOut{etag(out.Version), out}, err
	})

	add(s, route{
		method: http.MethodPost, path: one + "/close", id: "closeSurvey", tag: "surveys",
		summary: "End a survey; its counts become the community's facts", needs: account.EditProgram, at: ownPart, status: http.StatusOK,
	}, func(ctx context.Context, in *struct {
		OneSurvey
		Seen
		Body SurveyClosing
	},
	) (*surveyOut, error) {
		return s.changing(ctx, in.OneSurvey, in.Seen, func(id uuid.UUID, version int) (survey.Survey, error) {
			return s.Surveys.Close(ctx, scopeOf(ctx), in.District, id, version, in.Body.ClosedOn)
		})
	})

	add(s, route{
		method: http.MethodDelete, path: one, id: "discardSurvey", tag: "surveys",
		summary: "Remove an open survey in which nobody has been asked", needs: account.EditProgram, at: ownPart, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		OneSurvey
		Seen
	},
	) (*struct{}, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		if err := s.Surveys.Discard(ctx, scopeOf(ctx), in.District, id, version); err != nil {
			return nil, s.orStaleSurvey(ctx, in.OneSurvey, id, err)
		}
		return nil, nil
	})
}

func (s *Server) surveyReads() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/surveys", id: "listSurveys", tag: "surveys",
		summary: "Communities with their newest surveys, filtered and page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Q            string   `query:"q" maxLength:"200" doc:"part of the community's name, address or code"`
		State        []string `query:"state" maxItems:"3" enum:"none,open,closed"`
		Late         bool     `query:"late" doc:"only open ones whose day is over"`
		Passed       string   `query:"passed" enum:"true,false" doc:"whether enough agreed by the district's reading"`
		Subdistricts []string `query:"subdistricts" maxItems:"200"`
		Sort         string   `query:"sort" maxLength:"40" doc:"name, share, unasked, due_on, updated_at or code; with - in front descending"`
		Limit        int      `query:"limit" minimum:"1" maximum:"5000" default:"100"`
		Cursor       string   `query:"cursor" maxLength:"1000" doc:"next_cursor of the page before"`
	},
	) (*struct{ Body survey.List }, error) {
		f := survey.Filter{Q: in.Q, Late: in.Late, Subdistricts: in.Subdistricts, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor}
		for _, state := range in.State {
			f.States = append(f.States, survey.State(state))
		}
		if in.Passed != "" {
			passed := in.Passed == "true"
			f.Passed = &passed
		}
		list, err := s.Surveys.List(ctx, scopeOf(ctx), in.District, f)
		return &struct{ Body survey.List }{list}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/surveys/{id}", id: "getSurvey", tag: "surveys",
		summary: "A survey with its rows and the verdict", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneSurvey) (*surveyOut, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		out, err := s.Surveys.Survey(ctx, scopeOf(ctx), in.District, id)
		return &surveyOut{etag(out.Version), out}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/communities/{code}/surveys", id: "listSurveyRounds", tag: "surveys",
		summary: "How often and when a community was asked", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*struct{ Body surveyRounds }, error) {
		items, err := s.Surveys.Rounds(ctx, scopeOf(ctx), in.District, in.Code)
		return &struct{ Body surveyRounds }{surveyRounds{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/survey-statistics", id: "getSurveyStatistics", tag: "surveys",
		summary: "Annex 4: what the residents of the communities asked want", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Subdistrict string `query:"subdistrict" maxLength:"40" doc:"code; omitted: the whole district"`
	},
	) (*struct{ Body surveyStatistics }, error) {
		items, err := s.Surveys.Statistics(ctx, scopeOf(ctx), in.District, in.Subdistrict)
		return &struct{ Body surveyStatistics }{surveyStatistics{items}}, err
	})
}

func (s *Server) surveyMap() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/survey-shares", id: "listSurveyShares", tag: "surveys",
		summary: "Every community that was asked, by the share of households that agreed", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body surveyShares }, error) {
		items, err := s.Surveys.Shares(ctx, scopeOf(ctx), in.District)
		return &struct{ Body surveyShares }{surveyShares{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/survey-map", id: "getSurveyMap", tag: "surveys",
		summary: "The buildings of an area by the share of households that agreed", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		BBox []float64 `query:"bbox" required:"true" doc:"west,south,east,north"`
	},
	) (*struct{ Body survey.Picture }, error) {
		within, err := box(in.BBox)
		if err != nil {
			return nil, err
		}
		if within == nil {
			within = &registry.BBox{}
		}
		picture, err := s.Surveys.Picture(ctx, scopeOf(ctx), in.District, within.Bound())
		return &struct{ Body survey.Picture }{picture}, err
	})
}

func (s *Server) surveyFiles() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/surveys/{id}/sheets.xlsx", id: "downloadSurveySheets", tag: "surveys",
		summary: "Annex 3 to print: a sheet per building or stairwell, a line per household", needs: account.Export, at: ownPart,
	}, func(ctx context.Context, in *OneSurvey) (*surveyFile, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		out, err := s.Surveys.Survey(ctx, scopeOf(ctx), in.District, id)
		if err != nil {
			return nil, err
		}
		return workbook(out.Community.Name+" 征求意见表", func(to io.Writer) error {
			return exporter.SurveySheets(to, out, account.Name(ctx), s.now())
		})
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/survey-statistics.xlsx", id: "downloadSurveyStatistics", tag: "surveys",
		summary: "Annex 4 as a workbook", needs: account.Export, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Subdistrict string `query:"subdistrict" maxLength:"40" doc:"code; omitted: all of them"`
	},
	) (*surveyFile, error) {
		items, err := s.Surveys.Statistics(ctx, scopeOf(ctx), in.District, in.Subdistrict)
		if err != nil {
			return nil, err
		}
		return workbook("征求意见情况统计表 "+s.now().Format("2006-01-02"), func(to io.Writer) error {
			return exporter.SurveyStatistics(to, items, account.Name(ctx), s.now())
		})
	})
}
