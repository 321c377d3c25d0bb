// A monthly report while it is being filled in: the rows as typed, saving,
// handing in, sending back, and the two questions that the server may ask.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type AreaDoubt,
  type MonthLine,
  type MonthLineDraft,
  type MonthReport,
  type MonthReportDraft,
  returnReport,
  saveReport,
  submitReport,
} from '../api/progress';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { type Cell, draftOf, withFigure } from './row';
import { words } from './words';

export interface ReportDraft {
  lines: MonthLineDraft[];
  difficulties: string;
}

export function useReportDraft(report: MonthReport) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [typed, setTyped] = useState<ReportDraft | null>(null);
  const [busy, setBusy] = useState(false);
  const [doubts, setDoubts] = useState<readonly AreaDoubt[] | null>(null);
  /** Somebody else saved in the meantime; this is their version. */
  const [rival, setRival] = useState<MonthReport | null>(null);

  const saved: ReportDraft = { lines: report.lines.map(draftOf), difficulties: report.difficulties };
  const draft = typed ?? saved;
  const id = report.id ?? '';
  const changed = () => client.invalidateQueries({ queryKey: keys.progress(district) });
  const store = (r: MonthReport) =>
    client.setQueryData([...keys.progress(district), 'month', report.month, id], r);

  const edit = (change: (d: ReportDraft) => ReportDraft) => setTyped(change(draft));
  const editLine = (project: string, change: (l: MonthLineDraft) => MonthLineDraft) =>
    edit((d) => ({ ...d, lines: d.lines.map((l) => (l.project === project ? change(l) : l)) }));

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    setBusy(true);
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && error.kind === 'area-unit')
        setDoubts((error.current as AreaDoubt[] | null) ?? []);
      else if (error instanceof Problem && error.conflict && error.current)
        setRival(error.current as MonthReport);
      else say(sentence(error), { bad: true });
      return null;
    } finally {
      setBusy(false);
    }
  }

  async function put(body: MonthReportDraft, version: number): Promise<MonthReport | null> {
    const r = await attempt(() => saveReport(district, report.month, id, version, body));
    if (!r) return null;
    store(r);
    setTyped(null);
    setRival(null);
    setDoubts(null);
    void changed();
    return r;
  }
  const bodyOf = (d: ReportDraft, confirmed = false): MonthReportDraft => ({
    difficulties: d.difficulties,
    lines: d.lines,
    ...(confirmed ? { areas_confirmed: true } : {}),
  });

  const save = async (confirmed = false) => {
    if (await put(bodyOf(draft, confirmed), report.version)) say(t('saved'));
  };
  const submit = async () => {
    const r = typed ? await put(bodyOf(draft), report.version) : report;
    if (!r) return;
    const done = await attempt(() => submitReport(district, report.month, id, r.version));
    if (!done) return void changed();
    store(done);
    say(t('submitted'));
    void changed();
  };
  const sendBack = async (reason: string) => {
    const r = await attempt(() => returnReport(district, report.month, id, report.version, reason));
    if (!r) return false;
    store(r);
    say(t('sentBack'));
    void changed();
    return true;
  };
  /** Areas that were typed in square metres, taken as what they are. */
  const convert = () => {
    if (!doubts) return;
    edit((d) => ({
      ...d,
      lines: d.lines.map((l) =>
        doubts
          .filter((q) => q.project === l.project)
          .reduce((line, q) => withFigure(line, q.field as Cell, q.suggested), l),
      ),
    }));
    setDoubts(null);
  };

  return {
    draft,
    dirty: typed !== null,
    busy,
    doubts,
    rival,
    edit,
    editLine,
    discard: () => setTyped(null),
    addLine: (l: MonthLine) => edit((d) => ({ ...d, lines: [...d.lines, draftOf(l)] })),
    dropLine: (project: string) =>
      edit((d) => ({ ...d, lines: d.lines.filter((l) => l.project !== project) })),
    save,
    submit,
    sendBack,
    convert,
    keepAreas: () => void save(true),
    dropDoubts: () => setDoubts(null),
    loadTheirs: () => {
      if (rival) store(rival);
      setTyped(null);
      setRival(null);
      void changed();
    },
    saveMine: () => rival && void put(bodyOf(draft), rival.version),
  };
}
export type ReportEditor = ReturnType<typeof useReportDraft>;
