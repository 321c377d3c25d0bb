// Over which homes coverage is counted: the district, a part of it, or ground
// that is drawn on the map.
import type { FeatureCollection } from 'geojson';
import { useEffect, useState } from 'react';
import { useNeighborhoods } from '../api/coverage';
import { useCommunity, useSession, useSubdistricts, useZones } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { useSketch } from '../map/Sketch';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { type Option, Select } from '../ui/Select';
import ui from '../ui/ui.module.css';
import { type AreaChoice, type AreaKind, areaKinds, polygonOf } from './settings';
import { settingsWords } from './settingsWords';

interface Part {
  area: AreaChoice;
  onChange: (area: AreaChoice) => void;
}

export function AreaFields({ area, onChange }: Part) {
  const t = useWords(settingsWords);
  const ownParts = useSession().data?.scope.subdistricts ?? null;
  const kinds = areaKinds.filter((k) => !ownParts || k !== 'district');
  useEffect(() => {
    if (ownParts && area.kind === 'district')
      onChange({ kind: 'subdistrict', code: ownParts[0] ?? '', polygon: null });
  }, [ownParts, area.kind, onChange]);
  return (
    <>
      <Select<AreaKind>
        label={t('area')}
        value={area.kind}
        onChange={(kind) => onChange({ kind, code: '', polygon: null })}
        options={kinds.map((k) => ({ value: k, label: t(`area.${k}`) }))}
        testId="coverage-area"
      />
      {area.kind === 'subdistrict' && <Subdistricts area={area} onChange={onChange} own={ownParts} />}
      {area.kind === 'neighborhood' && <Neighborhoods area={area} onChange={onChange} />}
      {area.kind === 'zone' && <Zones area={area} onChange={onChange} />}
      {area.kind === 'polygon' && <Drawn area={area} onChange={onChange} />}
      {ownParts && <p className={ui.hint}>{t('ownOnly')}</p>}
    </>
  );
}

function Codes({
  area,
  onChange,
  label,
  options,
  testId,
}: Part & { label: string; options: readonly Option<string>[]; testId: string }) {
  return (
    <Select
      label={label}
      value={area.code}
      onChange={(code) => onChange({ ...area, code })}
      options={[{ value: '', label }, ...options]}
      testId={testId}
    />
  );
}

function Subdistricts({ area, onChange, own }: Part & { own: readonly string[] | null }) {
  const t = useWords(settingsWords);
  const all = useSubdistricts(useWorkbench((s) => s.district)).data ?? [];
  const parts = all.filter((s) => !own || own.includes(s.code));
  return (
    <Codes
      area={area}
      onChange={onChange}
      label={t('chooseSubdistrict')}
      options={parts.map((s) => ({ value: s.code, label: s.name }))}
      testId="coverage-subdistrict"
    />
  );
}

function Zones({ area, onChange }: Part) {
  const t = useWords(settingsWords);
  const zones = useZones(useWorkbench((s) => s.district)).data ?? [];
  const selection = useWorkbench((s) => s.selection);
  const selected = selection?.kind === 'zone' ? selection.code : '';
  useEffect(() => {
    if (!area.code && selected) onChange({ ...area, code: selected });
  }, [area, selected, onChange]);
  if (!zones.length) return <p className={ui.hint}>{t('noZones')}</p>;
  return (
    <Codes
      area={area}
      onChange={onChange}
      label={t('chooseZone')}
      options={zones.map((z) => ({ value: z.code, label: z.name }))}
      testId="coverage-zone"
    />
  );
}

function Neighborhoods({ area, onChange }: Part) {
  const t = useWords(settingsWords);
  const { district, selection } = useWorkbench();
  const all = useNeighborhoods(district).data;
  const community = useCommunity(district, selection?.kind === 'community' ? selection.code : null).data;
  const near = community?.neighborhood_code || all?.[0]?.code || '';
  useEffect(() => {
    if (!area.code && near) onChange({ ...area, code: near });
  }, [area, near, onChange]);
  if (!all) return null;
  if (!all.length) return <p className={ui.hint}>{t('noNeighborhoods')}</p>;
  return (
    <Codes
      area={area}
      onChange={onChange}
      label={t('chooseNeighborhood')}
      options={all.map((n) => ({ value: n.code, label: n.name || n.code }))}
      testId="coverage-neighborhood"
    />
  );
}

const AREA = 'area';

function Drawn({ area, onChange }: Part) {
  const t = useWords(settingsWords);
  const controller = useControl((s) => s.controller);
  const [drawing, setDrawing] = useState(area.polygon === null);
  const { points, finish } = useSketch(drawing ? 'polygon' : null, {
    done: (corners) => {
      onChange({ ...area, polygon: polygonOf(corners) });
      setDrawing(false);
    },
    cancelled: () => setDrawing(false),
  });
  const { polygon } = area;
  useEffect(() => {
    if (!controller) return;
    const shapes: FeatureCollection = {
      type: 'FeatureCollection',
      features: polygon ? [{ type: 'Feature', properties: {}, geometry: polygon }] : [],
    };
    controller.setDrawn(
      AREA,
      {
        over: 'ground',
        layers: (p, source) => [
          {
            id: `${source}-line`,
            type: 'line',
            source,
            layout: { 'line-join': 'round' },
            paint: { 'line-color': p.draw, 'line-width': 2, 'line-dasharray': [4, 2] },
          },
        ],
      },
      shapes,
    );
    return () => controller.setDrawn(AREA, null);
  }, [controller, polygon]);
  if (drawing)
    return (
      <>
        <p className={ui.hint}>{t('drawing')}</p>
        <div className={css.row}>
          <Button small tone="primary" disabled={points < 3} onClick={finish} data-testid="area-finish">
            {t('finish')}
          </Button>
          <Button small onClick={() => setDrawing(false)}>
            {t('cancel')}
          </Button>
        </div>
      </>
    );
  return (
    <div className={css.row}>
      {polygon && (
        <span className={ui.hint}>{t('corners', { n: (polygon.coordinates[0]?.length ?? 1) - 1 })}</span>
      )}
      <Button small icon="polygon" onClick={() => setDrawing(true)} data-testid="area-draw">
        {t(polygon ? 'redraw' : 'draw')}
      </Button>
    </div>
  );
}
