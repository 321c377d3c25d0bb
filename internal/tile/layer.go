package tile

// Info describes a layer, as tiles/layers.yaml does.
type Info struct {
	Name     string `yaml:"name"`
	Group    string `yaml:"group"` // base, or empty
	Title    string `yaml:"title"`
	Geometry string `yaml:"geometry"` // point, line or area
	MinZoom  uint32 `yaml:"min_zoom"`
	MaxZoom  uint32 `yaml:"max_zoom"` // where a map should stop asking; deeper tiles are still made
	// WholeFrom is the zoom from which rows do not depend on which tile asks, so that
	// the layer can be held in memory; 0 is none.
	WholeFrom uint32 `yaml:"whole_from"`
	// PackedFrom is the zoom from which rows come in bundles, as layers/NAME.packed.sql
	// yields them; 0 is never.
	PackedFrom uint32   `yaml:"packed_from"`
	Scoped     bool     `yaml:"scoped"`   // shows less to a person with a narrower scope
	Scenario   bool     `yaml:"scenario"` // shows the zones of one scenario
	Public     bool     `yaml:"public"`   // everybody may see it, also outside the bureau
	Follows    []string `yaml:"follows"`  // layers of postgis.Change whose changes show in it
	Anywhere   []string `yaml:"anywhere"` // the same, for changes that show outside their bound
	Tallies    []string `yaml:"tallies"`  // the same up to tallyZoom, where features carry sums of what lies elsewhere
	Fields     []Field  `yaml:"fields"`
}

// tallyZoom is the deepest zoom at which features stand for many.
const tallyZoom = 13

// Field is one attribute of a layer's features. A feature leaves out what is
// unknown, and flags that are false.
type Field struct {
	Name        string `yaml:"name"`
	Type        string `yaml:"type"` // Number, String or Boolean, as TileJSON says it
	Description string `yaml:"description"`
	// Packed fields stand in the records of a bundle, in the order of the fields: a
	// String, a Boolean, or a Number that is whole and has 32 bits. They show From a zoom.
	Packed bool   `yaml:"packed"`
	From   uint32 `yaml:"from"`
}

// margin is how many units around the tile are drawn, too: circles and labels are
// not cut at a tile's edge, so none for points.
func (i Info) margin() int32 {
	if i.Geometry == "point" {
		return 0
	}
	return buffer
}
