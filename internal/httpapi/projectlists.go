package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/program"
)

type priorityList struct {
	Items []program.PriorityItem `json:"items" doc:"in the order of the library's rule"`
}

type projectGroups struct {
	Items []program.ProjectGroup `json:"items"`
}

// projectQuery filters the list of projects.
type projectQuery struct {
	InDistrict
	Q             string   `query:"q" maxLength:"200" doc:"part of name, code, applicant or a community's name"`
	Libraries     []string `query:"library" maxItems:"2" enum:"comprehensive,management"`
	States        []string `query:"state" maxItems:"6" enum:"applied,accepted,confirmed,returned,withdrawn,closed"`
	Phases        []string `query:"phase" maxItems:"3" enum:"reserve,plan,implement"`
	Year          int      `query:"year" minimum:"0" maximum:"2200"`
	Subdistricts  []string `query:"subdistricts" maxItems:"200"`
	Neighborhoods []string `query:"neighborhoods" maxItems:"500"`
	Scenario      string   `query:"scenario" maxLength:"100" doc:"with zone; omitted: the main scenario"`
	Zone          string   `query:"zone" maxLength:"100" doc:"code of a zone that they renovate"`
	Community     string   `query:"community" maxLength:"200" doc:"code of one of their communities"`
	Live          string   `query:"live" enum:"true,false," doc:"only live ones, or only ended ones"`
	Strays        bool     `query:"strays" doc:"only those with a community that left the scope"`
	Demonstration bool     `query:"demonstration"`
	Sort          string   `query:"sort" maxLength:"40" doc:"code, name, applied_on, year, households, floor_area_m2, estimated_wan; with - in front descending; omitted: -applied_on"`
	Limit         int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor        string   `query:"cursor" maxLength:"1000" doc:"next_cursor of the page before"`
}

func (in projectQuery) filter() program.Filter {
	f := program.Filter{
		Q: in.Q, Libraries: in.Libraries, States: in.States, Phases: in.Phases, Subdistricts: in.Subdistricts,
		Neighborhoods: in.Neighborhoods, Zone: in.Zone, Scenario: in.Scenario, Community: in.Community,
		Strays: in.Strays, Demonstration: in.Demonstration, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor,
	}
	if in.Year != 0 {
		f.Year = &in.Year
	}
	if in.Live != "" {
		live := in.Live == "true"
		f.Live = &live
	}
	return f
}

func (s *Server) projectListRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/projects", id: "listProjects", tag: "projects",
		summary: "Projects of both libraries, filtered and page by page", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *projectQuery) (*struct{ Body program.ProjectPage }, error) {
		page, err := s.Program.Projects(ctx, scopeOf(ctx), in.District, in.filter())
		return &struct{ Body program.ProjectPage }{page}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/projects-overview", id: "getProjectsOverview", tag: "projects",
		summary: "Projects counted by library, state, phase and year; demonstration projects", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body program.Overview }, error) {
		o, err := s.Program.Overview(ctx, scopeOf(ctx), in.District)
		return &struct{ Body program.Overview }{o}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/project-priorities", id: "listProjectPriorities", tag: "projects",
		summary: "Live projects of a library in the order of its rule of priority, with why", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Library string `query:"library" enum:"comprehensive,management" default:"comprehensive"`
		Phase   string `query:"phase" enum:"reserve,plan,implement," doc:"omitted: all"`
	},
	) (*struct{ Body priorityList }, error) {
		items, err := s.Program.Priorities(ctx, scopeOf(ctx), in.District, program.Library(in.Library), program.Phase(in.Phase))
		return &struct{ Body priorityList }{priorityList{items}}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/project-groups", id: "listProjectGroups", tag: "projects",
		summary: "Communities by neighborhood, zone or subdistrict with the projects they are in", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		By string `query:"by" enum:"neighborhood,zone,subdistrict" default:"neighborhood"`
	},
	) (*struct{ Body projectGroups }, error) {
		items, err := s.Program.Groups(ctx, scopeOf(ctx), in.District, in.By)
		return &struct{ Body projectGroups }{projectGroups{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: "/districts/{district}/projects-from-zones", id: "createProjectsFromZones", tag: "projects",
		summary: "Apply for a project for each zone of a scenario, phased by the zones' years", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body program.ZonesAsk
	},
	) (*struct{ Body program.ZonesMade }, error) {
		made, err := s.Program.FromZones(ctx, scopeOf(ctx), in.District, in.Body)
		return &struct{ Body program.ZonesMade }{made}, err
	})
}
