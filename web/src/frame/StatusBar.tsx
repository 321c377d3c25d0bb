import { useWords } from '../language';
import { coordinate, metres } from '../language/format';
import { type Group, groups } from '../map/layers';
import { words as mapWords } from '../map/words';
import { useWorkbench } from '../state/workbench';
import { Checkbox } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Popover } from '../ui/Popover';
import css from './frame.module.css';
import { scaleBar } from './scale';
import { words } from './words';

export function StatusBar({ hasTable }: { hasTable: boolean }) {
  const t = useWords(words);
  const layout = useWorkbench((s) => s.layout);
  const setLayout = useWorkbench((s) => s.setLayout);
  const theme = useWorkbench((s) => s.theme);
  const setTheme = useWorkbench((s) => s.setTheme);
  return (
    <footer className={css.status}>
      {hasTable && (
        <button
          type="button"
          className={css.statusButton}
          aria-pressed={layout.tableOpen}
          title={layout.tableOpen ? t('hideTable') : t('showTable')}
          onClick={() => setLayout({ tableOpen: !layout.tableOpen })}
          data-testid="toggle-table"
        >
          <Icon name="table" size={14} />
          {t('table')}
        </button>
      )}
      <span className={css.grow} />
      <Scale />
      <Pointer />
      <Layers />
      <button
        type="button"
        className={css.statusButton}
        onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        data-testid="toggle-theme"
      >
        <Icon name={theme === 'dark' ? 'moon' : 'sun'} size={14} />
        {theme === 'dark' ? t('dark') : t('light')}
      </button>
    </footer>
  );
}

export function Scale() {
  const t = useWords(words);
  const place = useWorkbench((s) => s.place);
  if (!place) return null;
  const bar = scaleBar(place.zoom, place.lat);
  return (
    <>
      <span className={css.scale} title={t('scale')} data-testid="scale">
        <i style={{ width: bar.pixels }} />
        {metres(bar.metres)}
      </span>
      <span className={css.statusText} data-testid="zoom">
        {t('zoom')} {place.zoom.toFixed(1)}
      </span>
    </>
  );
}

export function Pointer() {
  const t = useWords(words);
  const pointer = useWorkbench((s) => s.pointer);
  const place = useWorkbench((s) => s.place);
  const at = pointer ?? (place ? ([place.lng, place.lat] as const) : null);
  return (
    <span className={`${css.statusText} ${css.coordinate}`} title={t('coordinate')} data-testid="coordinate">
      CGCS2000 {at ? coordinate(at) : '—'}
    </span>
  );
}

/** The switches of the layers, of those that can be drawn. */
export function Layers({ can = () => true }: { can?: (group: Group) => boolean }) {
  const t = useWords(words);
  const m = useWords(mapWords);
  const hidden = useWorkbench((s) => s.hidden);
  const shown = useWorkbench((s) => s.shown);
  const { toggleLayer, toggleShown } = useWorkbench.getState();
  const part = (base: boolean) =>
    groups
      .filter((g) => g.base === base && can(g))
      .map((g) => (
        <Checkbox
          key={g.name}
          checked={g.optional ? shown.includes(g.name) : !hidden.includes(g.name)}
          onChange={() => (g.optional ? toggleShown : toggleLayer)(g.name)}
          testId={`layer-${g.name}`}
        >
          {m(g.name as keyof typeof mapWords)}
        </Checkbox>
      ));
  return (
    <Popover
      side="top"
      trigger={
        <button type="button" className={css.statusButton} data-testid="layers">
          <Icon name="layers" size={14} />
          {t('layers')}
        </button>
      }
    >
      <div className={css.layers}>
        <h3>{t('planLayers')}</h3>
        {part(false)}
        <h3>{t('baseLayers')}</h3>
        {part(true)}
      </div>
    </Popover>
  );
}
