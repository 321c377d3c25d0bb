export default function ProjectInspector({ code }: { code: string }) {
  return <h2 data-testid="inspector-title">{code}</h2>;
}
