// One function per door of the API, in the order of its route table.
import type { MultiPolygon } from 'geojson';
import type * as n from './nouns';
import { BASE, client, ifMatch, value, valueFrom } from './request';
import type { components, paths } from './schema';

const enc = encodeURIComponent;
type Schemas = components['schemas'];
/** The generated shapes say number[] where the app says Position; this is the one place where that is bridged. */
const as = <T>(v: unknown): T => v as T;

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
  const early = window.lianpianEarly;
  const asked = early?.session;
  if (early && asked) {
    early.session = null;
    const response = await asked.catch(() => null);
    if (response) return valueFrom<n.Person>(response);
  }
  return value(client.GET('/session'));
}
export const signIn = (name: string, password: string) =>
  value(client.POST('/session', { body: { name, password } }));
export const signInByLink = (token: string) => value(client.POST('/session/link', { body: { token } }));
export const signInProvider = () => value(client.GET('/session/provider'));
/** Begins a visit to the OpenID Connect provider; the answer says where to go. */
export const visitProvider = (back: string) => value(client.POST('/session/provider', { body: { back } }));
export const signOut = () => value<unknown>(client.DELETE('/session'));
export const setPassword = (next: string, current?: string) =>
  value<unknown>(client.PUT('/session/password', { body: current ? { current, new: next } : { new: next } }));

export const accounts = async () => (await value(client.GET('/accounts'))).items;
export const createAccount = (body: n.NewAccount) => value(client.POST('/accounts', { body }));
export const deleteAccount = (id: string, version: number) =>
  value<unknown>(client.DELETE('/accounts/{id}', { params: { path: { id }, header: ifMatch(version) } }));
export const accountLink = (id: string) =>
  value(client.POST('/accounts/{id}/link', { params: { path: { id } } }));
export const audit = (query: paths['/audit']['get']['parameters']['query']) =>
  value(client.GET('/audit', { params: { query } }));

// ---- standards
export const facilityTypes = async (profile: string) =>
  (await value(client.GET('/facility-types', { params: { query: { profile } } }))).items;

// ---- registry
export const districts = async () => as<n.District[]>((await value(client.GET('/districts'))).items);
export const district = async (district: string) =>
  as<n.District>(await value(client.GET('/districts/{district}', { params: { path: { district } } })));
export const subdistricts = async (district: string) =>
  (await value(client.GET('/districts/{district}/subdistricts', { params: { path: { district } } }))).items;
export const search = async (district: string, q: string, signal?: AbortSignal) =>
  as<n.Hit[]>(
    (
      await value(
        client.GET('/districts/{district}/search', {
          params: { path: { district }, query: { q, limit: 12 } },
          signal,
        }),
      )
    ).items,
  );

export type CommunityQuery = NonNullable<
  paths['/districts/{district}/communities']['get']['parameters']['query']
>;
export const communities = async (district: string, query: CommunityQuery, signal?: AbortSignal) =>
  as<n.Page<n.Community>>(
    await value(
      client.GET('/districts/{district}/communities', { params: { path: { district }, query }, signal }),
    ),
  );
export const community = async (district: string, code: string) =>
  as<n.Community>(
    await value(
      client.GET('/districts/{district}/communities/{code}', { params: { path: { district, code } } }),
    ),
  );
export const patchCommunity = async (
  district: string,
  code: string,
  version: number,
  body: n.CommunityPatch,
) =>
  as<n.Community>(
    await value(
      client.PATCH('/districts/{district}/communities/{code}', {
        params: { path: { district, code }, header: ifMatch(version) },
        body,
      }),
    ),
  );
export const overrideEligibility = async (
  district: string,
  code: string,
  version: number,
  body: { verdict: n.Eligibility; reason: string },
) =>
  as<n.Community>(
    await value(
      client.PUT('/districts/{district}/communities/{code}/eligibility', {
        params: { path: { district, code }, header: ifMatch(version) },
        body,
      }),
    ),
  );
export const clearOverride = async (district: string, code: string, version: number) =>
  as<n.Community>(
    await value(
      client.DELETE('/districts/{district}/communities/{code}/eligibility', {
        params: { path: { district, code }, header: ifMatch(version) },
      }),
    ),
  );
export const communityBuildings = async (district: string, code: string) =>
  as<n.Building[]>(
    (
      await value(
        client.GET('/districts/{district}/communities/{code}/buildings', {
          params: { path: { district, code } },
        }),
      )
    ).items,
  );
export const building = async (district: string, code: string) =>
  as<n.Building>(
    await value(
      client.GET('/districts/{district}/buildings/{code}', { params: { path: { district, code } } }),
    ),
  );
export const facilities = async (district: string, type: string) =>
  as<n.Page<n.Facility>>(
    await value(
      client.GET('/districts/{district}/facilities', {
        params: { path: { district }, query: { types: [type], limit: 5000 } },
      }),
    ),
  ).items;
export const facility = async (district: string, code: string) =>
  as<n.Facility>(
    await value(
      client.GET('/districts/{district}/facilities/{code}', { params: { path: { district, code } } }),
    ),
  );

export const idleBuilding = async (district: string, code: string) =>
  as<n.IdleBuilding>(
    await value(
      client.GET('/districts/{district}/idle-buildings/{code}', { params: { path: { district, code } } }),
    ),
  );
export const patchIdleBuilding = async (district: string, code: string, version: number, body: n.IdlePatch) =>
  as<n.IdleBuilding>(
    await value(
      client.PATCH('/districts/{district}/idle-buildings/{code}', {
        params: { path: { district, code }, header: ifMatch(version) },
        body,
      }),
    ),
  );

// ---- zones
const geometry = (g: MultiPolygon) => as<Schemas['Geometry']>(g);
const zoneBody = (draft: n.ZoneDraft | n.ZoneOfCommunities) => as<Schemas['ZoneDraft']>(draft);
export const zones = async (district: string, scenario: string | null) =>
  as<n.Zone[]>(
    (
      await value(
        client.GET('/districts/{district}/zones', {
          params: { path: { district }, query: { scenario: scenario ?? undefined } },
        }),
      )
    ).items,
  );
export const zone = async (district: string, code: string) =>
  as<n.Zone>(
    await value(client.GET('/districts/{district}/zones/{code}', { params: { path: { district, code } } })),
  );
/** The figures of a boundary, or of communities, or of a boundary that holds just these communities. */
export const measure = (
  district: string,
  asked: { geometry?: MultiPolygon; communities?: string[]; membership?: n.Membership; scenario?: string },
): Promise<n.Measurement> =>
  value(
    client.POST('/districts/{district}/zones/measure', {
      params: { path: { district } },
      body: { ...asked, geometry: asked.geometry && geometry(asked.geometry) },
    }),
  );
export const createZone = async (district: string, draft: n.ZoneDraft | n.ZoneOfCommunities) =>
  savedZone(
    district,
    await value(
      client.POST('/districts/{district}/zones', { params: { path: { district } }, body: zoneBody(draft) }),
    ),
  );
export const putZone = async (district: string, code: string, version: number, draft: n.ZoneDraft) =>
  savedZone(
    district,
    await value(
      client.PUT('/districts/{district}/zones/{code}', {
        params: { path: { district, code }, header: ifMatch(version) },
        body: zoneBody(draft),
      }),
    ),
    version,
  );
export const deleteZone = async (district: string, zone: n.Zone): Promise<n.Edit> => {
  const { code, version, scenario } = zone;
  await value<unknown>(
    client.DELETE('/districts/{district}/zones/{code}', {
      params: { path: { district, code }, header: ifMatch(version) },
    }),
  );
  // Nobody changes what is gone: its last revision is the one that removed it.
  const revision = await revisionOf(district, scenario, (r) => r.zones.includes(code));
  return { scenario, revision, zones: [], removed: [code] };
};
/** A zone that was saved, as the edit of its scenario that it is; revision 0 where nothing was to be saved. */
async function savedZone(district: string, answer: unknown, before = 0): Promise<n.Edit> {
  const zone = as<n.Zone>(answer);
  const { scenario, code, version, updated_at } = zone;
  const edit = { scenario, revision: 0, zones: [zone], removed: [] };
  if (version === before) return edit;
  // The zone bears the time of the revision that saved it.
  const saved = Date.parse(updated_at);
  const revision = await revisionOf(
    district,
    scenario,
    (r) => r.zones.includes(code) && Date.parse(r.at) === saved,
  );
  return { ...edit, revision };
}
/** The newest of the latest revisions of a scenario that passes the test; 0 where it cannot be had. */
async function revisionOf(
  district: string,
  code: string,
  is: (revision: n.Revision) => boolean,
): Promise<number> {
  const asked = value(
    client.GET('/districts/{district}/scenarios/{code}/revisions', {
      params: { path: { district, code }, query: { limit: 20 } },
    }),
  );
  // The save stands, whatever becomes of this question.
  const answer = await asked.catch(() => null);
  return answer?.items.find(is)?.revision ?? 0;
}
export const zoneCommunities = async (district: string, code: string) =>
  as<n.ZoneMember[]>(
    (
      await value(
        client.GET('/districts/{district}/zones/{code}/communities', {
          params: { path: { district, code } },
        }),
      )
    ).items,
  );
export const exportAddress = (district: string, code: string, asked: Record<string, string>) =>
  `${BASE}/districts/${enc(district)}/zones/${enc(code)}/export?${new URLSearchParams(asked)}`;

// ---- edits of zones: each is one revision of its scenario
const line = (points: n.Position[]) => as<Schemas['Geometry']>({ type: 'LineString', coordinates: points });

/** Brings communities in and out; those that come in leave the zone of the scenario that held them. */
export const paintZone = async (district: string, { code, version }: n.Seen, paint: n.Paint) =>
  as<n.Edit>(
    await value(
      client.POST('/districts/{district}/zones/{code}/paint', {
        params: { path: { district, code }, header: ifMatch(version) },
        body: { ...paint, boundary: 'derive', take: true },
      }),
    ),
  );
export const splitZone = async (district: string, { code, version }: n.Seen, along: n.Position[]) =>
  as<n.Edit>(
    await value(
      client.POST('/districts/{district}/zones/{code}/split', {
        params: { path: { district, code }, header: ifMatch(version) },
        body: { line: line(along) },
      }),
    ),
  );
/** The stretch of the zone's outline between the ends of the line becomes the line; neighbours follow. */
export const reshapeZone = async (district: string, { code, version }: n.Seen, along: n.Position[]) =>
  as<n.Edit>(
    await value(
      client.POST('/districts/{district}/zones/reshape', {
        params: { path: { district } },
        body: { zones: [{ code, version }], line: line(along) },
      }),
    ),
  );
/** The first zone keeps its code. */
export const mergeZones = async (district: string, zones: readonly n.Seen[], name: string, note: string) =>
  as<n.Edit>(
    await value(
      client.POST('/districts/{district}/zones/merge', {
        params: { path: { district } },
        body: { zones: zones.map(({ code, version }) => ({ code, version })), name, note },
      }),
    ),
  );

// ---- coverage
export const runCoverage = (district: string, body: n.CoverageAsk) =>
  value(client.POST('/districts/{district}/coverage/runs', { params: { path: { district } }, body }));
export const coverageRuns = async (district: string) =>
  (await value(client.GET('/districts/{district}/coverage/runs', { params: { path: { district } } }))).items;
export const coverageRun = (district: string, id: string) =>
  value(client.GET('/districts/{district}/coverage/runs/{id}', { params: { path: { district, id } } }));
export const coverageCommunities = async (district: string, id: string) =>
  (
    await value(
      client.GET('/districts/{district}/coverage/runs/{id}/communities', {
        params: { path: { district, id } },
      }),
    )
  ).items;

// ---- data
export const importLayers = [
  'auto',
  'ledger',
  'communities',
  'buildings',
  'facilities',
  'osm',
  'elevation',
] as const;
export type ImportLayer = (typeof importLayers)[number];
export const importCrs = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const;
export type ImportCrs = (typeof importCrs)[number];

/** `sent` hears the share of the file that has gone up, 0 to 1. `district` may be "-": found from the file. */
export async function startImport(
  district: string,
  file: File,
  layer: ImportLayer,
  crs: ImportCrs,
  sent: (share: number) => void,
  signal: AbortSignal,
  areaUnit?: n.AreaUnit,
): Promise<n.Job> {
  // The fields come before the file, so that the server knows what it reads while it reads.
  const form = new FormData();
  form.set('layer', layer);
  form.set('crs', crs);
  if (areaUnit) form.set('area_unit', areaUnit);
  form.set('file', file, file.name);
  const response = await upload(`${BASE}/districts/${enc(district)}/imports`, form, sent, signal);
  return valueFrom<n.Job>(response);
}
export const jobs = async (district: string, kind: string) =>
  as<n.Job[]>(
    (
      await value(
        client.GET('/districts/{district}/jobs', {
          params: { path: { district }, query: { kind } },
        }),
      )
    ).items,
  );
export const job = async (id: string) =>
  as<n.Job>(await value(client.GET('/jobs/{id}', { params: { path: { id } } })));
export const cancelJob = (id: string) => value(client.DELETE('/jobs/{id}', { params: { path: { id } } }));
export const jobEvents = (id: string) => `${BASE}/jobs/${enc(id)}/events`;
export const districtEvents = (district: string) => `${BASE}/districts/${enc(district)}/events`;

/** fetch cannot tell how much of a body has gone up; XMLHttpRequest can. */
export function upload(
  url: string,
  body: FormData,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    x.open('POST', url);
    x.setRequestHeader('Accept', 'application/json');
    x.upload.onprogress = (e) => e.lengthComputable && sent(e.loaded / e.total);
    x.onload = () => resolve(new Response(x.responseText, { status: x.status }));
    x.onerror = () => reject(new TypeError('network'));
    x.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
    signal.addEventListener('abort', () => x.abort());
    x.send(body);
  });
}

// ---- map
export async function style(district: string, theme: 'light' | 'dark'): Promise<unknown> {
  const early = window.lianpianEarly;
  if (early?.style && early.district === district && early.theme === theme) {
    const response = await early.style.catch(() => null);
    early.style = null;
    if (response?.ok) return valueFrom<unknown>(response);
  }
  return value<unknown>(
    client.GET('/districts/{district}/style.json', { params: { path: { district }, query: { theme } } }),
  );
}
export const tilesAddress = (
  district: string,
  layers: string,
  of: { run?: string; scenario?: string | null } = {},
) => {
  const query = [of.run && `run=${enc(of.run)}`, of.scenario && `scenario=${enc(of.scenario)}`]
    .filter(Boolean)
    .join('&');
  return `${location.origin}${BASE}/districts/${enc(district)}/tiles/${layers}/{z}/{x}/{y}.mvt${query ? `?${query}` : ''}`;
};
