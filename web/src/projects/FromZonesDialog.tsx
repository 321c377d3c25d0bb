// A project for each zone of the scenario that has a year: first what it would
// make, then, by a click, the applications.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Library, projectsFromZones, type ZonesMade } from '../api/projects';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { count } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field, Segments } from '../ui/Field';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { Tip } from '../ui/Tip';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { today } from './day';
import own from './projects.module.css';
import { useRefresh } from './useRefresh';
import { words } from './words';

export default function FromZonesDialog({ onClose }: { onClose: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const refresh = useRefresh();
  const district = useWorkbench((s) => s.district);
  const scenario = useWorkbench((s) => s.scenario);
  const [library, setLibrary] = useState<Library>('comprehensive');
  const [applicant, setApplicant] = useState('');
  const [appliedOn, setAppliedOn] = useState(today());
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = { library, ...(scenario ? { scenario_code: scenario } : {}) };
  const trial = useQuery({
    queryKey: [...keys.projects(district), 'from-zones', scenario, library],
    queryFn: () =>
      projectsFromZones(district, { ...ask, applicant: '社区居民委员会', applied_on: today(), trial: true }),
    retry: false,
  });
  const made = trial.data?.made ?? [];
  const make = async () => {
    setBusy(true);
    try {
      const done = await projectsFromZones(district, { ...ask, applicant, applied_on: appliedOn });
      await refresh();
      say(t('madeN', { n: done.made.length }));
      onClose();
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('zonesTitle')}
      width={640}
      testId="from-zones-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            tone="primary"
            disabled={busy || made.length === 0}
            onClick={() => void make()}
            data-testid="from-zones-make"
          >
            {t('make', { n: made.length })}
          </Button>
        </>
      }
    >
      <p className={ui.hint}>{t('zonesText')}</p>
      <Segments
        label={t('library')}
        value={library}
        onChange={setLibrary}
        options={[
          { value: 'comprehensive', label: t('comprehensive') },
          { value: 'management', label: t('management') },
        ]}
      />
      {trial.isPending ? (
        <Waiting rows={5} />
      ) : trial.isError ? (
        trial.error instanceof Problem && trial.error.status === 422 ? (
          <Empty icon="zones" title={t('noZonesToMake')}>
            {t('noZonesToMakeText')}
          </Empty>
        ) : (
          <Failure error={trial.error} />
        )
      ) : (
        <Trial made={trial.data} />
      )}
      <div className={own.pair}>
        <Field label={t('applicant')} hint={t('applicantHint')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              value={applicant}
              maxLength={200}
              onChange={(e) => setApplicant(e.target.value)}
              data-testid="from-zones-applicant"
            />
          )}
        </Field>
        <Field label={t('appliedOn')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              type="date"
              value={appliedOn}
              max={today()}
              onChange={(e) => setAppliedOn(e.target.value)}
            />
          )}
        </Field>
      </div>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}

function Trial({ made: { made, skipped } }: { made: ZonesMade }) {
  const t = useWords(words);
  return (
    <div className={own.scrollTable}>
      <table className={own.table}>
        <thead>
          <tr>
            <th>{t('zone')}</th>
            <th>{t('year')}</th>
            <th>{t('phase')}</th>
            <th className={own.number}>{t('communities')}</th>
          </tr>
        </thead>
        <tbody>
          {made.map((z) => (
            <tr key={z.zone}>
              <td>{z.name}</td>
              <td>{z.year ?? '—'}</td>
              <td>{t(`phase.${z.phase}`)}</td>
              <td className={own.number}>
                {count(z.communities)}
                {z.left_out.length > 0 && (
                  <Tip text={z.left_out.join('；')}>
                    <span className={own.warn}> {t('leftOut', { n: z.left_out.length })}</span>
                  </Tip>
                )}
              </td>
            </tr>
          ))}
          {skipped.map((z) => (
            <tr key={z.zone}>
              <td>{z.name}</td>
              <td colSpan={3}>
                <span className={own.warn}>{t('skipped')}</span>：{z.why}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
