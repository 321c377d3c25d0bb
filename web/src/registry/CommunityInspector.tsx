import { lazy, Suspense, useState } from 'react';
import type { Community } from '../api/nouns';
import { useCommunity, useCommunityBuildings, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea, moment, share } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { DemoMark, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { CommunityForm } from './CommunityForm';
import { factOf, fields, read } from './fields';
import own from './registry.module.css';
import { VerdictView } from './VerdictView';
import { words } from './words';

const FileCard = lazy(() => import('../dossier/FileCard'));
const CommunityLinks = lazy(() => import('../links/CommunityLinks'));
const InspectedProject = lazy(() => import('../projects/InspectedProject'));
const CommunityScore = lazy(() => import('../scorecards/CommunityScore'));
const ServicesView = lazy(() => import('../scorecards/ServicesView'));

export default function CommunityInspector({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const select = useWorkbench((s) => s.select);
  const session = useSession();
  const query = useCommunity(district, code);
  const batch = useWorkbench((s) => (s.mode === 'coverage' && s.tab === 'scorecard' ? s.batch : null));
  const [editing, setEditing] = useState(false);
  if (query.isPending) return <Waiting rows={9} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const c = query.data;
  const refused = may(session.data, 'edit.register', c.subdistrict_code)
    ? null
    : may(session.data, 'edit.register')
      ? t('noRightHere')
      : t('noRight');
  if (editing) return <CommunityForm community={c} onDone={() => setEditing(false)} />;
  return (
    <>
      <div className={own.title}>
        <div className={own.titleRow}>
          <h2 data-testid="inspector-title">{c.name}</h2>
          <IconButton
            icon="pencil"
            label={t('edit')}
            small
            refused={refused}
            onClick={() => setEditing(true)}
            data-testid="community-edit"
          />
          <IconButton
            icon="locate"
            label={t('locate')}
            small
            onClick={() => useControl.getState().controller?.lookAt(c.bbox, c.location)}
          />
          <IconButton
            icon="close"
            label={t('close')}
            small
            onClick={() => select(null)}
            data-testid="inspector-close"
          />
        </div>
        <div className={own.sub}>
          <span>{t('community')}</span>
          <span>{c.code}</span>
          {c.subdistrict_name && <span>{c.subdistrict_name}</span>}
        </div>
      </div>
      <div className={css.scroll}>
        {batch && (
          <Suspense fallback={<Waiting rows={3} />}>
            <CommunityScore code={c.code} batch={batch} />
          </Suspense>
        )}
        <Suspense fallback={<Waiting rows={1} />}>
          <FileCard code={c.code} />
        </Suspense>
        <VerdictView community={c} refused={refused} />
        <Suspense fallback={<Waiting rows={1} />}>
          <InspectedProject kind="community" code={c.code} />
        </Suspense>
        <FactSection community={c} section="facts" />
        <FactSection community={c} section="condition" />
        <FactSection community={c} section="survey" />
        <Buildings code={c.code} />
        <Suspense fallback={<Waiting rows={3} />}>
          <ServicesView kind="community" code={c.code} />
        </Suspense>
        <Suspense fallback={<Waiting rows={3} />}>
          <CommunityLinks code={c.code} />
        </Suspense>
        <div className={css.section}>
          <h3>{t('provenance')}</h3>
          <dl className={css.facts}>
            <div>
              <dt>{t('source')}</dt>
              <dd>{c.source || '—'}</dd>
            </div>
            <div>
              <dt>{t('updated')}</dt>
              <dd>
                {moment(c.updated_at)} · {t('version')} {c.version}
              </dd>
            </div>
          </dl>
        </div>
      </div>
    </>
  );
}

/** Facts that are not shown where they are small counts. */
const AGREED: ReadonlySet<string> = new Set(['households_agreed', 'floor_area_agreed_m2']);

function FactSection({
  community: c,
  section,
}: {
  community: Community;
  section: 'facts' | 'condition' | 'survey';
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const generated = new Set(c.generated ?? []);
  return (
    <div className={css.section}>
      <h3>{t(section)}</h3>
      <dl className={css.facts}>
        {fields
          .filter((f) => f.section === section && f.key !== 'name')
          .map((f) => {
            const value = factOf(c, f.key);
            return (
              <div key={f.key} data-testid={`field-${f.key}`}>
                <dt>{t(f.label)}</dt>
                <dd>
                  <span style={value === null || value === '' ? { color: 'var(--text-3)' } : undefined}>
                    {c.counts_masked && AGREED.has(f.key) ? t('countsMasked') : read(f, value, t, language)}
                  </span>
                  {f.key === 'households_agreed' && c.households_agreed !== null && c.households ? (
                    <span className={ui.hint}>{share(c.households_agreed, c.households)}</span>
                  ) : null}
                  {generated.has(f.key) && <DemoMark />}
                </dd>
              </div>
            );
          })}
        {section === 'facts' && (
          <div>
            <dt>{t('landArea')}</dt>
            <dd>{floorArea(c.land_area_m2, language)}</dd>
          </div>
        )}
        {section === 'facts' && c.neighborhood_code && (
          <div>
            <dt>{t('neighborhood')}</dt>
            <dd>{c.neighborhood_code}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

const FIRST = 12;

function Buildings({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const hovered = useWorkbench((s) => (s.hovered?.kind === 'building' ? s.hovered.code : null));
  const { hover, select } = useWorkbench.getState();
  const query = useCommunityBuildings(district, code);
  const [all, setAll] = useState(false);
  const list = query.data ?? [];
  return (
    <div className={css.section}>
      <h3>
        {t('buildingList')} <span className={ui.hint}>{query.data ? count(list.length) : ''}</span>
      </h3>
      {query.isPending ? (
        <Waiting rows={3} />
      ) : query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : list.length === 0 ? (
        <p className={ui.hint}>{t('noBuildings')}</p>
      ) : (
        <div data-testid="community-buildings">
          {(all ? list : list.slice(0, FIRST)).map((b) => (
            <button
              key={b.code}
              type="button"
              className={own.buildingRow}
              data-hover={hovered === b.code}
              onMouseEnter={() => hover({ kind: 'building', code: b.code })}
              onMouseLeave={() => hover(null)}
              onClick={() => select({ kind: 'building', code: b.code })}
            >
              <span>{b.name || b.code}</span>
              <span>{b.storeys ? t('storeyUnit', { n: b.storeys }) : '—'}</span>
              <span>{b.households !== null ? t('householdUnit', { n: count(b.households) }) : '—'}</span>
            </button>
          ))}
          {!all && list.length > FIRST && (
            <Button small tone="ghost" onClick={() => setAll(true)}>
              + {list.length - FIRST}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
