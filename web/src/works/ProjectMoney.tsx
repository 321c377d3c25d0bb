export default function ProjectMoney({ code }: { code: string }) {
  return <p>{code}</p>;
}
