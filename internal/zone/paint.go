package zone

// Paint is communities put into a zone and taken out of it by hand.
type Paint struct {
	Add, Remove []string // codes
	Derive      bool     // make the boundary from the communities; otherwise it stays
	Take        bool     // take the added ones out of other zones of the scenario
}
