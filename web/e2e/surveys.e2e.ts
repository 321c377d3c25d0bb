import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, LARGE, then } from './driver';
import { command } from './driver/database';

interface Asked {
  code: string;
  name: string;
  households: number;
  lng: number;
  lat: number;
  buildings: string[];
}
let place: Asked;

/** A community that nobody has been asked about, with a few buildings of some size. */
beforeEach(async () => {
  place = await then.row<Asked>(
    `select c.code, c.name, c.households, ST_X(c.location) as lng, ST_Y(c.location) as lat,
            array_agg(b.code order by b.code) as buildings
     from community c join building b on b.community_id = c.id
     where c.id not in (select community_id from survey) and c.households between 60 and 400 and c.geom is not null
       and (b.use in ('residential', '') or b.households > 0)
     group by c.id, c.district_code having count(*) between 2 and 8
     order by c.code limit 1`,
  );
});
afterEach(() =>
  command(
    `delete from survey where community_id = (select id from community where code = :'code');
     update community set households_agreed = null, floor_area_agreed_m2 = null where code = :'code'`,
    { code: place.code },
  ),
);

const sheet = { mode: 'program', query: { ptab: 'surveys', sheet: '' } };
const openSheet = () => ({ ...sheet, query: { ptab: 'surveys', sheet: `community:${place.code}:survey` } });
const cell = (desk: Desk, figure: string, row: number) =>
  desk.page.locator(`input[data-figure="${figure}"][data-row="${row}"]`);

/** A survey in which every building has these counts of its households. */
async function surveyed(cookie: string, counts: (households: number, i: number) => object) {
  const made = await ask<{
    id: string;
    version: number;
    counts: { building_code: string; households: number }[];
  }>(cookie, 'POST', `/districts/${DISTRICT}/surveys`, { body: { community: place.code } });
  const { id, version } = made.body;
  await ask(cookie, 'PUT', `/districts/${DISTRICT}/surveys/${id}/counts`, {
    version,
    body: {
      counts: made.body.counts.map((c, i) => ({
        building_code: c.building_code,
        households: c.households,
        ...counts(c.households, i),
      })),
    },
  });
  return { id, rows: made.body.counts };
}

describe('consent of residents', () => {
  test('from the first household asked to the closed survey', async () => {
    const desk = await given.planner(openSheet());
    desk.allow(/422/);
    await then.sees(desk, 'survey-begin');
    await desk.get('survey-begin').click();
    await desk.get('survey-form-contents').fill('道路平整\n电梯加装');
    await desk.get('survey-form-note').fill('联系 13812345678');
    await desk.get('survey-form-send').click();
    await then.shows(desk, 'survey-form', /居民个人信息不得录入系统/);
    await desk.get('survey-form-note').fill('周末入户');
    await desk.get('survey-form-send').click();
    await then.sees(desk, 'survey-table');
    await then.shows(desk, 'survey-outcome', '尚未达到');

    // More agreed than were asked: refused while it is being typed.
    const all = Number(await cell(desk, 'households', 0).inputValue());
    await cell(desk, 'asked', 0).fill(String(all - 1));
    await cell(desk, 'agreed', 0).fill(String(all));
    await then.shows(desk, 'survey', new RegExp(`同意 ${all} 户多于已征询的 ${all - 1} 户`));
    // Still short, and it is said by how much and where nobody was asked.
    await cell(desk, 'agreed', 0).fill('1');
    await then.shows(desk, 'survey-missing', /按户数还差\d+户；.*有\d+户未征询/);

    for (let i = 0; i < place.buildings.length; i++) {
      const n = await cell(desk, 'households', i).inputValue();
      await cell(desk, 'asked', i).fill(n);
      await cell(desk, 'agreed', i).fill(n);
    }
    await then.shows(desk, 'survey-outcome', '已达到');
    await desk.get('survey-save').click();
    await then.shows(desk, 'survey-verdict', /结果已写入小区档案/);
    await desk.get('survey-close').click();
    await desk.get('survey-close-yes').click();
    await desk.page.locator('[data-testid="survey"][data-state="closed"]').waitFor();
    await then.sees(desk, 'survey-again');
    const { households_agreed } = await then.row<{ households_agreed: number }>(
      `select households_agreed from community where code = '${place.code}'`,
    );
    expect(households_agreed).toBe(place.households);
    expect(await then.seriousFaults(desk)).toEqual([]);
  });

  test('a building is counted by its stairwells, and its sheets can be printed', async () => {
    const desk = await given.planner(openSheet());
    await desk.get('survey-begin').click();
    await desk.get('survey-form-send').click();
    await then.sees(desk, 'survey-table');
    const before = await desk.get('survey-row').count();
    await desk.get('survey-split').first().click();
    await desk.get('survey-split-n').fill('2');
    await desk.get('survey-split-do').click();
    await expect.poll(() => desk.get('survey-row').count()).toBe(before + 1);
    await desk.get('survey-save').click();
    await then.shows(desk, 'toast', /已保存/);
    await desk.get('survey-print').click();
    await then.sees(desk, 'print-preview');
    await expect.poll(() => desk.get('annex3').count()).toBe(before + 1);
    const lines = await desk.page.locator('[data-testid="annex3"] tbody tr').count();
    expect(lines).toBe(place.households);
    await desk.page.keyboard.press('Escape');
    await then.misses(desk, 'print-preview');
    await then.sees(desk, 'survey-table');
  });

  test('the list leads to it, and the map shows who agreed', async () => {
    const keeper = await given.account('planner', []);
    await surveyed(keeper.cookie, (households) => ({ asked: households, agreed: households }));
    const desk = await given.planner({
      mode: 'program',
      place: { lng: place.lng, lat: place.lat, zoom: 17 },
      query: { ptab: 'surveys' },
      size: LARGE,
    });
    await desk.get('survey-search').fill(place.name);
    const entry = desk.page.locator(`[data-testid="survey-entry"][data-code="${place.code}"]`);
    await entry.waitFor();
    expect(await entry.textContent()).toContain('已达到');
    await then.paints(desk, [36, 112, 172], 60, 30);
    await then.sees(desk, 'legend-surveys');
    await entry.getByTestId('survey-open').click();
    await then.shows(desk, 'survey-outcome', '已达到');
    expect(await then.overflows(desk)).toEqual([]);
  });

  test('who needs no detail sees no small counts', async () => {
    const keeper = await given.account('planner', []);
    await surveyed(keeper.cookie, (households, i) => ({ asked: households, agreed: i === 0 ? 3 : 0 }));
    const desk = await given.viewer(openSheet());
    await then.sees(desk, 'survey-table');
    await then.shows(desk, 'survey', /少于 5 户的数字不向无需细目的人显示/);
    await then.shows(desk, 'survey-verdict', /户数过少，不显示/);
    expect(await desk.get('survey-row').first().textContent()).toMatch(/\*\*\*\*\*$/);
    expect(await cell(desk, 'asked', 0).count()).toBe(0);
  });
});
