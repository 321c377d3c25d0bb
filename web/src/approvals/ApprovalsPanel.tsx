export default function ApprovalsPanel() {
  return null;
}
