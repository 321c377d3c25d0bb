// Where things lie: on the ground, on the map, on the screen.
import { inject } from 'vitest';
import type { Desk } from './desk';
import { type Picture, readPicture } from './picture';
import { DISTRICT } from './service';

export type Position = [lng: number, lat: number];
export interface Place {
  lng: number;
  lat: number;
  zoom: number;
}

/** 崂山片, where communities lie close together. */
export const laoshan: Place = { lng: 121.5145, lat: 31.2378, zoom: 16 };
/** The river bend: water, the Bund and Lujiazui on one screen. */
export const river: Place = { lng: 121.4985, lat: 31.2385, zoom: 14 };

/** Address of the workbench in a mode, looking at a place. */
export function address(mode: string, place?: Place, more: Record<string, string> = {}): string {
  const query = new URLSearchParams(more);
  if (place) query.set('at', `${place.lng},${place.lat},${place.zoom}`);
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return `${inject('service').url}/d/${DISTRICT}/${mode}${text ? `?${text}` : ''}`;
}

/** Opens the workbench and waits until the first map is drawn. */
export async function open(
  desk: Desk,
  mode: string,
  place?: Place,
  more: Record<string, string> = {},
): Promise<void> {
  await desk.page.goto(address(mode, place, more));
  await firstMap(desk);
}

/** Milliseconds from navigation to the first complete map. */
export async function firstMap(desk: Desk): Promise<number> {
  const shown = await desk.page.waitForFunction(() => document.documentElement.dataset.firstMap);
  return Number(await shown.jsonValue());
}

/** The place that the address bar shows. */
export function placeOf(desk: Desk): Place | null {
  const [lng, lat, zoom] = (new URL(desk.page.url()).searchParams.get('at') ?? '').split(',').map(Number);
  return lng && lat && zoom ? { lng, lat, zoom } : null;
}

/** The pixel of the page where a position lies, while the map looks at `place`. */
export async function pixelOf(
  desk: Desk,
  position: Position,
  place: Place,
): Promise<{ x: number; y: number }> {
  const box = await desk.get('map').boundingBox();
  if (!box) throw new Error('no map on the page');
  const [x, y] = mercator(position, place.zoom);
  const [cx, cy] = mercator([place.lng, place.lat], place.zoom);
  return { x: box.x + box.width / 2 + x - cx, y: box.y + box.height / 2 + y - cy };
}

function mercator([lng, lat]: Position, zoom: number): [number, number] {
  const size = 512 * 2 ** zoom;
  const y = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  return [((lng + 180) / 360) * size, ((1 - y / Math.PI) / 2) * size];
}

/** What the map looks like now, without the panels that float over it. */
export async function mapPicture(desk: Desk): Promise<Picture> {
  return readPicture(await desk.page.locator('[data-testid="map"] canvas').screenshot());
}
