export default function ProjectProgress({ code }: { code: string }) {
  return <p>{code}</p>;
}
