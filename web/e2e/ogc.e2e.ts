import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DISTRICT, given, LARGE, SMALL, then } from './driver';

// The window fails a test when the content policy refuses something.
test('every page of the door for other programs opens under its own content policy', async () => {
  const desk = await given.visitor(await given.account('viewer'));
  const { code } = await then.row<{ code: string }>(`select code from community where name = '崂山二村'`);
  const layer = `/ogc/collections/${DISTRICT}-communities`;
  for (const [name, path] of Object.entries({
    landing: '/ogc/',
    conformance: '/ogc/conformance',
    api: '/ogc/api',
    collections: '/ogc/collections',
    collection: layer,
    queryables: `${layer}/queryables`,
    items: `${layer}/items`,
    item: `${layer}/items/${encodeURIComponent(code)}`,
    roads: `/ogc/collections/${DISTRICT}-roads/items`,
    tiles: '/ogc/tiles',
    styles: '/ogc/styles',
    none: '/ogc/collections/none',
  })) {
    desk.allow(/404/);
    const answer = await desk.page.goto(`${path}?f=html`);
    expect([name, answer?.headers()['content-type']]).toEqual([name, 'text/html; charset=utf-8']);
    for (const size of [SMALL, LARGE]) {
      await desk.page.setViewportSize(size);
      expect(
        await desk.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
        `${name} is as wide as the window`,
      ).toBe(0);
      if (process.env.E2E_PICTURES) {
        await mkdir(process.env.E2E_PICTURES, { recursive: true });
        await desk.page.screenshot({ path: join(process.env.E2E_PICTURES, `ogc-${name}-${size.width}.png`) });
      }
    }
    expect([name, await then.seriousFaults(desk)]).toEqual([name, []]);
  }
});
