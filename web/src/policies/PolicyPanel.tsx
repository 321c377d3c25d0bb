export default function PolicyPanel() {
  return null;
}
