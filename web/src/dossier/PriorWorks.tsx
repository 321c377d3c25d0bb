// What was renovated before: a short list that is changed as a whole.
import { useState } from 'react';
import { type CommunityFile, setPriorWorks } from '../api/dossiers';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import { useFileWrite } from './useFileWrite';
import { WriteState } from './WriteState';
import { words } from './words';

interface Row {
  key: number;
  year: string;
  content: string;
  investment: string;
  source: string;
}

let rows = 0;
const emptyRow = (): Row => ({ key: ++rows, year: '', content: '', investment: '', source: '' });

export function PriorWorks({ file, refused }: { file: CommunityFile; refused: string | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const write = useFileWrite(file);
  const [draft, setDraft] = useState<Row[] | null>(null);
  const begin = () =>
    setDraft(
      file.prior_works.length === 0
        ? [emptyRow()]
        : file.prior_works.map((w) => ({
            key: ++rows,
            year: String(w.year),
            content: w.content,
            investment: w.investment_wan == null ? '' : String(w.investment_wan),
            source: w.source ?? '',
          })),
    );
  const set = (at: number, change: Partial<Row>) =>
    setDraft((list) => list?.map((r, i) => (i === at ? { ...r, ...change } : r)) ?? null);
  const filled = (draft ?? []).filter((r) => r.year.trim() !== '' || r.content.trim() !== '');
  const valid = filled.every(
    (r) =>
      /^\d{4}$/.test(r.year.trim()) && r.content.trim() !== '' && Number.isFinite(Number(r.investment || 0)),
  );
  const save = async () => {
    const works = filled.map((r) => ({
      year: Number(r.year),
      content: r.content.trim(),
      investment_wan: r.investment.trim() === '' ? null : Number(r.investment),
      source: r.source.trim(),
    }));
    const { code } = file.community;
    if (await write.save((version) => setPriorWorks(district, code, version, works))) setDraft(null);
  };
  const input = (r: Row, i: number, key: 'year' | 'content' | 'investment' | 'source', label: string) => (
    <input
      className={ui.input}
      aria-label={label}
      value={r[key]}
      maxLength={key === 'content' ? 500 : 200}
      onChange={(e) => set(i, { [key]: e.target.value })}
      data-testid={`prior-${key}`}
    />
  );
  return (
    <section className={own.block}>
      <div className={own.blockHead}>
        <h3>{t('priorWorks')}</h3>
        {draft === null ? (
          <Button small icon="pencil" refused={refused} onClick={begin} data-testid="prior-edit">
            {t('edit')}
          </Button>
        ) : (
          <div className={own.actions}>
            <Button small icon="plus" onClick={() => setDraft([...draft, emptyRow()])}>
              {t('add')}
            </Button>
            <Button small tone="ghost" onClick={() => setDraft(null)}>
              {t('cancel')}
            </Button>
            <Button
              small
              tone="primary"
              disabled={!valid || write.busy}
              onClick={() => void save()}
              data-testid="prior-save"
            >
              {write.busy ? t('saving') : t('save')}
            </Button>
          </div>
        )}
      </div>
      <WriteState write={write} />
      {draft === null && file.prior_works.length === 0 ? (
        <p className={ui.hint}>{t('priorNone')}</p>
      ) : (
        <table className={own.table} data-testid="prior-works">
          <thead>
            <tr>
              <th style={{ width: 90 }}>{t('year')}</th>
              <th>{t('content')}</th>
              <th style={{ width: 140 }}>{t('investment')}</th>
              <th style={{ width: 200 }}>{t('source')}</th>
              {draft !== null && <th style={{ width: 40 }} />}
            </tr>
          </thead>
          <tbody>
            {draft === null
              ? file.prior_works.map((w, i) => (
                  <tr key={`${w.year}-${i.toString()}`}>
                    <td>{w.year}</td>
                    <td>{w.content}</td>
                    <td>{w.investment_wan ?? '—'}</td>
                    <td className={own.quiet}>{w.source || '—'}</td>
                  </tr>
                ))
              : draft.map((r, i) => (
                  <tr key={r.key}>
                    <td>{input(r, i, 'year', t('year'))}</td>
                    <td>{input(r, i, 'content', t('content'))}</td>
                    <td>{input(r, i, 'investment', t('investment'))}</td>
                    <td>{input(r, i, 'source', t('source'))}</td>
                    <td>
                      <IconButton
                        icon="trash"
                        small
                        label={t('remove')}
                        onClick={() => setDraft(draft.filter((x) => x !== r))}
                      />
                    </td>
                  </tr>
                ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
