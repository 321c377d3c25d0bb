export default function MonthsPanel() {
  return null;
}
