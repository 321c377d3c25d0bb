// The nouns of the API under the app's names. Their shapes are generated
// (schema.ts, `npm run api`); only what a JSON schema cannot say is added here:
// a coordinate is a pair, bounds are four numbers, a zone is a MultiPolygon.
import type { LineString, MultiPolygon } from 'geojson';
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
export type OpenSession = Schemas['OpenSession'];
export type Token = Schemas['Token'];
export type TokenDraft = Schemas['TokenDraft'];
export type Access = Token['access'];

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
/** A building that stands empty and may take in a facility (闲置用房). */
export type IdleBuilding = Placed<Schemas['IdleBuilding']>;
export type IdlePatch = Schemas['IdlePatch'];
export type Hit = Omit<Placed<Schemas['Hit']>, 'kind'> & { kind: Schemas['Hit']['kind'] | 'zone' };
export interface Page<T> {
  items: T[];
  next_cursor?: string;
  total: number;
}

export type Totals = Schemas['ZoneTotals'];
/** The figures of what is not saved yet; contiguity and consent with them. */
export type Measurement = Schemas['ZoneMeasurement'];
/** Which communities a drawn boundary takes in. */
export type Membership = Schemas['Zone']['membership'];
export type Zone = Omit<Schemas['Zone'], 'geometry' | 'bbox'> & {
  geometry: MultiPolygon;
  bbox: Bounds;
};
export interface ZoneDraft {
  name: string;
  note: string;
  geometry: MultiPolygon;
  /** Absent: majority for a new zone, as it was for a saved one. */
  membership?: Membership;
  /** The scenario of a new zone; absent is the main one. */
  scenario?: string;
}
/** A zone by its communities; its boundary follows from them. */
export type ZoneOfCommunities = Omit<ZoneDraft, 'geometry'> & { communities: string[] };
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
  /** The refused rows of a ledger wait to be put right and sent again. */
  faulty_sheet?: { id: string; rows: number };
  question?: ImportQuestion;
}
/** What the person has to decide before a ledger can be taken: what its areas are in. */
export interface ImportQuestion {
  kind: 'area_unit';
  column: string;
  read_as: AreaUnit;
  proposed: AreaUnit;
  text: string;
  rows: number;
  of: number;
  examples: {
    row: number;
    name: string;
    value: string;
    households: number | null;
    as_read_m2: number;
    as_proposed_m2: number;
    per_household_m2: number;
    proposed_per_household_m2: number;
  }[];
}
export type AreaUnit = 'm2' | 'wan_m2';
export type Job = Omit<Schemas['Job'], 'report'> & { report?: ImportReport | null };
export type JobState = Job['state'];

/** What the event stream says: something of this layer changed inside the bounds; no layer, no bounds = all. */
export type Change = Omit<Schemas['MapChange'], 'bbox'> & { bbox: Bounds | null };

// ---- scenarios
/** What a link may do where it meets a barrier. */
export type Crossing = 'never' | 'at_crossing' | 'free';
export type Barrier = 'river' | 'railway' | 'expressway' | 'primary';
export type Rules = Omit<Schemas['ZoneRules'], 'barriers'> & { barriers: Record<Barrier, Crossing> };
export type Scenario = Omit<Schemas['ZoneScenario'], 'rules'> & { rules: Rules };
export type ScenarioDraft = Schemas['ScenarioDraft'];
export type ScenarioPatch = Omit<Schemas['ScenarioPatch'], 'rules'> & { rules?: Rules };
/** One saved step of a scenario: what was done to which zones, by whom and when. */
export type Revision = Schemas['ZoneRevision'];
/** What a step left behind: the zones that are new or changed, the codes of those that are gone. */
export type Edit = Omit<Schemas['ZoneEdit'], 'zones'> & { zones: Zone[] };
/** A zone of one scenario and the zone of the other that shares most households with it. */
export type ZonePair = Schemas['ZonePair'];
export type ZoneName = Schemas['ZoneRef'];
export type MovedCommunity = Schemas['ZoneMovedCommunity'];
export type Comparison = Omit<Schemas['ZoneComparison'], 'a' | 'b'> & { a: Scenario; b: Scenario };

// ---- edits of zones
/** A zone as somebody saw it; a change is refused when it is another one by now. */
export interface Seen {
  code: string;
  version: number;
}
/** Communities that come into a zone and go out of it. */
export interface Paint {
  add: string[];
  remove: string[];
}

// ---- links
export type Link = Omit<Schemas['Link'], 'line' | 'path'> & {
  line: LineString | null;
  path: LineString | null;
};
export type Links = Omit<Schemas['Page'], 'items'> & { items: Link[] };
/** How far a set of communities hangs together, and what would make it one. */
export type Contiguity = Omit<Schemas['ZoneContiguity'], 'parts' | 'connection'> & {
  parts: (Omit<Schemas['ZonePart'], 'bbox'> & { bbox: Bounds })[];
  connection: Connection | null;
};
export type Connection = Omit<Schemas['ZoneConnection'], 'links'> & {
  links: (Omit<Schemas['ZoneConnectionLink'], 'geometry'> & { geometry: LineString | null })[];
};
/** The lines along streets that tie a zone's communities together. */
export type Strings = Schemas['ZoneStringCollection'];

// ---- proposals
export type ProposalRequest = Schemas['ProposalRequest'];
export type ProposalAcceptance = Schemas['ProposalAcceptance'];
export type ProposalExplanation = Schemas['ProposalExplanation'];
export type ProposalZone = Omit<Schemas['ProposalZone'], 'bbox' | 'center'> & {
  bbox: Bounds;
  center: Position;
};
export type Proposal = Omit<Schemas['Proposal'], 'answer'> & {
  answer: (Omit<Schemas['ProposalAnswer'], 'zones'> & { zones: ProposalZone[] }) | null;
};

// ---- sites
export type SitingRequest = Schemas['Request'];
export type SiteAcceptance = Schemas['Acceptance'];
/** A chosen place for a new facility. */
export type Site = Omit<Schemas['Site'], 'location'> & { location: Position };
export type SitingAnswer = Omit<Schemas['Answer'], 'sites'> & { sites: Site[] };
/** Households covered with n new sites, and what no n sites can exceed. */
export type SitingPoint = Schemas['Point'];
export type Siting = Omit<Schemas['Siting'], 'answer'> & { answer: SitingAnswer | null };
/** A proposed facility of a scenario. */
export type Proposed = Omit<Schemas['Proposed'], 'location' | 'siting'> & {
  location: Position;
  siting: string | null;
};
export type NewProposed = Schemas['NewProposed'];

// ---- scorecards
export type ScorecardAsk = Schemas['CoverageBatchAsk'];
/** Runs of several facility types that were made together. */
export type Batch = Schemas['CoverageBatch'];
export type Scorecard = Schemas['CoverageScorecard'];
export type ScoreType = Schemas['CoverageScoreType'];
export type ScoreCommunity = Schemas['CoverageScoreCommunity'];
/** What a zone or a community has within reach. */
export type Services = Schemas['CoverageServices'];
export type ServiceType = Schemas['CoverageServiceType'];
export type CatalogueItem = Schemas['CoverageCatalogueItem'];

// ---- phases
/** What a scenario's phasing is planned by. */
export type PhaseSettings = Schemas['PhaseSettings'];
export type PhaseStored = Schemas['PhaseStored'];
export type PhaseYear = Schemas['PhaseYear'];
/** The years of a scenario's zones, with figures, proof and what they break. */
export type PhasePlan = Schemas['PhasePlan'];
export type PhaseYearTotals = Schemas['PhaseYearTotals'];
export type PhaseZone = Schemas['PhaseZone'];
export type PhaseBreach = Schemas['PhaseBreach'];
export type PhaseContradiction = Schemas['PhaseContradiction'];
export type PhasePlacement = Schemas['PhasePlacement'];

// ---- edits of zones
/** A zone as somebody saw it; a change is refused when it is another one by now. */
export interface Seen {
  code: string;
  version: number;
}
/** Communities that come into a zone and go out of it. */
export interface Paint {
  add: string[];
  remove: string[];
}
