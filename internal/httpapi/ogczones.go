package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/project"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/ogc"
	"github.com/lianpian/lianpian/internal/zone"
)

// ogcZoneRoutes are OGC API Features, part 4. Only zones may be written here, by
// the same store and so by the same rules as through the JSON API.
func (s *Server) ogcZoneRoutes(r chi.Router) {
	const list, one = "/collections/{collection}/items", "/collections/{collection}/items/{feature}"
	for _, rt := range []struct {
		method, path string
		handle       func(http.ResponseWriter, *http.Request) error
	}{
		{http.MethodPost, list, s.ogcCreateZone},
		{http.MethodPut, one, s.ogcReplaceZone},
		{http.MethodPatch, one, s.ogcChangeZone},
		{http.MethodDelete, one, s.ogcDeleteZone},
	} {
		s.ogc(r, route{method: rt.method, path: rt.path, needs: account.DrawZone, at: ownCollection}, rt.handle)
	}
	for _, path := range []string{list, one} {
		s.ogc(r, route{method: http.MethodOptions, path: path, needs: account.ReadRegister, at: collection, looks: true}, s.ogcOptions)
	}
}

// ogcOptions says what the person may do here. PATCH is announced by Accept-Patch
// alone: clients that choose by Allow then send whole features, which name the
// version that they change, and a lost race shows.
func (s *Server) ogcOptions(w http.ResponseWriter, r *http.Request) error {
	d, layer, err := s.collectionOf(r)
	if err != nil {
		return err
	}
	allowed := []string{"GET", "OPTIONS"}
	person := who(r.Context())
	if layer.Writable && person.Access != account.AccessRead && person.May(account.DrawZone, person.OwnPart(d.Code)) {
		if segment(r, "feature") == "" {
			allowed = append(allowed, "POST")
		} else {
			allowed = append(allowed, "PUT", "DELETE")
			w.Header().Set("Accept-Patch", "application/merge-patch+json")
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// writable finds the collection of the address, if its features may be written.
func (s *Server) writable(r *http.Request) (ogc.District, ogc.Layer, error) {
	d, layer, err := s.collectionOf(r)
	if err == nil && !layer.Writable {
		err = newProblem(http.StatusMethodNotAllowed, "method", "这个图层只读", "This collection is read only.").header("Allow", "GET, OPTIONS")
	}
	return d, layer, err
}

// sentFeature is a feature that somebody sent, or what of it is to change.
type sentFeature struct {
	shape      orb.MultiPolygon // nil where none was sent
	properties map[string]json.RawMessage
	crs        ogc.CRS
}

// readFeature reads a feature from a request's body. What is read only is looked
// over: clients send back all that they got.
func readFeature(w http.ResponseWriter, r *http.Request, layer ogc.Layer) (sentFeature, error) {
	var f sentFeature
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case ogc.GeoJSON, ogc.JSON:
	case "application/merge-patch+json":
		if r.Method != http.MethodPatch {
			return f, unsupportedMedia()
		}
	default:
		return f, unsupportedMedia()
	}
	var known bool
	if f.crs, known = ogc.ParseCRS(r.Header.Get("Content-Crs")); !known {
		return f, newProblem(http.StatusBadRequest, kindInvalid, "不支持 Content-Crs 中的坐标系", "The system of Content-Crs is not supported.").
			with("header.Content-Crs", "不支持这个坐标系", r.Header.Get("Content-Crs"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, jsonLimit))
	if err != nil {
		return f, fmt.Errorf("read the feature: %w", err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return f, newProblem(http.StatusBadRequest, kindInvalid, "内容不是 GeoJSON 要素", "The content is not a GeoJSON feature.")
	}
	var kind string
	if given := members["type"]; given != nil || r.Method != http.MethodPatch {
		if json.Unmarshal(given, &kind) != nil || kind != "Feature" {
			return f, newProblem(http.StatusUnprocessableEntity, kindInvalid, "type 应为 Feature", "type has to be Feature.").with("body.type", "应为 Feature", kind)
		}
	}
	if given := members["properties"]; given != nil && string(given) != "null" {
		if json.Unmarshal(given, &f.properties) != nil {
			return f, invalid("body.properties", "应为对象", nil)
		}
	}
	for name := range f.properties {
		if _, known := layer.Property(name); !known && name != "id" {
			return f, invalid("body.properties."+brief(name).(string), "没有这个属性", nil)
		}
	}
	given, sent := members["geometry"]
	if !sent && r.Method == http.MethodPatch {
		return f, nil
	}
	f.shape, err = decodeIn(Geometry(given), f.crs)
	return f, err
}

func unsupportedMedia() *Problem {
	return newProblem(http.StatusUnsupportedMediaType, kindInvalid, "应为 application/geo+json", "application/geo+json is wanted.").
		header("Accept-Patch", "application/merge-patch+json")
}

// decodeIn reads an area in a coordinate reference system and checks it.
func decodeIn(text Geometry, crs ogc.CRS) (orb.MultiPolygon, error) {
	const at = "body.geometry"
	if !text.given() {
		return nil, invalid(at, "缺少图形", nil)
	}
	limits := geo.Limits{MaxPoints: geo.MaxDrawnPoints}
	shape, fault := geo.ReadGeoJSONGeometry(text, limits)
	if fault != nil {
		return nil, faultyGeometry(at, fault)
	}
	if crs.URI != ogc.CRS84.URI {
		shape = project.Geometry(shape, crs.Inverse)
	}
	if fault := geo.Check(shape, limits); fault != nil {
		return nil, faultyGeometry(at, fault)
	}
	area, fault := geo.AsMultiPolygon(shape)
	if fault != nil {
		return nil, faultyGeometry(at, fault)
	}
	return area, nil
}

// text reads a property that is a text; one that is missing or null is "".
func (f sentFeature) text(name string) (value string, given bool, err error) {
	raw, given := f.properties[name]
	if !given || string(raw) == "null" {
		return "", given, nil
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return "", true, invalid("body.properties."+name, "应为文字", nil)
	}
	return value, true, nil
}

// draft puts what was sent over what stands.
func (f sentFeature) draft(d zone.Draft) (zone.Draft, error) {
	for _, field := range []struct {
		name string
		into *string
	}{{"name", &d.Name}, {"note", &d.Note}, {"membership", &d.Membership}} {
		value, given, err := f.text(field.name)
		if err != nil {
			return d, err
		}
		if given {
			*field.into = value
		}
	}
	if f.shape != nil {
		d.Geometry = f.shape
	}
	return d, nil
}

// seen is the version that the client saw: that of If-Match, else the one that
// the sent feature carries, since some clients know no If-Match.
func (f sentFeature) seen(r *http.Request) (int, error) {
	match := r.Header.Get("If-Match")
	if match == "" {
		var version int
		if raw, given := f.properties["version"]; given && json.Unmarshal(raw, &version) == nil && version > 0 {
			return version, nil
		}
	}
	return Seen{IfMatch: match}.version()
}

func (s *Server) ogcCreateZone(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r, "scenario"); err != nil {
		return err
	}
	d, layer, err := s.writable(r)
	if err != nil {
		return err
	}
	f, err := readFeature(w, r, layer)
	if err != nil {
		return err
	}
	draft, err := f.draft(zone.Draft{Scenario: r.URL.Query().Get("scenario")})
	if err != nil {
		return err
	}
	made, err := s.Zones.Create(r.Context(), scopeOf(r.Context()), d.Code, draft)
	if err != nil {
		return atProperties(err)
	}
	request, feature, err := s.zoneFeature(r.Context(), d, layer, made.Code, made.Scenario, f.crs)
	if err != nil {
		return err
	}
	w.Header().Set("Location", s.voice(r).Root(itemsPath(d.Code, layer))+"/"+url.PathEscape(made.Code)+scenarioQuery(r))
	return s.sendFeature(w, r, http.StatusCreated, d, request, feature)
}

func scenarioQuery(r *http.Request) string {
	if scenario := r.URL.Query().Get("scenario"); scenario != "" {
		return "?" + url.Values{"scenario": {scenario}}.Encode()
	}
	return ""
}

// atProperties says where in a feature a fault of a zone is.
func atProperties(err error) error {
	p := problemOfNoun(err)
	if p == nil {
		return err
	}
	for i, part := range p.Errors {
		if field, ok := strings.CutPrefix(part.Location, "body."); ok && field != "geometry" {
			p.Errors[i].Location = "body.properties." + field
		}
	}
	return p
}

func (s *Server) ogcReplaceZone(w http.ResponseWriter, r *http.Request) error {
	return s.ogcUpdateZone(w, r, func(f sentFeature, _ zone.Zone) (zone.Draft, error) { return f.draft(zone.Draft{}) })
}

func (s *Server) ogcChangeZone(w http.ResponseWriter, r *http.Request) error {
	return s.ogcUpdateZone(w, r, func(f sentFeature, now zone.Zone) (zone.Draft, error) {
		return f.draft(zone.Draft{Name: now.Name, Note: now.Note, Geometry: now.Shape()})
	})
}

func (s *Server) ogcUpdateZone(w http.ResponseWriter, r *http.Request, compose func(sentFeature, zone.Zone) (zone.Draft, error)) error {
	if err := takes(r, "scenario"); err != nil {
		return err
	}
	ctx := r.Context()
	d, layer, err := s.writable(r)
	if err != nil {
		return err
	}
	code := segment(r, "feature")
	now, err := s.Zones.Get(ctx, scopeOf(ctx), d.Code, code)
	if err != nil {
		return err
	}
	f, err := readFeature(w, r, layer)
	if err != nil {
		return err
	}
	version, err := f.seen(r)
	if err != nil {
		return err
	}
	draft, err := compose(f, now)
	if err != nil {
		return err
	}
	saved, err := s.Zones.Update(ctx, scopeOf(ctx), d.Code, code, version, draft)
	if err != nil {
		return s.staleZone(r, d.Code, code, err)
	}
	request, feature, err := s.zoneFeature(ctx, d, layer, code, saved.Scenario, f.crs)
	if err != nil {
		return err
	}
	return s.sendFeature(w, r, http.StatusOK, d, request, feature)
}

func (s *Server) staleZone(r *http.Request, district, code string, err error) error {
	err = s.orStaleZone(r.Context(), OneOf{InDistrict{district}, code}, err)
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return atProperties(err)
}

func (s *Server) ogcDeleteZone(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r, "scenario"); err != nil {
		return err
	}
	ctx := r.Context()
	d, _, err := s.writable(r)
	if err != nil {
		return err
	}
	code := segment(r, "feature")
	if _, err := s.Zones.Get(ctx, scopeOf(ctx), d.Code, code); err != nil {
		return err
	}
	version, err := Seen{IfMatch: r.Header.Get("If-Match")}.version()
	if err != nil {
		return err
	}
	if err := s.Zones.Delete(ctx, scopeOf(ctx), d.Code, code, version); err != nil {
		return s.staleZone(r, d.Code, code, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
