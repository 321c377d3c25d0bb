// The nouns of the API under the app's names. Their shapes are generated
// (schema.ts, `npm run api`); only what a JSON schema cannot say is added here:
// a coordinate is a pair, bounds are four numbers, a zone is a MultiPolygon.
import type { MultiPolygon } from 'geojson';
import type { components } from './schema';

type Schemas = components['schemas'];
/** CGCS2000 degrees. */
export type Position = [longitude: number, latitude: number];
export type Bounds = [west: number, south: number, east: number, north: number];
type Placed<T> = Omit<T, 'location' | 'bbox'> & { location: Position | null; bbox: Bounds | null };

export type Person = Schemas['Me'];
export type Role = Person['role'];
export type Account = Schemas['Account'];
export type NewAccount = Schemas['AccountDraft'];
export type AuditEntry = Schemas['AuditEntry'];

export type District = Omit<Schemas['District'], 'bbox' | 'center'> & { bbox: Bounds; center: Position };
export type Subdistrict = Schemas['Subdistrict'];

export type Eligibility = Schemas['Community']['eligibility'];
export type Reason = Omit<Schemas['Reason'], 'outcome'> & {
  outcome: 'met' | 'failed' | 'unknown' | 'borderline' | 'excluded';
};
export type Community = Omit<Placed<Schemas['Community']>, 'override_verdict' | 'verdict_proof'> & {
  override_verdict: Eligibility | null;
  /** Not in lists. */
  verdict_proof?: Reason[] | null;
};
export type CommunityPatch = Schemas['CommunityPatch'];
export type Building = Placed<Schemas['Building']>;
export type Facility = Omit<Schemas['Facility'], 'location'> & { location: Position | null };
export type Hit = Omit<Placed<Schemas['Hit']>, 'kind'> & { kind: Schemas['Hit']['kind'] | 'zone' };
export interface Page<T> {
  items: T[];
  next_cursor?: string;
  total: number;
}

export type Totals = Schemas['ZoneTotals'];
export type Zone = Omit<Schemas['Zone'], 'geometry' | 'bbox'> & { geometry: MultiPolygon; bbox: Bounds };
export interface ZoneDraft {
  name: string;
  note: string;
  geometry: MultiPolygon;
  /** The scenario of a new zone; absent is the main one. */
  scenario?: string;
}
/** A community of a zone, with its counted figures. */
export type ZoneMember = Omit<Schemas['ZoneCommunity'], 'eligibility'> & { eligibility: Eligibility };

export type Standard = Schemas['Standard'];
export type FacilityType = Schemas['FacilityTypeRow'];
export type CoverageAsk = Schemas['CoverageAsk'];
export type CoverageRun = Schemas['CoverageRun'];
export type CoverageSummary = Schemas['CoverageSummary'];
export type CommunityCoverage = Schemas['CommunityCoverage'];

/** What an import leaves behind; the job carries it as free JSON. */
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
export type Job = Omit<Schemas['Job'], 'report'> & { report?: ImportReport | null };
export type JobState = Job['state'];

/** What the event stream says: something of this layer changed inside the bounds; no layer, no bounds = all. */
export type Change = Omit<Schemas['MapChange'], 'bbox'> & { bbox: Bounds | null };

// ---- scenarios
/** What a link may do where it meets a barrier. */
export type Crossing = 'never' | 'at_crossing' | 'free';
export type Barrier = 'river' | 'railway' | 'expressway' | 'primary';
/** Which links count as connecting (null is no limit), and what renovation is estimated to cost. */
export interface Rules {
  max_gap_m: number;
  max_walk_m: number | null;
  barriers: Record<Barrier, Crossing>;
  cost: { per_household_yuan: number; per_floor_area_yuan: number };
}
export interface Scenario {
  code: string;
  name: string;
  note: string;
  main: boolean;
  revision: number;
  rules: Rules;
  version: number;
  zones: number;
  totals: Totals;
  created_by: string;
  created_at: string;
  updated_by: string;
  updated_at: string;
}
export interface ScenarioDraft {
  name: string;
  note: string;
  copy_of?: string;
}
export type ScenarioPatch = Partial<Pick<Scenario, 'name' | 'note' | 'rules' | 'main'>>;
/** One saved step of a scenario: what was done to which zones, by whom and when. */
export interface Revision {
  revision: number;
  at: string;
  by: string;
  action: string;
  label: string;
  zones: string[];
  zone_names: string[];
}
/** What a step left behind: the zones that are new or changed, the codes of those that are gone. */
export interface Edit {
  scenario: string;
  revision: number;
  zones: Zone[];
  removed: string[];
}
/** A zone of one scenario and the zone of the other that shares most households with it. */
export interface ZonePair {
  a: string | null;
  b: string | null;
  name_a: string;
  name_b: string;
  totals_a: Totals | null;
  totals_b: Totals | null;
  change: 'same' | 'changed' | 'only_a' | 'only_b';
}
export interface ZoneName {
  code: string;
  name: string;
}
export interface MovedCommunity {
  code: string;
  name: string;
  households: number | null;
  from: ZoneName | null;
  to: ZoneName | null;
}
export interface CoverageDifference {
  facility_type: string;
  covered_households_a: number;
  covered_households_b: number;
  run_at: string;
}
export interface Comparison {
  a: Scenario;
  b: Scenario;
  zones: ZonePair[];
  moved: MovedCommunity[];
  totals_a: Totals;
  totals_b: Totals;
  /** Yuan; null until costs are known. */
  cost_a: number | null;
  cost_b: number | null;
  coverage: CoverageDifference[];
}
