package httpapi

func init() { matrix = append(matrix, dashboardRows...) }

// They only look, and at no more than the scope holds.
var dashboardRows = []row{
	{route: "GET /districts/{district}/dashboard", own: signedIn, away: otherPlace, ask: get("/districts/{district}/dashboard")},
	{route: "GET /districts/{district}/dashboard/map", own: signedIn, away: otherPlace, ask: get("/districts/{district}/dashboard/map")},
	{route: "GET /districts/{district}/tasks", own: signedIn, away: otherPlace, ask: get("/districts/{district}/tasks")},
	{route: "GET /districts/{district}/duties", own: signedIn, away: otherPlace, ask: get("/districts/{district}/duties")},
}
