// The conditions of entry with what decides each, and what the residents decided
// as the application says it, to be filled in.
import { useState } from 'react';
import { type EntryCondition, type ProjectFile, updateProject } from '../api/projects';
import { useSession } from '../api/queries';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { OutcomeBadge } from './marks';
import { newestOf } from './newest';
import own from './projects.module.css';
import { useRefresh } from './useRefresh';
import { words } from './words';

interface Answer {
  holds: boolean;
  note?: string;
}
type Answers = Record<string, Answer>;

export function Conditions({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const session = useSession();
  const district = useWorkbench((s) => s.district);
  const sentence = useSentence();
  const refresh = useRefresh();
  const [changed, setChanged] = useState<{ answers: Answers; version: number } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const mayWrite = may(session.data, 'edit.program') && p.live;
  const given: Answers = Object.fromEntries(
    p.conditions.flatMap((c) => (c.answer ? [[c.key, c.answer] as const] : [])),
  );
  const answers = changed?.answers ?? given;
  const held = p.conditions.filter((c) => c.outcome === 'holds').length;
  const save = async () => {
    try {
      await updateProject(district, p.code, changed?.version ?? p.version, { readiness: answers });
      await refresh();
      setChanged(null);
      setFault(null);
      say(t('saved'));
    } catch (error) {
      const version = newestOf(error);
      setFault(version === null ? sentence(error) : t('changed'));
      if (version !== null) setChanged({ answers, version });
      await refresh();
    }
  };
  return (
    <section className={own.block} data-testid="project-conditions">
      <h3>
        {t('conditions')}
        <span className={ui.hint}>{t('conditionsN', { n: held, all: p.conditions.length })}</span>
      </h3>
      {p.conditions.length === 0 ? (
        <p className={ui.hint}>{t('noConditions')}</p>
      ) : (
        <table className={own.table}>
          <tbody>
            {p.conditions.map((c) => (
              <tr key={c.key} data-testid={`entry-${c.key}`}>
                <td>
                  {c.text}
                  <div className={ui.hint}>{c.clause}</div>
                </td>
                <td style={{ width: 76 }}>
                  <OutcomeBadge outcome={c.outcome} />
                </td>
                <td style={{ width: '52%' }}>
                  {c.why}
                  {mayWrite && c.evidence !== 'survey' && (
                    <AnswerFields
                      condition={c}
                      answer={answers[c.key] ?? null}
                      onChange={(a) =>
                        setChanged({
                          answers: withAnswer(answers, c.key, a),
                          version: changed?.version ?? p.version,
                        })
                      }
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {fault && <Notice tone="bad">{fault}</Notice>}
      {changed && (
        <div className={own.chips}>
          <Button tone="primary" onClick={() => void save()} data-testid="entry-save">
            {t('save')}
          </Button>
          <Button onClick={() => setChanged(null)}>{t('cancel')}</Button>
        </div>
      )}
    </section>
  );
}

function withAnswer(answers: Answers, key: string, answer: Answer | null): Answers {
  const { [key]: _, ...others } = answers;
  return answer ? { ...others, [key]: answer } : others;
}

function AnswerFields({
  condition: c,
  answer,
  onChange,
}: {
  condition: EntryCondition;
  answer: Answer | null;
  onChange: (answer: Answer | null) => void;
}) {
  const t = useWords(words);
  const value = answer === null ? 'none' : answer.holds ? 'yes' : 'no';
  return (
    <div className={own.answer}>
      <Segments
        label={c.text}
        value={value}
        testId={`answer-${c.key}`}
        onChange={(v) => onChange(v === 'none' ? null : { ...answer, holds: v === 'yes' })}
        options={[
          { value: 'yes', label: t('answerYes') },
          { value: 'no', label: t('answerNo') },
          { value: 'none', label: t('answerNone') },
        ]}
      />
      {answer && (
        <input
          className={ui.input}
          value={answer.note ?? ''}
          maxLength={1000}
          placeholder={t('answerNote')}
          aria-label={t('answerNote')}
          onChange={(e) => onChange({ ...answer, note: e.target.value })}
        />
      )}
    </div>
  );
}
