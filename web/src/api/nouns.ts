// The shapes that the API speaks. Codes are what outsiders keep; coordinates
// are [longitude, latitude] in CGCS2000 degrees; areas in m², lengths in m.
import type { MultiPolygon } from 'geojson';

export type Bounds = [west: number, south: number, east: number, north: number];
export type Position = [longitude: number, latitude: number];

export type Role = 'administrator' | 'planner' | 'officer' | 'contractor' | 'viewer';
export interface Scope {
  district: string;
  subdistricts: string[] | null;
  zones: number[] | null;
}
export interface Person {
  id: string;
  name: string;
  display_name: string;
  role: Role;
  district: string;
  scope: Scope;
  has_password?: boolean;
}

export interface District {
  code: string;
  name: string;
  bbox: Bounds;
  center: Position;
  gk_srid: number;
  policy_key: string;
  policy_version: string;
  profile_key: string;
  demo: boolean;
  notice: string;
  counts: { communities: number; buildings: number; facilities: number; zones: number };
}
export interface Subdistrict {
  code: string;
  name: string;
  bbox: Bounds | null;
  communities: number;
}

export type Eligibility = 'in' | 'out' | 'borderline';
export interface Reason {
  clause: string;
  rule: string;
  outcome: 'met' | 'failed' | 'unknown' | 'borderline' | 'excluded';
  text: string;
  fact: string;
}
export interface Community {
  code: string;
  name: string;
  address: string;
  subdistrict_code: string | null;
  subdistrict_name: string | null;
  neighborhood_code: string | null;
  unit_kind: 'compound' | 'single_building' | 'community';
  built_year: number | null;
  households: number | null;
  building_count: number | null;
  floor_area_m2: number | null;
  land_area_m2: number | null;
  management_mode: string;
  neglected: boolean | null;
  municipal_missing: string[] | null;
  service_missing: string[] | null;
  households_agreed: number | null;
  floor_area_agreed_m2: number | null;
  prior_works: 'none' | 'single_item' | 'partial' | 'full' | null;
  in_shantytown_plan: boolean | null;
  demolish_rebuild: boolean | null;
  self_built_majority: boolean | null;
  urban_village: boolean | null;
  poor_conditions: boolean | null;
  eligibility: Eligibility;
  verdict: Eligibility;
  verdict_proof?: Reason[] | null;
  verdict_policy: string;
  override_verdict: Eligibility | null;
  override_reason: string | null;
  override_by: string | null;
  override_at: string | null;
  location: Position | null;
  bbox: Bounds | null;
  remark: string;
  generated: string[] | null;
  source: string;
  version: number;
  updated_at: string;
}
export interface Building {
  code: string;
  name: string;
  community_code: string | null;
  community_name: string | null;
  subdistrict_code: string | null;
  use: string;
  storeys: number | null;
  height_m: number | null;
  built_year: number | null;
  households: number | null;
  floor_area_m2: number | null;
  footprint_m2: number | null;
  location: Position | null;
  bbox: Bounds | null;
  generated: string[] | null;
  source: string;
  version: number;
}
export interface Facility {
  code: string;
  facility_type: string;
  name: string;
  address: string;
  capacity: number | null;
  subdistrict_code: string | null;
  location: Position | null;
  generated: string[] | null;
  source: string;
  version: number;
}
export interface Page<T> {
  items: T[] | null;
  next_cursor?: string | null;
  total: number;
}
export interface Hit {
  kind: string;
  code: string;
  name: string;
  detail: string;
  location: Position | null;
  bbox: Bounds | null;
}

export interface Totals {
  area_m2: number;
  communities: number;
  buildings: number;
  households: number;
  floor_area_m2: number;
  eligible_communities: number;
  eligible_households: number;
  eligible_share: number;
  generated: boolean;
  /** Part of it lies outside what the person may read; the figures count only what they may. */
  partial?: boolean;
}
/** A community of a zone, with its counted figures. */
export interface ZoneMember {
  code: string;
  name: string;
  subdistrict_code: string;
  subdistrict_name: string;
  built_year: number | null;
  eligibility: Eligibility;
  buildings: number;
  households: number;
  floor_area_m2: number;
  generated: string[] | null;
}
export interface Zone {
  code: string;
  name: string;
  note: string;
  geometry: MultiPolygon;
  bbox: Bounds | null;
  version: number;
  totals: Totals;
  subdistrict_codes: string[] | null;
  created_by: string;
  created_at: string;
  updated_by: string;
  updated_at: string;
}
export interface ZoneDraft {
  name: string;
  note: string;
  geometry: MultiPolygon;
}

export interface Standard {
  code: string;
  version: string;
  clause: string;
  facility_key: string;
  tier: string;
  radius_m: number | null;
  mark: string;
  note: string;
}
export interface FacilityType {
  key: string;
  name: string;
  name_en: string;
  tier: string;
  standards: Standard[] | null;
}
export type CoverageArea =
  | { kind: 'district' }
  | { kind: 'subdistrict'; code: string }
  | { kind: 'zone'; code: string };
export interface CoverageSummary {
  buildings: number;
  covered_buildings: number;
  households: number;
  covered_households: number;
  floor_area_m2: number;
  covered_floor_area_m2: number;
  facilities: number;
  communities: number;
  uncovered_communities: number;
  generated: boolean;
}
export interface CoverageRun {
  id: string;
  district: string;
  facility_type: string;
  facility_name: string;
  method: string;
  radius_m: number;
  standard: { source: string; clause: string; mark: string; radius_m: number | null } | null;
  area: CoverageArea;
  summary: CoverageSummary;
  created_by: string;
  created_at: string;
}
export interface CommunityCoverage {
  code: string;
  name: string;
  subdistrict_name: string | null;
  buildings: number;
  covered_buildings: number;
  households: number;
  covered_households: number;
  floor_area_m2: number;
  covered_floor_area_m2: number;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
export interface ImportReport {
  file: string;
  sha256: string;
  format: string;
  district: string;
  rows_taken: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rows_refused: number;
  refused: { row: number; reason: string; value: string }[] | null;
  repairs: { row: number; what: string; before: string; after: string }[] | null;
  repairs_total: number;
  layers: Record<string, { inserted: number; updated: number; unchanged: number; refused: number }> | null;
  notes: string[] | null;
  seconds: number;
}
export interface Job {
  id: string;
  district: string;
  kind: string;
  title: string;
  state: JobState;
  phase: string;
  done: number;
  total: number;
  unit: string;
  seconds_left: number | null;
  error: string;
  report: ImportReport | null;
  created_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface Account {
  id: string;
  name: string;
  display_name: string;
  role: Role;
  district: string | null;
  subdistricts: string[] | null;
  version?: number;
  has_password?: boolean;
  created_at?: string;
}
export interface AuditEntry {
  id: number;
  at: string;
  person: string;
  district: string | null;
  action: string;
  entity: string;
  code: string;
  before: unknown;
  after: unknown;
}
/** What the event stream says: something of this layer changed inside the bounds; no bounds = everywhere. */
export interface Change {
  layer: string;
  bbox: Bounds | null;
}
