export default function BoardPanel() {
  return null;
}
