// What is drawn over the style where it is asked for, or where the mode is about it.
import { LinksOnMap } from '../links/LinksOnMap';
import { ProposedOnMap } from '../sites/ProposedOnMap';
import { useWorkbench } from '../state/workbench';
import { StringsOnMap } from '../zones/StringsOnMap';

export default function MapExtras() {
  const links = useWorkbench((s) => s.shown.includes('links'));
  const strings = useWorkbench(
    (s) => (s.mode === 'zones' || s.mode === 'plans') && !s.hidden.includes('strings'),
  );
  const proposed = useWorkbench(
    (s) => ['zones', 'coverage', 'program'].includes(s.mode) && !s.hidden.includes('proposed'),
  );
  return (
    <>
      {links && <LinksOnMap />}
      {strings && <StringsOnMap />}
      {proposed && <ProposedOnMap />}
    </>
  );
}
