/** Today where the person is, YYYY-MM-DD. */
export function today(now = new Date()): string {
  const two = (v: number) => String(v).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
