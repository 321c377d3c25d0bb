// The frame: top bar, mode rail, panel, map, inspector, table, status bar.
// The map and the modes are separate chunks; the frame itself is small.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useParams } from 'wouter';
import { suspectConnection } from '../api/connection';
import { listen } from '../api/events';
import { gather } from '../api/gather';
import { invalidate, keys, useDistrict, useZones } from '../api/queries';
import { savedLately } from '../api/request';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { Legend } from '../map/Legend';
import css2 from '../map/map.module.css';
import { useScenarioDesk } from '../scenarios/desk';
import { useComparing } from '../scenarios/useComparing';
import { syncAddress } from '../state/sync';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { Boundary } from '../ui/Boundary';
import { Failure, Waiting } from '../ui/State';
import css from './frame.module.css';
import { MapControls } from './MapControls';
import { ModeRail } from './ModeRail';
import { ShortcutSheet } from './ShortcutSheet';
import { Splitter } from './Splitter';
import { StatusBar } from './StatusBar';
import { TopBar } from './TopBar';
import { useShortcuts } from './useShortcuts';
import { words } from './words';

const chunks = {
  registry: () => import('../registry/RegistryPanel'),
  zones: () => import('../zones/ZonesPanel'),
  coverage: () => import('../coverage/CoveragePanel'),
  program: () => import('../program/ProgramPanel'),
  plans: () => import('../plans/PlansPanel'),
  data: () => import('../data/DataPanel'),
};
const panels = {
  registry: lazy(chunks.registry),
  zones: lazy(chunks.zones),
  coverage: lazy(chunks.coverage),
  program: lazy(chunks.program),
  plans: lazy(chunks.plans),
  data: lazy(chunks.data),
};
const MapView = lazy(() => import('../map/MapView'));
const Inspector = lazy(() => import('./Inspector'));
const Tables = lazy(() => import('./Tables'));
const MapExtras = lazy(() => import('./MapExtras'));
const CompareMap = lazy(() => import('../scenarios/CompareMap'));
const YearsOnMap = lazy(() => import('../phases/YearsOnMap'));
const SheetView = lazy(() => import('./SheetView'));
const HistoryPanel = lazy(() => import('../scenarios/HistoryPanel'));

/** Once the first map is there, fetches what a click may need next, so that a broken line does not stop the work. */
async function fetchTheRest(): Promise<void> {
  await Promise.all(Object.values(chunks).map((chunk) => chunk()));
  await Promise.all([
    import('../registry/CommunityTable'),
    import('../registry/CommunityInspector'),
    import('../registry/BuildingInspector'),
    import('../registry/FacilityInspector'),
    import('../registry/IdleBuildingInspector'),
    import('../zones/ZoneInspector'),
    import('../links/LinkInspector'),
    import('../proposals/ProposalsPanel'),
    import('../zones/ZoneTable'),
    import('../coverage/CoverageTable'),
    import('../coverage/TrialPanel'),
    import('../coverage/ProofSection'),
    import('../sites/SitingPanel'),
    import('../scorecards/ScorecardPanel'),
    import('../scorecards/ScoreTable'),
    import('../scorecards/ServicesView'),
    import('../scorecards/MissingLine'),
    import('../scorecards/CommunityScore'),
    import('../phases/PhaseBoard'),
    import('./SheetView'),
    import('../phases/YearsOnMap'),
    import('../scenarios/ScenarioDialog'),
    import('../scenarios/HistoryPanel'),
    import('../scenarios/CompareMap'),
    import('../scenarios/CompareTable'),
  ]);
}

export function Workbench() {
  const t = useWords(words);
  const params = useParams();
  const district = useWorkbench((s) => s.district);
  useEffect(syncAddress, []);
  const mode = useWorkbench((s) => s.mode);
  const selection = useWorkbench((s) => s.selection);
  const layout = useWorkbench((s) => s.layout);
  const setLayout = useWorkbench((s) => s.setLayout);
  const online = useWorkbench((s) => s.online);
  const [sheet, setSheet] = useState(false);
  const info = useDistrict(district);
  useDistrictEvents(district);
  useShortcuts(() => setSheet(true));
  useEffect(() => {
    document.title = info.data ? `${info.data.name} · 连片` : '连片';
  }, [info.data]);

  const workable = useWorkable();
  const ready = useControl((s) => s.controller !== null);
  const shown = useControl((s) => s.shown);
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => void fetchTheRest().catch(() => {}), 2500);
    return () => clearTimeout(timer);
  }, [ready]);

  const Panel = panels[mode];
  const run = useWorkbench((s) => s.run);
  const tab = useWorkbench((s) => s.tab);
  const programTab = useWorkbench((s) => s.programTab);
  const file = useWorkbench((s) => s.sheet);
  const batch = useWorkbench((s) => s.batch);
  const inspecting = useWorkbench((s) => s.inspecting !== null);
  const zones = useZones(district);
  // While a zone is drawn the map needs the room.
  const drawing = useSteps((s) => s.stepper !== null);
  const against = useComparing();
  const history = useScenarioDesk((s) => s.window === 'history');
  // A table without rows says nothing that the panel does not say already.
  const hasTable =
    against !== null ||
    mode === 'registry' ||
    (mode === 'data' && inspecting) ||
    (mode === 'coverage' && tab === 'runs' && run !== null) ||
    (mode === 'coverage' && tab === 'scorecard' && batch !== null) ||
    ((mode === 'zones' || mode === 'plans' || (mode === 'program' && programTab === 'years')) &&
      (zones.data?.length ?? 0) > 0);
  const least = mode === 'data' ? (inspecting ? 560 : 400) : mode === 'plans' ? 340 : 0;
  // Years with their bars, and zones under them, need more height than rows; so do heads of two lines.
  const tall = mode === 'program' || (mode === 'coverage' && tab === 'scorecard');
  const tableHeight = tall && !against ? Math.max(layout.table, 272) : layout.table;
  // Lists of zones and the steps of an inspected file need the height of the panel.
  const underMap = mode === 'plans' || (mode === 'data' && inspecting);
  const table = hasTable && layout.tableOpen && !drawing && (
    <>
      <Splitter
        label={t('tableHeight')}
        axis="y"
        value={tableHeight}
        min={110}
        max={460}
        reverse
        onChange={(table) => setLayout({ table })}
      />
      <section
        className={css.table}
        style={{ height: tableHeight }}
        aria-label={t('table')}
        data-testid="attribute-table"
      >
        <Boundary name={mode}>
          <Suspense fallback={<Waiting rows={3} />}>{workable ? <Tables /> : <Waiting rows={3} />}</Suspense>
        </Boundary>
      </section>
    </>
  );
  if (!params.district) return null;
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#map">
        {t('skip')}
      </a>
      <TopBar onShortcuts={() => setSheet(true)} />
      <ModeRail />
      <main className={css.work}>
        {!online && (
          <div className={css.offline} role="alert" data-testid="offline">
            {t('offline')}
          </div>
        )}
        <div className={css.middle}>
          <section
            className={css.panel}
            style={{ width: Math.max(layout.panel, least) }}
            aria-label={t(mode)}
            data-testid={`panel-${mode}`}
          >
            {info.isError ? (
              <Failure error={info.error} retry={() => void info.refetch()} />
            ) : (
              <Boundary name={mode}>
                <Suspense fallback={<Waiting rows={7} />}>
                  {workable ? <Panel /> : <Waiting rows={7} />}
                </Suspense>
              </Boundary>
            )}
          </section>
          <Splitter
            label={t('panelWidth')}
            axis="x"
            value={layout.panel}
            min={240}
            max={520}
            onChange={(panel) => setLayout({ panel })}
          />
          <div className={css.mapColumn}>
            <div className={css.map} id="map">
              <Boundary name={district}>
                <Suspense fallback={null}>{district && <MapView key={district} />}</Suspense>
              </Boundary>
              {against && !drawing && (
                <Boundary name="compare">
                  <Suspense fallback={null}>
                    <CompareMap against={against} />
                  </Suspense>
                </Boundary>
              )}
              {ready && shown && (
                <Boundary name="extras">
                  <Suspense fallback={null}>
                    <MapExtras />
                  </Suspense>
                </Boundary>
              )}
              {mode === 'program' && programTab === 'years' && !drawing && (
                <Boundary name="years">
                  <Suspense fallback={null}>
                    <YearsOnMap />
                  </Suspense>
                </Boundary>
              )}
              <Legend />
              <MapControls />
              <div className={`${css2.corner} ${css2.attribution}`}>
                {info.data?.notice ? shortNotice(info.data.notice) : '© OpenStreetMap'}
              </div>
            </div>
            {underMap && table}
          </div>
          {(selection || history) && (
            <>
              <Splitter
                label={t('inspectorWidth')}
                axis="x"
                value={layout.inspector}
                min={280}
                max={560}
                reverse
                onChange={(inspector) => setLayout({ inspector })}
              />
              <aside className={css.inspector} style={{ width: layout.inspector }} data-testid="inspector">
                <Boundary name={history || !selection ? 'history' : `${selection.kind}:${selection.code}`}>
                  <Suspense fallback={<Waiting rows={8} />}>
                    {history ? <HistoryPanel /> : <Inspector />}
                  </Suspense>
                </Boundary>
              </aside>
            </>
          )}
        </div>
        {!underMap && table}
      </main>
      {file && (
        <Boundary name={`sheet:${file.kind}:${file.code}`}>
          <Suspense fallback={null}>
            <SheetView sheet={file} />
          </Suspense>
        </Boundary>
      )}
      <StatusBar hasTable={hasTable} />
      {sheet && <ShortcutSheet onClose={() => setSheet(false)} />}
    </div>
  );
}

/** Panel and table wait for the first map, but not for long: without one the work goes on. */
function useWorkable(): boolean {
  const shown = useControl((s) => s.shown);
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), 1200);
    return () => clearTimeout(timer);
  }, []);
  return shown || !patient;
}

/** The attribution part of a district's notice; the whole text is in the data mode. */
function shortNotice(notice: string): string {
  return notice.split(/[\n。；;]/)[0] ?? notice;
}

/** Listens to the district and refreshes exactly what changed: cached answers and map sources. */
function useDistrictEvents(district: string) {
  const client = useQueryClient();
  useEffect(() => {
    if (!district) return;
    const gathering = gather((change, places) => {
      invalidate(client, district, change);
      useControl.getState().controller?.refresh(change.layer, places);
    }, savedLately);
    const leave = listen(district, {
      changed: gathering.add,
      // A short break (a proxy that closes idle streams) is not worth a banner.
      lost: () => setTimeout(suspectConnection, 1200),
      back: (afterBreak) => {
        if (!afterBreak) return;
        void client.invalidateQueries({ queryKey: keys.district(district) });
        const controller = useControl.getState().controller;
        for (const layer of ['communities', 'buildings', 'facilities', 'zones']) controller?.refresh(layer);
      },
    });
    return () => {
      leave();
      gathering.stop();
    };
  }, [district, client]);
}
