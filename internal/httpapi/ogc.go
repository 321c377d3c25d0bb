package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/ogc"
)

const (
	// ogcDoor is where programs that speak the OGC APIs come in.
	ogcDoor = "/ogc"
	// itemsWithin bounds the reading and the sending of one page of features.
	itemsWithin = 2 * time.Minute
	// pageOfPeople is how many features a page for people shows at first.
	pageOfPeople = 50
)

// collection is the whole district of the collection in the address.
func collection(_ *Server, r *http.Request, _ account.Person) (account.Place, error) {
	code, _, ok := ogc.ParseID(segment(r, "collection"))
	if !ok {
		return account.Place{}, notFound()
	}
	return account.Place{District: code}, nil
}

// ownCollection is the person's part of it.
func ownCollection(s *Server, r *http.Request, p account.Person) (account.Place, error) {
	at, err := collection(s, r, p)
	return p.OwnPart(at.District), err
}

// ofStyle is the whole district of the style in the address.
func ofStyle(_ *Server, r *http.Request, _ account.Person) (account.Place, error) {
	code, _, ok := ogc.ParseStyleID(segment(r, "style"))
	if !ok {
		return account.Place{}, notFound()
	}
	return account.Place{District: code}, nil
}

// segment is a part of the address as it was meant.
func segment(r *http.Request, name string) string {
	value := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return value
	}
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}
	return value
}

func (s *Server) ogcRoutes(r chi.Router) {
	const one = "/collections/{collection}"
	get := func(path string, needs account.Capability, at placeFinder, handle func(http.ResponseWriter, *http.Request) error, within time.Duration) {
		s.ogc(r, route{method: http.MethodGet, path: path, needs: needs, at: at, within: within}, handle)
	}
	get("/", "", nil, s.ogcLanding, 0)
	get("/conformance", "", nil, s.ogcConformance, 0)
	get("/api", "", nil, s.ogcAPI, 0)
	get("/collections", "", nil, s.ogcCollections, 0)
	get(one, account.ReadRegister, collection, s.ogcCollection, 0)
	get(one+"/queryables", account.ReadRegister, collection, s.ogcSchema(ogc.Voice.Queryables), 0)
	get(one+"/schema", account.ReadRegister, collection, s.ogcSchema(ogc.Voice.FeatureSchema), 0)
	get(one+"/items", account.ReadRegister, collection, s.ogcItems, itemsWithin)
	get(one+"/items/{feature}", account.ReadRegister, collection, s.ogcItem, 0)
	s.ogcZoneRoutes(r)

	get("/tileMatrixSets", "", nil, s.ogcMatrixSets, 0)
	get("/tileMatrixSets/WebMercatorQuad", "", nil, s.ogcMatrixSet, 0)
	get("/tiles", "", nil, s.ogcTileSets, 0)
	get("/tiles/{district}", account.ReadMap, district, s.ogcDistrictTiles, 0)
	get("/tiles/{district}/{tileMatrix}/{tileRow}/{tileCol}", account.ReadMap, district, s.ogcDistrictTile, 0)
	get(one+"/tiles", account.ReadMap, collection, s.ogcLayerTileSets, 0)
	get(one+"/tiles/WebMercatorQuad", account.ReadMap, collection, s.ogcLayerTiles, 0)
	get(one+"/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", account.ReadMap, collection, s.ogcLayerTile, 0)
	get("/styles", "", nil, s.ogcStyles, 0)
	get("/styles/{style}", account.ReadMap, ofStyle, s.ogcStyle, 0)
}

// ogc adds a route of this door. Whoever is not signed in is asked for a name
// and a token, as QGIS and GDAL expect.
func (s *Server) ogc(r chi.Router, rt route, handle func(w http.ResponseWriter, r *http.Request) error) {
	rt.door = ogcDoor
	if !strings.HasSuffix(rt.path, "/{tileCol}") { // tiles have turns of their own
		rt.id = "ogc"
	}
	s.list(rt)
	r.MethodFunc(rt.method, rt.path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept, Accept-Language, Authorization, Cookie")
		if err := s.answer(w, r, rt, handle); err != nil {
			s.ogcProblem(w, r, err)
		}
	})
}

func (s *Server) ogcProblem(w http.ResponseWriter, r *http.Request, err error) {
	var wrong *ogc.InvalidError
	if errors.As(err, &wrong) {
		p := newProblem(http.StatusBadRequest, kindInvalid, "参数 "+wrong.Parameter+"："+wrong.Chinese, "Parameter "+wrong.Parameter+": "+wrong.English+".")
		p.Errors = []ProblemPart{{Location: "query." + wrong.Parameter, Message: wrong.Chinese, english: wrong.English}}
		err = p
	}
	p := s.problemOf(r.Context(), err)
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="Lianpian", charset="UTF-8"`)
	}
	if wantsPage(r) && r.Method == http.MethodGet {
		s.ogcProblemPage(w, r, p)
		return
	}
	writeProblem(w, r, p)
}

// voice says in which language and with which addresses to answer.
func (s *Server) voice(r *http.Request) ogc.Voice {
	return ogc.Voice{Base: s.base(r) + ogcDoor, English: prefersEnglish(r.Header.Get("Accept-Language"))}
}

// wantsPage tells whether a page for people is wanted: f says so, or else the
// type that the client likes best.
func wantsPage(r *http.Request) bool {
	if f := r.URL.Query().Get("f"); f != "" {
		return f == "html"
	}
	best, page := -1.0, false
	for _, one := range strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",") {
		media, parameters, _ := strings.Cut(one, ";")
		weight := 1.0
		for _, p := range strings.Split(parameters, ";") {
			if q, is := strings.CutPrefix(strings.TrimSpace(p), "q="); is {
				weight, _ = strconv.ParseFloat(q, 64)
			}
		}
		html := strings.EqualFold(strings.TrimSpace(media), ogc.HTML)
		if weight > best && weight > 0 && (html || strings.TrimSpace(media) != "") {
			best, page = weight, html
		}
	}
	return page
}

// takes refuses parameters that a resource does not have, and formats.
func takes(r *http.Request, names ...string) error {
	for name := range r.URL.Query() {
		if name != "f" && !slices.Contains(names, name) {
			return ogc.UnknownParameter(name)
		}
	}
	return knownFormat(r)
}

func knownFormat(r *http.Request) error {
	if f := r.URL.Query().Get("f"); f != "" && f != "json" && f != "geojson" && f != "html" {
		return &ogc.InvalidError{Parameter: "f", Chinese: "格式应为 json 或 html", English: "the format has to be json or html"}
	}
	return nil
}

// answerJSON sends a document.
func answerJSON(w http.ResponseWriter, media string, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("encode a document: %w", err)
	}
	w.Header().Set("Content-Type", media)
	_, _ = w.Write(body)
	return nil
}

// answerOGC sends a document as it is, or as the page that shows it.
func (s *Server) answerOGC(w http.ResponseWriter, r *http.Request, media string, document any, page func(ogc.Voice) ogcPage) error {
	if wantsPage(r) {
		return s.ogcPage(w, r, page(s.voice(r)))
	}
	return answerJSON(w, media, document)
}

func (s *Server) ogcLanding(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	landing := s.voice(r).Landing()
	return s.answerOGC(w, r, ogc.JSON, landing, func(v ogc.Voice) ogcPage { return landingPage(v, landing) })
}

func (s *Server) ogcConformance(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	document := map[string]any{"conformsTo": ogc.Conformance}
	return s.answerOGC(w, r, ogc.JSON, document, conformancePage)
}

func (s *Server) ogcAPI(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	districts, err := s.OGC.Districts(r.Context(), scopeOf(r.Context()))
	if err != nil {
		return err
	}
	document := s.voice(r).OpenAPI(districts)
	return s.answerOGC(w, r, ogc.OpenAPI, document, func(v ogc.Voice) ogcPage { return apiPage(v, document) })
}

func (s *Server) ogcCollections(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	districts, err := s.OGC.Districts(r.Context(), scopeOf(r.Context()))
	if err != nil {
		return err
	}
	list := s.voice(r).Collections(districts)
	return s.answerOGC(w, r, ogc.JSON, list, func(v ogc.Voice) ogcPage { return collectionsPage(v, list) })
}

// collectionOf finds the collection of the address; the guard has let it through.
func (s *Server) collectionOf(r *http.Request) (ogc.District, ogc.Layer, error) {
	code, layer, ok := ogc.ParseID(segment(r, "collection"))
	if !ok {
		return ogc.District{}, layer, notFound()
	}
	d, err := s.OGC.District(r.Context(), scopeOf(r.Context()), code)
	return d, layer, err
}

func (s *Server) ogcCollection(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	d, layer, err := s.collectionOf(r)
	if err != nil {
		return err
	}
	c := s.voice(r).Collection(d, layer)
	return s.answerOGC(w, r, ogc.JSON, c, func(v ogc.Voice) ogcPage { return collectionPage(v, c, layer) })
}

func (s *Server) ogcSchema(describe func(ogc.Voice, ogc.District, ogc.Layer) map[string]any) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := takes(r); err != nil {
			return err
		}
		d, layer, err := s.collectionOf(r)
		if err != nil {
			return err
		}
		return s.answerOGC(w, r, ogc.Schema, describe(s.voice(r), d, layer), func(v ogc.Voice) ogcPage { return queryablesPage(v, v.Collection(d, layer), layer) })
	}
}

// itemsPath is the address of a collection's features below the door.
func itemsPath(district string, layer ogc.Layer) string {
	return "/collections/" + url.PathEscape(ogc.CollectionID(district, layer)) + "/items"
}

// ogcItems sends a page of features. It is written into memory first, so that a
// fault is a problem and not half a page, and a slow client keeps no connection
// to the database.
func (s *Server) ogcItems(w http.ResponseWriter, r *http.Request) error {
	if err := knownFormat(r); err != nil {
		return err
	}
	d, layer, err := s.collectionOf(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if wantsPage(r) && !q.Has("limit") {
		q.Set("limit", strconv.Itoa(pageOfPeople))
	}
	request, err := ogc.ParseItems(d.Code, layer, q)
	if err != nil {
		return err
	}
	if wantsPage(r) {
		request.Limit = min(request.Limit, 200)
		return s.ogcItemsPage(w, r, d, request, q)
	}
	var body bytes.Buffer
	out := bufio.NewWriter(&body)
	page, err := s.OGC.Items(r.Context(), scopeOf(r.Context()), request, firstComma(out, func(f ogc.Feature) error { return writeFeature(out, f, nil) }))
	if err != nil {
		return err
	}
	text, err := json.Marshal(itemsLinks(s.voice(r), d, request, q, page))
	if err != nil {
		return fmt.Errorf("encode links: %w", err)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", ogc.GeoJSON)
	w.Header().Set("Content-Crs", "<"+request.CRS.URI+">")
	matched := ""
	if page.Matched >= 0 {
		matched = fmt.Sprintf(`"numberMatched":%d,`, page.Matched)
	}
	fmt.Fprintf(w, `{"type":"FeatureCollection","timeStamp":%q,%s"numberReturned":%d,"links":%s,"features":[`,
		s.now().UTC().Format(time.RFC3339), matched, page.Returned, text)
	_, _ = w.Write(body.Bytes())
	_, _ = w.Write([]byte("]}"))
	return nil
}

// firstComma writes a comma before every feature but the first.
func firstComma(out *bufio.Writer, write func(ogc.Feature) error) func(ogc.Feature) error {
	first := true
	return func(f ogc.Feature) error {
		if !first {
			if err := out.WriteByte(','); err != nil {
				return err
			}
		}
		first = false
		return write(f)
	}
}

// writeFeature writes a GeoJSON feature whose parts are JSON already.
func writeFeature(out *bufio.Writer, f ogc.Feature, links []ogc.Link) error {
	id, err := json.Marshal(f.ID)
	if err != nil {
		return fmt.Errorf("encode the id of a feature: %w", err)
	}
	for _, part := range [][]byte{[]byte(`{"type":"Feature","id":`), id, []byte(`,"geometry":`), f.Geometry, []byte(`,"properties":`), f.Properties} {
		if _, err := out.Write(part); err != nil {
			return err
		}
	}
	if links != nil {
		text, err := json.Marshal(links)
		if err != nil {
			return fmt.Errorf("encode links: %w", err)
		}
		if _, err := out.WriteString(`,"links":` + string(text)); err != nil {
			return err
		}
	}
	return out.WriteByte('}')
}

// with is a query with one parameter changed; "" takes it away.
func with(q url.Values, name, value string) string {
	changed := url.Values{}
	for n, v := range q {
		changed[n] = v
	}
	changed.Del(name)
	if value != "" {
		changed.Set(name, value)
	}
	if len(changed) == 0 {
		return ""
	}
	return "?" + changed.Encode()
}

func itemsLinks(v ogc.Voice, d ogc.District, request ogc.Request, q url.Values, page ogc.Page) []ogc.Link {
	path := v.Root(itemsPath(d.Code, request.Layer))
	id := url.PathEscape(ogc.CollectionID(d.Code, request.Layer))
	links := []ogc.Link{
		{Href: path + with(q, "", ""), Rel: "self", Type: ogc.GeoJSON, Title: v.Say("本页", "this page")},
		{Href: path + with(q, "f", "html"), Rel: "alternate", Type: ogc.HTML, Title: v.Say("网页", "as a page")},
		{Href: v.Root("/collections/" + id), Rel: "collection", Type: ogc.JSON, Title: v.Say("图层", "the collection")},
	}
	if page.Next != "" {
		links = append(links, ogc.Link{Href: path + with(q, "cursor", page.Next), Rel: "next", Type: ogc.GeoJSON, Title: v.Say("下一页", "next page")})
	}
	return links
}

func (s *Server) ogcItem(w http.ResponseWriter, r *http.Request) error {
	if err := knownFormat(r); err != nil {
		return err
	}
	d, layer, err := s.collectionOf(r)
	if err != nil {
		return err
	}
	request, err := ogc.ParseItem(d.Code, layer, segment(r, "feature"), r.URL.Query())
	if err != nil {
		return err
	}
	f, err := s.OGC.Item(r.Context(), scopeOf(r.Context()), request)
	if err != nil {
		return err
	}
	if wantsPage(r) {
		return s.ogcPage(w, r, itemPage(s.voice(r), d, request, f))
	}
	return s.sendFeature(w, r, http.StatusOK, d, request, f)
}

// sendFeature sends one feature with its version.
func (s *Server) sendFeature(w http.ResponseWriter, r *http.Request, status int, d ogc.District, request ogc.Request, f ogc.Feature) error {
	v := s.voice(r)
	path := v.Root(itemsPath(d.Code, request.Layer)) + "/" + url.PathEscape(f.ID)
	q := r.URL.Query()
	links := []ogc.Link{
		{Href: path + with(q, "", ""), Rel: "self", Type: ogc.GeoJSON},
		{Href: path + with(q, "f", "html"), Rel: "alternate", Type: ogc.HTML, Title: v.Say("网页", "as a page")},
		{Href: v.Root("/collections/" + url.PathEscape(ogc.CollectionID(d.Code, request.Layer))), Rel: "collection", Type: ogc.JSON},
	}
	var body bytes.Buffer
	out := bufio.NewWriter(&body)
	if err := writeFeature(out, f, links); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", ogc.GeoJSON)
	h.Set("Content-Crs", "<"+request.CRS.URI+">")
	if f.Version > 0 {
		h.Set("ETag", etag(f.Version))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
	return nil
}

// zoneFeature reads a zone of any scenario as a feature.
func (s *Server) zoneFeature(ctx context.Context, d ogc.District, layer ogc.Layer, code, scenario string, crs ogc.CRS) (ogc.Request, ogc.Feature, error) {
	request, err := ogc.ParseItem(d.Code, layer, code, url.Values{"scenario": {scenario}, "crs": {crs.URI}})
	if err != nil {
		return request, ogc.Feature{}, err
	}
	f, err := s.OGC.Item(ctx, scopeOf(ctx), request)
	return request, f, err
}
