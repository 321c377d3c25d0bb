// The face of the driver: `given` puts people and things in place, `when` is
// what a person does, `then` is what can be seen. Tests use nothing below it
// but plain locators.
import { expect, inject } from 'vitest';
import { command, row, rows } from './driver/database';
import { type Desk, newDesk, SMALL } from './driver/desk';
import { overflows, seriousFaults } from './driver/faults';
import { slowed } from './driver/machine';
import { newPerson, type Person, type Role } from './driver/people';
import { type Colour, countPixels, like } from './driver/picture';
import {
  address,
  firstMap,
  laoshan,
  mapPicture,
  open,
  type Place,
  type Position,
  pixelOf,
  placeOf,
} from './driver/place';
import { ask, DISTRICT } from './driver/service';
import {
  choose,
  clickCorners,
  downloadBy,
  drags,
  drawZone,
  selectedZone,
  selection,
  startPolygon,
  takesTool,
} from './driver/steps';
import { type Totals, totalsOf } from './driver/totals';

export type { Desk } from './driver/desk';
export { LARGE, SMALL } from './driver/desk';
export type { Place, Position } from './driver/place';
export { laoshan, river } from './driver/place';
export { ask, DISTRICT } from './driver/service';

interface Where {
  /** Name that is shown in the window. */
  called?: string;
  mode?: string;
  place?: Place;
  query?: Record<string, string>;
  size?: { width: number; height: number };
}

async function person(role: Role, subdistricts: readonly string[] = [], where: Where = {}) {
  const who = await newPerson(role, subdistricts, where.called);
  const desk = await newDesk(who, where.size);
  await open(desk, where.mode ?? 'registry', where.place, where.query);
  return Object.assign(desk, { who });
}

const outline = (corners: readonly Position[]) => ({
  type: 'MultiPolygon',
  coordinates: [[[...corners, corners[0]]]],
});

/** Degrees between the communities of a grid. */
export const GRID = [0.0006, 0.00045] as const;
/** What the service says to its other processes when communities have changed; tiles are made anew. */
const tellCommunities = `select announce_change('[{"district": "${DISTRICT}", "layer": "communities"}]')`;

export const given = {
  /** A browser in which nobody is signed in. */
  stranger: (size = SMALL) => newDesk(null, size),
  /** A person's window, in which nothing is open yet. */
  visitor: (who: Person, size = SMALL) => newDesk(who, size),
  /** A person of the role at the workbench. */
  administrator: (where?: Where) => person('administrator', [], where),
  planner: (where?: Where) => person('planner', [], where),
  viewer: (where?: Where) => person('viewer', [], where),
  officer: (subdistricts: readonly string[], where?: Where) => person('officer', subdistricts, where),
  account: newPerson,
  slowed,
  /** A new one-time sign-in link for an account. */
  link: async (cookie: string, account: string) =>
    (await ask<{ url: string }>(cookie, 'POST', `/accounts/${account}/link`)).body,
  /** Every zone that a test has left is gone. */
  async noZones(): Promise<void> {
    const { keeper } = inject('service');
    for (const { code, version } of await rows<{ code: string; version: number }>(
      'select code, version from zone',
    ))
      await ask(keeper, 'DELETE', `/districts/${DISTRICT}/zones/${code}`, { version });
  },
  /** `columns` × `lines` communities of twelve corners, some 55 m apart, from this corner to the south-east; gone with `noGrid`. */
  grid: ([lng, lat]: Position, columns: number, lines: number) =>
    command(
      `insert into community (district_code, code, name, households, geom, location)
       select :'district', format('grid-%s-%s', x, y), format('格网 %s-%s', x, y), 100, ST_Multi(shape), ST_Centroid(shape)
       from generate_series(0, :columns - 1) x, generate_series(0, :lines - 1) y,
         lateral (select ST_Buffer(ST_SetSRID(ST_Point(:lng + x * ${GRID[0]}, :lat - y * ${GRID[1]}), 4490), 0.00018, 3) as shape) s;
       ${tellCommunities}`,
      { district: DISTRICT, lng, lat, columns, lines },
    ),
  /** What the service works out in the background for a grid is there. */
  gridKnown: () =>
    expect
      .poll(
        () =>
          row(
            `select exists (select from link l join community c on c.id = l.a_id where c.code like 'grid-%') as begun,
                    (select count(*) from link_stale) as links,
                    (select count(*) from generalised_stale) as shapes`,
          ),
        { timeout: 150_000, interval: 500 },
      )
      .toEqual({ begun: true, links: 0, shapes: 0 }),
  noGrid: () => command(`delete from community where code like 'grid-%'; ${tellCommunities}`),
  /** What the service says a zone with these corners would hold. */
  measured: (cookie: string, corners: readonly Position[]) =>
    ask<Totals>(cookie, 'POST', `/districts/${DISTRICT}/zones/measure`, {
      body: { geometry: outline(corners) },
    }),
  /** A vector tile as text, in which names can be looked for. */
  async tile(cookie: string, path: string): Promise<string> {
    const answer = await fetch(`${inject('service').url}/api/v1${path}`, { headers: { Cookie: cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer()).toString('utf8');
  },
  deletedAccount: (cookie: string, account: string, version: number) =>
    ask(cookie, 'DELETE', `/accounts/${account}`, { version }),
  /** A zone that somebody saved earlier. */
  async zone(
    cookie: string,
    name: string,
    corners: readonly Position[],
  ): Promise<{ code: string; version: number }> {
    const made = await ask<{ code: string; version: number }>(
      cookie,
      'POST',
      `/districts/${DISTRICT}/zones`,
      {
        body: { name, note: '', geometry: outline(corners) },
      },
    );
    return made.body;
  },
};

export const when = {
  open,
  choose,
  clickCorners,
  startPolygon,
  drawZone,
  drags,
  takesTool,
  downloadBy,
  firstMap,
  pixelOf,
  /** Moves the pointer to a position on the ground. */
  async pointsAt(desk: Desk, position: Position, place: Place): Promise<void> {
    const { x, y } = await pixelOf(desk, position, place);
    await desk.page.mouse.move(x, y, { steps: 4 });
  },
  async clicksAt(desk: Desk, position: Position, place: Place): Promise<void> {
    const { x, y } = await pixelOf(desk, position, place);
    await desk.page.mouse.click(x, y);
  },
};

// biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes the module for a promise
export const then = {
  rows,
  row,
  totalsOf,
  placeOf,
  selection,
  selectedZone,
  /** The text of an element becomes this. */
  shows: (desk: Desk, testId: string, text: string | RegExp) =>
    expect
      .poll(
        async () =>
          (await desk
            .get(testId)
            .first()
            .textContent({ timeout: 2000 })
            .catch(() => null)) ?? '',
        {
          timeout: 45_000,
          message: `what ${testId} shows`,
        },
      )
      .toMatch(
        typeof text === 'string' ? new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : text,
      ),
  /** The element comes into sight. */
  sees: (desk: Desk, testId: string) => desk.get(testId).first().waitFor({ state: 'visible' }),
  /** The element goes away. */
  misses: (desk: Desk, testId: string) => desk.get(testId).first().waitFor({ state: 'hidden' }),
  /** So many pixels of the map (every second in both directions) come to have the colour. */
  async paints(desk: Desk, colour: Colour, atLeast: number, tolerance?: number): Promise<void> {
    await expect
      .poll(() => then.painted(desk, colour, tolerance), {
        timeout: 45_000,
        interval: 250,
        message: `pixels of colour ${colour.join(' ')}`,
      })
      .toBeGreaterThanOrEqual(atLeast);
  },
  /** The colour goes from the map, but for what the legend shows of it. */
  async paintsNot(desk: Desk, colour: Colour, atMost = 0, tolerance?: number): Promise<void> {
    await expect
      .poll(() => then.painted(desk, colour, tolerance), { timeout: 45_000, interval: 250 })
      .toBeLessThanOrEqual(atMost);
  },
  painted: async (desk: Desk, colour: Colour, tolerance?: number) =>
    countPixels(await mapPicture(desk), like(colour, tolerance)),
  /** The map has stopped changing: two pictures, a moment apart, are the same. */
  async stands(desk: Desk): Promise<void> {
    let last = '';
    await expect
      .poll(
        async () => {
          const now = (await desk.page.screenshot()).toString('base64');
          const same = now === last;
          last = now;
          return same;
        },
        { timeout: 45_000, interval: 400 },
      )
      .toBe(true);
  },
  /** Where the map looks once it has stopped moving, after a tool was taken. */
  async settled(desk: Desk): Promise<Place> {
    await desk.page.waitForTimeout(600);
    await then.stands(desk);
    return placeOf(desk) ?? laoshan;
  },
  mapPicture,
  overflows,
  seriousFaults,
};
export type { Totals };
export { address, countPixels, like };
