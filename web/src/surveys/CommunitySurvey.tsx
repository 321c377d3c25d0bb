export default function CommunitySurvey({ code }: { code: string }) {
  return <p>{code}</p>;
}
