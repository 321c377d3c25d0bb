export default function ProjectApproval({ code }: { code: string }) {
  return <p>{code}</p>;
}
