package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
)

func (s *Server) dashboardRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/dashboard", id: "getDashboard", tag: "dashboard",
		summary: "The bureau's board: targets, projects, late items, money, consent, coverage, months", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Year int `query:"year" minimum:"0" maximum:"2200" doc:"of targets by month and stages; 0: this one"`
	},
	) (*struct{ Body dashboard.Board }, error) {
		board, err := s.Dashboard.Board(ctx, scopeOf(ctx), in.District, in.Year, who(ctx).Holds(account.SeeCounts))
		return &struct{ Body dashboard.Board }{board}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/dashboard/map", id: "getDashboardMap", tag: "dashboard",
		summary: "The district as a picture: its communities and where their projects stand", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body dashboard.BoardMap }, error) {
		m, err := s.Dashboard.Map(ctx, scopeOf(ctx), in.District)
		return &struct{ Body dashboard.BoardMap }{m}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/tasks", id: "listTasks", tag: "dashboard",
		summary: "What the person has to do, by role and scope", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body dashboard.Tasks }, error) {
		tasks, err := s.Dashboard.Tasks(ctx, who(ctx), in.District)
		return &struct{ Body dashboard.Tasks }{tasks}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/duties", id: "getDuties", tag: "dashboard",
		summary: "The plan's bodies, the roles that do their work here, and how many accounts there are", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *InDistrict) (*struct{ Body dashboard.Duties }, error) {
		duties, err := s.Dashboard.Duties(ctx, scopeOf(ctx), in.District)
		return &struct{ Body dashboard.Duties }{duties}, err
	})
}
