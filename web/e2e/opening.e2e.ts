import { expect, test } from 'vitest';
import { address, countPixels, given, river, then, when } from './driver';

// Colours of the style: what a person must be able to see on the first map.
const water = [201, 214, 223] as const;
const road = [255, 255, 255] as const;
const community = [31, 99, 155] as const;

test('the first map is there within 1.5 s of opening the page', async () => {
  const desk = await given.planner(); // the service is warm, the browser has seen the page once
  const context = desk.page.context();
  await desk.page.close();
  const times: number[] = [];
  // A machine that does something else meanwhile gets more than one try.
  while (times.length < 8 && !times.some((t) => t < 1500)) {
    const page = await context.newPage();
    await page.goto(address('registry'));
    times.push(await when.firstMap({ ...desk, page }));
    await page.close();
  }
  console.log(`first map: ${times.map((t) => `${t} ms`).join(', ')}`);
  expect(Math.min(...times)).toBeLessThan(1500);
});

test('the map draws water, roads, buildings and communities', async () => {
  const desk = await given.planner({ place: river });
  await then.paints(desk, water, 5000, 4);
  await then.paints(desk, road, 1000, 2);
  await then.paints(desk, community, 50, 24);

  await when.open(desk, 'registry', { lng: 121.5065, lat: 31.2365, zoom: 16 });
  const brownish = (c: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = c;
    return r >= g && g >= b && r - b >= 8 && r - b <= 30 && r >= 130 && r <= 222;
  };
  expect(countPixels(await then.mapPicture(desk), brownish)).toBeGreaterThan(4000);
});

test('dark theme paints the map dark and is remembered', async () => {
  const desk = await given.planner({ place: river });
  await desk.get('toggle-theme').click();
  const dark = (c: readonly number[]) => c.every((v) => v < 110);
  await expect
    .poll(
      async () =>
        countPixels(await then.mapPicture(desk), dark, 4) /
        countPixels(await then.mapPicture(desk), () => true, 4),
      {
        timeout: 20_000,
      },
    )
    .toBeGreaterThan(0.7);
  await desk.page.reload();
  await when.firstMap(desk);
  expect(await desk.page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
});
