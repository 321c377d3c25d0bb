import { afterAll, beforeEach, expect, inject, test } from 'vitest';
import { colours } from '../src/proposals/colour';
import { ask, countPixels, type Desk, DISTRICT, given, laoshan, like, then, when } from './driver';

const near = { ...laoshan, zoom: 15 };
const path = `/districts/${DISTRICT}`;
interface Zone {
  index: number;
  communities: string[];
}
interface Proposal {
  id: string;
  state: string;
  answer: { zones: Zone[]; value: number; bound: number; placed: number } | null;
  curve: { value: number }[];
}

/** What one test leaves is no concern of the next, nor of other files. */
const clean = async () => {
  const { keeper } = inject('service');
  const { body } = await ask<{ items: { code: string; main: boolean; version: number }[] }>(
    keeper,
    'GET',
    `${path}/scenarios`,
  );
  for (const s of body.items)
    if (!s.main) await ask(keeper, 'DELETE', `${path}/scenarios/${s.code}`, { version: s.version });
  await given.noZones();
};
beforeEach(clean);
afterAll(clean);

/** The form with this least number of households a zone; the most is 3000 from the start. */
async function asks(desk: Desk, least: string): Promise<void> {
  await desk.get('propose-zones').click();
  await desk.get('proposal-households-min').fill(least);
  await desk.get('proposal-ask').click();
}
async function shown(desk: Desk & { who: { cookie: string } }): Promise<Proposal> {
  // The address follows a moment after the panel.
  const id = () => new URL(desk.page.url()).searchParams.get('proposal');
  await expect.poll(id).toMatch(/^[0-9a-f-]{36}$/);
  return (await ask<Proposal>(desk.who.cookie, 'GET', `${path}/proposals/${id()}`)).body;
}
const ended = (desk: Desk) =>
  expect
    .poll(() => desk.get('proposal-view').getAttribute('data-state'), { timeout: 40_000 })
    .toMatch(/^(done|cancelled)$/);

/** The colour of a zone as it lies on the ground of the map. */
function onGround(hex: string | undefined): [number, number, number] {
  const part = (i: number) =>
    Math.round(0.72 * Number.parseInt((hex ?? '').slice(1 + 2 * i, 3 + 2 * i), 16) + 0.28 * 236);
  return [part(0), part(1), part(2)];
}
async function anyZone(desk: Desk): Promise<number> {
  const picture = await then.mapPicture(desk);
  return Math.max(...colours.map((c) => countPixels(picture, like(onGround(c), 6))));
}

test('zones are proposed within the limits, coloured, explained, accepted into a new scenario and taken back', async () => {
  const desk = await given.planner({ mode: 'zones', place: near });
  await asks(desk, '300');
  await then.sees(desk, 'proposal-zone');
  await ended(desk);

  // What the service answered holds by the register itself.
  const { answer } = await shown(desk);
  const zones = answer?.zones ?? [];
  expect(zones.length).toBeGreaterThan(3);
  await then.shows(desk, 'proposal-zones', String(zones.length));
  expect(answer?.bound).toBeGreaterThanOrEqual((answer?.value ?? 0) - 1e-6);
  await then.shows(desk, 'proposal-gap-figure', /^(✓|\d+\.\d%)$/);
  const placed = zones.flatMap((z) => z.communities);
  expect(new Set(placed).size).toBe(placed.length);
  for (const zone of zones) {
    const { households, others } = await then.row<{ households: number; others: number }>(
      `select sum(households)::int as households, count(*) filter (where eligibility <> 'in') as others
       from community where code in (select value from json_array_elements_text(:'codes'::json))`,
      { codes: JSON.stringify(zone.communities) },
    );
    expect(households, `households of zone ${zone.index}`).toBeGreaterThanOrEqual(300);
    expect(households, `households of zone ${zone.index}`).toBeLessThanOrEqual(3000);
    expect(others).toBe(0);
    const { body } = await ask<{ contiguous: boolean }>(desk.who.cookie, 'POST', `${path}/zones/contiguity`, {
      body: { communities: zone.communities },
    });
    expect(body.contiguous, `zone ${zone.index}`).toBe(true);
  }
  await expect.poll(() => anyZone(desk), { timeout: 45_000 }).toBeGreaterThan(400);
  await desk.get('legend').getByRole('button').first().click();
  await then.sees(desk, 'legend-proposal');

  // Why a community is in its zone, and why another is in none.
  const index = zones.find((z) => z.communities.includes('C103'))?.index;
  await when.clicksAt(desk, await placeOf('C103'), near);
  await then.shows(desk, 'proposal-why-detail', new RegExp(`^崂山二村：归入第 ${index} 片`));
  const out = await then.row<{ code: string; name: string }>(
    `select code, name from community where eligibility = 'out' order by ST_Distance(location, ST_SetSRID(ST_Point(${near.lng}, ${near.lat}), 4490)) limit 1`,
  );
  const answerOf = new URL(desk.page.url()).searchParams.get('proposal') ?? '';
  await when.open(desk, 'zones', near, { proposal: answerOf, select: `community:${out.code}` });
  await then.shows(desk, 'proposal-why-detail', new RegExp(`^${out.name}：纳入结论为“不纳入”`));

  const name = `建议 ${process.pid}`;
  await desk.get('proposal-scenario-name').fill(name);
  await desk.get('proposal-accept').click();
  await then.sees(desk, 'zone-item');
  await expect.poll(() => new URL(desk.page.url()).searchParams.get('scenario')).toMatch(/./);
  await expect.poll(() => new URL(desk.page.url()).searchParams.get('proposal')).toBeNull();
  const made = () =>
    then.rows<{ communities: string[] }>(
      `select (select array_agg(c.code order by c.code) from zone_community m join community c on c.id = m.community_id where m.zone_id = z.id) as communities
       from zone z join scenario s on s.id = z.scenario_id where s.name = :'name'`,
      { name },
    );
  const sorted = (lists: string[][]) => lists.map((l) => l.toSorted().join()).toSorted();
  expect(sorted((await made()).map((z) => z.communities))).toEqual(sorted(zones.map((z) => z.communities)));
  await desk.page.mouse.move(300, 10); // what the pointer rests on has colours of its own
  await expect.poll(() => anyZone(desk), { timeout: 45_000 }).toBeLessThan(100);

  await desk.page.keyboard.press('Control+z');
  await expect.poll(async () => (await made()).length, { timeout: 45_000 }).toBe(0);
  await desk.page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => (await made()).length, { timeout: 45_000 }).toBe(zones.length);
});

test('a request that contradicts itself is named, and nothing is computed', async () => {
  const desk = await given.planner({ mode: 'zones', place: near });
  desk.allow(/422/);
  const before = await then.row<{ n: number }>('select count(*) as n from proposal');
  await asks(desk, '5000');
  await then.shows(desk, 'proposal-fault', '户数的下限 5000 户大于上限 3000 户');
  await desk.get('proposal-households-min').fill('many');
  await desk.get('proposal-ask').click();
  await then.shows(desk, 'proposal-fault', /户数.*应为不小于 0 的数/);
  expect(await then.row('select count(*) as n from proposal')).toEqual(before);
});

test('better answers show while they are looked for, and the best stays when the search is stopped', async () => {
  await given.grid([121.4895, 31.2465], 45, 45);
  try {
    await given.gridKnown();
    // Each inner community of the grid has its eight neighbours.
    const { n } = await then.row<{ n: number }>(
      `select count(*) as n from link l join community a on a.id = l.a_id join community b on b.id = l.b_id
       where a.code like 'grid-%' and b.code like 'grid-%'`,
    );
    expect(n).toBeGreaterThan(7000);
    const desk = await given.planner({ mode: 'zones', place: { lng: 121.503, lat: 31.237, zoom: 14 } });
    await desk.get('propose-zones').click();
    await desk.get('proposal-eligibility-borderline').check();
    await desk.get('proposal-more').click();
    await desk.get('proposal-seconds').fill('100');
    await desk.get('proposal-ask').click();
    await then.sees(desk, 'proposal-zone');
    const values: number[] = [];
    await expect
      .poll(
        async () => {
          const text = await desk.get('proposal-value').textContent();
          values.push(Number((text ?? '').replaceAll(',', '')));
          return new Set(values).size;
        },
        { timeout: 40_000, interval: 150 },
      )
      .toBeGreaterThan(1);
    await expect.poll(() => desk.get('proposal-view').getAttribute('data-state')).toBe('running');
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    await expect.poll(() => anyZone(desk), { timeout: 45_000 }).toBeGreaterThan(200);

    await desk.get('proposal-stop').click();
    await ended(desk);
    const { state, answer, curve } = await shown(desk);
    expect(state).toBe('cancelled');
    expect(answer?.value).toBeGreaterThanOrEqual(values.at(-1) ?? 0);
    expect(curve.map((p) => p.value)).toEqual(curve.map((p) => p.value).toSorted((a, b) => a - b));
    // What was found is explained and can be accepted all the same.
    const code = answer?.zones[0]?.communities[0] ?? '';
    const id = new URL(desk.page.url()).searchParams.get('proposal');
    const why = () =>
      ask<{ items: { zone: number }[] }>(
        desk.who.cookie,
        'GET',
        `${path}/proposals/${id}/explanations?community=${code}`,
      );
    await expect.poll(async () => (await why()).body.items[0]?.zone, { timeout: 45_000 }).toBe(1);
    await then.sees(desk, 'proposal-accept');
  } finally {
    await given.noGrid();
  }
});

test('a viewer sees proposals but cannot ask for one', async () => {
  const desk = await given.viewer({ mode: 'zones', place: near, query: { proposal: 'new' } });
  await expect.poll(() => desk.get('proposal-ask').getAttribute('aria-disabled')).toBe('true');
});

async function placeOf(code: string): Promise<[number, number]> {
  const { x, y } = await then.row<{ x: number; y: number }>(
    `select ST_X(p) as x, ST_Y(p) as y from (select ST_PointOnSurface(geom) as p from community where code = :'code') c`,
    { code },
  );
  return [x, y];
}
