import { lazy, Suspense, useState } from 'react';
import { useSession, useSubdistricts, useZone, useZoneCommunities } from '../api/queries';
import { Problem } from '../api/request';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import registry from '../registry/registry.module.css';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { useDrawing } from './drawing';
import { TotalsView } from './TotalsView';
import { useSaveZone } from './useSaveZone';
import { words } from './words';

const ContiguityView = lazy(() => import('./ContiguityView'));
const InspectedProject = lazy(() => import('../projects/InspectedProject'));
const MissingLine = lazy(() => import('../scorecards/MissingLine'));
const ServicesView = lazy(() => import('../scorecards/ServicesView'));

export default function ZoneInspector({ code }: { code: string }) {
  const t = useWords(words);
  const sentence = useSentence();
  const { district, select, hover, setMode } = useWorkbench();
  const session = useSession();
  const zone = useZone(district, code);
  const members = useZoneCommunities(district, code);
  const subdistricts = useSubdistricts(district);
  const begin = useDrawing((s) => s.begin);
  const { update, remove } = useSaveZone();
  const [naming, setNaming] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  if (zone.isPending) return <Waiting rows={8} />;
  if (zone.isError) return <Failure error={zone.error} retry={() => void zone.refetch()} />;
  const z = zone.data;
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const holes = z.geometry.coordinates.reduce((n, rings) => n + rings.length - 1, 0);

  const rename = async () => {
    const name = naming?.trim();
    if (!name || name === z.name) return setNaming(null);
    try {
      await update(z, { name, note: z.note, geometry: z.geometry });
      setNaming(null);
      setFault(null);
    } catch (error) {
      setFault(sentence(error));
      if (error instanceof Problem && error.conflict) void zone.refetch();
    }
  };
  return (
    <>
      <div className={registry.title}>
        <div className={registry.titleRow}>
          {naming === null ? (
            <h2 data-testid="inspector-title">{z.name}</h2>
          ) : (
            <input
              className={ui.input}
              // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
              autoFocus
              value={naming}
              maxLength={120}
              aria-label={t('name')}
              onChange={(e) => setNaming(e.target.value)}
              onKeyDown={(e) => {
                if (e.key === 'Enter' && !e.nativeEvent.isComposing) void rename();
                if (e.key === 'Escape') setNaming(null);
              }}
              onBlur={() => void rename()}
              data-testid="zone-rename-input"
            />
          )}
          <IconButton
            icon="locate"
            label={t('locate')}
            small
            onClick={() => useControl.getState().controller?.lookAt(z.bbox, null)}
          />
          <IconButton
            icon="close"
            label={t('close')}
            small
            onClick={() => select(null)}
            data-testid="inspector-close"
          />
        </div>
        <div className={css.row}>
          <Button
            small
            icon="polygon"
            refused={refused}
            onClick={() => {
              setMode('zones');
              select(null);
              begin('edit', z);
            }}
            data-testid="zone-edit"
          >
            {t('editShape')}
          </Button>
          <Button
            small
            icon="pencil"
            refused={refused}
            onClick={() => setNaming(z.name)}
            data-testid="zone-rename"
          >
            {t('rename')}
          </Button>
          <Button small icon="plans" onClick={() => setMode('plans')} data-testid="zone-export">
            {t('export')}
          </Button>
          <IconButton
            icon="trash"
            label={t('delete')}
            small
            refused={refused}
            onClick={() => setAsking(true)}
            data-testid="zone-delete"
          />
        </div>
        {fault && <Notice tone="bad">{fault}</Notice>}
      </div>
      <div className={css.scroll}>
        <div className={css.section}>
          <h3>{t('totals')}</h3>
          <TotalsView totals={z.totals} />
          <Suspense fallback={null}>
            <MissingLine kind="zone" code={code} />
          </Suspense>
        </div>
        <Suspense fallback={<Waiting rows={1} />}>
          <InspectedProject kind="zone" code={code} />
        </Suspense>
        <Suspense fallback={<Waiting rows={3} />}>
          <ContiguityView zone={z} />
        </Suspense>
        <Suspense fallback={<Waiting rows={3} />}>
          <ServicesView kind="zone" code={code} />
        </Suspense>
        <div className={css.section}>
          <h3>
            {t('members')} <span className={ui.hint}>{members.data ? count(members.data.length) : ''}</span>
          </h3>
          {members.isError ? (
            <Failure error={members.error} />
          ) : members.data?.length === 0 ? (
            <p className={ui.hint}>
              {t('noMembers')}。{t('noMembersText')}
            </p>
          ) : (
            <div>
              {members.data?.map((c) => (
                <button
                  key={c.code}
                  type="button"
                  className={registry.buildingRow}
                  onMouseEnter={() => hover({ kind: 'community', code: c.code })}
                  onMouseLeave={() => hover(null)}
                  onClick={() => select({ kind: 'community', code: c.code })}
                  data-testid="zone-member"
                >
                  <span>{c.name}</span>
                  <span>{count(c.households)}</span>
                  <span className={`${ui.badge} ${ui[c.eligibility]}`}>{t(c.eligibility)}</span>
                </button>
              ))}
            </div>
          )}
        </div>
        <div className={css.section}>
          <dl className={css.facts}>
            {z.note && (
              <div>
                <dt>{t('note')}</dt>
                <dd>{z.note}</dd>
              </div>
            )}
            <div>
              <dt>{t('subdistricts')}</dt>
              <dd>
                {(z.subdistrict_codes ?? [])
                  .map((c) => subdistricts.data?.find((s) => s.code === c)?.name ?? c)
                  .join('、') || '—'}
              </dd>
            </div>
            <div>
              <dt>{t('area')}</dt>
              <dd>
                {t('parts', { n: z.geometry.coordinates.length })}
                {holes > 0 && `，${t('holes', { n: holes })}`}
              </dd>
            </div>
            <div>
              <dt>{t('created')}</dt>
              <dd>{t('by', { who: z.created_by || '—', when: moment(z.created_at) })}</dd>
            </div>
            <div>
              <dt>{t('updated')}</dt>
              <dd>
                {t('by', { who: z.updated_by || '—', when: moment(z.updated_at) })} · {t('version')}{' '}
                {z.version}
              </dd>
            </div>
          </dl>
        </div>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('deleteTitle', { name: z.name })}
        width={400}
        testId="delete-dialog"
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
            <Button
              tone="danger"
              icon="trash"
              data-testid="delete-confirm"
              onClick={() => {
                setAsking(false);
                remove(z).then(
                  () => say(t('deleted', { name: z.name })),
                  (error: unknown) => say(sentence(error), { bad: true }),
                );
              }}
            >
              {t('delete')}
            </Button>
          </>
        }
      >
        {t('deleteText')}
      </Dialog>
    </>
  );
}
