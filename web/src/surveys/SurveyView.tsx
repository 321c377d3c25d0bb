// One round: what it was for, the verdict, the rows, and what can be done with it.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../api/queries';
import {
  closeSurvey,
  discardSurvey,
  type Survey,
  type SurveyHead,
  sheetsAddress,
  surveyKeys,
} from '../api/surveys';
import { useWords } from '../language';
import { moment } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Select } from '../ui/Select';
import { DemoMark, Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { DetailsDialog } from './DetailsDialog';
import { PrintSheets } from './PrintSheets';
import { SurveyTable } from './SurveyTable';
import css from './surveys.module.css';
import { type Editing, useEditing } from './useEditing';
import { VerdictCard } from './VerdictCard';
import { words } from './words';

export function SurveyView({
  survey,
  rounds,
  refused,
  onRound,
  onAgain,
}: {
  survey: Survey;
  rounds: readonly SurveyHead[];
  /** Why the person may not write; null where they may. */
  refused: string | null;
  onRound: (id: string) => void;
  onAgain: () => void;
}) {
  const t = useWords(words);
  const editing = useEditing(survey);
  const writes = survey.state === 'open' && !refused;
  const masked = new Set(survey.counts.flatMap((c, i) => (c.masked ? [i] : [])));
  return (
    <div className={css.view} data-testid="survey" data-state={survey.state}>
      <Head survey={survey} rounds={rounds} onRound={onRound} />
      <VerdictCard survey={editing.judged} busy={editing.waiting || editing.text !== null} />
      <Tools survey={survey} editing={editing} refused={refused} onAgain={onAgain} />
      {editing.text && <Notice tone="bad">{editing.text}</Notice>}
      {(masked.size > 0 || survey.sums.masked) && <Notice>{t('maskedWhy')}</Notice>}
      <SurveyTable
        rows={editing.rows}
        onChange={writes ? editing.setRows : undefined}
        fault={editing.fault}
        masked={masked}
      />
      {editing.theirs && <Conflict editing={editing} theirs={editing.theirs} />}
    </div>
  );
}

function Head({
  survey: s,
  rounds,
  onRound,
}: {
  survey: Survey;
  rounds: readonly SurveyHead[];
  onRound: (id: string) => void;
}) {
  const t = useWords(words);
  const period = [
    t('startedOn', { day: s.started_on }),
    s.closed_on ? t('closedOn', { day: s.closed_on }) : s.due_on && t('due', { day: s.due_on }),
  ];
  return (
    <header className={css.head}>
      {rounds.length > 1 ? (
        <Select
          label={t('title')}
          value={s.id}
          options={rounds.map((r) => ({
            value: r.id,
            label: t('round', { n: r.round }),
            detail: r.started_on,
          }))}
          onChange={onRound}
          testId="survey-round"
        />
      ) : (
        <strong>{t('round', { n: s.round })}</strong>
      )}
      <span className={`${ui.badge} ${s.state === 'open' ? ui.accentTone : ui.plain}`}>
        {t(`state.${s.state}`)}
      </span>
      {s.generated.length > 0 && <DemoMark />}
      <dl className={css.facts}>
        <div>
          <dt>{period.filter(Boolean).join(' · ')}</dt>
          <dd>{s.means.join('、') || t('none')}</dd>
        </div>
        <div>
          <dt>{t('contents')}</dt>
          <dd>{s.contents.join('；') || t('none')}</dd>
        </div>
        {s.publicised_from && (
          <div>
            <dt>{t('publicised')}</dt>
            <dd>
              {s.publicised_from} – {s.publicised_to ?? ''}
            </dd>
          </div>
        )}
        {s.owners_committee && (
          <div>
            <dt>{t('committee')}</dt>
            <dd>{s.owners_committee}</dd>
          </div>
        )}
        {s.note && (
          <div>
            <dt>{t('note')}</dt>
            <dd>{s.note}</dd>
          </div>
        )}
      </dl>
      <span className={css.quiet}>
        {s.updated_by} {moment(s.updated_at)}
      </span>
    </header>
  );
}

function Tools({
  survey,
  editing,
  refused,
  onAgain,
}: {
  survey: Survey;
  editing: Editing;
  refused: string | null;
  onAgain: () => void;
}) {
  const t = useWords(words);
  const session = useSession();
  const district = useWorkbench((s) => s.district);
  const [open, setOpen] = useState<'details' | 'close' | 'print' | null>(null);
  const { dirty } = editing;
  const first = dirty ? t('saveFirst') : null;
  const mayExport = may(session.data, 'export');
  const nobody = survey.sums.asked === 0;
  return (
    <div className={css.tools}>
      {survey.state === 'open' ? (
        <>
          <Button
            tone="primary"
            refused={refused}
            disabled={!dirty || !editing.complete || editing.busy}
            onClick={() => void editing.save()}
            data-testid="survey-save"
          >
            {t('save')}
          </Button>
          {dirty && (
            <Button tone="ghost" onClick={editing.revert}>
              {t('revert')}
            </Button>
          )}
          <Button refused={refused ?? first} onClick={() => setOpen('close')} data-testid="survey-close">
            {t('close')}
          </Button>
          <Button
            icon="pencil"
            tone="ghost"
            refused={refused ?? first}
            onClick={() => setOpen('details')}
            data-testid="survey-details"
          >
            {t('edit')}
          </Button>
          {nobody && !dirty && !refused && <Discard survey={survey} />}
        </>
      ) : (
        survey.newest && (
          <Button refused={refused} onClick={onAgain} data-testid="survey-again">
            {t('again')}
          </Button>
        )
      )}
      <span className={css.gap} />
      <Button icon="file" onClick={() => setOpen('print')} data-testid="survey-print">
        {t('print')}
      </Button>
      {mayExport && (
        <a
          className={ui.button}
          href={sheetsAddress(district, survey.id)}
          download
          data-testid="survey-workbook"
        >
          {t('workbook')}
        </a>
      )}
      {open === 'details' && (
        <DetailsDialog
          community={survey.community.code}
          survey={editing.base}
          onClose={() => setOpen(null)}
          onDone={(now) => {
            setOpen(null);
            editing.take(now);
          }}
        />
      )}
      {open === 'close' && <CloseDialog editing={editing} onClose={() => setOpen(null)} />}
      {open === 'print' && <PrintSheets survey={survey} onClose={() => setOpen(null)} />}
    </div>
  );
}

function CloseDialog({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [fault, setFault] = useState<string | null>(null);
  const { base } = editing;
  const end = () =>
    closeSurvey(district, base.id, base.version).then(
      (now) => {
        say(t('closed'));
        editing.take(now);
        void client.invalidateQueries({ queryKey: surveyKeys(district) });
        onClose();
      },
      (error: unknown) => setFault(sentence(error)),
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('closeTitle')}
      width={460}
      testId="survey-closing"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" onClick={() => void end()} data-testid="survey-close-yes">
            {t('closeYes')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <VerdictCard survey={base} />
        <p>{t('closeText')}</p>
        {fault && <Notice tone="bad">{fault}</Notice>}
      </div>
    </Dialog>
  );
}

function Discard({ survey }: { survey: Survey }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  return (
    <Button
      tone="ghost"
      icon="trash"
      data-testid="survey-discard"
      onClick={() =>
        void discardSurvey(district, survey.id, survey.version).then(
          () => {
            say(t('discarded'));
            void client.invalidateQueries({ queryKey: surveyKeys(district) });
          },
          (error: unknown) => say(sentence(error), { bad: true }),
        )
      }
    >
      {t('discard')}
    </Button>
  );
}

function Conflict({ editing, theirs }: { editing: Editing; theirs: Survey }) {
  const t = useWords(words);
  return (
    <Dialog
      open
      onClose={editing.forget}
      title={t('conflictTitle', { who: theirs.updated_by })}
      width={480}
      testId="survey-conflict"
      foot={
        <>
          <Button onClick={editing.forget}>{t('cancel')}</Button>
          <Button onClick={() => editing.take(theirs)} data-testid="survey-theirs">
            {t('keepTheirs')}
          </Button>
          <Button
            tone="primary"
            onClick={() => {
              editing.forget();
              void editing.save(theirs);
            }}
            data-testid="survey-mine"
          >
            {t('keepMine')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p>{t('conflictText')}</p>
        <VerdictCard survey={theirs} />
      </div>
    </Dialog>
  );
}
