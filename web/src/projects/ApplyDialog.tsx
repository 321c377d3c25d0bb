// A written application for entry in a project library, for chosen communities
// or those of the selected zone.
import { useState } from 'react';
import { createProject, type Library, type NewProject } from '../api/projects';
import { useCommunity, useZone, useZoneCommunities } from '../api/queries';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox, Field, Segments } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { CommunityPicker, type Picked } from './CommunityPicker';
import { today } from './day';
import { numberOf } from './figures';
import own from './projects.module.css';
import { useRefresh } from './useRefresh';
import { words } from './words';

export default function ApplyDialog({
  communities,
  onClose,
}: {
  /** Omitted: what is selected on the map. */
  communities?: readonly Picked[];
  onClose: () => void;
}) {
  const district = useWorkbench((s) => s.district);
  const selection = useWorkbench((s) => s.selection);
  const zoneCode = !communities && selection?.kind === 'zone' ? selection.code : null;
  const communityCode = !communities && selection?.kind === 'community' ? selection.code : null;
  const zone = useZone(district, zoneCode);
  const members = useZoneCommunities(district, zoneCode);
  const community = useCommunity(district, communityCode);
  if ((zoneCode && !(zone.data && members.data)) || (communityCode && !community.data)) return null;
  const first: Picked[] = communities
    ? [...communities]
    : zoneCode
      ? (members.data ?? []).filter((c) => c.eligibility !== 'out').map(({ code, name }) => ({ code, name }))
      : community.data
        ? [{ code: community.data.code, name: community.data.name }]
        : [];
  return <Form first={first} zone={zone.data ?? null} onClose={onClose} />;
}

function Form({
  first,
  zone,
  onClose,
}: {
  first: Picked[];
  zone: { code: string; name: string } | null;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const refresh = useRefresh();
  const district = useWorkbench((s) => s.district);
  const scenario = useWorkbench((s) => s.scenario);
  const select = useWorkbench((s) => s.select);
  const [library, setLibrary] = useState<Library>('comprehensive');
  const [name, setName] = useState('');
  const [applicant, setApplicant] = useState('');
  const [appliedOn, setAppliedOn] = useState(today());
  const [picked, setPicked] = useState(first);
  const [estimated, setEstimated] = useState('');
  const [central, setCentral] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    setBusy(true);
    const body: NewProject = {
      library,
      applicant,
      applied_on: appliedOn,
      communities: picked.map((c) => c.code),
      central_subsidy: central,
      ...(name.trim() ? { name: name.trim() } : {}),
      ...(numberOf(estimated) === null ? {} : { estimated_wan: numberOf(estimated) }),
      ...(zone ? { zone_code: zone.code, ...(scenario ? { scenario_code: scenario } : {}) } : {}),
    };
    try {
      const made = await createProject(district, body);
      await refresh();
      say(t('submitted', { code: made.code }));
      select({ kind: 'project', code: made.code });
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
      title={t('applyTitle')}
      width={540}
      testId="apply-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={busy} onClick={() => void submit()} data-testid="apply-submit">
            {t('submit')}
          </Button>
        </>
      }
    >
      <Segments
        label={t('library')}
        value={library}
        onChange={setLibrary}
        testId="apply-library"
        options={[
          { value: 'comprehensive', label: t('comprehensive') },
          { value: 'management', label: t('management') },
        ]}
      />
      <Field label={t('communities')} hint={zone ? t('ofZone', { name: zone.name }) : null}>
        {(id) => <CommunityPicker id={id} value={picked} onChange={setPicked} />}
      </Field>
      <div className={own.pair}>
        <Field label={t('applicant')} hint={t('applicantHint')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              value={applicant}
              maxLength={200}
              onChange={(e) => setApplicant(e.target.value)}
              data-testid="apply-applicant"
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
        <Field label={t('name')} hint={t('nameHint')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              value={name}
              maxLength={200}
              onChange={(e) => setName(e.target.value)}
              data-testid="apply-name"
            />
          )}
        </Field>
        <Field label={`${t('estimated')} ${t('wan')}`}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              inputMode="decimal"
              value={estimated}
              onChange={(e) => setEstimated(e.target.value)}
            />
          )}
        </Field>
      </div>
      <Checkbox checked={central} onChange={setCentral}>
        {t('centralSubsidy')}
      </Checkbox>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}
