import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { countPixels, type Desk, DISTRICT, given, LARGE, SMALL, then, when } from './driver';
import { serveFolder } from './driver/site';

const water = [201, 214, 223] as const;
const road = [255, 255, 255] as const;
const community = [31, 99, 155] as const;

const FILE = `${DISTRICT}.pmtiles`;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lianpian-site-'));
  await promisify(execFile)(
    resolve(import.meta.dirname, '../../bin/lianpian'),
    ['tiles', 'bake', '--district', DISTRICT, '--max-zoom', '15', '--site', folder],
    { env: { ...process.env, DATABASE_URL: '', LIANPIAN_DATA_DIR: inject('service').data } },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the page asks of anybody but `origin`. */
function strays(desk: Desk, origin: string): string[] {
  const found: string[] = [];
  desk.page.on('request', (r) => {
    const { protocol, origin: of } = new URL(r.url());
    if (of !== origin && protocol !== 'blob:' && protocol !== 'data:') found.push(r.url());
  });
  return found;
}

async function seesTheDistrict(desk: Desk): Promise<void> {
  await then.paints(desk, water, 5000, 4);
  await then.paints(desk, road, 300, 2);
  await then.paints(desk, community, 50, 24);
  const { name } = await then.row<{ name: string }>(`select name from district where code = '${DISTRICT}'`);
  await then.shows(desk, 'district', name);
  await then.shows(desk, 'archive-file', FILE);
  await then.shows(desk, 'attribution', /OpenStreetMap/);
}

async function picture(desk: Desk, name: string): Promise<void> {
  const to = process.env.E2E_PICTURES;
  if (!to) return;
  await mkdir(to, { recursive: true });
  await then.stands(desk);
  await desk.page.screenshot({ path: join(to, `baked-${name}.png`) });
}

test('a baked folder on a static web server shows the district, and asks nobody else', async () => {
  const site = await serveFolder(folder);
  const desk = await given.stranger();
  const elsewhere = strays(desk, new URL(site.url).origin);
  await desk.page.goto(site.url);
  await when.firstMap(desk);
  await seesTheDistrict(desk);
  await then.shows(desk, 'archive-at', /^\d{4}-\d\d-\d\d \d\d:\d\d 的数据$/);
  expect(elsewhere).toEqual([]);
  // The file is read by parts, and never as a whole.
  const ranges = site.asked.filter((a) => a.name === FILE).map((a) => a.range);
  expect(ranges.length).toBeGreaterThan(3);
  expect(ranges).not.toContain('');
});

test('layers can be switched, in both languages, light and dark, on small and large screens', async () => {
  const site = await serveFolder(folder);
  const desk = await given.stranger();
  await desk.page.goto(site.url);
  await seesTheDistrict(desk);
  for (const size of [SMALL, LARGE]) {
    await desk.page.setViewportSize(size);
    expect(await then.overflows(desk)).toEqual([]);
    await picture(desk, `light-${size.width}`);
  }
  expect(await then.seriousFaults(desk)).toEqual([]);

  await desk.page.setViewportSize(SMALL);
  await desk.get('layers').click();
  await desk.get('layer-water').uncheck();
  await then.paintsNot(desk, water, 100, 1); // here and there an edge has the same colour
  await picture(desk, 'layers');
  await desk.get('layer-water').check();
  await then.paints(desk, water, 5000, 4);
  // The file has no coverage run, and links are not drawn without a scenario's rules: there is no switch.
  for (const none of ['coverage', 'links'])
    expect([none, await desk.get(`layer-${none}`).count()]).toEqual([none, 0]);
  await desk.page.keyboard.press('Escape');

  await desk.get('language').click();
  await then.shows(desk, 'archive-at', /^As of \d{4}-/);
  await desk.get('theme').click();
  const dark = (c: readonly number[]) => c.every((v) => v < 110);
  await expect
    .poll(
      async () => {
        const seen = await then.mapPicture(desk);
        return countPixels(seen, dark, 4) / countPixels(seen, () => true, 4);
      },
      { timeout: 45_000 },
    )
    .toBeGreaterThan(0.7);
  expect(await then.seriousFaults(desk)).toEqual([]);
  await picture(desk, 'dark');
});

test('a server without ranges will do', async () => {
  const site = await serveFolder(folder, { ranges: false });
  const desk = await given.stranger();
  await desk.page.goto(site.url);
  await seesTheDistrict(desk);
  expect(site.asked.filter((a) => a.name === FILE).length).toBe(1);
});

test('the service shows a file from a disk under its own content policy, and takes it nowhere', async () => {
  const desk = await given.stranger();
  const elsewhere = strays(desk, new URL(inject('service').url).origin);
  const sent: string[] = [];
  await desk.page.goto('/baked');
  await then.sees(desk, 'open-file');
  await picture(desk, 'empty');
  desk.page.on('request', (r) => sent.push(`${r.method()} ${r.url()}`));
  await desk.get('archive-input').setInputFiles(join(folder, FILE));
  await seesTheDistrict(desk);
  expect(elsewhere).toEqual([]);
  expect(sent.filter((s) => !s.includes('blob:'))).toEqual([]);
});

test('the page of the folder opened from a disk shows a file that is chosen', async () => {
  const desk = await given.stranger();
  await desk.page.goto(`file://${join(folder, 'index.html')}`);
  await then.shows(desk, 'empty', new RegExp(FILE));
  await desk.get('archive-input').setInputFiles(join(folder, FILE));
  await seesTheDistrict(desk);
});

test('a file that cannot be shown is refused in one sentence, and the map stays', async () => {
  const good = await readFile(join(folder, FILE));
  const changed = (at: number, to: number) => {
    const copy = Buffer.from(good);
    copy[at] = to;
    return copy;
  };
  const refused: Record<string, [Buffer, RegExp]> = {
    'notes.pmtiles': [Buffer.from('小区名单\n'), /^notes\.pmtiles 不是 PMTiles 文件。$/],
    'half.pmtiles': [good.subarray(0, good.length / 2), /^half\.pmtiles 已损坏或不完整/],
    'newer.pmtiles': [changed(7, 4), /^newer\.pmtiles 来自更新版本的连片/],
    'pictures.pmtiles': [changed(99, 2), /^pictures\.pmtiles 不是连片生成的离线地图/],
  };
  const site = await serveFolder(folder);
  const desk = await given.stranger();
  await desk.page.goto(site.url);
  await seesTheDistrict(desk);
  for (const [name, [buffer, sentence]] of Object.entries(refused)) {
    await desk.get('archive-input').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
    await then.shows(desk, 'refused', sentence);
    await then.shows(desk, 'archive-file', FILE);
  }
  await picture(desk, 'refused');

  // A drop opens, as the button does.
  await desk.page.evaluate(
    (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], 'dropped.pmtiles'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    },
    [...Buffer.from('not tiles')],
  );
  await then.shows(desk, 'refused', /^dropped\.pmtiles 不是 PMTiles 文件。$/);
});

test('a page whose file is gone says so, and opens another; a file that is damaged inside is told of', async () => {
  const alone = await mkdtemp(join(tmpdir(), 'lianpian-alone-'));
  onTestFinished(() => rm(alone, { recursive: true, force: true }));
  await cp(folder, alone, { recursive: true, filter: (name) => !name.endsWith('.pmtiles') });
  const site = await serveFolder(alone);
  const desk = await given.stranger();
  desk.allow(/404/);
  await desk.page.goto(site.url);
  await then.shows(desk, 'refused', `网页旁边没有 ${FILE}。`);

  const buffer = await readFile(join(folder, FILE));
  buffer.fill(0, Number(buffer.readBigUInt64LE(56))); // where the tiles begin
  desk.allow(/map:/);
  await desk
    .get('archive-input')
    .setInputFiles({ name: 'worn.pmtiles', mimeType: 'application/octet-stream', buffer });
  await then.shows(desk, 'toast', /^这份文件有一部分读不出来/);
  await then.shows(desk, 'archive-file', 'worn.pmtiles');
  await then.misses(desk, 'refused');
});
