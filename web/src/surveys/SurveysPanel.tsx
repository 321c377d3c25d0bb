export default function SurveysPanel() {
  return null;
}
