// The map of an archive: the app's own controller on the archive's tiles.
import { addProtocol, removeProtocol } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { Legend } from '../map/Legend';
import { MapController } from '../map/MapController';
import { MapTip } from '../map/MapTip';
import map from '../map/map.module.css';
import { words as mapWords } from '../map/words';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { stringLayers } from '../zones/stringLayers';
import type { Archive } from './archive';
import { PROTOCOL, STRINGS, styleOf, TILES } from './style';

/** `onFault`: a tile could not be read. It is told once. */
export function BakedMap({ archive, onFault }: { archive: Archive; onFault: () => void }) {
  const t = useWords(mapWords);
  const theme = useWorkbench((s) => s.theme);
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef(theme);
  const [broken, setBroken] = useState(false);
  const [name, setName] = useState('');
  const controller = useControl((s) => s.controller);

  // One map per archive; another theme is another style of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above; onFault only tells
  useEffect(() => {
    if (!box.current) return;
    let told = false;
    addProtocol(PROTOCOL, async ({ url }, { signal }) => {
      const [z = 0, x = 0, y = 0] = url.split('/').slice(-3).map(Number);
      try {
        return { data: await archive.tile(z, x, y, signal) };
      } catch (error) {
        if (!signal.aborted && !told) {
          told = true;
          onFault();
        }
        throw error;
      }
    });
    const { getState } = useWorkbench;
    getState().select(null);
    shown.current = getState().theme;
    let made: MapController;
    try {
      made = new MapController(
        box.current,
        styleOf(archive, shown.current),
        shown.current,
        { place: null, bounds: archive.bounds },
        {
          moved: (place) => getState().setPlace(place),
          pointed: (p) => getState().setPointer(p),
          hovered: (hovered, named) => {
            getState().hover(hovered);
            setName(named);
          },
          selected: (selection) => getState().select(selection),
          styled: () => useControl.getState().bump(),
          firstMap: () => {
            document.documentElement.dataset.firstMap = String(Math.round(performance.now()));
          },
        },
      );
    } catch (error) {
      console.error(error);
      setBroken(true);
      removeProtocol(PROTOCOL);
      return;
    }
    if (archive.layers.includes(STRINGS))
      made.setExtra(STRINGS, {
        tiles: TILES,
        minzoom: archive.minZoom,
        maxzoom: archive.maxZoom,
        layers: stringLayers,
      });
    made.setHidden(getState().hidden);
    useControl.getState().setController(made);
    const unsubscribe = useWorkbench.subscribe((now, before) => {
      if (now.hidden !== before.hidden) made.setHidden(now.hidden);
      if (now.selection !== before.selection) made.setSelection(now.selection);
      if (now.hovered !== before.hovered) made.setHover(now.hovered);
    });
    return () => {
      unsubscribe();
      useControl.getState().setController(null);
      made.destroy();
      removeProtocol(PROTOCOL);
    };
  }, [archive]);

  useEffect(() => {
    if (!controller || theme === shown.current) return;
    shown.current = theme;
    controller.setStyle(styleOf(archive, theme), theme);
  }, [controller, archive, theme]);

  if (broken) return <div className={map.fill}>{t('noWebgl')}</div>;
  return (
    <>
      <div className={map.map} data-testid="map">
        <div ref={box} className={map.canvas} />
      </div>
      <Legend />
      <div className={`${map.corner} ${map.controls}`}>
        <IconButton icon="plus" label={t('zoomIn')} onClick={() => controller?.zoomBy(1)} />
        <IconButton icon="minus" label={t('zoomOut')} onClick={() => controller?.zoomBy(-1)} />
        <IconButton
          icon="home"
          label={t('whole')}
          onClick={() => controller?.lookAt(archive.bounds, null)}
          data-testid="whole-district"
        />
      </div>
      {name && <MapTip testId="map-tip">{name}</MapTip>}
      <div className={`${map.corner} ${map.attribution}`} data-testid="attribution">
        {archive.attribution}
      </div>
    </>
  );
}
