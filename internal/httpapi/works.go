package httpapi

import (
	"context"
	"net/http"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/works"
)

type worksOut struct {
	ETag string `header:"ETag"`
	Body works.Works
}

type moneyOut struct {
	ETag string `header:"ETag"`
	Body works.Money
}

type bookOut struct {
	ETag string `header:"ETag"`
	Body works.Book
}

// WorksDraft are all lines of a project's works.
type WorksDraft struct {
	Lines []works.LineDraft `json:"lines" maxItems:"5000" doc:"all of them: lines that are not named are dropped"`
}

// BookDraft is a whole price book.
type BookDraft struct {
	Prices []works.Price `json:"prices" maxItems:"1000" doc:"all of them: items that are not named have no price"`
}

func (s *Server) worksRoutes() {
	const of = "/districts/{district}/projects/{code}"

	add(s, route{
		method: http.MethodGet, path: of + "/works", id: "getWorks", tag: "works",
		summary: "What a project renovates: the catalogue as a menu, with what speaks for each item, and the answers", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*worksOut, error) {
		w, err := s.Works.Works(ctx, scopeOf(ctx), in.District, in.Code)
		return &worksOut{etag(w.Version), w}, err
	})

	add(s, route{
		method: http.MethodPut, path: of + "/works", id: "saveWorks", tag: "works",
		summary: "Save the answers", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body WorksDraft
	},
	) (*worksOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		w, err := s.Works.Save(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body.Lines)
		return &worksOut{etag(w.Version), w}, orStale(err, func() (works.Works, error) {
			return s.Works.Works(ctx, scopeOf(ctx), in.District, in.Code)
		})
	})

	add(s, route{
		method: http.MethodGet, path: of + "/money", id: "getMoney", tag: "works",
		summary: "Who pays for a project, how residents share, and what the fund pool gives", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *OneOf) (*moneyOut, error) {
		m, err := s.Works.Money(ctx, scopeOf(ctx), in.District, in.Code)
		return &moneyOut{etag(m.Version), m}, err
	})

	add(s, route{
		method: http.MethodPut, path: of + "/money", id: "saveMoney", tag: "works",
		summary: "Save who pays; shares above the cost are refused", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Seen
		Body works.MoneyDraft
	},
	) (*moneyOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		m, err := s.Works.SaveMoney(ctx, scopeOf(ctx), in.District, in.Code, version, in.Body)
		return &moneyOut{etag(m.Version), m}, orStale(err, func() (works.Money, error) {
			return s.Works.Money(ctx, scopeOf(ctx), in.District, in.Code)
		})
	})

	add(s, route{
		method: http.MethodPost, path: of + "/money/apportion", id: "apportion", tag: "works",
		summary: "Split a sum among residents, exactly to the fen; nothing is saved", needs: account.EditProgram, at: ownPart,
	}, func(ctx context.Context, in *struct {
		OneOf
		Body works.Apportionment
	},
	) (*struct{ Body works.Apportioned }, error) {
		a, err := s.Works.Apportion(ctx, scopeOf(ctx), in.District, in.Code, in.Body)
		return &struct{ Body works.Apportioned }{a}, err
	})

	s.priceRoutes()
	s.fundRoutes()
}

func (s *Server) priceRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/districts/{district}/prices", id: "getPrices", tag: "works",
		summary: "The district's price book", needs: account.ReadRegister, at: district,
	}, func(ctx context.Context, in *struct{ InDistrict }) (*bookOut, error) {
		b, err := s.Works.Prices(ctx, scopeOf(ctx), in.District)
		return &bookOut{etag(b.Version), b}, err
	})

	add(s, route{
		method: http.MethodPut, path: "/districts/{district}/prices", id: "savePrices", tag: "works",
		summary: "Replace the price book", needs: account.DecideProgram, at: district,
	}, func(ctx context.Context, in *struct {
		InDistrict
		Seen
		Body BookDraft
	},
	) (*bookOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		b, err := s.Works.SavePrices(ctx, scopeOf(ctx), in.District, version, in.Body.Prices)
		return &bookOut{etag(b.Version), b}, orStale(err, func() (works.Book, error) {
			return s.Works.Prices(ctx, scopeOf(ctx), in.District)
		})
	})
}
