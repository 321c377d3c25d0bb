export default function BoardSheet() {
  return null;
}
