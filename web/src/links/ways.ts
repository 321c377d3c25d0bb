// Ways that are drawn over the map: that of a link, or those of a connection.
import type { Feature, FeatureCollection, LineString } from 'geojson';
import type { Connection, Link } from '../api/nouns';
import { useControl } from '../map/control';
import { WAYS } from '../map/overlays';

const feature = (geometry: LineString, straight: boolean): Feature => ({
  type: 'Feature',
  properties: { straight },
  geometry,
});

/** The line between the footprints (broken), and the way on foot where there is one. */
export function waysOfLink(link: Pick<Link, 'line' | 'path'>): Feature[] {
  return [
    ...(link.line ? [feature(link.line, true)] : []),
    ...(link.path ? [feature(link.path, false)] : []),
  ];
}

/** A link without a way is a straight line of two points. */
export function waysOfConnection(connection: Pick<Connection, 'links'>): Feature[] {
  return connection.links.flatMap((l) =>
    l.geometry ? [feature(l.geometry, l.walk_m === null && l.geometry.coordinates.length === 2)] : [],
  );
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

/** Shows these ways, and no others. */
export function showWays(features: Feature[]): void {
  useControl.getState().controller?.setData(WAYS, collection(features));
}
