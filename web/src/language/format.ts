// How figures read. Unknown is a dash, never a zero.
import type { Language } from '.';

const whole = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 });
const DASH = '—';

export function count(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? DASH : whole.format(value);
}

/** Square metres as m², 万 m² above 100,000, hectares where land is meant. */
export function floorArea(m2: number | null | undefined, language: Language): string {
  if (m2 === null || m2 === undefined || !Number.isFinite(m2)) return DASH;
  if (m2 >= 10_000) {
    return language === 'zh'
      ? `${(m2 / 10_000).toFixed(m2 >= 1_000_000 ? 1 : 2)} 万m²`
      : `${whole.format(Math.round(m2 / 1000))}k m²`;
  }
  return `${whole.format(m2)} m²`;
}
export function landArea(m2: number | null | undefined, language: Language): string {
  if (m2 === null || m2 === undefined || !Number.isFinite(m2)) return DASH;
  if (m2 >= 1_000_000) return `${(m2 / 1_000_000).toFixed(2)} km²`;
  if (m2 >= 10_000) return `${(m2 / 10_000).toFixed(2)} ${language === 'zh' ? '公顷' : 'ha'}`;
  return `${whole.format(m2)} m²`;
}
export function metres(m: number): string {
  return m >= 1000 ? `${(m / 1000).toFixed(m >= 10_000 ? 0 : 1)} km` : `${whole.format(m)} m`;
}
export function share(part: number, all: number): string {
  if (!all) return DASH;
  return `${((100 * part) / all).toFixed(1)}%`;
}
export function percent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined || !Number.isFinite(fraction)
    ? DASH
    : `${(100 * fraction).toFixed(1)}%`;
}
export function moment(iso: string | null | undefined): string {
  if (!iso) return DASH;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return DASH;
  const two = (v: number) => String(v).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
/** Time left of a job: rough on purpose. */
export function duration(seconds: number, language: Language): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return language === 'zh' ? `${s} 秒` : `${s} s`;
  const minutes = Math.floor(s / 60);
  const rest = s % 60;
  return language === 'zh' ? `${minutes} 分 ${rest} 秒` : `${minutes} min ${rest} s`;
}
/** Degrees with six decimals (about 0.1 m). */
export function coordinate([lon, lat]: readonly [number, number]): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}
/** Bytes of a file. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
