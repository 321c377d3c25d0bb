// The scorecard of the district: which services every community has within reach.
export default function ScorecardPanel() {
  return null;
}
