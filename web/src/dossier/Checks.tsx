// The condition checklist: what was found of each item, with what the coverage
// analysis says, and what of it can become facts of the community.
import { useState } from 'react';
import { type CommunityFile, type FileCheck, setChecks, takeOver } from '../api/dossiers';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Field';
import { Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import { changed, type Draft, groups, keyOf, type Line, lineOf, pressed, results, toSend } from './checklist';
import own from './dossier.module.css';
import { useEntryName } from './useEntryName';
import { useFileWrite } from './useFileWrite';
import { WriteState } from './WriteState';
import { words } from './words';

const nothing: Draft = new Map();

export function Checks({ file, refused }: { file: CommunityFile; refused: string | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const write = useFileWrite(file);
  const [draft, setDraft] = useState<Draft>(nothing);
  const [onlyOpen, setOnlyOpen] = useState(false);
  const { code } = file.community;
  const set = (c: FileCheck, line: Line) => setDraft(changed(draft, c, line));
  const save = async () => {
    const sent = toSend(file.checks, draft);
    if (await write.save((version) => setChecks(district, code, version, sent))) setDraft(nothing);
  };
  const shown = groups(file.checks, draft, onlyOpen);
  const evidence = file.checks.some((c) => c.evidence.length > 0);
  const done = shown.reduce((n, g) => n + g.done, 0);
  return (
    <>
      <div className={own.bar}>
        <strong data-testid="checks-done">{t('checksOf', { done, of: file.checks.length })}</strong>
        <Checkbox checked={onlyOpen} onChange={setOnlyOpen} testId="checks-open">
          {t('onlyOpen')}
        </Checkbox>
        <div className={own.actions}>
          {draft.size > 0 && (
            <>
              <span className={ui.hint}>{t('unsaved', { n: draft.size })}</span>
              <Button small tone="ghost" onClick={() => setDraft(nothing)}>
                {t('cancel')}
              </Button>
            </>
          )}
          <Button
            small
            tone="primary"
            refused={refused}
            disabled={draft.size === 0 || write.busy}
            onClick={() => void save()}
            data-testid="checks-save"
          >
            {write.busy ? t('saving') : t('save')}
          </Button>
        </div>
      </div>
      <WriteState write={write} />
      <TakeOverNotice file={file} refused={refused} />
      <table className={own.table} data-testid="checks">
        <thead>
          <tr>
            <th style={{ width: 44 }}>{t('no')}</th>
            <th>{t('item')}</th>
            <th style={{ width: '24%' }}>{t('standard')}</th>
            <th style={{ width: 218 }}>{t('result')}</th>
            <th style={{ width: '18%' }}>{t('note')}</th>
            {evidence && <th style={{ width: 190 }}>{t('evidence')}</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((g) => (
            <GroupRows
              key={`${g.kind} ${g.name}`}
              group={g}
              draft={draft}
              refused={refused}
              set={set}
              evidence={evidence}
            />
          ))}
        </tbody>
      </table>
      {file.checks.every((c) => c.kind === 'item') && <p className={ui.hint}>{t('noStandard')}</p>}
    </>
  );
}

function GroupRows({
  group: g,
  draft,
  refused,
  set,
  evidence,
}: {
  group: ReturnType<typeof groups>[number];
  draft: Draft;
  refused: string | null;
  set: (c: FileCheck, line: Line) => void;
  /** There is a column for what coverage says. */
  evidence: boolean;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  if (g.lines.length === 0) return null;
  return (
    <>
      <tr className={own.groupRow}>
        <td colSpan={evidence ? 6 : 5}>
          {g.name}
          <span>{t(`kind.${g.kind}`)}</span>
        </td>
      </tr>
      {g.lines.map((c) => {
        const line = lineOf(c, draft);
        return (
          <tr
            key={keyOf(c)}
            className={draft.has(keyOf(c)) ? own.changed : undefined}
            data-testid={`check-${c.kind}-${c.no}`}
          >
            <td className={own.quiet}>{c.no}</td>
            <td>
              <span title={c.clause}>{c.name}</span>{' '}
              {c.nature !== '' && `nature.${c.nature}` in words && (
                <span className={ui.hint}>{t(`nature.${c.nature}` as keyof typeof words)}</span>
              )}
              {c.content && <div className={ui.hint}>{c.content}</div>}
            </td>
            <td className={own.quiet}>{c.standard || c.clause}</td>
            <td>
              <fieldset className={own.results} aria-label={c.name} style={{ margin: 0, padding: 0 }}>
                {results.map((r) => (
                  <button
                    key={r}
                    type="button"
                    data-result={r}
                    aria-pressed={line.result === r}
                    disabled={refused !== null}
                    title={refused ?? undefined}
                    onClick={() => set(c, pressed(line, r))}
                    data-testid={`set-${r}`}
                  >
                    {t(`result.${r}`)}
                  </button>
                ))}
              </fieldset>
              {c.checked_on && !draft.has(keyOf(c)) && (
                <div className={ui.hint}>
                  {c.checked_on} {c.by}
                </div>
              )}
            </td>
            <td>
              {refused === null && line.result !== 'unchecked' ? (
                <input
                  className={own.cell}
                  aria-label={`${c.name} ${t('note')}`}
                  value={line.note}
                  maxLength={500}
                  onChange={(e) => set(c, { ...line, note: e.target.value })}
                  data-testid="check-note"
                />
              ) : (
                <span className={own.quiet}>{line.note || ''}</span>
              )}
            </td>
            {evidence && (
              <td>
                <div className={own.evidence}>
                  {c.evidence.map((e) => (
                    <span
                      key={e.run_id}
                      data-state={e.state}
                      title={`${t(`method.${e.method}`)} ${e.limit}`}
                      data-testid="evidence"
                    >
                      {e.first && t('firstGap')}
                      {e.facility_name}{' '}
                      {e.state === 'covered'
                        ? t('covered')
                        : language === 'zh'
                          ? `${t(e.state)} ${count(e.covered_households)}/${count(e.households)} 户`
                          : `${t(e.state)} ${count(e.covered_households)}/${count(e.households)}`}
                    </span>
                  ))}
                </div>
              </td>
            )}
          </tr>
        );
      })}
    </>
  );
}

function TakeOverNotice({ file, refused }: { file: CommunityFile; refused: string | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const write = useFileWrite(file);
  const entryName = useEntryName();
  const offer = file.take_over;
  if (!offer.changes) return null;
  const list = (names: readonly string[]) =>
    names.length ? names.map((e) => entryName(e)).join('、') : t('nothing');
  const take = async () => {
    const { code } = file.community;
    if (await write.save((version) => takeOver(district, code, version), t('taken')))
      useControl.getState().controller?.refresh('communities');
  };
  return (
    <div style={{ marginBottom: 12 }}>
      <Notice>
        <strong>{t('takeTitle')}</strong>
        {offer.municipal_missing && (
          <div>
            {t('municipal')}：{list(offer.municipal_missing)}
          </div>
        )}
        {offer.service_missing && (
          <div>
            {t('service')}：{list(offer.service_missing)}
          </div>
        )}
        <div className={ui.hint}>{t('takeText')}</div>
        <div style={{ marginTop: 6 }}>
          <Button
            small
            tone="primary"
            refused={refused}
            disabled={write.busy}
            onClick={() => void take()}
            data-testid="take-over"
          >
            {t('take')}
          </Button>
        </div>
      </Notice>
      <WriteState write={write} />
    </div>
  );
}
