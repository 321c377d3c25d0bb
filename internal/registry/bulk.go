package registry

import (
	"context"
	"errors"
	"iter"

	"github.com/lianpian/lianpian/internal/postgis"
)

var errSoon = errors.New("not written yet")

// UpsertSubdistricts brings in subdistricts, matched by code.
func (s *Store) UpsertSubdistricts(ctx context.Context, tx *postgis.Tx, district string, rows []SubdistrictRow) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertNeighborhoods brings in neighborhoods, matched by code.
func (s *Store) UpsertNeighborhoods(ctx context.Context, tx *postgis.Tx, district string, rows []NeighborhoodRow) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertCommunities brings in communities and judges the eligibility of those
// that it changed.
func (s *Store) UpsertCommunities(ctx context.Context, tx *postgis.Tx, district string, rows []CommunityRow) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertBuildings brings in buildings. The sequence is streamed, never held.
func (s *Store) UpsertBuildings(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[BuildingRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertFacilities brings in facilities, matched by source_ref and type, or code.
func (s *Store) UpsertFacilities(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[FacilityRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertRoads brings in roads of the base map.
func (s *Store) UpsertRoads(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[RoadRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertWaterways brings in rivers and streams of the base map.
func (s *Store) UpsertWaterways(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[WaterwayRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertRailways brings in tracks of the base map.
func (s *Store) UpsertRailways(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[RailwayRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertWater brings in lakes and river areas of the base map.
func (s *Store) UpsertWater(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertLandUse brings in land use of the base map.
func (s *Store) UpsertLandUse(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertGreen brings in parks, woods and grass of the base map.
func (s *Store) UpsertGreen(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AreaRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertPlaces brings in named places of the base map.
func (s *Store) UpsertPlaces(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[PlaceRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// UpsertAdminAreas brings in administrative areas of the base map.
func (s *Store) UpsertAdminAreas(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[AdminAreaRow]) (BulkResult, error) {
	return BulkResult{}, errSoon
}

// AttachBuildings gives every building the community and the subdistrict that
// its point lies in, except where a person or a file named the community. It
// returns how many buildings changed.
func (s *Store) AttachBuildings(ctx context.Context, tx *postgis.Tx, district string) (int64, error) {
	return 0, errSoon
}
