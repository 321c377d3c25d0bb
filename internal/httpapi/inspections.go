package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

type inspectionList struct {
	Items []doctor.Inspection `json:"items" doc:"newest first, without their diagnoses"`
}

type habitList struct {
	Items []doctor.Habit `json:"items" doc:"last used first"`
}

type inspectionOut struct {
	ETag string `header:"ETag"`
	Body doctor.Inspection
}

// InspectionJob is an inspection and the job that works on it.
type InspectionJob struct {
	Inspection doctor.Inspection `json:"inspection"`
	Job        job.Job           `json:"job"`
}

// ofInspection is the part of the inspection's district that is the person's.
// Who is limited to a part of it sees only what they brought themselves.
func ofInspection(s *Server, r *http.Request, p account.Person) (account.Place, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return account.Place{}, notFound()
	}
	i, err := s.Doctor.Inspection(r.Context(), id)
	if err != nil {
		return account.Place{}, err
	}
	if p.Scope.District != "" && i.District != p.Scope.District || p.Scope.Subdistricts != nil && i.CreatedBy != p.Name {
		return account.Place{}, notFound()
	}
	return p.OwnPart(i.District), nil
}

// inspectionStreams is the upload; the other routes have Go types.
func (s *Server) inspectionStreams(r chi.Router) {
	s.plain(r, route{
		method: http.MethodPost, path: "/districts/{district}/inspections", id: "createInspection", tag: "inspections",
		summary: "Upload a file and have the import doctor look at it", needs: account.Import, at: ownPart,
	}, s.serveInspection)
}

// serveInspection stores the file as it comes in and asks for its inspection.
func (s *Server) serveInspection(w http.ResponseWriter, r *http.Request) error {
	district := param(r, "district")
	if _, err := s.Registry.District(r.Context(), scopeOf(r.Context()), district); err != nil {
		return err
	}
	brought, err := s.receive(w, r)
	if err != nil {
		return err
	}
	made, err := s.inspect(r.Context(), district, brought)
	if err != nil {
		s.dropUnasked(r, brought.path, err)
		return err
	}
	body, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("encode an inspection: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", location("/inspections/%s", made.Inspection.ID))
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write(body)
	return nil
}

func (s *Server) inspect(ctx context.Context, district string, u upload) (InspectionJob, error) {
	decisions, err := u.forInspection()
	if err != nil {
		return InspectionJob{}, err
	}
	i, err := s.Doctor.Begin(ctx, district, doctor.Upload{Path: u.path, Name: u.name, Size: u.size, Auto: u.auto, Decisions: decisions},
		s.inspectionJob(district, u.name, doctor.KindInspect))
	return s.inspecting(ctx, i, err)
}

// inspectionJob asks for a job about an inspection, together with what it is about.
func (s *Server) inspectionJob(district, name, kind string) func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (uuid.UUID, error) {
	return func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (uuid.UUID, error) {
		return s.Jobs.EnqueueIn(ctx, tx, job.Request{
			District: district, Kind: kind, Title: name, Args: doctor.Args{Inspection: id, By: account.Name(ctx)}, CreatedBy: account.Name(ctx),
		})
	}
}

func (s *Server) inspecting(ctx context.Context, i doctor.Inspection, err error) (InspectionJob, error) {
	if err != nil {
		return InspectionJob{}, err
	}
	j, err := s.Jobs.Get(ctx, *i.Job)
	return InspectionJob{i, j}, err
}

// work asks for a job about an inspection.
func (s *Server) work(ctx context.Context, i doctor.Inspection, kind string) (InspectionJob, error) {
	j, err := s.Jobs.Enqueue(ctx, job.Request{
		District: i.District, Kind: kind, Title: i.Name, Args: doctor.Args{Inspection: i.ID, By: account.Name(ctx)}, CreatedBy: account.Name(ctx),
	}, func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) error {
		return s.Doctor.Attach(ctx, tx, i.ID, id)
	})
	if err != nil {
		return InspectionJob{}, fmt.Errorf("ask for the inspection of a file: %w", err)
	}
	i.Job = &j.ID
	return InspectionJob{i, j}, nil
}

func (s *Server) inspectionRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/inspections", id: "listInspections", tag: "inspections",
		summary: "Files that were brought; officers see their own", needs: account.Import, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
	},
	) (*struct{ Body inspectionList }, error) {
		by, p := "", who(ctx)
		if p.Scope.Subdistricts != nil {
			by = p.Name
		}
		items, err := s.Doctor.List(ctx, in.District, by, in.Limit)
		return &struct{ Body inspectionList }{inspectionList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/inspections/{id}", id: "getInspection", tag: "inspections",
		summary: "A file with its diagnosis and the decisions about it", needs: account.Import, at: ofInspection,
	}, func(ctx context.Context, in *ByID) (*inspectionOut, error) {
		i, err := s.Doctor.Inspection(ctx, in.ID)
		return &inspectionOut{etag(i.Version), i}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/inspections/{id}/rows", id: "listInspectionRows", tag: "inspections",
		summary: "Rows of a file as they would be imported, as GeoJSON in lon/lat", needs: account.Import, at: ofInspection,
	}, func(ctx context.Context, in *struct {
		ByID
		Layer string `query:"layer" maxLength:"300" doc:"as the file names it; empty: the first"`
		Only  string `query:"only" enum:"faulty,repaired,duplicate,outside"`
		After int64  `query:"after" minimum:"-1" default:"-1" doc:"place in the layer behind which to begin, from 0"`
		Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	},
	) (*struct{ Body doctor.RowCollection }, error) {
		rows, err := s.Doctor.Rows(ctx, in.ID, doctor.RowFilter{Layer: in.Layer, Only: in.Only, After: in.After, Limit: in.Limit})
		return &struct{ Body doctor.RowCollection }{rows}, err
	})

	add(s, route{
		method: http.MethodPut, path: "/inspections/{id}/decisions", id: "decideInspection", tag: "inspections",
		summary: "Decide about a file; its diagnosis follows at once, or by the job named in the answer while it is inspecting", needs: account.Import, at: ofInspection,
		within: computeWithin,
	}, func(ctx context.Context, in *struct {
		ByID
		Seen
		Body doctor.Decisions
	},
	) (*inspectionOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		i, again, err := s.Doctor.Decide(ctx, in.ID, version, in.Body)
		if err != nil {
			return nil, orStale(err, func() (doctor.Inspection, error) { return s.Doctor.Inspection(ctx, in.ID) })
		}
		if again {
			made, err := s.work(ctx, i, doctor.KindInspect)
			if err != nil {
				return nil, err
			}
			i = made.Inspection
		}
		return &inspectionOut{etag(i.Version), i}, nil
	})

	add(s, route{
		method: http.MethodPost, path: "/inspections/{id}/import", id: "importInspection", tag: "inspections",
		summary: "Import a file as it was decided", needs: account.Import, at: ofInspection, status: http.StatusAccepted,
	}, func(ctx context.Context, in *struct {
		ByID
		Seen
	},
	) (*struct{ Body InspectionJob }, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		asked, err := s.Doctor.Inspection(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		i, err := s.Doctor.AskImport(ctx, in.ID, version, s.inspectionJob(asked.District, asked.Name, doctor.KindImport))
		if err != nil {
			return nil, orStale(err, func() (doctor.Inspection, error) { return s.Doctor.Inspection(ctx, in.ID) })
		}
		made, err := s.inspecting(ctx, i, nil)
		return &struct{ Body InspectionJob }{made}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/inspections/{id}", id: "discardInspection", tag: "inspections",
		summary: "Forget a file; what was imported stays", needs: account.Import, at: ofInspection, status: http.StatusNoContent,
	}, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, s.Doctor.Discard(ctx, in.ID)
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/import-habits", id: "listImportHabits", tag: "inspections",
		summary: "What is remembered about sources of files", needs: account.Import, at: ownPart,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body habitList }, error) {
		items, err := s.Doctor.Habits(ctx, in.District)
		return &struct{ Body habitList }{habitList{items}}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/districts/{district}/import-habits/{id}", id: "forgetImportHabit", tag: "inspections",
		summary: "Ask again about the next file of a source", needs: account.Import, at: district, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		InDistrict
		ByID
	},
	) (*struct{}, error) {
		return nil, s.Doctor.ForgetHabit(ctx, in.District, in.ID)
	})
}

// describeInspections puts the upload into the document.
func (s *Server) describeInspections(text func(string, ...any) *huma.Schema, of func(string, *huma.Schema) map[string]*huma.MediaType, file *huma.Schema) {
	s.describe("createInspection", nil, of("multipart/form-data", &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{
			"file":      file,
			"layer":     text("layer of the register that every layer of the file is for", "communities", "buildings", "facilities", "zones", "neighborhoods", "roads", "barriers", "idle_buildings"),
			"crs":       text("coordinate system of every layer: wgs84, cgcs2000, gcj02, bd09, EPSG:4549 …"),
			"encoding":  text("of texts: UTF-8, GB18030 …; as found without"),
			"area_unit": text("of areas", "m2", "wan_m2"),
			"auto":      text("import by itself where nothing is left to ask, and the source was imported before or the decisions name a layer for everything in the file", "true", "false"),
			"decisions": text("decisions about the file as JSON, as of decideInspection; a layer named \"\" stands for all of them"),
		},
	}), http.StatusAccepted, of("application/json", schemaFor[InspectionJob](s)))
}
