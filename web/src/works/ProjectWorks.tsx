export default function ProjectWorks({ code }: { code: string }) {
  return <p>{code}</p>;
}
