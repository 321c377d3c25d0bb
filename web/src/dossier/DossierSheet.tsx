// The community file (一小区一档): its parts, how complete it is, and the whole of it on paper.
import { lazy, Suspense, useEffect, useState } from 'react';
import { type CommunityFile, useFile } from '../api/dossiers';
import { useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';
import { useWords } from '../language';
import { percent } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Failure, Waiting } from '../ui/State';
import { About } from './About';
import Attachments from './Attachments';
import { Checks } from './Checks';
import own from './dossier.module.css';
import { History } from './History';
import { ManagementPart } from './ManagementPart';
import { Renewal } from './Renewal';
import { Ring } from './Ring';
import { StepsPart } from './StepsPart';
import { words } from './words';

const CommunitySurvey = lazy(() => import('../surveys/CommunitySurvey'));

const parts = ['about', 'checks', 'photos', 'survey', 'renewal', 'steps', 'management', 'history'] as const;
type Part = (typeof parts)[number];

export default function DossierSheet({ code, part }: { code: string; part: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const query = useFile(district, code);
  const [printing, setPrinting] = useState(false);
  const shown = parts.find((p) => p === part) ?? 'about';
  useEffect(() => {
    if (!printing) return;
    const done = () => setPrinting(false);
    addEventListener('afterprint', done);
    // Parts that are fetched and pictures come first, but nobody waits for ever.
    const since = Date.now();
    const timer = setInterval(() => {
      const sheet = document.querySelector('[data-testid="sheet-community"]');
      const pictures = [...(sheet?.querySelectorAll('img') ?? [])];
      const ready = !sheet?.querySelector('[role="status"]') && pictures.every((i) => i.complete);
      if ((ready && Date.now() - since > 400) || Date.now() - since > 8000) {
        clearInterval(timer);
        window.print();
      }
    }, 200);
    return () => {
      clearInterval(timer);
      removeEventListener('afterprint', done);
    };
  }, [printing]);
  const heads = parts.map((key) => ({ key, name: t(`part.${key}`) }));
  if (!query.data)
    return (
      <>
        <SheetHead title={code} parts={heads} part={shown} />
        <div className={css.sheetBody}>
          {query.isError ? (
            <Failure error={query.error} retry={() => void query.refetch()} />
          ) : (
            <Waiting rows={9} />
          )}
        </div>
      </>
    );
  const file = query.data;
  const refused = may(session.data, 'edit.program', file.community.subdistrict_code)
    ? null
    : may(session.data, 'edit.program')
      ? t('noRightHere')
      : t('noRight');
  const share = percent(file.completeness.share);
  return (
    <>
      <SheetHead
        title={file.community.name}
        sub={[t('fileOf'), file.community.subdistrict_name, file.community.code].filter(Boolean).join(' · ')}
        parts={heads}
        part={shown}
      >
        <Ring share={file.completeness.share} size={24} label={`${t('completeness')} ${share}`} />
        <span data-testid="file-share">{share}</span>
        <IconButton
          icon="file"
          label={t('print')}
          onClick={() => setPrinting(true)}
          data-testid="file-print"
        />
      </SheetHead>
      <div className={css.sheetBody} data-testid={`file-${shown}`}>
        {printing ? (
          parts.map((p) => (
            <div key={p} className={own.printPart}>
              <h2>{t(`part.${p}`)}</h2>
              <FilePart part={p} file={file} refused={t('print')} />
            </div>
          ))
        ) : (
          <FilePart part={shown} file={file} refused={refused} />
        )}
      </div>
    </>
  );
}

function FilePart({ part, file, refused }: { part: Part; file: CommunityFile; refused: string | null }) {
  const { code } = file.community;
  switch (part) {
    case 'about':
      return <About file={file} refused={refused} />;
    case 'checks':
      return <Checks file={file} refused={refused} />;
    case 'photos':
      return <Attachments community={code} />;
    case 'survey':
      return (
        <Suspense fallback={<Waiting rows={6} />}>
          <CommunitySurvey code={code} />
        </Suspense>
      );
    case 'renewal':
      return <Renewal file={file} />;
    case 'steps':
      return <StepsPart file={file} />;
    case 'management':
      return <ManagementPart file={file} refused={refused} />;
    case 'history':
      return <History file={file} />;
  }
}
