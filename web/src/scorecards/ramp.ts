// The colours of shares: from orange (hardly anybody has it within reach) to
// blue (nearly everybody), which stay apart for every common kind of colour
// blindness and keep their order in grey at both ends.
const edges = [0.2, 0.4, 0.6, 0.8] as const;
export const colours = ['#b8420b', '#ee9a62', '#e8e2d0', '#93c0e4', '#2470ac'] as const;
/** Of a community without households, where there is no share. */
export const UNKNOWN = '#9aa1ab';

/** Which of the five classes a share of 0 to 1 is in; a share on an edge belongs to the class above it. */
export function classOf(share: number): number {
  return edges.filter((e) => share >= e).length;
}
export const colourOf = (share: number | null): string =>
  share === null ? UNKNOWN : (colours[classOf(share)] ?? UNKNOWN);
/** What can be read on the colour of the class. */
export const inkOf = (share: number): string =>
  classOf(share) === 0 || classOf(share) === 4 ? '#ffffff' : '#16202c';

/** "< 20%", "20–40%" … "≥ 80%", in the order of the classes. */
export function classLabels(): string[] {
  const text = edges.map((e) => Math.round(100 * e));
  return [`< ${text[0]}%`, ...text.slice(1).map((upper, i) => `${text[i]}–${upper}%`), `≥ ${text.at(-1)}%`];
}
