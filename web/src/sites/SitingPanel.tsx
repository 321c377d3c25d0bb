// New sites: the question, its answer and the proposed facilities of the scenario.
export default function SitingPanel() {
  return null;
}
