export default function FundsPanel() {
  return null;
}
