package zone

// MeasureSQL lets the tests look at the plan of the query behind Measure.
var MeasureSQL = measureSQL
