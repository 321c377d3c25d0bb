import { outlineOf, radarOf } from './radar';
import own from './scorecards.module.css';

/** The shares of one community as a radar. What it shows is also said in a list beside it. */
export function Radar({
  shares,
  label,
  size = 190,
  plain = false,
}: {
  shares: readonly (number | null)[];
  label: string;
  size?: number;
  /** Without the numbers of the axes. */
  plain?: boolean;
}) {
  // Fewer axes make no area.
  if (shares.length < 3) return null;
  const centre = size / 2;
  const radius = centre - (plain ? 4 : 20);
  const spokes = radarOf(shares, centre, radius);
  return (
    <svg
      className={own.radar}
      width={size}
      height={size}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      data-testid="radar"
    >
      {[0.25, 0.5, 0.75, 1].map((part) => (
        <circle key={part} cx={centre} cy={centre} r={radius * part} data-half={part === 0.5} />
      ))}
      {spokes.map((s) => (
        <line key={s.number} x1={centre} y1={centre} x2={s.end.x} y2={s.end.y} />
      ))}
      <polygon points={outlineOf(spokes)} />
      {spokes.map(
        (s) =>
          s.value && <circle key={s.number} className={own.knot} cx={s.value.x} cy={s.value.y} r={2.2} />,
      )}
      {!plain &&
        spokes.map((s) => (
          <text key={s.number} x={s.label.x} y={s.label.y} textAnchor="middle" dominantBaseline="central">
            {s.number}
          </text>
        ))}
    </svg>
  );
}
