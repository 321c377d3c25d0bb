package areaplantest

func (s *Town) register() {
	s.Exec(`
		insert into community (district_code, code, name, address, subdistrict_code, built_year, households, floor_area_m2, management_mode,
		                       verdict, verdict_proof, geom, location, remark, generated, source, updated_at,
		                       households_agreed, floor_area_agreed_m2, municipal_missing, prior_works)
		values
		($1, '0012', '崂山五村', '=HYPERLINK("http://example.com","x")', '500110001', 1987, 420, 31200.5, 'self_managed', 'in',
		 '[{"clause":"二(一)1","rule":"S1","outcome":"met","text":"建成于 1987 年，早于 2000 年。","fact":"built_year"}]',
		 ST_Multi(ST_MakeEnvelope(106.901, 28.951, 106.903, 28.953, 4490)), ST_SetSRID(ST_MakePoint(106.902, 28.952), 4490),
		 '', array['households', 'built_year'], 'OpenStreetMap', '2026-03-01T18:00:00Z', 418, 31000, array['雨污分流', '消防设施'], 'none'),
		($1, '0013', '-2+3', '@SUM(A1)', '500110002', null, null, null, '', 'borderline',
		 '[{"clause":"二(一)1","rule":"S1","outcome":"unknown","text":"建成年份未知。","fact":"built_year"}]',
		 null, ST_SetSRID(ST_MakePoint(106.906, 28.956), 4490), '含 & < > "引号" 与
换行', '{}', '台账', '2026-03-02T00:00:00Z', null, null, null, null),
		($1, '0014', '东林小区', '东林路 3 号', '500110002', 1995, 120, 9800, 'professional', 'out', '[]',
		 ST_Multi(ST_MakeEnvelope(106.911, 28.961, 106.913, 28.963, 4490)), ST_SetSRID(ST_MakePoint(106.912, 28.962), 4490),
		 '', '{}', '台账', '2026-03-02T00:00:00Z', null, null, null, 'partial'),
		($1, '0015', '片区外小区', '', '500110001', 1999, 60, 4000, '', 'in', '[]',
		 ST_Multi(ST_MakeEnvelope(106.896, 28.951, 106.898, 28.953, 4490)), ST_SetSRID(ST_MakePoint(106.897, 28.952), 4490),
		 '', '{}', '台账', '2026-03-02T00:00:00Z', null, null, null, null)`, s.District)
	s.Exec(`
		insert into building (district_code, code, name, community_id, subdistrict_code, use, storeys, households, floor_area_m2, geom, generated, source, updated_at)
		select $1, v.code, v.name, c.id, v.sub, v.use, v.storeys, v.households, v.area,
		       ST_Multi(ST_MakeEnvelope(v.x, v.y, v.x + 0.0002, v.y + 0.0001, 4490)), v.made, 'osm', '2026-03-02T00:00:00Z'
		from (values ('b1', '1栋', '0012', '500110001', 'residential', 6, 40, 3000.25, 106.9011, 28.9511, array['households']),
		             ('b2', '+2栋', '0012', '500110001', 'residential', 7, null, null, 106.9021, 28.9521, '{}'),
		             ('b3', '', '0013', '500110002', 'residential', 5, 30, 2100.75, 106.9061, 28.9561, '{}'),
		             ('b4', '小卖部', null, '500110001', 'commercial', 1, null, 80.5, 106.9041, 28.9511, '{}'),
		             ('b5', '值班房', null, '500110002', '', null, 1, 20.25, 106.9045, 28.9515, '{}'),
		             ('b6', '甲栋', '0014', '500110002', 'residential', 6, 120, 9800, 106.9112, 28.9612, '{}'),
		             ('b7', '外栋', '0015', '500110001', 'residential', 6, 60, 4000, 106.8965, 28.9515, '{}'))
		     as v(code, name, community, sub, use, storeys, households, area, x, y, made)
		left join community c on c.code = v.community`, s.District)
	s.Exec(`
		insert into facility (district_code, code, name, facility_type, subdistrict_code, geom)
		values ($1, 'f1', '万盛卫生站', 'health_station', '500110001', ST_SetSRID(ST_MakePoint(106.902, 28.952), 4490)),
		       ($1, 'f2', '远处市场', 'wet_market', '500110002', ST_SetSRID(ST_MakePoint(107.05, 29.05), 4490))`, s.District)
	s.Exec(`
		insert into proposed_facility (district_code, scenario_id, code, facility_type, name, subdistrict_code, geom, created_by)
		select $1, id, 'p1', 'elder_daycare', '新建日间照料站', '500110002', ST_SetSRID(ST_MakePoint(106.907, 28.957), 4490), 'test'
		from scenario where district_code = $1 and main`, s.District)
}

// ground is the base map.
func (s *Town) ground() {
	s.Exec(`
		insert into road (district_code, source_ref, class, name, walkable, geom)
		values ($1, 'r1', 'secondary', '和平路', true, ST_GeomFromText('LINESTRING(106.80 28.9545, 106.99 28.9555)', 4490)),
		       ($1, 'r2', 'residential', '', true, ST_GeomFromText('LINESTRING(106.9005 28.9505, 106.9005 28.9590)', 4490)),
		       ($1, 'r3', 'residential', '远路', true, ST_GeomFromText('LINESTRING(107.05 29.05, 107.06 29.05)', 4490))`, s.District)
	s.Exec(`
		insert into water (district_code, source_ref, class, name, geom)
		values ($1, 'w1', 'river', '孝子河', ST_Multi(ST_MakeEnvelope(106.85, 28.9575, 106.95, 28.9578, 4490)))`, s.District)
	s.Exec(`
		insert into green (district_code, source_ref, class, name, geom)
		values ($1, 'g1', 'park', '人民公园', ST_Multi(ST_MakeEnvelope(106.9065, 28.9525, 106.9085, 28.9540, 4490)))`, s.District)
}

// programme is a project of the first zone with works, and one by estimate.
func (s *Town) programme() {
	s.Exec(`
		insert into project (district_code, code, name, library, state, phase, year, estimated_wan, scenario_code, zone_code, subdistrict_codes, central_subsidy)
		select $1, 'P1', '崂山五村改造', 'comprehensive', 'confirmed', 'implement', 2026, 300, s.code, $2, array['500110001'], true
		from scenario s where s.district_code = $1 and s.main
		union all
		select $1, 'P2', '东林改造', 'comprehensive', 'confirmed', 'plan', 2028, 88.5, null, null, array['500110002'], false`, s.District, s.Zone.Code)
	s.Exec(`
		insert into project_community (project_id, community_id, live)
		select p.id, c.id, true from project p join community c on c.code = case p.code when 'P1' then '0012' else '0014' end`)
	s.Exec(`insert into milestone (project_id, kind, on_date) select id, 'start', '2026-06-01' from project where code = 'P1'`)
	s.Exec(`insert into cost_share (project_id, source, amount_yuan) select id, 'central', 1000000 from project where code = 'P1'`)
	s.Exec(`
		insert into work_item (project_id, community_id, policy_key, item_no, answer, reason, quantity, unit, price_yuan)
		select p.id, null, 'wansheng-2020', 1, 'do', '', 420, '户', 2500 from project p where code = 'P1'
		union all
		select p.id, c.id, 'wansheng-2020', 2, 'do', '', 1200.5, '米', 310.25 from project p join community c on c.code = '0012' where p.code = 'P1'
		union all
		select p.id, null, 'wansheng-2020', 3, 'not_needed', '已有', null, '', null from project p where code = 'P1'`)
}
