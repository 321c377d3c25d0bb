// The buildings of one status, the most households first, page by page.
import { type Status, useRunBuildings } from '../api/coverage';
import type { CoverageRun } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, metres } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Failure, Waiting } from '../ui/State';
import own from './coverage.module.css';
import { minutesSaid } from './said';
import { words } from './words';

export function BuildingList({
  run,
  status,
  onClose,
}: {
  run: CoverageRun;
  status: Status;
  onClose: () => void;
}) {
  const t = useWords(words);
  const { district, language, selection, select } = useWorkbench();
  const list = useRunBuildings(district, run.id, [status]);
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const total = list.data?.pages[0]?.total ?? 0;
  return (
    <div className={own.list} data-testid="building-list">
      <header>
        <strong>
          {t(`status.${status}`)} · {t('buildingsN', { n: count(total) })}
        </strong>
        <IconButton icon="close" small label={t('close')} onClick={onClose} />
      </header>
      {list.isPending && <Waiting rows={3} />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {items.map((b) => (
        <button
          key={b.code}
          type="button"
          className={own.item}
          aria-current={selection?.kind === 'building' && selection.code === b.code}
          onClick={() => {
            select({ kind: 'building', code: b.code });
            useControl.getState().controller?.lookAt(null, b.location);
          }}
          data-testid="building-item"
        >
          <span>
            <span>{b.community_name || b.code}</span>
            <span>{t('householdsN', { n: count(b.households) })}</span>
          </span>
          <span>
            {b.facility_name
              ? `${b.facility_name} · ${
                  run.method === 'walk_slope' && b.there_minutes !== null
                    ? minutesSaid(Math.max(b.there_minutes, b.back_minutes ?? 0), language)
                    : b.distance_m === null
                      ? '—'
                      : metres(Math.round(b.distance_m))
                }`
              : b.code}
          </span>
        </button>
      ))}
      {list.hasNextPage && (
        <div className={css.section}>
          <Button
            small
            wide
            disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            data-testid="building-more"
          >
            {t('moreOf', { shown: count(items.length), all: count(total) })}
          </Button>
        </div>
      )}
    </div>
  );
}
