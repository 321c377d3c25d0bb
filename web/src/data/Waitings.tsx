// Files that were looked into and wait for somebody to confirm, or are being worked on.
import { type Inspection, useInspections } from '../api/inspections';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { fileSize, moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import ui from '../ui/ui.module.css';
import own from './data.module.css';
import { words } from './words';

const open = ['inspecting', 'ready', 'importing', 'failed'] as const;
const tones: Partial<Record<Inspection['state'], string>> = {
  inspecting: ui.accentTone,
  importing: ui.accentTone,
  ready: ui.warnTone,
  failed: ui.badTone,
};

export function Waitings() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const inspect = useWorkbench((s) => s.inspect);
  const list = (useInspections(district, true).data ?? []).flatMap((i) => {
    const state = open.find((s) => s === i.state);
    return state ? [{ ...i, state }] : [];
  });
  if (list.length === 0) return null;
  return (
    <div data-testid="inspections-open">
      <div className={css.section} style={{ borderBottom: 0 }}>
        <h3>{t('waiting')}</h3>
      </div>
      {list.map((i) => (
        <button
          key={i.id}
          type="button"
          className={own.job}
          onClick={() => inspect({ id: i.id, step: 'file' })}
          data-testid="inspection-item"
        >
          <span className={own.jobHead}>
            <strong>{i.name}</strong>
            <span className={`${ui.badge} ${tones[i.state] ?? ''}`}>{t(`inspection.${i.state}`)}</span>
          </span>
          <span className={own.jobFacts}>
            <span>{i.error || fileSize(i.size)}</span>
            <span>{t('by', { who: i.created_by || '—', when: moment(i.created_at) })}</span>
          </span>
        </button>
      ))}
    </div>
  );
}
