export default function Attachments({ project, community }: { project?: string; community?: string }) {
  return <p>{project ?? community}</p>;
}
