import { beforeEach, expect, test } from 'vitest';
import { meets } from '../src/map/Freshness';
import { ask, type Desk, DISTRICT, given, laoshan, like, type Position, then, when } from './driver';

/** A tile that the map asks for; first: it had not asked for it before. */
type Tile = { layers: string; z: number; x: number; y: number; first: boolean };
type Spot = Pick<Tile, 'z' | 'x' | 'y'>;
type Box = [west: number, south: number, east: number, north: number];

const zoneColour = [196, 21, 95] as const;
const around = { ...laoshan, zoom: 15 };
/** The table below the map, which comes and goes with the selection, brings no other tiles into sight. */
const above = { ...around, lat: 31.2391 };
/** Degrees of longitude. */
const pixel = 360 / (512 * 2 ** around.zoom);
let made = 0;

beforeEach(given.noZones);

test('what another planner saves is asked for again only where it lies and lay', async () => {
  const other = await given.account('planner');
  const desk = await given.visitor(await given.account('planner'));
  const asked = tilesAskedFor(desk);
  await when.open(desk, 'zones', around);
  await then.stands(desk);
  const shown = asked.take().filter(ofZones);
  const middle = tileAt(around.lng, around.lat);
  const beside = { ...middle, x: middle.x - 1 };
  const has = (t: Spot) => shown.some((s) => s.x === t.x && s.y === t.y && s.z === t.z);
  expect([has(middle), has(beside), shown.length > 4]).toEqual([true, true, true]);

  // Drawn: the tiles around it, and nothing else of any source.
  const first = inside(middle);
  const { code, version } = await given.zone(other.cookie, `新鲜 ${++made}`, corners(first));
  await then.paints(desk, zoneColour, 60, 30);
  await asked.quiet();
  onlyAt(asked.take(), [first]);

  // Moved into the next tile: there and where it was.
  const second = inside(beside);
  await move(other.cookie, code, version, second);
  await asked.sees((t) => ofZones(t) && meets(t, second));
  await asked.quiet();
  const after = asked.take();
  onlyAt(after, [first, second]);
  for (const box of [first, second]) expect(after.some((t) => ofZones(t) && meets(t, box))).toBe(true);
  const far = shown.filter((t) => !meets(t, first) && !meets(t, second));
  console.log(
    `${shown.length} tiles of zones on the screen; ${after.filter(ofZones).length} asked for again, ${far.length} left`,
  );
  expect(far.length).toBeGreaterThan(1);
});

test('a tile that was out of sight when something in it changed is asked for when it is looked at', async () => {
  const other = await given.account('planner');
  const box = inside(tileAt(around.lng, around.lat));
  const { code, version } = await given.zone(other.cookie, `新鲜 ${++made}`, corners(box));
  const desk = await given.visitor(await given.account('planner'));
  const asked = tilesAskedFor(desk);
  await when.open(desk, 'zones', around);
  await then.paints(desk, zoneColour, 60, 30);
  for (let times = 0; times < 2; times++) await drag(desk, -600);
  await then.paintsNot(desk, zoneColour, 0, 30);
  await asked.quiet();
  asked.take();

  await ask(other.cookie, 'DELETE', `/districts/${DISTRICT}/zones/${code}`, { version });
  await expect.poll(() => then.rows(`select 1 from zone where code = :'code'`, { code })).toEqual([]);
  await asked.quiet();
  onlyAt(asked.take(), [box]);

  for (let times = 0; times < 2; times++) await drag(desk, 600);
  await asked.sees((t) => ofZones(t) && meets(t, box));
  await then.stands(desk);
  expect(await then.painted(desk, zoneColour, 30)).toBe(0);
});

test('what a person draws, moves, deletes and takes back is shown, and asked for again only where it lies and lay', {
  timeout: 300_000,
}, async () => {
  const desk = await given.visitor(await given.account('planner'));
  const asked = tilesAskedFor(desk);
  await when.open(desk, 'zones', above);
  await then.stands(desk);
  await asked.quiet();
  const shown = asked.take().filter(ofZones);
  const first = inside(tileAt(above.lng, above.lat), [0.295, 0.15, 0.745, 0.5]);
  // Over the side of the tile, but not of the screen; nor is it small there: the map stays where it is.
  const way = 200 * pixel;
  const second: Box = [first[0] - way, first[1], first[2] - way, first[3]];
  const counts: string[] = [];

  const edits: { what: string; act: () => Promise<void>; at: readonly Box[]; shows: Box | null }[] = [
    {
      what: 'drawn',
      act: async () => void (await when.drawZone(desk, `新鲜 ${++made}`, corners(first), above)),
      at: [first],
      shows: first,
    },
    { what: 'moved', act: () => carry(desk, first, second), at: [first, second], shows: second },
    { what: 'taken back', act: () => press(desk, 'Control+z'), at: [first, second], shows: first },
    { what: 'done again', act: () => press(desk, 'Control+Shift+z'), at: [first, second], shows: second },
    {
      what: 'deleted',
      act: async () => {
        await desk.get('zone-delete').click();
        await desk.get('delete-confirm').click();
      },
      at: [second],
      shows: null,
    },
    { what: 'brought back', act: () => press(desk, 'Control+z'), at: [second], shows: second },
  ];
  for (const { what, act, at, shows } of edits) {
    await act();
    for (const box of [first, second])
      await expect
        .poll(() => outlined(desk, box), { timeout: 45_000, message: `${what}: east side of ${box}` })
        .toBe(box === shows);
    await asked.quiet();
    const again = asked.take().filter((t) => !t.first);
    counts.push(`${what} ${again.filter(ofZones).length}`);
    onlyAt(again, at);
    const tiles = new Set(again.filter(ofZones).map((t) => `${t.x} ${t.y}`));
    expect([what, tiles.size > 0 && tiles.size < shown.length / 2]).toEqual([what, true]);
  }
  console.log(`${shown.length} tiles of zones on the screen; asked for again: ${counts.join(', ')}`);
});

const ofZones = (t: Tile) => t.layers.split(',').includes('zones');

/** The tiles that the map asks for, from now on. */
function tilesAskedFor(desk: Desk) {
  const tiles: Tile[] = [];
  const before = new Set<string>();
  let last = Date.now();
  desk.page.on('request', (r) => {
    const found = /\/tiles\/([^/]+)\/(\d+)\/(\d+)\/(\d+)\.mvt/.exec(r.url());
    if (!found) return;
    const [, layers = '', z, x, y] = found;
    const first = !before.has(found[0]);
    before.add(found[0]);
    tiles.push({ layers: decodeURIComponent(layers), z: Number(z), x: Number(x), y: Number(y), first });
    last = Date.now();
  });
  return {
    take: () => tiles.splice(0),
    sees: (is: (t: Tile) => boolean) => expect.poll(() => tiles.some(is), { timeout: 45_000 }).toBe(true),
    /** Nothing is asked for any more: what others save is gathered for half a second. */
    quiet: () => {
      last = Date.now();
      return expect.poll(() => Date.now() - last, { timeout: 45_000, interval: 100 }).toBeGreaterThan(1500);
    },
  };
}

/** Every tile that was asked for again draws something of one of the places. */
function onlyAt(tiles: readonly Tile[], places: readonly Box[]): void {
  expect(tiles.filter((t) => !t.first && !places.some((p) => meets(t, p)))).toEqual([]);
}

function tileAt(lng: number, lat: number): Spot {
  const n = 2 ** around.zoom;
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return { z: around.zoom, x: Math.floor(((lng + 180) / 360) * n), y: Math.floor(y * n) };
}

/** A box well inside a tile; its sides as parts of the tile's. */
function inside({ z, x, y }: Spot, [west, north, east, south] = [0.3, 0.3, 0.7, 0.7] as const): Box {
  const n = 2 ** z;
  const lng = (part: number) => ((x + part) / n) * 360 - 180;
  const lat = (part: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + part)) / n))) * 180) / Math.PI;
  return [lng(west), lat(south), lng(east), lat(north)];
}

const corners = ([west, south, east, north]: Box): Position[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
];

async function move(cookie: string, code: string, version: number, to: Box): Promise<void> {
  const ring = corners(to);
  await ask(cookie, 'PUT', `/districts/${DISTRICT}/zones/${code}`, {
    version,
    body: {
      name: `新鲜 ${made}`,
      note: '',
      geometry: { type: 'MultiPolygon', coordinates: [[[...ring, ring[0]]]] },
    },
  });
}

/** Pulls the map to the side. */
async function drag(desk: Desk, pixels: number): Promise<void> {
  const box = await desk.get('map').boundingBox();
  if (!box) throw new Error('no map on the page');
  const y = box.y + box.height / 2;
  const x = box.x + box.width / 2 - pixels / 2;
  await desk.page.mouse.move(x, y);
  await desk.page.mouse.down();
  await desk.page.mouse.move(x + pixels, y, { steps: 8 });
  await desk.page.waitForTimeout(200); // it lies still when it is let go
  await desk.page.mouse.up();
}

const press = (desk: Desk, keys: string) => desk.page.keyboard.press(keys);

/** Carries the selected zone to another place, and saves it. */
async function carry(desk: Desk, [west, south, east, north]: Box, to: Box): Promise<void> {
  await then.sees(desk, 'zone-tools');
  await press(desk, 'v');
  await desk.get('snapping').uncheck();
  await desk.page.waitForTimeout(600); // the panels have come
  const from = await when.pixelOf(desk, [(west + east) / 2, (south + north) / 2], above);
  await desk.page.keyboard.down('Shift');
  await desk.page.mouse.move(from.x, from.y);
  await desk.page.mouse.down();
  await desk.page.mouse.move(from.x + (to[0] - west) / pixel, from.y, { steps: 8 });
  await desk.page.mouse.up();
  await desk.page.keyboard.up('Shift');
  await desk.get('zone-save').click();
}

/** Whether the map shows the east side of a zone of this outline. */
async function outlined(desk: Desk, [, south, east, north]: Box): Promise<boolean> {
  const frame = await desk.get('map').boundingBox();
  if (!frame) throw new Error('no map on the page');
  const picture = await then.mapPicture(desk);
  const isZone = like(zoneColour, 60);
  const parts = [0.2, 0.35, 0.5, 0.65, 0.8];
  const seen = await Promise.all(
    parts.map(async (part) => {
      const spot = await when.pixelOf(desk, [east, south + part * (north - south)], above);
      const [x, y] = [Math.round(spot.x - frame.x), Math.round(spot.y - frame.y)];
      return [-2, -1, 0, 1, 2].some((dx) => isZone(picture.at(x + dx, y)));
    }),
  );
  return seen.filter(Boolean).length >= 4;
}
