/** How much of a whole there is, as a ring. */
export function Ring({ share, size = 44, label }: { share: number; size?: number; label: string }) {
  const width = size / 8;
  const r = (size - width) / 2;
  const round = 2 * Math.PI * r;
  return (
    <svg width={size} height={size} role="img" aria-label={label} style={{ flex: 'none' }}>
      <title>{label}</title>
      <circle cx={size / 2} cy={size / 2} r={r} fill="none" stroke="var(--line)" strokeWidth={width} />
      <circle
        cx={size / 2}
        cy={size / 2}
        r={r}
        fill="none"
        stroke="var(--accent)"
        strokeWidth={width}
        strokeDasharray={`${round * Math.min(1, share)} ${round}`}
        transform={`rotate(-90 ${size / 2} ${size / 2})`}
      />
    </svg>
  );
}
