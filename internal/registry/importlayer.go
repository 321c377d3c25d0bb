package registry

import (
	"context"
	"fmt"
	"iter"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ImportLayer is a layer of the register that files may be brought into, with
// the fields that a row of it may give. Zones are not among them: package zone
// has its own.
type ImportLayer struct {
	Name   string // communities, buildings …
	Title  string // 小区, 楼栋 …
	Shapes []geofile.Shape
	Bare   bool // a row may have no geometry
	Base   bool // of the base map: needs account.ImportBase
	Fields []geofile.Field
}

// ImportRow is a row of a file on its way into a layer. Choices between skip,
// update and new are made before: a row with the code of a stored thing updates
// it, one without is new unless the same file brought it in before.
type ImportRow struct {
	Number int64 // in the file, for the sentence when it is refused
	// Geometry is in CGCS2000 longitude/latitude, passed by geo.Check; nil: none.
	Geometry orb.Geometry
	// Values by the names of the layer's fields, of the Go types of their kinds.
	// A field that is absent or nil is left alone. subdistrict_code and
	// neighborhood_code may be a name that is there once.
	Values map[string]any
}

// LayerWriter brings rows into one layer, inside the caller's transaction.
// source names the file for people (updated rows keep theirs where it is "").
// A row that is refused is an *InvalidError whose Row is the position among rows.
type LayerWriter func(ctx context.Context, tx *postgis.Tx, district, source string, rows iter.Seq[ImportRow]) (BulkResult, error)

// ImportLayers lists the layers that files may be brought into.
func ImportLayers() []ImportLayer { return importLayers() }

// LayerWriter is the writer of a layer of ImportLayers; ok is false where there
// is none. Call AttachBuildings once after the last layer of a file where
// communities, buildings or subdistricts were written.
func (s *Store) LayerWriter(layer string) (write LayerWriter, ok bool) {
	switch layer {
	case "communities":
		return s.importCommunities, true
	case "buildings":
		return s.importBuildings, true
	case "facilities":
		return s.importFacilities, true
	case "neighborhoods":
		return s.importNeighborhoods, true
	case "idle_buildings":
		return s.importIdleBuildings, true
	case "roads":
		return s.importRoads, true
	case "barriers":
		return s.importBarriers, true
	}
	return nil, false
}

// CheckImportRow tells what the register would refuse of a row, before anything
// is written. Whether what it names exists is only known while writing.
func (s *Store) CheckImportRow(layer string, r ImportRow) *InvalidError {
	var fault *InvalidError
	switch layer {
	case "communities":
		row, bad := communityOf(r, "")
		if fault = bad; fault == nil {
			fault = row.Check()
		}
	case "buildings":
		row, bad := buildingOf(r, "")
		if fault = bad; fault == nil {
			fault = row.Check()
		}
	case "facilities":
		row, bad := s.facilityOf(r, "")
		if fault = bad; fault == nil {
			fault = s.CheckFacilityRow(row)
		}
	case "neighborhoods":
		_, fault = neighborhoodOf(r, "")
	case "idle_buildings":
		row, bad := idleBuildingOf(r, "")
		if fault = bad; fault == nil {
			fault = row.Check()
		}
	case "roads":
		_, fault = roadsOf(r)
	case "barriers":
		_, fault = barriersOf(r)
	default:
		fault = &InvalidError{Entity: layer, Row: -1, Detail: fmt.Sprintf("没有图层“%s”", layer)}
	}
	return fault
}
