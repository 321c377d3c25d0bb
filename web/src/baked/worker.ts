// The address of the map's worker, made of its text: no server is asked for it, which
// may know no type for .mjs, and from a disk there is none.
import text from 'maplibre-gl/dist/maplibre-gl-worker.mjs?raw';

export default URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
