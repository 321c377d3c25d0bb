package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// ledger imports a register of communities from a spreadsheet or a text table.
func (r *importRun) ledger(ctx context.Context, f format) error {
	r.p.Phase("读取", "行", 0)
	read := readCSV
	if f == formatXLSX {
		read = readXLSX
	}
	table, err := read(r.args)
	if err != nil {
		return err
	}
	if err := r.hash(ctx); err != nil {
		return err
	}
	r.report.Notes = append(r.report.Notes, table.notes...)
	district, err := r.ledgerDistrict(ctx, table)
	if err != nil {
		return err
	}
	r.p.Phase("检查", "行", int64(len(table.rows)))
	reading := &ledgerReading{
		region: district, datum: r.datum, lastYear: r.now().Year() + 1, only: ownSubdistricts(ctx),
		excel: f == formatXLSX, report: r.report, unit: r.args.AreaUnit,
	}
	rows, err := reading.read(ctx, table, r.p.Advance)
	if err != nil {
		return err
	}
	if rows, err = r.keepOwn(ctx, district.code, rows, reading, table); err != nil {
		return err
	}
	if err := r.keepFaulty(ctx, reading.faulty); err != nil {
		return err
	}
	if len(rows) == 0 {
		return r.report.nothingLeft("小区")
	}
	lines := make([]int64, len(rows))
	for i, row := range rows {
		lines[i] = reading.lineOf(row)
	}
	return r.writeCommunities(ctx, district.code, rows, lines)
}

// ledgerDistrict finds the district of a ledger. A ledger does not found one: its
// rows may have no place at all.
func (r *importRun) ledgerDistrict(ctx context.Context, table sheet) (region, error) {
	code := r.args.District
	if code == "" {
		var err error
		if code, err = regionHolding(ctx, r.db.Pool, slices.Values(ledgerPoints(table, r.datum))); err != nil {
			return region{}, err
		}
		if code == "" {
			return region{}, refuse("看不出台账属于哪个区，请先选择区再导入")
		}
	}
	district, err := loadRegion(ctx, r.db.Pool, code)
	if err != nil {
		return region{}, err
	}
	r.settle(code)
	at := account.Place{District: code, Subdistricts: ownSubdistricts(ctx)}
	if account.Demand(ctx, account.Import, at) != nil {
		return region{}, refuse("您没有向%s导入台账的权限", district.name)
	}
	return district, nil
}

// ledgerPoints are the places that the rows name, the wrong way round too.
func ledgerPoints(table sheet, d datum) []orb.Point {
	head, columns, ok := headerRow(communityColumns, table.rows[:min(len(table.rows), headerLook)])
	if !ok || !columns.has(colLongitude) || !columns.has(colLatitude) {
		return nil
	}
	var points []orb.Point
	for _, row := range table.rows[head+1:] {
		x, _ := columns.cell(row, colLongitude)
		y, _ := columns.cell(row, colLatitude)
		lon, lat := x.degrees().value, y.degrees().value
		if lon == nil || lat == nil {
			continue
		}
		p := orb.Point{*lon, *lat}
		if p[1] > 90 || p[1] < -90 {
			p[0], p[1] = p[1], p[0]
		}
		if p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90 {
			points = append(points, d.point(p))
		}
	}
	return points
}

// keepOwn refuses rows by which somebody with only some subdistricts would take
// over a community of another one.
func (r *importRun) keepOwn(ctx context.Context, district string, rows []registry.CommunityRow, l *ledgerReading, table sheet) ([]registry.CommunityRow, error) {
	if l.only == nil {
		return rows, nil
	}
	kept := rows[:0]
	for _, row := range rows {
		if row.Code != "" {
			stored, err := r.reg.Community(ctx, account.Everything, district, row.Code)
			if err != nil && !errors.Is(err, postgis.ErrNotFound) {
				return nil, err
			}
			if err == nil && !slices.Contains(l.only, stored.SubdistrictCode) {
				const reason = "这个编码的小区不在您的街道"
				r.report.refuse(place{row: l.lineOf(row), layer: "communities"}, reason, row.Code)
				if i := slices.Index(table.lines, l.lineOf(row)); i >= 0 {
					l.faulty.add(table.lines[i], table.rows[i], []fault{{l.columns.place(colCode), reason}})
				}
				continue
			}
		}
		kept = append(kept, row)
	}
	return kept, nil
}

func (r *importRun) writeCommunities(ctx context.Context, district string, rows []registry.CommunityRow, lines []int64) error {
	return r.write(ctx, &lines, func(ctx context.Context, tx *postgis.Tx) error {
		r.p.Phase("写入", "个小区", int64(len(rows)))
		result, err := r.reg.UpsertCommunities(ctx, tx, district, rows)
		if err != nil {
			return fmt.Errorf("write communities: %w", err)
		}
		r.report.wrote("communities", result)
		r.p.Advance(int64(len(rows)))
		if !result.Changed() {
			return nil
		}
		return r.attach(ctx, tx, district)
	})
}

// attach ties buildings and communities to what they lie in.
func (r *importRun) attach(ctx context.Context, tx *postgis.Tx, district string) error {
	r.p.Phase("关联", "", 0)
	attached, err := r.reg.AttachBuildings(ctx, tx, district)
	if err != nil {
		return err
	}
	if attached > 0 {
		r.report.note("%d 栋楼按位置关联到小区或街道", attached)
	}
	return nil
}
