// What the person decides about a file, and which questions are left at which
// step. Pure functions.
import type {
  CrsCandidate,
  Decisions,
  Diagnosis,
  LayerDecision,
  LayerDiagnosis,
  OpenQuestion,
} from '../api/inspections';
import { type InspectionStep, inspectionSteps } from '../state/address';

/** The decisions with a change of one layer; what the change leaves out stays. */
export function decided(d: Decisions, layer: string, change: Omit<LayerDecision, 'layer'>): Decisions {
  const layers = d.layers ?? [];
  const before = layers.find((l) => l.layer === layer);
  const after = { ...before, ...change, layer };
  return { ...d, layers: before ? layers.map((l) => (l === before ? after : l)) : [...layers, after] };
}

export const ofLayer = (d: Decisions, layer: string): LayerDecision =>
  d.layers?.find((l) => l.layer === layer) ?? { layer };

/** One field of the file goes elsewhere; the others stay where they are. */
export const mapped = (d: Decisions, layer: string, field: string, target: string): Decisions =>
  decided(d, layer, { fields: { ...ofLayer(d, layer).fields, [field]: target } });

/** What becomes of one row; '' is as the layer has it. */
export function rowDecided(d: Decisions, layer: string, row: number, action: string): Decisions {
  const { [String(row)]: _, ...others } = ofLayer(d, layer).rows ?? {};
  return decided(d, layer, { rows: action ? { ...others, [String(row)]: action } : others });
}

/** The decisions that follow the proposal of a question; null where nothing is proposed. */
export function accepted(d: Decisions, q: OpenQuestion, layers: readonly LayerDiagnosis[]): Decisions | null {
  if (!q.proposed) return null;
  const layer = layers.find((l) => l.name === q.layer);
  // The service proposes only what it takes.
  const as = <K extends keyof LayerDecision>() => q.proposed as LayerDecision[K];
  const change = ((): Omit<LayerDecision, 'layer'> | null => {
    switch (q.kind) {
      case 'target':
        return { target: as<'target'>() };
      case 'crs': {
        const way = layer?.crs.candidates?.find((c) => c.crs === q.proposed);
        return { crs: q.proposed, ...(way ? reading(way.axes, way.unit) : {}) };
      }
      case 'datum':
        return shifted(as<'datum'>(), layer);
      case 'repairs':
        return { repairs: as<'repairs'>() };
      case 'duplicates':
        return { duplicates: as<'duplicates'>() };
      case 'area_unit':
        return { area_unit: as<'area_unit'>() };
      case 'type':
        return { type: q.proposed };
      default:
        return null;
    }
  })();
  return change && decided(d, q.layer, change);
}

/** A shift, with the offset where that is what was measured. */
export const shifted = (
  datum: LayerDecision['datum'],
  layer: LayerDiagnosis | undefined,
): Pick<LayerDecision, 'datum' | 'offset'> => ({
  datum,
  offset: datum === 'offset' ? (layer?.shift?.offset ?? undefined) : undefined,
});

/** Axes and unit of a way to read coordinates; degrees are no choice of a unit. */
export const reading = (
  axes: CrsCandidate['axes'],
  unit: CrsCandidate['unit'],
): Pick<LayerDecision, 'axes' | 'unit'> => ({ axes, unit: unit === 'degree' ? '' : unit });

/** All proposals at once; questions without one stay open. */
export function allAccepted(d: Decisions, diagnosis: Diagnosis): Decisions {
  return (diagnosis.questions ?? []).reduce(
    (done, q) => accepted(done, q, diagnosis.layers ?? []) ?? done,
    d,
  );
}

const stepOf: Partial<Record<string, InspectionStep>> = {
  target: 'file',
  crs: 'crs',
  datum: 'crs',
  places: 'crs',
  fields: 'fields',
  type: 'fields',
  area_unit: 'fields',
  repairs: 'geometry',
  duplicates: 'duplicates',
};
/** The step where a question is answered. */
export const stepFor = (q: OpenQuestion): InspectionStep => stepOf[q.kind] ?? 'confirm';

export type StepMark = 'ask' | 'warn' | 'fine';

/** How each step stands over all layers: something is asked, something was found, or all is well. */
export function marks(d: Diagnosis): Record<InspectionStep, StepMark> {
  const asked = new Set((d.questions ?? []).map(stepFor));
  const used = (d.layers ?? []).filter((l) => l.target.layer !== 'none');
  const warned: Record<InspectionStep, boolean> = {
    file: (d.findings ?? []).length > 0,
    crs: used.some((l) => l.outside.count > 0 || (l.shift !== null && l.shift.proposed !== 'none')),
    fields: used.some((l) => l.value_count > 0 || (l.fields ?? []).some((f) => f.personal)),
    geometry: used.some((l) => (l.geometry ?? []).length > 0),
    duplicates: used.some((l) => duplicatesOf(l) > 0),
    confirm: used.some((l) => l.tally.refuse > 0),
  };
  const out = {} as Record<InspectionStep, StepMark>;
  for (const s of inspectionSteps) out[s] = asked.has(s) ? 'ask' : warned[s] ? 'warn' : 'fine';
  return out;
}

export const duplicatesOf = ({ duplicates: d }: LayerDiagnosis) =>
  d.by_code + d.by_overlap + d.by_name + d.in_file;

/** The layer that the steps begin with: one that is asked about, else one that goes somewhere, else the first. */
export function firstLayer(d: Diagnosis): string {
  const layers = d.layers ?? [];
  const asked = d.questions?.find((q) => layers.some((l) => l.name === q.layer))?.layer;
  return (
    (
      layers.find((l) => l.name === asked) ??
      layers.find((l) => l.target.layer && l.target.layer !== 'none' && l.rows > 0) ??
      layers[0]
    )?.name ?? ''
  );
}

/** How a file may come in: looked into first, or in the importer's own way; the first is the usual one. */
export function waysOf(name: string): ('inspect' | 'direct')[] {
  if (/\.(pbf|osm|osm\.bz2|osm\.gz|bz2|xml|tif|tiff|hgt|hgt\.zip|hgt\.gz)$/i.test(name)) return ['direct'];
  if (/\.(xlsx|csv|txt)$/i.test(name)) return ['direct', 'inspect'];
  if (/\.(geojson|json)$/i.test(name)) return ['inspect', 'direct'];
  return ['inspect'];
}

const places = /经度|纬度|坐标|lng|lon|lat|wkt|geom|^x$|^y$|_x$|_y$/i;
const ledger = /小区|社区名|楼盘/;
/** Whether the head of a table speaks of places and not of communities. */
export function holdsPlaces(head: string): boolean {
  const cells = (head.split(/\r?\n/)[0] ?? '')
    .replace(/^\uFEFF/, '')
    .split(/[,;\t|]/)
    .map((c) => c.trim().replace(/^"|"$/g, ''));
  return cells.some((c) => places.test(c)) && !cells.some((c) => ledger.test(c));
}
