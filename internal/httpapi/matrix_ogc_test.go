package httpapi

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// What writes comes last: its zones would be in the way of others. What reads
// comes first, before others have moved the communities.
func init() {
	for _, r := range ogcRows {
		if r.audited {
			matrix = append(matrix, r)
		} else {
			matrix = append([]row{r}, matrix...)
		}
	}
}

// ogcGet asks a fixed address of the OGC door; {district} is filled in.
func ogcGet(path string) func(*world, spot, string) ask {
	return func(_ *world, s spot, _ string) ask {
		return ask{method: http.MethodGet, path: ogcDoor + strings.ReplaceAll(path, "{district}", s.district)}
	}
}

// ogcItem is the address of something in a collection of the place.
func ogcItem(s spot, layer, code string) string {
	return fmt.Sprintf("%s/collections/%s-%s/items/%s", ogcDoor, s.district, layer, code)
}

func ogcZone(name string, s spot) string {
	return fmt.Sprintf(`{"type":"Feature","geometry":%s,"properties":{"name":%q}}`, geometryJSON(square(s.at, 0.003)), name)
}

// ogcWrite sends a feature of a version.
func ogcWrite(method, path string, version int, body string) ask {
	q := ask{method: method, path: path, body: body, headers: map[string]string{"Content-Type": "application/geo+json"}}
	if version > 0 {
		q.headers["If-Match"] = strconv.Quote(strconv.Itoa(version))
	}
	return q
}

var ogcRows = []row{
	{route: "GET /ogc/", own: signedIn, ask: ogcGet("/")},
	{route: "GET /ogc/conformance", own: signedIn, ask: ogcGet("/conformance")},
	{route: "GET /ogc/api", own: signedIn, ask: ogcGet("/api")},
	{route: "GET /ogc/collections", own: signedIn, ask: ogcGet("/collections")},
	{route: "GET /ogc/collections/{collection}", own: signedIn, away: otherPlace, ask: ogcGet("/collections/{district}-buildings")},
	{route: "GET /ogc/collections/{collection}/queryables", own: signedIn, away: otherPlace, ask: ogcGet("/collections/{district}-buildings/queryables")},
	{route: "GET /ogc/collections/{collection}/schema", own: signedIn, away: otherPlace, ask: ogcGet("/collections/{district}-buildings/schema")},
	{route: "GET /ogc/collections/{collection}/items", own: signedIn, away: otherPlace, ask: ogcGet("/collections/{district}-buildings/items")},
	{
		route: "GET /ogc/collections/{collection}/items/{feature}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace,
		ask: func(w *world, s spot, _ string) ask {
			return ask{method: "GET", path: ogcItem(s, "communities", w.standing[s.name].community)}
		},
	},
	{
		route: "POST /ogc/collections/{collection}/items", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return ogcWrite("POST", strings.TrimSuffix(ogcItem(s, "zones", ""), "/"), 0, ogcZone(fmt.Sprintf("片区 %d", w.counter.Add(1)), s))
		},
	},
	{
		route: "PUT /ogc/collections/{collection}/items/{feature}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(s)
			return ogcWrite("PUT", ogcItem(s, "zones", z.Code), z.Version, ogcZone(z.Name+" 改", s))
		},
	},
	{
		route: "PATCH /ogc/collections/{collection}/items/{feature}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(s)
			return ogcWrite("PATCH", ogcItem(s, "zones", z.Code), z.Version, `{"properties":{"note":"新备注"}}`)
		},
	},
	{
		route: "DELETE /ogc/collections/{collection}/items/{feature}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			z := w.zone(s)
			return ogcWrite("DELETE", ogcItem(s, "zones", z.Code), z.Version, "")
		},
	},
	{
		route: "OPTIONS /ogc/collections/{collection}/items", own: "401 204 204 204 204 204", away: "401 204 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			return ask{method: "OPTIONS", path: strings.TrimSuffix(ogcItem(s, "zones", ""), "/")}
		},
	},
	{
		route: "OPTIONS /ogc/collections/{collection}/items/{feature}", own: "401 204 204 204 204 204", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return ask{method: "OPTIONS", path: ogcItem(s, "zones", w.standing[s.name].zone)}
		},
	},
	{route: "GET /ogc/collections/{collection}/tiles", own: signedIn, away: otherPlace, ask: ogcGet("/collections/{district}-zones/tiles")},
	{route: "GET /ogc/collections/{collection}/tiles/WebMercatorQuad", own: signedIn, away: otherPlace, ask: ogcGet("/collections/{district}-zones/tiles/WebMercatorQuad")},
	{
		route: "GET /ogc/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", own: signedIn, away: otherPlace,
		ask: ogcGet("/collections/{district}-communities/tiles/WebMercatorQuad/12/1702/3263"),
	},
	{route: "GET /ogc/tiles", own: signedIn, ask: ogcGet("/tiles")},
	{route: "GET /ogc/tiles/{district}", own: signedIn, away: otherPlace, ask: ogcGet("/tiles/{district}")},
	{route: "GET /ogc/tiles/{district}/{tileMatrix}/{tileRow}/{tileCol}", own: signedIn, away: otherPlace, ask: ogcGet("/tiles/{district}/12/1702/3263")},
	{route: "GET /ogc/tileMatrixSets", own: signedIn, ask: ogcGet("/tileMatrixSets")},
	{route: "GET /ogc/tileMatrixSets/WebMercatorQuad", own: signedIn, ask: ogcGet("/tileMatrixSets/WebMercatorQuad")},
	{route: "GET /ogc/styles", own: signedIn, ask: ogcGet("/styles")},
	{route: "GET /ogc/styles/{style}", own: signedIn, away: otherPlace, ask: ogcGet("/styles/{district}-light")},
}
