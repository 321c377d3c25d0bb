import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl';
import type { CommunityFilter } from '../state/address';

/** The panel's filter as a filter of the community layers; null lets everything through. */
export function communityFilter(filter: CommunityFilter): FilterSpecification | null {
  const parts: ExpressionSpecification[] = [];
  if (filter.eligibility.length) parts.push(['in', ['get', 'eligibility'], ['literal', filter.eligibility]]);
  if (filter.subdistricts.length)
    parts.push(['in', ['get', 'subdistrict_code'], ['literal', filter.subdistricts]]);
  if (filter.yearFrom !== null) parts.push(['>=', ['coalesce', ['get', 'built_year'], 0], filter.yearFrom]);
  if (filter.yearTo !== null) parts.push(['<=', ['coalesce', ['get', 'built_year'], 9999], filter.yearTo]);
  const q = filter.q.trim();
  // Far out the tiles carry no names; there every community stays.
  if (q) parts.push(['in', q, ['to-string', ['coalesce', ['get', 'name'], q]]]);
  return parts.length ? (['all', ...parts] as ExpressionSpecification) : null;
}
