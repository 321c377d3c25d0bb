// Rows of an open survey while a person writes them: what they would amount to,
// saving, and what to do where somebody else saved first.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { Problem } from '../api/request';
import { type CountDraft, type Survey, saveCounts, surveyKeys, useTrial } from '../api/surveys';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { countsOf, type Fault, faultOf, type Row, rowsOf, same } from './rows';
import { words } from './words';

const PAUSE = 300; // ms without a key before the service is asked

export function useEditing(survey: Survey) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [rows, setRows] = useState(() => rowsOf(survey.counts));
  const [base, setBase] = useState(survey);
  const [theirs, setTheirs] = useState<Survey | null>(null);
  const [refusal, setRefusal] = useState<{ rows: Row[]; fault: Fault | null; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const dirty = useMemo(() => !same(rows, rowsOf(base.counts)), [rows, base]);
  // What others save is taken over as long as nothing is being written here.
  useEffect(() => {
    if (survey.version === base.version || dirty) return;
    setBase(survey);
    setRows(rowsOf(survey.counts));
  }, [survey, base, dirty]);

  const asked = useSettled(dirty ? countsOf(rows) : null);
  const trial = useTrial(district, survey.id, asked);
  const tried = trial.error instanceof Problem ? trial.error : null;
  const [first] = tried?.errors ?? [];
  const text =
    refusal?.rows === rows ? refusal.text : dirty && tried && tried.status === 422 ? sentence(tried) : null;
  const fault =
    refusal?.rows === rows ? refusal.fault : text ? faultOf(first?.location, first?.message ?? '') : null;

  const take = (now: Survey) => {
    client.setQueryData([...surveyKeys(district), 'one', now.id], now);
    setBase(now);
    setRows(rowsOf(now.counts));
    setRefusal(null);
    setTheirs(null);
    void client.invalidateQueries({ queryKey: surveyKeys(district) });
  };
  const save = async (over?: Survey) => {
    const counts = countsOf(rows);
    if (!counts) return;
    setBusy(true);
    try {
      take(await saveCounts(district, survey.id, (over ?? base).version, counts));
      say(t('saved'));
    } catch (error) {
      const problem = error instanceof Problem ? error : null;
      if (problem?.conflict && problem.current) setTheirs(problem.current as Survey);
      else {
        const [part] = problem?.errors ?? [];
        setRefusal({ rows, fault: faultOf(part?.location, part?.message ?? ''), text: sentence(error) });
      }
    } finally {
      setBusy(false);
    }
  };
  return {
    rows,
    setRows,
    base,
    dirty,
    busy,
    complete: countsOf(rows) !== null,
    /** What the rows amount to, saved or not. */
    judged: dirty && trial.data && !text ? { ...base, ...trial.data, version: base.version } : base,
    waiting: dirty && trial.isFetching,
    text,
    fault,
    theirs,
    save,
    take,
    forget: () => setTheirs(null),
    revert: () => {
      setRows(rowsOf(base.counts));
      setRefusal(null);
    },
  };
}
export type Editing = ReturnType<typeof useEditing>;

/** The value once it has stood still for a moment. */
function useSettled(value: CountDraft[] | null): CountDraft[] | null {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState<string>('null');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return useMemo(() => JSON.parse(settled) as CountDraft[] | null, [settled]);
}
