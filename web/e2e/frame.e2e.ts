import { expect, test } from 'vitest';
import { given, LARGE, laoshan, SMALL, then, when } from './driver';

const modes = ['registry', 'zones', 'coverage', 'program', 'plans', 'data'] as const;

for (const size of [SMALL, LARGE]) {
  test(`nothing overflows at ${size.width} × ${size.height} in any mode`, async () => {
    const desk = await given.planner({ size, place: laoshan });
    const community = await then.row<{ code: string }>(`select code from community where name = '崂山二村'`);
    await when.open(desk, 'registry', laoshan, { select: `community:${community.code}` });
    await then.shows(desk, 'inspector-title', '崂山二村');
    for (const mode of modes) {
      await desk.get(`mode-${mode}`).click();
      await then.sees(desk, `panel-${mode}`);
      expect(await then.overflows(desk)).toEqual([]);
    }
  });
}

test('the sign-in page and the workbench have no serious accessibility faults', async () => {
  const door = await given.stranger();
  door.allow(/401/);
  await door.page.goto('/');
  await then.sees(door, 'sign-in-name');
  expect(await then.seriousFaults(door)).toEqual([]);

  const community = await then.row<{ code: string }>(`select code from community where name = '崂山二村'`);
  const desk = await given.planner({ place: laoshan, query: { select: `community:${community.code}` } });
  await then.shows(desk, 'inspector-title', '崂山二村');
  await then.sees(desk, 'grid-row');
  expect(await then.seriousFaults(desk)).toEqual([]);
  for (const mode of modes.slice(1)) {
    await desk.get(`mode-${mode}`).click();
    await then.sees(desk, `panel-${mode}`);
    expect(await then.seriousFaults(desk)).toEqual([]);
  }
});

test('the address keeps place, mode, selection and hidden layers over a reload', async () => {
  const desk = await given.planner({ place: laoshan });
  await desk.get('mode-zones').click();
  await desk.get('layers').click();
  await desk.get('layer-facilities').uncheck();
  await desk.page.keyboard.press('Escape');
  const community = await then.row<{ lng: number; lat: number; code: string }>(
    `select ST_X(location) as lng, ST_Y(location) as lat, code from community where name = '崂山三村'`,
  );
  await when.clicksAt(desk, [community.lng, community.lat], laoshan);
  await then.shows(desk, 'inspector-title', '崂山三村');
  await desk.get('zoom-in').click();
  await expect.poll(() => then.placeOf(desk)?.zoom).toBe(17);
  const address = desk.page.url();
  expect(address).toContain(`select=community:${community.code}`);
  expect(address).toContain('hide=facilities');
  expect(new URL(address).pathname).toBe('/d/310115/zones');

  await desk.page.reload();
  await when.firstMap(desk);
  await then.shows(desk, 'inspector-title', '崂山三村');
  await then.sees(desk, 'panel-zones');
  expect(desk.page.url()).toBe(address);
  await then.shows(desk, 'zoom', /17\.0/);
  await desk.get('layers').click();
  await expect.poll(() => desk.get('layer-facilities').isChecked()).toBe(false);

  // Back goes to where the person was before.
  await desk.page.keyboard.press('Escape');
  await desk.get('mode-registry').click();
  await then.sees(desk, 'panel-registry');
  await desk.page.goBack();
  await then.sees(desk, 'panel-zones');
});

test('a layer that is switched off goes from the map', async () => {
  const desk = await given.planner({ place: laoshan });
  const outline = [31, 99, 155] as const;
  await then.paints(desk, outline, 100, 24);
  await desk.get('layers').click();
  await desk.get('layer-communities').uncheck();
  await desk.page.keyboard.press('Escape');
  await then.paintsNot(desk, outline, 30, 24);
});

test('keys: modes by number, the table by t, the list of keys by ?', async () => {
  const desk = await given.planner();
  await then.sees(desk, 'attribute-table');
  await desk.page.keyboard.press('t');
  await then.misses(desk, 'attribute-table');
  await desk.page.keyboard.press('t');
  await then.sees(desk, 'attribute-table');
  await desk.page.keyboard.press('2');
  await then.sees(desk, 'panel-zones');
  await desk.page.keyboard.press('?');
  await desk.page.getByRole('dialog').waitFor();
  await desk.page.keyboard.press('Escape');
  await desk.page.keyboard.press('6');
  await then.sees(desk, 'panel-data');
});
