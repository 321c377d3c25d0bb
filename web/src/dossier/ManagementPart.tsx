// How a community is managed: exactly one mode, and what its notice board shows.
import { useState } from 'react';
import { type CommunityFile, type Management, type ManagementSetting, setManagement } from '../api/dossiers';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field, Segments } from '../ui/Field';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import { useFileWrite } from './useFileWrite';
import { WriteState } from './WriteState';
import { words } from './words';

const settingOf = (m: Management): ManagementSetting => ({
  mode: m.mode,
  decided_on: m.decided_on ?? '',
  decided_by: m.decided_by,
  board: m.board.map((b) => ({ no: b.no, shown: b.shown, text: b.text })),
});

export function ManagementPart({ file, refused }: { file: CommunityFile; refused: string | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const write = useFileWrite(file);
  const [draft, setDraft] = useState<ManagementSetting | null>(null);
  const m = file.management;
  const now = draft ?? settingOf(m);
  const set = (change: Partial<ManagementSetting>) => setDraft({ ...now, ...change });
  const field = (no: number, change: { shown?: boolean | null; text?: string }) =>
    set({ board: (now.board ?? []).map((b) => (b.no === no ? { ...b, ...change } : b)) });
  const save = async () => {
    const { decided_on, ...rest } = now;
    const sent = decided_on ? { ...rest, decided_on } : rest;
    const { code } = file.community;
    if (await write.save((version) => setManagement(district, code, version, sent))) setDraft(null);
  };
  return (
    <>
      <div className={own.bar}>
        <span className={ui.hint}>{t('modeOne')}</span>
        <div className={own.actions}>
          {draft && (
            <Button small tone="ghost" onClick={() => setDraft(null)}>
              {t('cancel')}
            </Button>
          )}
          <Button
            small
            tone="primary"
            refused={refused}
            disabled={!draft || write.busy}
            onClick={() => void save()}
            data-testid="management-save"
          >
            {write.busy ? t('saving') : t('save')}
          </Button>
        </div>
      </div>
      <WriteState write={write} />
      <section className={own.block}>
        <h3>{t('mode')}</h3>
        <div className={own.modes} role="radiogroup" aria-label={t('mode')}>
          {m.modes.map((mode) => (
            <button
              key={mode.key}
              type="button"
              role="radio"
              aria-checked={now.mode === mode.key}
              className={own.mode}
              disabled={refused !== null}
              onClick={() => set({ mode: mode.key as ManagementSetting['mode'] })}
              data-testid={`mode-${mode.key}`}
            >
              <strong>{mode.name}</strong>
              <span>{mode.condition}</span>
              <span className={own.quiet}>{mode.clause}</span>
            </button>
          ))}
        </div>
        <div className={own.form}>
          <Field label={t('decidedOn')}>
            {(id) => (
              <input
                id={id}
                type="date"
                className={ui.input}
                disabled={refused !== null}
                value={now.decided_on ?? ''}
                onChange={(e) => set({ decided_on: e.target.value })}
              />
            )}
          </Field>
          <Field label={t('decidedBy')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                disabled={refused !== null}
                placeholder={t('decidedHint')}
                maxLength={100}
                value={now.decided_by ?? ''}
                onChange={(e) => set({ decided_by: e.target.value })}
              />
            )}
          </Field>
        </div>
      </section>
      <section className={own.block}>
        <h3>
          {t('board')} <span className={ui.hint}>{m.board[0]?.clause}</span>
        </h3>
        {m.board.length === 0 ? (
          <p className={ui.hint}>{t('noBoard')}</p>
        ) : (
          <table className={own.table} data-testid="board">
            <tbody>
              {m.board.map((b) => {
                const seen = now.board?.find((x) => x.no === b.no);
                return (
                  <tr key={b.no}>
                    <td style={{ width: 30 }} className={own.quiet}>
                      {b.no}
                    </td>
                    <td>{b.name}</td>
                    <td style={{ width: 240 }}>
                      <Segments
                        label={b.name}
                        value={seen?.shown == null ? 'none' : seen.shown ? 'yes' : 'no'}
                        onChange={(v) => field(b.no, { shown: v === 'none' ? null : v === 'yes' })}
                        options={[
                          { value: 'yes', label: t('shown'), refused },
                          { value: 'no', label: t('notShown'), refused },
                          { value: 'none', label: t('notLooked'), refused },
                        ]}
                        testId={`board-${b.no}`}
                      />
                    </td>
                    <td style={{ width: '34%' }}>
                      {b.personal ? (
                        <span className={ui.hint}>{t('personal')}</span>
                      ) : (
                        <input
                          className={own.cell}
                          aria-label={b.name}
                          disabled={refused !== null}
                          maxLength={300}
                          value={seen?.text ?? ''}
                          onChange={(e) => field(b.no, { text: e.target.value })}
                        />
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
}
