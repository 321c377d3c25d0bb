// The facts of a community with their sources, what was renovated before, and
// how complete the file is.
import { useState } from 'react';
import { type CommunityFile, type FileFact, stateSources } from '../api/dossiers';
import { useWords } from '../language';
import { count, floorArea, landArea, percent } from '../language/format';
import { factOf, fields, read } from '../registry/fields';
import { VerdictView } from '../registry/VerdictView';
import { words as registryWords } from '../registry/words';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { DemoMark } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import { PriorWorks } from './PriorWorks';
import { Ring } from './Ring';
import { useEntryName } from './useEntryName';
import { useFileWrite } from './useFileWrite';
import { WriteState } from './WriteState';
import { words } from './words';

export function About({ file, refused }: { file: CommunityFile; refused: string | null }) {
  const t = useWords(words);
  const r = useWords(registryWords);
  const language = useWorkbench((s) => s.language);
  const c = file.community;
  const figures: [string, string][] = [
    [r('households'), count(c.households)],
    [r('buildings'), count(c.building_count)],
    [r('floorArea'), floorArea(c.floor_area_m2, language)],
    [r('landArea'), landArea(c.land_area_m2, language)],
    [r('builtYear'), c.built_year === null ? '—' : String(c.built_year)],
  ];
  return (
    <div className={own.about}>
      <div>
        <div className={own.block}>
          <div className={own.sums}>
            {figures.map(([name, value]) => (
              <div key={name}>
                <span>{name}</span>
                <strong>{value}</strong>
              </div>
            ))}
          </div>
        </div>
        <Facts file={file} refused={refused} />
        <PriorWorks file={file} refused={refused} />
      </div>
      <div>
        <CompletenessView file={file} />
        <div className={own.verdict}>
          <VerdictView community={c} refused={refused} />
        </div>
        <p className={ui.hint}>
          {t('plan')}：{file.policy.short_title}（{file.policy.document_no}）
        </p>
      </div>
    </div>
  );
}

const partOf: Record<string, string> = {
  checks: 'checks',
  photographs: 'photos',
  papers: 'photos',
  survey: 'survey',
  management: 'management',
};

function CompletenessView({ file }: { file: CommunityFile }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const c = file.completeness;
  return (
    <section className={own.side} data-testid="completeness" aria-label={t('completeness')}>
      <div className={own.ringRow}>
        <Ring share={c.share} size={56} label={percent(c.share)} />
        <div>
          <strong>{percent(c.share)}</strong>
          <div className={ui.hint}>{t('completeness')}</div>
        </div>
      </div>
      <div className={own.sections}>
        {c.sections.map((s) => {
          const part = partOf[s.key];
          return (
            <div key={s.key} className={own.sectionLine} data-testid={`section-${s.key}`}>
              {part ? (
                <button
                  type="button"
                  onClick={() => openSheet({ kind: 'community', code: file.community.code, part })}
                >
                  {s.name}
                </button>
              ) : (
                <span>{s.name}</span>
              )}
              <span className={own.quiet}>
                {s.done} / {s.of} · {t('weight', { n: s.weight })}
              </span>
              <div className={own.meter}>
                <i style={{ width: `${s.of ? (100 * s.done) / s.of : 100}%` }} />
              </div>
              {s.missing.length > 0 && (
                <p title={s.missing.join('、')}>
                  {s.missing.slice(0, 4).join('、')}
                  {s.missing.length > 4 && '…'}
                </p>
              )}
            </div>
          );
        })}
      </div>
      <p className={ui.hint}>{c.how}</p>
    </section>
  );
}

function Facts({ file, refused }: { file: CommunityFile; refused: string | null }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const write = useFileWrite(file);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [source, setSource] = useState('');
  const [asOf, setAsOf] = useState('');
  const choose = (field: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(field);
    else next.delete(field);
    setChosen(next);
  };
  const known = file.facts.filter((f) => f.known).map((f) => f.field);
  const save = async () => {
    const sources = [...(chosen ?? [])].map((field) => ({
      field,
      source,
      ...(asOf ? { as_of: asOf } : {}),
    }));
    const { code } = file.community;
    if (await write.save((version) => stateSources(district, code, version, sources))) setChosen(null);
  };
  return (
    <section className={own.block}>
      <div className={own.blockHead}>
        <h3>{t('facts')}</h3>
        {chosen === null ? (
          <Button
            small
            icon="pencil"
            refused={refused}
            onClick={() => setChosen(new Set())}
            data-testid="sources-edit"
          >
            {t('source')}
          </Button>
        ) : (
          <div className={own.actions}>
            <Button small tone="ghost" onClick={() => setChosen(new Set(known))}>
              {t('selectAll')}
            </Button>
            <Button small tone="ghost" onClick={() => setChosen(null)}>
              {t('cancel')}
            </Button>
          </div>
        )}
      </div>
      {chosen !== null && (
        <div className={own.form}>
          <Field label={t('source')} hint={t('sourceHint')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                value={source}
                maxLength={200}
                onChange={(e) => setSource(e.target.value)}
                data-testid="source-text"
              />
            )}
          </Field>
          <Field label={t('asOf')} hint=" ">
            {(id) => (
              <input
                id={id}
                type="date"
                className={ui.input}
                value={asOf}
                onChange={(e) => setAsOf(e.target.value)}
              />
            )}
          </Field>
          <Button
            tone="primary"
            disabled={chosen.size === 0 || source.trim() === '' || write.busy}
            onClick={() => void save()}
            data-testid="sources-save"
          >
            {write.busy ? t('saving') : t('stateMany', { n: chosen.size })}
          </Button>
        </div>
      )}
      <WriteState write={write} />
      <table className={own.table} data-testid="facts">
        <thead>
          <tr>
            {chosen !== null && <th />}
            <th>{t('fact')}</th>
            <th>{t('value')}</th>
            <th>{t('source')}</th>
            <th>{t('asOf')}</th>
            <th>{t('why')}</th>
          </tr>
        </thead>
        <tbody>
          {file.facts.map((f) => (
            <tr key={f.field} data-testid={`fact-${f.field}`}>
              {chosen !== null && (
                <td>
                  <input
                    type="checkbox"
                    aria-label={f.name}
                    checked={chosen.has(f.field)}
                    disabled={!f.known}
                    onChange={(e) => choose(f.field, e.target.checked)}
                  />
                </td>
              )}
              <td className={own.name}>{f.name}</td>
              <td>
                <FactValue file={file} fact={f} />
              </td>
              <td className={f.stated ? undefined : own.quiet}>
                {f.generated && !f.stated ? (
                  <DemoMark />
                ) : (
                  <>
                    {f.source || (f.known ? t('noSource') : '—')}
                    {f.note && <div className={ui.hint}>{f.note}</div>}
                  </>
                )}
              </td>
              <td className={own.quiet}>{f.as_of ?? '—'}</td>
              <td className={own.quiet}>{f.why || '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FactValue({ file, fact }: { file: CommunityFile; fact: FileFact }) {
  const t = useWords(words);
  const r = useWords(registryWords);
  const entryName = useEntryName();
  const language = useWorkbench((s) => s.language);
  const c = file.community;
  if (!fact.known) return <span className={own.lack}>{t('unknown')}</span>;
  if (fact.field === 'subdistrict_code') return <>{fact.text || c.subdistrict_code}</>;
  if (fact.field === 'neighborhood_code') return <>{fact.text || c.neighborhood_code}</>;
  if (fact.field === 'location') return <>{c.location?.map((v) => v.toFixed(5)).join(', ')}</>;
  const def = fields.find((f) => f.key === fact.field);
  const entries = def && factOf(c, def.key);
  // A list of what is missing may name facility types by their keys.
  if (Array.isArray(entries) && entries.length > 0) return <>{entries.map((e) => entryName(e)).join('、')}</>;
  return <>{def ? read(def, factOf(c, def.key), r, language) : '—'}</>;
}
