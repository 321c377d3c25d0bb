// The approval of a project: what decides, what the tables say, the checklist, the joint review.
import { useEffect, useMemo, useState } from 'react';
import { type ApprovalFile, useApproval, useRouteTrial } from '../api/approvals';
import { useSession } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Segments } from '../ui/Field';
import { Failure, Notice, Waiting } from '../ui/State';
import own from './approvals.module.css';
import { Checklist, type Edits } from './Checklist';
import { draftOf, readDraft, sameDraft, type Typed } from './draft';
import { InputsForm } from './InputsForm';
import { OpinionDialog } from './OpinionDialog';
import { useOpining } from './opining';
import { Review } from './Review';
import { tallyOf } from './said';
import { Tables } from './Tables';
import { useSettled } from './useSettled';
import { words } from './words';

export default function ProjectApproval({ code }: { code: string }) {
  const district = useWorkbench((s) => s.district);
  const file = useApproval(district, code);
  if (file.isError) return <Failure error={file.error} retry={() => void file.refetch()} />;
  if (!file.data) return <Waiting rows={9} />;
  return <Approval key={code} code={code} file={file.data} />;
}

function Approval({ code, file }: { code: string; file: ApprovalFile }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const refused = may(session.data, 'edit.program') ? null : t('noEdit');
  const [typed, setTyped] = useState<Typed | null>(null);
  const [edits, setEdits] = useState<Edits>({});
  const saved = useMemo<Typed>(
    () => ({ draft: draftOf(file.asked, file.inputs), start: file.start_on ?? '' }),
    [file],
  );
  const draft = typed?.draft ?? saved.draft;
  const dirty = typed !== null && (typed.start !== saved.start || !sameDraft(typed.draft, saved.draft));
  const read = useMemo(() => readDraft(file.asked, draft), [file.asked, draft]);
  const asked = useSettled(dirty ? read.inputs : null);
  const trial = useRouteTrial(district, code, refused ? null : asked);
  const route = dirty && trial.data ? trial.data : file.route;
  const view = useOpining((s) => s.view) ?? (file.version === 0 ? 'basis' : 'list');
  const show = useOpining((s) => s.show);
  // Another file begins with what is useful there.
  useEffect(() => () => useOpining.getState().show(null), []);
  const tally = tallyOf(file.steps);
  return (
    <div className={own.page} data-testid="project-approval">
      <div className={own.top}>
        <Segments
          label={t('approval')}
          value={view}
          options={[
            { value: 'list', label: `${t('checklist')} ${tally.done}/${tally.all}` },
            { value: 'basis', label: dirty ? `${t('basisAndTables')} *` : t('basisAndTables') },
            {
              value: 'review',
              label: file.review.open
                ? `${t('review')} · ${t('openN', { n: file.review.open })}`
                : t('review'),
            },
          ]}
          onChange={show}
          testId="approval-view"
        />

        <p className={own.by}>
          <span>{t('by', { policy: route.policy })}</span>
          <span>
            {file.version === 0 ? t('neverSaved') : t('savedBy', { by: file.by, at: moment(file.at) })}
          </span>
        </p>
      </div>
      {file.outdated && <Notice tone="warn">{t('outdated')}</Notice>}
      {view === 'basis' && (
        <div className={own.two}>
          <InputsForm
            code={code}
            file={file}
            typed={typed ?? saved}
            read={read}
            dirty={dirty}
            refused={refused}
            trialError={dirty && trial.isError ? trial.error : null}
            onChange={setTyped}
          />
          <Tables route={route} file={file} trial={dirty} />
        </div>
      )}
      {view === 'list' && (
        <Checklist code={code} file={file} refused={refused} edits={edits} onEdits={setEdits} />
      )}
      {view === 'review' && <Review code={code} file={file} refused={refused} />}
      <OpinionDialog
        code={code}
        departments={file.review.departments.map((d) => d.name)}
        unsaved={dirty || Object.keys(edits).length > 0}
      />
    </div>
  );
}
