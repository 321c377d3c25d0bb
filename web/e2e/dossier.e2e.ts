import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask, type Desk, DISTRICT, given, laoshan, then } from './driver';
import { readWorkbook } from './driver/workbook';

interface Community {
  code: string;
  subdistrict: string;
}
interface File {
  version: number;
  checks: { kind: string; no: string; result: string }[];
  community: { municipal_missing: string[] | null };
  attachments: { title: string; location: [number, number] | null }[];
}
/** A community of its own for a test, where no other test counts: what others do to theirs does not matter. */
const corner = [121.4822, 31.2282] as const;
let made = 0;
async function community(cookie: string): Promise<Community> {
  const { code: subdistrict } = await then.row<{ code: string }>(
    `select code from subdistrict where district_code = '${DISTRICT}' order by code limit 1`,
  );
  const answer = await ask<{ code: string }>(cookie, 'POST', `/districts/${DISTRICT}/communities`, {
    body: {
      code: `file-${process.pid}-${++made}`,
      name: `档案小区 ${process.pid}-${made}`,
      subdistrict_code: subdistrict,
      location: corner,
    },
  });
  return { code: answer.body.code, subdistrict };
}
const path = (code: string) => `/districts/${DISTRICT}/communities/${code}/file`;
const fileOf = async (cookie: string, code: string) => (await ask<File>(cookie, 'GET', path(code))).body;
const setResult = (desk: Desk, check: string, result: string) =>
  desk.get(`check-${check}`).getByTestId(`set-${result}`).click();

describe('the community file', () => {
  test('is opened from the map, checked, and what is missing becomes a fact', async () => {
    const { cookie } = await given.account('planner', []);
    const { code } = await community(cookie);
    const desk = await given.planner({ place: laoshan, query: { select: `community:${code}` } });
    await desk.get('open-file').click();
    await then.sees(desk, 'completeness');
    await then.shows(desk, 'section-checks', /0 \/ 64/);
    await desk.get('sheet-part-checks').click();
    await then.shows(desk, 'checks-done', '已查 0 / 64 项');
    await setResult(desk, 'item-1', 'missing');
    await setResult(desk, 'item-2', 'ok');
    await setResult(desk, 'management-1.1', 'faulty');
    await desk.get('checks-save').click();
    await then.sees(desk, 'take-over');
    await then.shows(desk, 'checks-done', '已查 3 / 64 项');
    await desk.get('take-over').click();
    await then.misses(desk, 'take-over');
    expect((await fileOf(cookie, code)).community.municipal_missing).toEqual(['供水管网改造']);
    await desk.get('sheet-part-history').click();
    await then.shows(desk, 'history', /采用体检结果/);
    expect(await then.seriousFaults(desk)).toEqual([]);
  });

  test('keeps what two officers found: the second one sees the first one’s and loses nothing', async () => {
    const { cookie } = await given.account('planner', []);
    const { code, subdistrict } = await community(cookie);
    const desk = await given.officer([subdistrict], {
      place: laoshan,
      query: { sheet: `community:${code}:checks` },
    });
    desk.allow(/ 412 /);
    await then.shows(desk, 'checks-done', '已查 0 / 64 项');
    await setResult(desk, 'item-1', 'missing');
    // The map hears of it, but what the officer has begun stays on the version that they saw.
    await desk.page.route('**/file', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    desk.allow(/ERR_FAILED/);
    const other = await ask(cookie, 'PUT', `${path(code)}/checks`, {
      version: 1,
      body: { checks: [{ kind: 'item', no: '2', result: 'ok' }] },
    });
    expect(other.status).toBe(200);
    await desk.get('checks-save').click();
    await then.sees(desk, 'file-conflict');
    await desk.page.unroute('**/file');
    await desk.get('file-load-newest').click();
    await then.shows(desk, 'checks-done', '已查 2 / 64 项');
    await desk.get('checks-save').click();
    await then.misses(desk, 'file-conflict');
    await expect
      .poll(async () =>
        (await fileOf(cookie, code)).checks.filter((c) => c.result !== 'unchecked').map((c) => c.no),
      )
      .toEqual(['1', '2']);
  });

  test('takes photographs and refuses what is none', async () => {
    const { cookie } = await given.account('planner', []);
    const { code } = await community(cookie);
    const desk = await given.planner({ place: laoshan, query: { sheet: `community:${code}:photos` } });
    desk.allow(/ 422 /);
    const drawn = await desk.page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = 640;
      canvas.height = 480;
      const g = canvas.getContext('2d');
      if (g) {
        g.fillStyle = '#7aa0b8';
        g.fillRect(0, 0, 640, 480);
        g.fillStyle = '#6b4d2e';
        g.fillRect(160, 180, 320, 300);
      }
      return canvas.toDataURL('image/jpeg').split(',')[1] ?? '';
    });
    await desk.get('attach-file').setInputFiles([
      { name: '北门.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(drawn, 'base64') },
      { name: '网页.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>') },
    ]);
    await then.sees(desk, 'photograph');
    const alert = desk.page.getByRole('alert').first();
    await alert.waitFor();
    await expect.poll(() => alert.innerText()).toMatch(/网页\.pdf：只接收/);
    await expect
      .poll(() =>
        desk
          .get('photograph')
          .locator('img')
          .evaluate((i) => (i as HTMLImageElement).naturalWidth),
      )
      .toBe(320);
    expect((await fileOf(cookie, code)).attachments.map((a) => a.title)).toEqual(['北门.jpg']);
    await desk.get('attachment-remove').click();
    await desk.get('attachment-remove-yes').click();
    await then.misses(desk, 'photograph');
  });
});

describe('a ledger', () => {
  test('whose areas are in the other unit is asked about, and taken as answered', async () => {
    const desk = await given.planner({ mode: 'data' });
    const ledger = join(tmpdir(), `万平方米-${process.pid}.csv`);
    const rows = [1, 2, 3].map((i) => `U${process.pid}${i},单位小区${process.pid}-${i},100,0.${7 + i}`);
    await writeFile(ledger, `小区编码,小区名称,户数,建筑面积（平方米）\n${rows.slice(0, 2).join('\n')}\n`);
    await desk.get('import-file').setInputFiles(ledger);
    await desk.get('import-start').click();
    await then.shows(desk, 'area-question', /万平方米吗/);
    await desk.get('area-proposed').click();
    await then.shows(desk, 'report-inserted', /2$/);
    const { area } = await then.row<{ area: number }>(
      `select floor_area_m2 as area from community where code = 'U${process.pid}1'`,
    );
    expect(Number(area)).toBe(8000);
  });

  test('gives its faulty rows back as a sheet that can be sent again', async () => {
    const desk = await given.planner({ mode: 'data' });
    const ledger = join(tmpdir(), `有错-${process.pid}.csv`);
    await writeFile(
      ledger,
      `小区编码,小区名称,户数,建成年份\nF${process.pid}1,甲${process.pid},96,1988\nF${process.pid}2,乙${process.pid},九十六,八十年代\n`,
    );
    await desk.get('import-file').setInputFiles(ledger);
    await desk.get('import-start').click();
    await then.sees(desk, 'faulty-sheet');
    const waiting = desk.page.waitForEvent('download');
    await desk.get('faulty-xlsx').click();
    const download = await waiting;
    const { readFile } = await import('node:fs/promises');
    const sheet = readWorkbook(await readFile(await download.path()))[0];
    expect(sheet?.rows[0]).toEqual(['小区编码', '小区名称', '户数', '建成年份', '错误原因']);
    expect(sheet?.rows[1]?.[4]).toMatch(/户数.*不是数字；建成年份|建成年份.*；户数/);
    await desk.get('report-close').click();

    // Sent again as it is, nothing else is taken and the same row comes back.
    await desk.get('import-file').setInputFiles(
      await download.path().then(async (p) => ({
        name: '待更正.xlsx',
        mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        buffer: await readFile(p),
      })),
    );
    await desk.get('import-start').click();
    await then.sees(desk, 'faulty-sheet');
  });
});
