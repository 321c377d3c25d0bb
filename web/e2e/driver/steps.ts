// What people do in the workbench, said the way they would say it.
import type { Download } from 'playwright-core';
import { expect } from 'vitest';
import type { Desk } from './desk';
import { laoshan, type Place, type Position, pixelOf } from './place';

/** Clicks the corners one after the other; the drawing stays open. */
export async function clickCorners(desk: Desk, corners: readonly Position[], place: Place): Promise<void> {
  for (const corner of corners) {
    const { x, y } = await pixelOf(desk, corner, place);
    await desk.page.mouse.move(x, y, { steps: 4 });
    await desk.page.mouse.click(x, y);
  }
}

/** Starts a new polygon without snapping, so that the corners lie where they are clicked. */
export async function startPolygon(desk: Desk): Promise<void> {
  await desk.get('draw-polygon').click();
  await desk.get('snapping').uncheck();
}

/** Draws a polygon, names it and saves it; gives back its code. */
export async function drawZone(
  desk: Desk,
  name: string,
  corners: readonly Position[],
  place: Place,
): Promise<string> {
  await startPolygon(desk);
  await clickCorners(desk, corners, place);
  await desk.page.keyboard.press('Enter');
  await desk.get('zone-name').fill(name);
  await desk.get('zone-save').click();
  return selectedZone(desk);
}

/** Presses at the first place, goes over the others and lets go at the last. */
export async function drags(
  desk: Desk,
  path: readonly Position[],
  place: Place = laoshan,
  button: 'left' | 'right' = 'left',
): Promise<void> {
  const pixels = await Promise.all(path.map((p) => pixelOf(desk, p, place)));
  const [first] = pixels;
  if (!first) return;
  await desk.page.mouse.move(first.x, first.y);
  await desk.page.mouse.down({ button });
  for (const { x, y } of pixels.slice(1)) await desk.page.mouse.move(x, y, { steps: 2 });
  await desk.page.mouse.up({ button });
}

/** Takes a tool by its key, once the tools are there. */
export async function takesTool(desk: Desk, key: string): Promise<void> {
  await desk.get('zone-tools').first().waitFor({ state: 'visible' });
  await desk.page.keyboard.press(key);
}

/** The zone that is selected, once the address says so. */
export async function selectedZone(desk: Desk): Promise<string> {
  await expect.poll(() => selection(desk), { timeout: 45_000 }).toMatch(/^zone:/);
  return selection(desk).slice('zone:'.length);
}
export function selection(desk: Desk): string {
  return new URL(desk.page.url()).searchParams.get('select') ?? '';
}

/** Chooses an option of a select box. */
export async function choose(desk: Desk, select: string, option: string): Promise<void> {
  await desk.get(select).click();
  await desk.get(`${select}-${option}`).click();
}

/** Clicks and waits for the file that this brings. */
export async function downloadBy(desk: Desk, testId: string): Promise<{ name: string; body: Buffer }> {
  const [download] = await Promise.all([desk.page.waitForEvent('download'), desk.get(testId).click()]);
  return { name: download.suggestedFilename(), body: await bytesOf(download) };
}
async function bytesOf(download: Download): Promise<Buffer> {
  const stream = await download.createReadStream();
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
