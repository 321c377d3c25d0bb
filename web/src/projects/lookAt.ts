import type { Bounds } from '../api/nouns';
import type { ProjectFile } from '../api/projects';
import { useControl } from '../map/control';

/** Brings the communities of a project onto the map. */
export function lookAtProject(p: ProjectFile): void {
  if (p.bbox) useControl.getState().controller?.lookAt(p.bbox as Bounds, [p.bbox[0] ?? 0, p.bbox[1] ?? 0]);
}
