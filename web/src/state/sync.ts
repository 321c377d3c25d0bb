// Keeps the location bar and the store in step: moving the map or typing in a
// filter replaces the entry, a new mode,
// district, scenario or selection adds one, so
// that the browser's back button does what a person expects.
import { formatAddress, parseAddress } from './address';
import { same, useWorkbench, viewOf } from './workbench';

export function syncAddress(): () => void {
  const read = () => {
    const view = parseAddress(location.pathname, location.search);
    if (view) useWorkbench.getState().open(view);
  };
  read();

  // Another page may already be in the bar while it is still being fetched and the workbench stands.
  const here = () => parseAddress(location.pathname, '') !== null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unsubscribe = useWorkbench.subscribe((now, before) => {
    if (!now.district || !here()) return;
    const next = formatAddress(viewOf(now));
    if (next === location.pathname + location.search) return;
    const step =
      now.mode !== before.mode ||
      now.tab !== before.tab ||
      now.programTab !== before.programTab ||
      now.planTab !== before.planTab ||
      now.inspecting?.id !== before.inspecting?.id ||
      now.inspecting?.step !== before.inspecting?.step ||
      now.sheet?.kind !== before.sheet?.kind ||
      now.sheet?.code !== before.sheet?.code ||
      now.district !== before.district ||
      now.scenario !== before.scenario ||
      now.against !== before.against ||
      !same(now.selection, before.selection);
    clearTimeout(timer);
    if (step && before.district) history.pushState(null, '', next);
    else
      timer = setTimeout(() => {
        if (here()) history.replaceState(null, '', formatAddress(viewOf(useWorkbench.getState())));
      }, 150);
  });
  addEventListener('popstate', read);
  return () => {
    clearTimeout(timer);
    unsubscribe();
    removeEventListener('popstate', read);
  };
}
