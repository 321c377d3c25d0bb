import type { Totals } from '../api/nouns';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea, landArea, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { DemoMark, Notice } from '../ui/State';
import { words } from './words';

/** The figures of a zone. While the server is still counting, the area alone is known. */
export function TotalsView({ totals, area }: { totals: Totals | null; area?: number }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const cells: [string, string, string][] = [
    ['area', t('area'), landArea(totals?.area_m2 ?? area ?? null, language)],
    ['communities', t('communities'), totals ? `${count(totals.communities)}` : '—'],
    ['buildings', t('buildings'), totals ? count(totals.buildings) : '—'],
    ['households', t('households'), totals ? count(totals.households) : '—'],
    ['floor', t('floorArea'), totals ? floorArea(totals.floor_area_m2, language) : '—'],
    ['eligible', t('eligible'), totals && totals.communities > 0 ? percent(totals.eligible_share) : '—'],
  ];
  return (
    <>
      <div className={frame.figures} data-testid="totals">
        {cells.map(([key, label, value]) => (
          <div key={key} className={frame.figure}>
            <span>{label}</span>
            <strong data-testid={`total-${key}`}>{value}</strong>
          </div>
        ))}
      </div>
      {totals?.partial && <Notice tone="warn">{t('partial')}</Notice>}
      {totals?.generated && (
        <div style={{ display: 'flex', gap: 8, alignItems: 'center', fontSize: 12, color: 'var(--text-3)' }}>
          <DemoMark /> {t('generated')}
        </div>
      )}
    </>
  );
}
