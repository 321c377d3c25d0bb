// What the tried readings would change: how many, which, why, and which projects
// would lose their ground; saving asks once more.
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { Flip, PolicyChoice, PolicyDiff } from '../api/policy';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Failure, Notice, Waiting } from '../ui/State';
import type { Draft } from './draft';
import { FlipRow } from './FlipRow';
import css from './policies.module.css';
import { SaveDialog } from './SaveDialog';
import { Verdicts } from './Verdicts';
import { words } from './words';

const SHOWN = 40;

export function Trial({
  district,
  choice,
  draft,
  diff,
  refused,
  onDiscard,
}: {
  district: string;
  choice: PolicyChoice;
  draft: Draft;
  diff: UseQueryResult<PolicyDiff>;
  refused: string | null;
  onDiscard: () => void;
}) {
  const t = useWords(words);
  const [saving, setSaving] = useState(false);
  return (
    <section className={css.trial} aria-label={t('trial')} data-testid="policy-trial">
      <div className={css.trialHead}>
        <h3>{t('trial')}</h3>
        <Button small tone="ghost" onClick={onDiscard} data-testid="policy-discard">
          {t('discard')}
        </Button>
        <Button
          small
          tone="primary"
          refused={refused}
          disabled={!diff.data}
          onClick={() => setSaving(true)}
          data-testid="policy-save"
        >
          {t('save')}
        </Button>
      </div>
      {draft.version !== choice.version && (
        <div className={css.late}>
          <Notice tone="warn">{t('conflict')}</Notice>
        </div>
      )}
      {diff.isError ? (
        <Failure error={diff.error} retry={() => void diff.refetch()} />
      ) : diff.data ? (
        <Result diff={diff.data} stale={diff.isPlaceholderData} />
      ) : (
        <Waiting rows={3} />
      )}
      {saving && diff.data && (
        <SaveDialog district={district} draft={draft} diff={diff.data} onClose={() => setSaving(false)} />
      )}
    </section>
  );
}

function Result({ diff, stale }: { diff: PolicyDiff; stale: boolean }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const flips = diff.flips as readonly Flip[];
  const moves = diff.moves.filter((m) => m.from !== m.to);
  return (
    <div data-stale={stale || undefined} className={css.result}>
      <p className={css.sum} data-testid="policy-sum">
        {stale
          ? t('trying')
          : flips.length
            ? t('changed', { n: count(flips.length), all: count(diff.judged) })
            : t('nothing')}
      </p>
      {moves.length > 0 && (
        <ul className={css.moves} data-testid="policy-moves">
          {moves.map((m) => (
            <li key={`${m.from}${m.to}`}>
              <Verdicts from={m.from} to={m.to} />
              <span>{t('moveFigures', { n: count(m.communities), households: count(m.households) })}</span>
            </li>
          ))}
        </ul>
      )}
      {diff.projects.length > 0 && (
        <Notice tone="warn">
          <strong data-testid="policy-shaken">{t('shaken', { n: diff.projects.length })}</strong>
          <p>{t('shakenText')}</p>
          <ul className={css.shaken}>
            {diff.projects.slice(0, 12).map((p) => (
              <li key={p.code}>
                <button type="button" onClick={() => openSheet({ kind: 'project', code: p.code, part: '' })}>
                  {p.name}
                </button>
                <span>{p.communities.map((c) => c.name).join('、')}</span>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <ul className={css.flips} data-testid="policy-flips">
        {flips.slice(0, all ? undefined : SHOWN).map((f) => (
          <FlipRow
            key={f.code}
            flip={f}
            open={chosen === f.code}
            onOpen={() => setChosen(chosen === f.code ? null : f.code)}
          />
        ))}
      </ul>
      {!all && flips.length > SHOWN && (
        <div className={frame.row}>
          <Button small wide onClick={() => setAll(true)}>
            {t('moreOf', { all: count(flips.length) })}
          </Button>
        </div>
      )}
    </div>
  );
}
