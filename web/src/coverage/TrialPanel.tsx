// The what-if on a run.
export default function TrialPanel() {
  return null;
}
