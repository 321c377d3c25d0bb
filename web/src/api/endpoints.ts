// One function per door of the API, in the order of its route table.
import type { MultiPolygon } from 'geojson';
import type * as n from './nouns';
import { address, type Ask, answer, request } from './request';

const enc = encodeURIComponent;
const d = (district: string) => `/districts/${enc(district)}`;

/** What index.html asked for before the app was read. Each is used once. */
interface Early {
  session: Promise<Response> | null;
  district: string | null;
  theme: string;
  style: Promise<Response> | null;
}
declare global {
  interface Window {
    lianpianEarly?: Early;
  }
}

// ---- people
export async function session(): Promise<n.Person> {
  const early = window.lianpianEarly?.session;
  if (early && window.lianpianEarly) {
    window.lianpianEarly.session = null;
    const response = await early.catch(() => null);
    if (response) return answer<n.Person>(response, '/session');
  }
  return request<n.Person>('/session');
}
export const signIn = (name: string, password: string) =>
  request<n.Person>('/session', { method: 'POST', body: { name, password } });
export const signInByLink = (token: string) =>
  request<n.Person>('/session/link', { method: 'POST', body: { token } });
export const signOut = () => request<void>('/session', { method: 'DELETE' });
export const setPassword = (next: string, current?: string) =>
  request<void>('/session/password', { method: 'PUT', body: current ? { current, new: next } : { new: next } });

export const accounts = async () => list(await request<n.Account[] | n.Page<n.Account>>('/accounts'));
export interface NewAccount {
  name: string;
  display_name: string;
  role: n.Role;
  district: string | null;
  subdistricts: string[];
}
export const createAccount = (body: NewAccount) => request<n.Account>('/accounts', { method: 'POST', body });
export const deleteAccount = (id: string) => request<void>(`/accounts/${enc(id)}`, { method: 'DELETE' });
export const accountLink = (id: string) =>
  request<{ url: string }>(`/accounts/${enc(id)}/link`, { method: 'POST' });
export const audit = (query: Ask['query']) => request<n.Page<n.AuditEntry>>('/audit', { query });

// ---- standards
export const facilityTypes = async (profile: string) =>
  list(
    await request<n.FacilityType[] | n.Page<n.FacilityType>>('/facility-types', {
      query: { profile },
    }),
  );

// ---- registry
export const districts = async () => list(await request<n.District[] | n.Page<n.District>>('/districts'));
export const district = (code: string) => request<n.District>(d(code));
export const subdistricts = async (code: string) =>
  list(await request<n.Subdistrict[] | n.Page<n.Subdistrict>>(`${d(code)}/subdistricts`));
export const search = async (code: string, q: string, signal?: AbortSignal) =>
  list(await request<n.Hit[] | n.Page<n.Hit>>(`${d(code)}/search`, { query: { q, limit: 12 }, signal }));

export interface CommunityQuery {
  q?: string;
  eligibility?: n.Eligibility[];
  subdistrict?: string[];
  year_from?: number | null;
  year_to?: number | null;
  sort?: string;
  limit?: number;
  cursor?: string | null;
}
export const communities = (code: string, query: CommunityQuery, signal?: AbortSignal) =>
  request<n.Page<n.Community>>(`${d(code)}/communities`, { query: { ...query }, signal });
export const community = (code: string, key: string) =>
  request<n.Community>(`${d(code)}/communities/${enc(key)}`);
export const patchCommunity = (code: string, key: string, version: number, body: Partial<n.Community>) =>
  request<n.Community>(`${d(code)}/communities/${enc(key)}`, { method: 'PATCH', version, body });
export const overrideEligibility = (
  code: string,
  key: string,
  version: number,
  body: { verdict: n.Eligibility; reason: string },
) => request<n.Community>(`${d(code)}/communities/${enc(key)}/eligibility`, { method: 'PUT', version, body });
export const clearOverride = (code: string, key: string, version: number) =>
  request<n.Community>(`${d(code)}/communities/${enc(key)}/eligibility`, { method: 'DELETE', version });
export const communityBuildings = async (code: string, key: string) =>
  list(
    await request<n.Building[] | n.Page<n.Building>>(`${d(code)}/communities/${enc(key)}/buildings`, {
      query: { limit: 500 },
    }),
  );
export const building = (code: string, key: string) =>
  request<n.Building>(`${d(code)}/buildings/${enc(key)}`);
export const patchBuilding = (code: string, key: string, version: number, body: Partial<n.Building>) =>
  request<n.Building>(`${d(code)}/buildings/${enc(key)}`, { method: 'PATCH', version, body });
export const facilities = async (code: string, type: string) =>
  list(
    await request<n.Facility[] | n.Page<n.Facility>>(`${d(code)}/facilities`, { query: { type, limit: 1000 } }),
  );
export const facility = (code: string, key: string) =>
  request<n.Facility>(`${d(code)}/facilities/${enc(key)}`);

// ---- zones
export const zones = async (code: string) => list(await request<n.Zone[] | n.Page<n.Zone>>(`${d(code)}/zones`));
export const zone = (code: string, key: string) => request<n.Zone>(`${d(code)}/zones/${enc(key)}`);
export const measure = (code: string, geometry: MultiPolygon, signal?: AbortSignal) =>
  request<n.Totals>(`${d(code)}/zones/measure`, { method: 'POST', body: { geometry }, signal });
export const createZone = (code: string, body: n.ZoneDraft) =>
  request<n.Zone>(`${d(code)}/zones`, { method: 'POST', body });
export const putZone = (code: string, key: string, version: number, body: n.ZoneDraft) =>
  request<n.Zone>(`${d(code)}/zones/${enc(key)}`, { method: 'PUT', version, body });
export const deleteZone = (code: string, key: string, version: number) =>
  request<void>(`${d(code)}/zones/${enc(key)}`, { method: 'DELETE', version });
export const zoneCommunities = async (code: string, key: string) =>
  list(
    await request<n.ZoneMember[] | n.Page<n.ZoneMember>>(`${d(code)}/zones/${enc(key)}/communities`, {
      query: { limit: 500 },
    }),
  );
export const exportAddress = (code: string, key: string, format: 'geojson' | 'xlsx') =>
  address(`${d(code)}/zones/${enc(key)}/export`, { format });

// ---- coverage
export interface CoverageRequest {
  facility_type: string;
  radius_m: number;
  method: 'radius';
  area: n.CoverageArea;
}
export const runCoverage = (code: string, body: CoverageRequest) =>
  request<n.CoverageRun>(`${d(code)}/coverage/runs`, { method: 'POST', body });
export const coverageRuns = async (code: string) =>
  list(await request<n.CoverageRun[] | n.Page<n.CoverageRun>>(`${d(code)}/coverage/runs`));
export const coverageRun = (code: string, id: string) =>
  request<n.CoverageRun>(`${d(code)}/coverage/runs/${enc(id)}`);
export const coverageCommunities = async (code: string, id: string) =>
  list(
    await request<n.CommunityCoverage[] | n.Page<n.CommunityCoverage>>(
      `${d(code)}/coverage/runs/${enc(id)}/communities`,
    ),
  );

// ---- data
export const startImport = (code: string, file: File, layer: string, crs: string) => {
  const form = new FormData();
  form.set('layer', layer);
  form.set('crs', crs);
  form.set('file', file, file.name);
  return request<n.Job>(`${d(code)}/imports`, { method: 'POST', body: form });
};
export const jobs = async (code: string) =>
  list(await request<n.Job[] | n.Page<n.Job>>(`${d(code)}/jobs`, { query: { kind: 'import' } }));
export const job = (id: string) => request<n.Job>(`/jobs/${enc(id)}`);
export const cancelJob = (id: string) => request<void>(`/jobs/${enc(id)}`, { method: 'DELETE' });
export const jobEvents = (id: string) => address(`/jobs/${enc(id)}/events`);
export const districtEvents = (code: string) => address(`${d(code)}/events`);

// ---- map
export async function style(code: string, theme: string): Promise<unknown> {
  const early = window.lianpianEarly;
  if (early?.style && early.district === code && early.theme === theme) {
    const response = await early.style.catch(() => null);
    early.style = null;
    if (response?.ok) return answer<unknown>(response, '/style.json');
  }
  return request<unknown>(`${d(code)}/style.json`, { query: { theme } });
}
export const tilesAddress = (code: string, layers: string, run?: string) =>
  `${location.origin}/api/v1${d(code)}/tiles/${layers}/{z}/{x}/{y}.mvt${run ? `?run=${enc(run)}` : ''}`;

/** Some lists come as a page, some as a bare array; the app only ever sees an array. */
function list<T>(value: T[] | n.Page<T> | null | undefined): T[] {
  if (!value) return [];
  return Array.isArray(value) ? value : (value.items ?? []);
}
