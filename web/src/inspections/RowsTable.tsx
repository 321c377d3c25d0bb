// The first rows of the inspected file as they would be imported.
import { useEffect, useRef } from 'react';
import { type LayerDiagnosis, type StagedRow, useInspection, useStagedRows } from '../api/inspections';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Checkbox } from '../ui/Field';
import { Select } from '../ui/Select';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { centreOf } from './bounds';
import { useInspectionDesk } from './desk';
import own from './inspections.module.css';
import { kindOfRow } from './rowLayers';
import { words } from './words';

const filters = ['', 'faulty', 'repaired', 'duplicate', 'outside'] as const;
const tones = { fine: '', duplicate: ui.warnTone, faulty: ui.badTone } as const;

export default function RowsTable({ id }: { id: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const { layer, only, row, given, setOnly, setRow, setGiven } = useInspectionDesk();
  const inspection = useInspection(district, id).data;
  const query = useStagedRows(
    district,
    id,
    inspection?.state === 'ready' ? inspection.version : 0,
    layer,
    only,
  );
  const rows = query.data?.features ?? [];
  const of = inspection?.diagnosis?.layers?.find((l) => l.name === layer);
  return (
    <>
      <div className={frame.gridBar}>
        <strong>{layer || t('layer')}</strong>
        <span>
          {t('first', { n: count(rows.length) })}，{t('ofRows', { n: count(query.data?.total ?? 0) })}
        </span>
        <span style={{ flex: 1 }} />
        <Checkbox checked={given} onChange={setGiven} testId="rows-given">
          {t('given')}
        </Checkbox>
        <div className={own.only}>
          <Select
            label={t('only')}
            value={only}
            onChange={setOnly}
            testId="rows-only"
            options={filters.map((value) => ({ value, label: t(`only.${value}`) }))}
          />
        </div>
      </div>
      {query.isPending ? (
        <Waiting rows={3} />
      ) : query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon="table" title={t('noRows')} />
      ) : (
        <Rows rows={rows} layer={of} pointed={row} onPoint={setRow} />
      )}
    </>
  );
}

function Rows({
  rows,
  layer,
  pointed,
  onPoint,
}: {
  rows: readonly StagedRow[];
  layer: LayerDiagnosis | undefined;
  pointed: number | null;
  onPoint: (row: number | null) => void;
}) {
  const t = useWords(words);
  const box = useRef<HTMLTableSectionElement>(null);
  // Columns in the order of the file's fields, those that go somewhere.
  const columns = (layer?.fields ?? []).filter((f) => f.target && f.target !== 'name' && f.target !== 'code');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another row is pointed at on the map
  useEffect(() => {
    const line = box.current?.querySelector<HTMLElement>('[data-pointed="true"]');
    if (line && !line.matches(':hover')) line.scrollIntoView({ block: 'nearest' });
  }, [pointed]);
  return (
    <div className={own.rows}>
      <table data-testid="staged-rows">
        <thead>
          <tr>
            <th>{t('colRow')}</th>
            <th>{t('becomes')}</th>
            <th>{t('name')}</th>
            <th>{t('code')}</th>
            {columns.map((c) => (
              <th key={c.name} title={c.name}>
                {c.title || c.target}
              </th>
            ))}
            <th>{t('note')}</th>
          </tr>
        </thead>
        <tbody ref={box}>
          {rows.map((r) => {
            const p = r.properties;
            const at = centreOf(r.geometry ?? p.given);
            return (
              <tr
                key={p.row}
                data-pointed={p.row === pointed}
                onMouseEnter={() => onPoint(p.row)}
                onMouseLeave={() => onPoint(null)}
              >
                <td>
                  <button
                    type="button"
                    className={own.inline}
                    disabled={!at}
                    onFocus={() => onPoint(p.row)}
                    onClick={() => at && useControl.getState().controller?.lookAt(null, at)}
                  >
                    {p.row}
                  </button>
                </td>
                <td>
                  <span className={`${ui.badge} ${tones[kindOfRow(r)]}`}>{t(`action.${p.action}`)}</span>
                </td>
                <td>{p.name}</td>
                <td>{p.code}</td>
                {columns.map((c) => (
                  <td key={c.name}>{p.cells?.[c.target] ?? ''}</td>
                ))}
                <td className={own.said}>
                  {[
                    p.fault,
                    p.outside && t('outsideRow'),
                    p.match_how && t('matchOf', { name: p.match_name || p.match_code }),
                    ...(p.repairs ?? []),
                  ]
                    .filter(Boolean)
                    .join('；')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
