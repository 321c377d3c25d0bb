package httpapi

import "slices"

func init() { matrix = append(slices.Clone(registerRows), matrix...) }

var registerRows = []row{
	{
		route: "GET /districts/{district}/register/export", own: "401 200 200 200 200 403", away: "401 200 403 403 403 403",
		ask: get("/districts/{district}/register/export?format=geojson&layers=communities,zones"),
	},
}
