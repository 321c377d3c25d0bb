// The district as a picture without WebGL: communities by the progress of their projects, or by the plan's scope.
import { memo, useState } from 'react';
import { type BoardMap, type MapPlace, useBoardMap } from '../api/dashboard';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Failure, Waiting } from '../ui/State';
import { kindOf, mapKinds, verdicts } from './board';
import { Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

type By = 'project' | 'verdict';

export function BoardMapCard() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const map = useBoardMap(district);
  const [by, setBy] = useState<By>('project');
  return (
    <Card
      area="map"
      name={t('map')}
      aside={
        <span className={own.switch}>
          {(['project', 'verdict'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={by === one}
              onClick={() => setBy(one)}
              data-testid={`board-map-${one}`}
            >
              {t(one === 'project' ? 'byProject' : 'byVerdict')}
            </button>
          ))}
        </span>
      }
    >
      {map.isError ? (
        <Failure error={map.error} retry={() => void map.refetch()} />
      ) : map.data ? (
        <div className={own.mapBox}>
          <Picture map={map.data} by={by} />
          <Key map={map.data} by={by} />
        </div>
      ) : (
        <Waiting rows={6} />
      )}
    </Card>
  );
}

const markOf = (p: MapPlace, by: By) => (by === 'project' ? kindOf(p) : p.eligibility);

const Picture = memo(function Picture({ map, by }: { map: BoardMap; by: By }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const open = (p: MapPlace) =>
    openSheet(
      p.project
        ? { kind: 'project', code: p.project, part: '' }
        : { kind: 'community', code: p.code, part: '' },
    );
  return (
    // The list of late things and the tabs lead to the same files by keyboard.
    <svg
      className={own.map}
      viewBox={`0 0 ${map.width} ${map.height}`}
      role="group"
      aria-label={t('map')}
      data-testid="board-picture"
    >
      {map.subdistricts.map((s) => (
        <path key={s.code} className={own.ground} d={s.path} />
      ))}
      {map.communities.map((p) => {
        const mark = markOf(p, by);
        const said = t('mapSaid', { name: p.name, kind: t(`kind.${mark}`) });
        return p.path ? (
          <path
            key={p.code}
            role="link"
            tabIndex={-1}
            className={own.place}
            data-kind={mark}
            d={p.path}
            onClick={() => open(p)}
          >
            <title>{said}</title>
          </path>
        ) : (
          <circle
            key={p.code}
            role="link"
            tabIndex={-1}
            className={own.place}
            data-kind={mark}
            cx={p.x}
            cy={p.y}
            r={4}
            onClick={() => open(p)}
          >
            <title>{said}</title>
          </circle>
        );
      })}
      {map.subdistricts.map((s) => (
        <path key={`line-${s.code}`} className={own.border} d={s.path} />
      ))}
    </svg>
  );
});

function Key({ map, by }: { map: BoardMap; by: By }) {
  const t = useWords(words);
  const kinds = by === 'project' ? mapKinds : verdicts;
  const n = (kind: string) => map.communities.filter((p) => markOf(p, by) === kind).length;
  return (
    <ul className={own.mapKey}>
      {kinds.map((kind) => (
        <li key={kind}>
          <i data-kind={kind} />
          {t(`kind.${kind}`)} <b>{n(kind)}</b>
        </li>
      ))}
    </ul>
  );
}
