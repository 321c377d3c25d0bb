package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/importer/programme"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// LoadDemo founds the demo district and fills it, in one transaction, from GeoJSON
// tables (demo/README.md describes them; open is demo.Open). A district that is
// there already is left alone: people may have worked in it. Of services that load
// it at the same time one does, and the others wait for it.
func (im *Importer) LoadDemo(ctx context.Context, open func(table string) (io.ReadCloser, error), p *job.Progress) (*Report, error) {
	started := im.now()
	d := &demoLoad{im: im, open: open, p: p, report: newReport("demo", "demo")}
	p.Phase("读取", "", 0)
	founded, err := d.district(ctx)
	if err != nil {
		return nil, err
	}
	d.report.District = founded.Code
	p.District(founded.Code)
	p.Phase("写入", "行", 0)
	present := false
	err = im.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-found-district'))`); err != nil {
			return fmt.Errorf("wait for others who found a district: %w", err)
		}
		err := tx.QueryRow(ctx, `select exists (select from published_district where code = $1)`, founded.Code).Scan(&present)
		if err != nil || present {
			return err
		}
		if err := im.reg.FoundDistrict(ctx, tx, founded); err != nil {
			return err
		}
		if err := d.fill(ctx, tx); err != nil {
			return err
		}
		p.Phase("关联", "", 0)
		if _, err := im.reg.AttachBuildings(ctx, tx, founded.Code); err != nil {
			return err
		}
		return im.inventProgramme(ctx, tx, founded)
	})
	if err != nil {
		return nil, fmt.Errorf("load the demo district: %w", err)
	}
	if present {
		d.report.note("演示区已存在，没有重新载入")
	}
	d.report.Seconds = im.now().Sub(started).Seconds()
	return d.report, nil
}

// DemoMonths are how many monthly reports the demo district has.
const DemoMonths = 14

// inventProgramme gives the demo district a programme, so that there is something
// to see and to try.
func (im *Importer) inventProgramme(ctx context.Context, tx *postgis.Tx, founded registry.NewDistrict) error {
	p, err := im.lib.Policy(founded.PolicyKey)
	if err != nil {
		return fmt.Errorf("policy of the demo district: %w", err)
	}
	_, err = programme.Invent(ctx, tx, programme.Options{
		District: founded.Code, Policy: p, Projects: 26, Months: DemoMonths, Surveyed: 0.4, Now: im.now(), Seed: 2020,
	})
	return err
}

type demoLoad struct {
	im     *Importer
	open   func(table string) (io.ReadCloser, error)
	p      *job.Progress
	report *Report
}

// demoRow is a row of any table; a table uses the fields that it has. The JSON
// names are those of the columns.
type demoRow struct {
	Code              string            `json:"code"`
	Name              string            `json:"name"`
	Address           string            `json:"address"`
	SubdistrictCode   string            `json:"subdistrict_code"`
	NeighborhoodCode  string            `json:"neighborhood_code"`
	CommunityCode     string            `json:"community_code"`
	UnitKind          string            `json:"unit_kind"`
	BuiltYear         *int              `json:"built_year"`
	Households        *int              `json:"households"`
	BuildingCount     *int              `json:"building_count"`
	FloorAreaM2       *float64          `json:"floor_area_m2"`
	ManagementMode    string            `json:"management_mode"`
	Neglected         *bool             `json:"neglected"`
	MunicipalMissing  *[]string         `json:"municipal_missing"`
	ServiceMissing    *[]string         `json:"service_missing"`
	HouseholdsAgreed  *int              `json:"households_agreed"`
	FloorAreaAgreedM2 *float64          `json:"floor_area_agreed_m2"`
	PriorWorks        *string           `json:"prior_works"`
	InShantytownPlan  *bool             `json:"in_shantytown_plan"`
	DemolishRebuild   *bool             `json:"demolish_rebuild"`
	SelfBuiltMajority *bool             `json:"self_built_majority"`
	UrbanVillage      *bool             `json:"urban_village"`
	PoorConditions    *bool             `json:"poor_conditions"`
	Location          *orb.Point        `json:"location"`
	Remark            string            `json:"remark"`
	Use               string            `json:"use"`
	Storeys           *int              `json:"storeys"`
	HeightM           *float64          `json:"height_m"`
	FacilityType      string            `json:"facility_type"`
	Capacity          *int              `json:"capacity"`
	Class             string            `json:"class"`
	Level             int               `json:"level"`
	Walkable          bool              `json:"walkable"`
	Stairs            bool              `json:"stairs"`
	Bridge            bool              `json:"bridge"`
	Tunnel            bool              `json:"tunnel"`
	Oneway            bool              `json:"oneway"`
	Tags              map[string]string `json:"tags"`
	Generated         []string          `json:"generated"`
	Source            string            `json:"source"`
	SourceRef         string            `json:"source_ref"`

	// of the district
	GKSRID     int    `json:"gk_srid"`
	PolicyKey  string `json:"policy_key"`
	ProfileKey string `json:"profile_key"`
	Demo       bool   `json:"demo"`
	Notice     string `json:"notice"`

	area  orb.MultiPolygon
	line  orb.LineString
	point orb.Point
}

// each reads a table row by row and hands out checked shapes: these files are the
// project's own, so a fault is an error and not a refusal.
func (d *demoLoad) each(ctx context.Context, table string, fn func(demoRow) error) error {
	r, err := d.open(table)
	if err != nil {
		return fmt.Errorf("open %s: %w", table, err)
	}
	defer r.Close()
	_, err = streamFeatures(ctx, r, func(n int64, raw []byte) error {
		var f struct {
			Properties demoRow         `json:"properties"`
			Geometry   json.RawMessage `json:"geometry"`
		}
		if err := json.Unmarshal(raw, &f); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
		row := f.Properties
		if len(f.Geometry) > 0 && string(f.Geometry) != "null" {
			shape, fault := geo.DecodeGeoJSONGeometry(f.Geometry, geo.Limits{MaxPoints: geo.MaxImportPoints})
			if fault != nil {
				return fmt.Errorf("row %d (%s): %w", n, row.SourceRef, fault)
			}
			switch g := shape.(type) {
			case orb.MultiPolygon:
				row.area = g
			case orb.Polygon:
				row.area = orb.MultiPolygon{g}
			case orb.LineString:
				row.line = g
			case orb.Point:
				row.point = g
			default:
				return fmt.Errorf("row %d (%s): a %s", n, row.SourceRef, shape.GeoJSONType())
			}
		}
		d.p.Advance(1)
		return fn(row)
	})
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	return nil
}

func (d *demoLoad) district(ctx context.Context) (registry.NewDistrict, error) {
	var founded registry.NewDistrict
	err := d.each(ctx, "district", func(r demoRow) error {
		founded = registry.NewDistrict{
			Code: r.Code, Name: r.Name, Boundary: r.area, GKSRID: r.GKSRID,
			PolicyKey: r.PolicyKey, ProfileKey: r.ProfileKey, Demo: r.Demo, Notice: r.Notice,
		}
		return nil
	})
	if err == nil && founded.Code == "" {
		err = errors.New("the demo has no district")
	}
	return founded, err
}

// collect reads a table into rows.
func collect[T any](ctx context.Context, d *demoLoad, table string, row func(demoRow) T) ([]T, error) {
	var rows []T
	err := d.each(ctx, table, func(r demoRow) error {
		rows = append(rows, row(r))
		return nil
	})
	return rows, err
}

// load reads a table and gives it to a bulk call.
func load[T any](ctx context.Context, d *demoLoad, table, layer string, row func(demoRow) T, upsert func([]T) (registry.BulkResult, error)) error {
	rows, err := collect(ctx, d, table, row)
	if err != nil {
		return err
	}
	result, err := upsert(rows)
	if err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	d.report.wrote(layer, result)
	return nil
}

// firstError runs steps until one fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func demoArea(r demoRow) registry.AreaRow {
	return registry.AreaRow{SourceRef: r.SourceRef, Class: r.Class, Name: r.Name, Geometry: r.area}
}

func (d *demoLoad) fill(ctx context.Context, tx *postgis.Tx) error {
	return firstError(
		func() error { return d.fillRegister(ctx, tx, d.report.District) },
		func() error { return d.fillBaseMap(ctx, tx, d.report.District) },
	)
}

func (d *demoLoad) fillRegister(ctx context.Context, tx *postgis.Tx, code string) error {
	reg := d.im.reg
	return firstError(
		func() error {
			return load(ctx, d, "subdistrict", "subdistricts", func(r demoRow) registry.SubdistrictRow {
				return registry.SubdistrictRow{Code: r.Code, Name: r.Name, Geometry: r.area, Generated: r.Generated, Source: r.Source}
			}, func(rows []registry.SubdistrictRow) (registry.BulkResult, error) {
				return reg.UpsertSubdistricts(ctx, tx, code, rows)
			})
		},
		func() error {
			return load(ctx, d, "neighborhood", "neighborhoods", func(r demoRow) registry.NeighborhoodRow {
				return registry.NeighborhoodRow{Code: r.Code, Name: r.Name, SubdistrictCode: r.SubdistrictCode, Geometry: r.area, Generated: r.Generated, Source: r.Source}
			}, func(rows []registry.NeighborhoodRow) (registry.BulkResult, error) {
				return reg.UpsertNeighborhoods(ctx, tx, code, rows)
			})
		},
		func() error {
			return load(ctx, d, "community", "communities", demoCommunity, func(rows []registry.CommunityRow) (registry.BulkResult, error) {
				return reg.UpsertCommunities(ctx, tx, code, rows)
			})
		},
		func() error {
			return load(ctx, d, "building", "buildings", func(r demoRow) registry.BuildingRow {
				return registry.BuildingRow{
					Code: r.Code, Name: r.Name, CommunityCode: r.CommunityCode, SubdistrictCode: r.SubdistrictCode, Use: r.Use,
					Storeys: r.Storeys, HeightM: r.HeightM, BuiltYear: r.BuiltYear, Households: r.Households, FloorAreaM2: r.FloorAreaM2,
					Geometry: r.area, Generated: r.Generated, Source: r.Source, SourceRef: r.SourceRef,
				}
			}, func(rows []registry.BuildingRow) (registry.BulkResult, error) {
				return reg.UpsertBuildings(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "facility", "facilities", func(r demoRow) registry.FacilityRow {
				return registry.FacilityRow{
					Code: r.Code, FacilityType: r.FacilityType, Name: r.Name, Address: r.Address, Capacity: r.Capacity,
					SubdistrictCode: r.SubdistrictCode, Geometry: r.point, Generated: r.Generated, Source: r.Source, SourceRef: r.SourceRef,
				}
			}, func(rows []registry.FacilityRow) (registry.BulkResult, error) {
				return reg.UpsertFacilities(ctx, tx, code, each(rows, d.p))
			})
		},
	)
}

func demoCommunity(r demoRow) registry.CommunityRow {
	return registry.CommunityRow{
		Code: r.Code, Name: r.Name, Address: r.Address, SubdistrictCode: r.SubdistrictCode, NeighborhoodCode: r.NeighborhoodCode,
		UnitKind: r.UnitKind, BuiltYear: r.BuiltYear, Households: r.Households, BuildingCount: r.BuildingCount, FloorAreaM2: r.FloorAreaM2,
		ManagementMode: r.ManagementMode, Neglected: r.Neglected, MunicipalMissing: r.MunicipalMissing, ServiceMissing: r.ServiceMissing,
		HouseholdsAgreed: r.HouseholdsAgreed, FloorAreaAgreedM2: r.FloorAreaAgreedM2, PriorWorks: r.PriorWorks,
		InShantytownPlan: r.InShantytownPlan, DemolishRebuild: r.DemolishRebuild, SelfBuiltMajority: r.SelfBuiltMajority,
		UrbanVillage: r.UrbanVillage, PoorConditions: r.PoorConditions, Geometry: r.area, Location: r.Location,
		Remark: r.Remark, Generated: r.Generated, Source: r.Source, SourceRef: r.SourceRef,
	}
}

func (d *demoLoad) fillBaseMap(ctx context.Context, tx *postgis.Tx, code string) error {
	reg := d.im.reg
	return firstError(
		func() error {
			return load(ctx, d, "road", "road", func(r demoRow) registry.RoadRow {
				return registry.RoadRow{
					SourceRef: r.SourceRef, Class: r.Class, Name: r.Name, Walkable: r.Walkable, Stairs: r.Stairs,
					Bridge: r.Bridge, Tunnel: r.Tunnel, Level: r.Level, Oneway: r.Oneway, Tags: r.Tags, Geometry: r.line,
				}
			}, func(rows []registry.RoadRow) (registry.BulkResult, error) {
				return reg.UpsertRoads(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "waterway", "waterway", func(r demoRow) registry.WaterwayRow {
				return registry.WaterwayRow{SourceRef: r.SourceRef, Class: r.Class, Name: r.Name, Tunnel: r.Tunnel, Geometry: r.line}
			}, func(rows []registry.WaterwayRow) (registry.BulkResult, error) {
				return reg.UpsertWaterways(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "railway", "railway", func(r demoRow) registry.RailwayRow {
				return registry.RailwayRow{SourceRef: r.SourceRef, Class: r.Class, Name: r.Name, Bridge: r.Bridge, Tunnel: r.Tunnel, Level: r.Level, Geometry: r.line}
			}, func(rows []registry.RailwayRow) (registry.BulkResult, error) {
				return reg.UpsertRailways(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "water", "water", demoArea, func(rows []registry.AreaRow) (registry.BulkResult, error) {
				return reg.UpsertWater(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "land_use", "land_use", demoArea, func(rows []registry.AreaRow) (registry.BulkResult, error) {
				return reg.UpsertLandUse(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "green", "green", demoArea, func(rows []registry.AreaRow) (registry.BulkResult, error) {
				return reg.UpsertGreen(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "place", "place", func(r demoRow) registry.PlaceRow {
				return registry.PlaceRow{SourceRef: r.SourceRef, Class: r.Class, Name: r.Name, Geometry: r.point}
			}, func(rows []registry.PlaceRow) (registry.BulkResult, error) {
				return reg.UpsertPlaces(ctx, tx, code, each(rows, d.p))
			})
		},
		func() error {
			return load(ctx, d, "admin_area", "admin_area", func(r demoRow) registry.AdminAreaRow {
				return registry.AdminAreaRow{SourceRef: r.SourceRef, Level: r.Level, Name: r.Name, Geometry: r.area}
			}, func(rows []registry.AdminAreaRow) (registry.BulkResult, error) {
				return reg.UpsertAdminAreas(ctx, tx, code, each(rows, d.p))
			})
		},
	)
}
