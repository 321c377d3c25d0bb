package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/exporter"
)

// registerWithin bounds the making and the sending of a whole register.
const registerWithin = 15 * time.Minute

func (s *Server) registerStreams(r chi.Router) {
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/register/export", id: "exportRegister", tag: "districts",
		summary: "The register and the base map, as far as the person reads them, as a file", needs: account.Export, at: ownPart,
	}, s.serveRegister)
}

// serveRegister writes the register to the disk and sends it from there, so that
// a fault is a problem and not half a file.
func (s *Server) serveRegister(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := within(r.Context(), registerWithin)
	defer cancel()
	allow(w, registerWithin)
	q := r.URL.Query()
	var layers []string
	if text := q.Get("layers"); text != "" {
		layers = strings.Split(text, ",")
	}
	register, err := s.Exporter.OpenRegister(ctx, scopeOf(ctx), param(r, "district"), layers)
	var unknown *exporter.UnknownLayerError
	if errors.As(err, &unknown) {
		return newProblem(http.StatusBadRequest, kindInvalid, "没有这个图层", unknown.Error()).with("query.layers", "没有这个图层", unknown.Name)
	}
	if err != nil {
		return err
	}
	defer register.Close(ctx)
	file, err := delivery.Register(ctx, register, delivery.RegisterOrder{Format: q.Get("format"), CRS: q.Get("crs"), Encoding: q.Get("encoding")}, s.now(), "", nil)
	var wrong *delivery.InvalidError
	if errors.As(err, &wrong) {
		return newProblem(http.StatusBadRequest, kindInvalid, wrong.Detail, wrong.Error()).with("query."+wrong.Field, wrong.Detail, nil)
	}
	if err != nil {
		return err
	}
	return sendLarge(w, file.Media, file.Name, func(to io.Writer) error {
		defer register.Close(ctx) // its connection does not wait for who reads
		return file.Write(to)
	})
}

func (s *Server) describeRegister(text func(string, ...any) *huma.Schema, file *huma.Schema) {
	formats := make([]any, 0, 8)
	for _, f := range delivery.RegisterFormats() {
		formats = append(formats, f)
	}
	s.describe("exportRegister", map[string]*huma.Schema{
		"format":   text("formats of one layer a file come as a ZIP", formats...),
		"crs":      text("EPSG:4490 (default), EPSG:4326, a zone of CGCS2000, or gk:cm=…,fe=…,prefix=…"),
		"encoding": text("of Shapefile and CSV texts", "utf-8", "gbk"),
		"layers":   text("names, with commas between: " + strings.Join(exporter.RegisterLayers(), ",") + "; all when empty"),
	}, nil, http.StatusOK, map[string]*huma.MediaType{"application/octet-stream": {Schema: file}})
}
