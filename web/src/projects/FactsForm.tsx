// What is written about a project: read, and changed by a click.
import { useState } from 'react';
import { type ProjectFile, type ProjectPatch, updateProject } from '../api/projects';
import { useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox, Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { today } from './day';
import { Fact } from './Fact';
import { numberOf, wanOf } from './figures';
import { newestOf } from './newest';
import own from './projects.module.css';
import { useRefresh } from './useRefresh';
import { words } from './words';

export function FactsForm({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const session = useSession();
  const [editing, setEditing] = useState(false);
  // Once a project is in its library, what it is stays the bureau's to change.
  const needed = p.state === 'confirmed' ? 'decide.program' : 'edit.program';
  const refused = may(session.data, needed) ? null : t('noRight');
  return (
    <section className={own.block} data-testid="project-facts">
      <h3>
        {t('facts')}
        {!editing && (
          <span>
            <Button
              small
              icon="pencil"
              refused={refused}
              onClick={() => setEditing(true)}
              data-testid="facts-edit"
            >
              {t('edit')}
            </Button>
          </span>
        )}
      </h3>
      {editing ? <Form project={p} onDone={() => setEditing(false)} /> : <Facts project={p} />}
    </section>
  );
}

function Facts({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  return (
    <dl className={css.facts}>
      <Fact name={t('applicant')}>{p.applicant}</Fact>
      <Fact name={t('appliedOn')}>{p.applied_on}</Fact>
      <Fact name={t('owner')}>{p.owner || '—'}</Fact>
      <Fact name={t('estimated')}>
        {wanOf(p.estimated_wan)} {p.estimated_wan !== null && t('wan')}
      </Fact>
      <Fact name={t('part.money')}>{t(p.central_subsidy ? 'centralYes' : 'centralNo')}</Fact>
      {p.demonstration && <Fact name={t('demonstration')}>{t('demonstrationProject')}</Fact>}
      {p.note && <Fact name={t('note')}>{p.note}</Fact>}
    </dl>
  );
}

interface Draft {
  name: string;
  applicant: string;
  appliedOn: string;
  owner: string;
  estimated: string;
  note: string;
  central: boolean;
  demonstration: boolean;
}
const draftOf = (p: ProjectFile): Draft => ({
  name: p.name,
  applicant: p.applicant,
  appliedOn: p.applied_on,
  owner: p.owner,
  estimated: p.estimated_wan === null ? '' : String(p.estimated_wan),
  note: p.note,
  central: p.central_subsidy,
  demonstration: p.demonstration,
});
/** Only what is different goes to the server. */
function patchOf(p: ProjectFile, d: Draft): ProjectPatch {
  const wan = numberOf(d.estimated);
  const clear: NonNullable<ProjectPatch['clear']> = [];
  if (p.estimated_wan !== null && d.estimated.trim() === '') clear.push('estimated_wan');
  return {
    ...(d.name === p.name ? {} : { name: d.name }),
    ...(d.applicant === p.applicant ? {} : { applicant: d.applicant }),
    ...(d.appliedOn === p.applied_on ? {} : { applied_on: d.appliedOn }),
    ...(d.owner === p.owner ? {} : { owner: d.owner }),
    ...(d.note === p.note ? {} : { note: d.note }),
    ...(wan === null || wan === p.estimated_wan ? {} : { estimated_wan: wan }),
    ...(d.central === p.central_subsidy ? {} : { central_subsidy: d.central }),
    ...(d.demonstration === p.demonstration ? {} : { demonstration: d.demonstration }),
    ...(clear.length ? { clear } : {}),
  };
}

function Form({ project: p, onDone }: { project: ProjectFile; onDone: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const refresh = useRefresh();
  const session = useSession();
  const district = useWorkbench((s) => s.district);
  // Others may change the project meanwhile: what counts is how it was when the person began.
  const [seen, setSeen] = useState(p);
  const [d, setDraft] = useState(() => draftOf(p));
  const [fault, setFault] = useState<string | null>(null);
  const set = (change: Partial<Draft>) => setDraft({ ...d, ...change });
  const text = (key: 'name' | 'applicant' | 'owner' | 'estimated', label: string, hint?: string) => (
    <Field label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          value={d[key]}
          inputMode={key === 'estimated' ? 'decimal' : undefined}
          onChange={(e) => set({ [key]: e.target.value })}
          data-testid={`facts-${key}`}
        />
      )}
    </Field>
  );
  const save = async () => {
    if (d.estimated.trim() !== '' && numberOf(d.estimated) === null) return setFault(t('faultEstimated'));
    try {
      await updateProject(district, p.code, seen.version, patchOf(seen, d));
      await refresh();
      say(t('saved'));
      onDone();
    } catch (error) {
      const version = newestOf(error);
      setFault(version === null ? sentence(error) : t('changed'));
      if (version === null) return;
      setSeen({ ...seen, version });
      await refresh();
    }
  };
  return (
    <>
      <div className={own.pair}>
        {text('name', t('name'))}
        {text('applicant', t('applicant'), t('applicantHint'))}
        <Field label={t('appliedOn')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              type="date"
              max={today()}
              value={d.appliedOn}
              onChange={(e) => set({ appliedOn: e.target.value })}
            />
          )}
        </Field>
        {text('owner', t('owner'))}
        {text('estimated', `${t('estimated')} ${t('wan')}`)}
        <div style={{ display: 'grid', gap: 6, alignContent: 'end' }}>
          <Checkbox checked={d.central} onChange={(central) => set({ central })}>
            {t('centralSubsidy')}
          </Checkbox>
          <Checkbox
            checked={d.demonstration}
            disabled={!may(session.data, 'decide.program')}
            onChange={(demonstration) => set({ demonstration })}
          >
            {t('demonstrationProject')}
          </Checkbox>
        </div>
      </div>
      <Field label={t('note')}>
        {(id) => (
          <textarea
            id={id}
            className={ui.input}
            rows={3}
            maxLength={5000}
            value={d.note}
            onChange={(e) => set({ note: e.target.value })}
            data-testid="facts-note"
          />
        )}
      </Field>
      {fault && <Notice tone="bad">{fault}</Notice>}
      <div className={own.chips}>
        <Button tone="primary" onClick={() => void save()} data-testid="facts-save">
          {t('save')}
        </Button>
        <Button onClick={onDone}>{t('cancel')}</Button>
      </div>
    </>
  );
}
