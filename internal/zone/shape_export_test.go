package zone

// What the tests of shapes ask inside a transaction of their own.
var (
	BoundaryOf = boundaryOf
	Restring   = restring
)
