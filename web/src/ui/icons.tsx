// Line icons on a 16 grid, drawn for this app; one weight, current colour.
import type { SVGProps } from 'react';

const paths = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM14 14l-3.4-3.4',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6H9a4 4 0 0 1 0 8H6',
  redo: 'M10.5 3l3 3-3 3M13.5 6H7a4 4 0 0 0 0 8h3',
  share: 'M6.5 9.5 13 3M9 3h4v4M11.5 9v4H3V4.5h4',
  user: 'M8 8.2a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM2.8 14c.5-2.9 2.5-4.3 5.2-4.3s4.7 1.4 5.2 4.3',
  down: 'm4 6 4 4 4-4',
  up: 'm4 10 4-4 4 4',
  right: 'm6 4 4 4-4 4',
  close: 'm3.5 3.5 9 9M12.5 3.5l-9 9',
  check: 'm3 8.5 3.2 3L13 4.5',
  layers: 'm8 2 6 3.2-6 3.2-6-3.2L8 2ZM2.5 8.3 8 11.2l5.5-2.9M2.5 11 8 14l5.5-3',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z',
  table: 'M2 3h12v10H2zM2 6.3h12M2 9.6h12M6.5 3v10',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  pencil: 'm10.5 3 2.5 2.5-7.5 7.5H3v-2.5L10.5 3Z',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4',
  polygon: 'M8 2.2 13.6 6.4 11.5 13h-7L2.4 6.4 8 2.2Z',
  rectangle: 'M2.5 4h11v8h-11z',
  hole: 'M2.5 3h11v10h-11zM6 6.3h4v3.4H6z',
  freehand: 'M2.8 10.5C2.2 6 5.5 2.6 8.6 3.4c2.6.7 1.4 3 3.4 4 1.9.9 1.5 4.3-.9 5.1-2.8.9-7.8 1-8.3-2Z',
  circle: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 8h5.5M8 8h.1',
  part: 'M2 3.5h6v6H2zM12.5 8v6M9.5 11h6',
  vertices:
    'M4.2 4.2h7.6v7.6H4.2zM2.8 2.8h2.8v2.8H2.8zM10.4 2.8h2.8v2.8h-2.8zM2.8 10.4h2.8v2.8H2.8zM10.4 10.4h2.8v2.8h-2.8z',
  brush:
    'M13.5 2.5 8.3 8.2M6.2 8.7c1.6-.2 2.6 1 2.3 2.4-.4 1.9-2.8 2.6-6 2.2 1.4-.6 1.3-1.5 1.6-2.6.3-1.2 1-1.9 2.1-2Z',
  split: 'M2.5 4h11v8h-11zM6.2 14.5l3.6-13',
  reshape: 'M2.5 12V5h3.2M10.3 5h3.2v7h-11M5.7 5c.6-3.4 4-3.4 4.6 0',
  merge: 'M2.5 2.5h7v4h4v7h-7v-4h-4zM6.5 6.5h.1M9.5 9.5h.1',
  magnet: 'M4 2.5v5.2a4 4 0 0 0 8 0V2.5H9.6v5.2a1.6 1.6 0 0 1-3.2 0V2.5H4ZM4 5h2.4M9.6 5H12',
  warning: 'M8 2.3 14.3 13H1.7L8 2.3ZM8 6.5v3M8 11.2v.1',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3v3.5M8 5v.1',
  question:
    'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.2 6.4C6.3 5.3 7 4.7 8 4.7s1.8.7 1.8 1.6c0 1.3-1.8 1.4-1.8 2.7M8 11.1v.1',
  download: 'M8 2.5v7.5M5 7.2 8 10.2l3-3M2.8 13.3h10.4',
  upload: 'M8 10.5V3M5 5.8 8 2.8l3 3M2.8 13.3h10.4',
  home: 'M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5',
  building: 'M3.5 14V2.5h6V14M9.5 6h3v8M2 14h12M5.5 5h2M5.5 7.5h2M5.5 10h2',
  pin: 'M8 14.2S3.5 9.8 3.5 6.6a4.5 4.5 0 0 1 9 0c0 3.2-4.5 7.6-4.5 7.6ZM8 8.1a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.3 1.5',
  link: 'M6.7 9.3 9.3 6.7M7 4.6l1.3-1.3a3 3 0 0 1 4.3 4.3L11.4 9M9 11.4l-1.3 1.3a3 3 0 0 1-4.3-4.3L4.6 7',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  locate: 'M8 12.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM8 1v2.5M8 12.5V15M1 8h2.5M12.5 8H15',
  file: 'M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5',
  refresh: 'M13.2 6.5A5.4 5.4 0 0 0 3 6M2.8 9.5A5.4 5.4 0 0 0 13 10M13.5 3v3.5H10M2.5 13V9.5H6',
  offline:
    'M2 2l12 12M4.2 9.2A5.5 5.5 0 0 1 7 7.7M9.4 7.8c.9.3 1.7.8 2.4 1.5M2 6.8a8.7 8.7 0 0 1 2.6-1.7M7.5 4.3A8.8 8.8 0 0 1 14 6.8M6.3 11.3a2.5 2.5 0 0 1 3.4 0M8 13.5v.1',
  scenarios: 'M2.5 5.5h8v8h-8zM5.5 5.5v-3h8v8h-3',
  compare: 'M8 1.8v12.4M6 4H2.5v8H6M10 4h3.5v8H10',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  history: 'M3.2 5.2A5.4 5.4 0 1 1 2.6 8.6M2.8 2.6v3h3M8 5v3.2l2.2 1.4',
  play: 'M5 3v10l8-5-8-5Z',
  pause: 'M5.5 3v10M10.5 3v10',
  lock: 'M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  unlock: 'M4 7.5h8V14H4zM5.5 7.5V4.6a2.5 2.5 0 0 1 4.8-1',
  // the six modes
  registry: 'M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  zones: 'M2.5 5 6 2.5l4 1.5 3.5-1.5v8.5L10 13.5 6 12l-3.5 1.5V5ZM6 2.5V12M10 4v9.5',
  coverage: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 10.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z',
  program: 'M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M5 9h2.5M5 11.3h6',
  plans: 'M3.5 2h6L13 5.5V14H3.5zM9.5 2v3.5H13M6 8.5h4.5M6 11h4.5',
  data: 'M8 6c3 0 5-.8 5-1.9S11 2.3 8 2.3s-5 .8-5 1.8S5 6 8 6ZM3 4.1v7.8c0 1 2 1.8 5 1.8s5-.8 5-1.8V4.1M3 8c0 1 2 1.9 5 1.9S13 9 13 8',
} as const;

export type IconName = keyof typeof paths;

export function Icon({
  name,
  size = 16,
  ...rest
}: { name: IconName; size?: number } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.35}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...rest}
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** Two overlapping squares: communities joined into one area. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="5.5" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="1.9">
        <rect x="4.8" y="4.8" width="8.6" height="8.6" rx="1.6" />
        <rect x="10.6" y="10.6" width="8.6" height="8.6" rx="1.6" />
      </g>
      <rect x="11.4" y="11.4" width="1.4" height="1.4" fill="var(--on-accent)" />
    </svg>
  );
}
