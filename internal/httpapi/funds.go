package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/works"
)

type fundOut struct {
	ETag string `header:"ETag"`
	Body works.Fund
}

type poolOut struct{ Body works.Pool }

// InYear is embedded in requests about a year of a district's fund pool.
type InYear struct {
	InDistrict
	Year int `path:"year" minimum:"1990" maximum:"2200"`
}

// OfFund is embedded in requests about one fund.
type OfFund struct {
	InDistrict
	Fund string `path:"fund" maxLength:"100"`
}

// AllocationDraft is everything that a year's funds are to pay for.
type AllocationDraft struct {
	Allocations []works.Allocation `json:"allocations" maxItems:"20000"`
}

func (s *Server) fundRoutes() {
	const pool = "/districts/{district}/fund-pool"

	add(s, route{
		method: http.MethodGet, path: pool, id: "getFundPool", tag: "works",
		summary: "The fund pool beside the project pool, by year", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Year int `query:"year" minimum:"0" maximum:"2200" doc:"the year to show in full"`
	},
	) (*poolOut, error) {
		p, err := s.Works.Pool(ctx, scopeOf(ctx), in.District, in.Year)
		return &poolOut{p}, err
	})

	add(s, route{
		method: http.MethodPut, path: pool + "/years/{year}", id: "setBudget", tag: "works",
		summary: "Say what may be spent of the pool in a year", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		InYear
		Seen
		Body works.BudgetDraft
	},
	) (*poolOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		p, err := s.Works.SetBudget(ctx, scopeOf(ctx), in.District, in.Year, version, in.Body)
		return &poolOut{p}, s.orStalePool(ctx, err, in.InYear)
	})

	add(s, route{
		method: http.MethodPost, path: pool + "/match", id: "matchPools", tag: "works",
		summary: "Which projects of a year its funds can pay, and why the others stay unfunded; nothing is saved", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body works.MatchAsk
	},
	) (*struct{ Body works.Match }, error) {
		m, err := s.Works.Match(ctx, scopeOf(ctx), in.District, in.Body)
		return &struct{ Body works.Match }{m}, err
	})

	add(s, route{
		method: http.MethodPut, path: pool + "/years/{year}/allocations", id: "saveAllocations", tag: "works",
		summary: "Save what a year's funds pay for", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		InYear
		Seen
		Body AllocationDraft
	},
	) (*poolOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		p, err := s.Works.Allocate(ctx, scopeOf(ctx), in.District, in.Year, version, in.Body.Allocations)
		return &poolOut{p}, s.orStalePool(ctx, err, in.InYear)
	})

	s.oneFundRoutes(pool + "/funds")
}

func (s *Server) oneFundRoutes(funds string) {
	add(s, route{
		method: http.MethodPost, path: funds, id: "addFund", tag: "works", status: http.StatusCreated,
		summary: "Bring money into the fund pool", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Body works.FundDraft
	},
	) (*fundOut, error) {
		f, err := s.Works.AddFund(ctx, scopeOf(ctx), in.District, in.Body)
		return &fundOut{etag(f.Version), f}, err
	})

	add(s, route{
		method: http.MethodPut, path: funds + "/{fund}", id: "changeFund", tag: "works",
		summary: "Change a fund; not below what is allocated of it", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		OfFund
		Seen
		Body works.FundDraft
	},
	) (*fundOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		f, err := s.Works.ChangeFund(ctx, scopeOf(ctx), in.District, in.Fund, version, in.Body)
		return &fundOut{etag(f.Version), f}, orStale(err, func() (works.Fund, error) {
			return s.Works.Fund(ctx, scopeOf(ctx), in.District, in.Fund)
		})
	})

	add(s, route{
		method: http.MethodDelete, path: funds + "/{fund}", id: "dropFund", tag: "works", status: http.StatusNoContent,
		summary: "Take a fund that pays for nothing out of the pool", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		OfFund
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		return nil, s.Works.DropFund(ctx, scopeOf(ctx), in.District, in.Fund, version)
	})
}

func (s *Server) orStalePool(ctx context.Context, err error, in InYear) error {
	return orStale(err, func() (works.Pool, error) {
		return s.Works.Pool(ctx, scopeOf(ctx), in.District, in.Year)
	})
}
