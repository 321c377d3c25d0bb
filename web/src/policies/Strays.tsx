import { useState } from 'react';
import { type Stray, useStrays } from '../api/policy';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Failure } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './policies.module.css';
import { words } from './words';

/** Communities that left the scope while their project runs. */
export function Strays({ district }: { district: string }) {
  const t = useWords(words);
  const strays = useStrays(district);
  const [open, setOpen] = useState(false);
  if (strays.isPending) return null;
  if (strays.isError) return <Failure error={strays.error} retry={() => void strays.refetch()} />;
  const list = strays.data.items;
  return (
    <div className={frame.section} data-testid="policy-strays">
      <h3>
        {t('strays')}
        {list.length > 0 && <span className={`${ui.badge} ${ui.plain} ${ui.warnTone}`}>{list.length}</span>}
      </h3>
      <p className={ui.hint}>{t(list.length ? 'straysText' : 'noStrays')}</p>
      {list.length > 0 && (
        <Button
          small
          icon={open ? 'up' : 'down'}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          data-testid="policy-strays-open"
        >
          {t(open ? 'hideStrays' : 'showStrays', { n: list.length })}
        </Button>
      )}
      {open && (
        <ul className={css.flips}>
          {list.map((s) => (
            <StrayRow key={`${s.project.code} ${s.code}`} stray={s} />
          ))}
        </ul>
      )}
    </div>
  );
}

function StrayRow({ stray: s }: { stray: Stray }) {
  const t = useWords(words);
  const select = useWorkbench((w) => w.select);
  const openSheet = useWorkbench((w) => w.openSheet);
  return (
    <li className={css.flip}>
      <button
        type="button"
        onClick={() => {
          select({ kind: 'community', code: s.code });
          const at = s.location as [number, number] | null;
          if (at) useControl.getState().controller?.lookAt(null, at);
        }}
      >
        <span className={css.flipName}>{s.name}</span>
        <span className={css.pair}>
          <i className={css[`v_${s.eligibility}`]}>{t(s.eligibility)}</i>
        </span>
      </button>
      <p className={css.strayWhy}>{s.reasons.map((r) => `${r.rule} ${r.text}`).join(' ')}</p>
      <button
        type="button"
        className={css.strayProject}
        onClick={() => openSheet({ kind: 'project', code: s.project.code, part: '' })}
      >
        {s.project.code} {s.project.name}
      </button>
    </li>
  );
}
