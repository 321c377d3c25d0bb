export default function ProjectsPanel() {
  return null;
}
