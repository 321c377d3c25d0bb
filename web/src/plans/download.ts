// Files that people take away.
import { valueFrom } from '../api/request';

/** The name in a Content-Disposition, RFC 5987 form first. */
export function fileName(header: string | null): string | null {
  if (!header) return null;
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  if (extended) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return null;
    }
  }
  return /filename="?([^";]+)"?/i.exec(header)?.[1] ?? null;
}

/** A small file: fetched first, so that a refusal is a sentence here and not a file full of JSON. */
export async function saveFile(address: string, otherwise: string): Promise<void> {
  const response = await fetch(address);
  if (!response.ok) await valueFrom(response);
  const name = fileName(response.headers.get('Content-Disposition')) ?? otherwise;
  const url = URL.createObjectURL(await response.blob());
  click(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * A large file: its first byte is asked for, so that a refusal is a sentence; the browser
 * itself fetches the rest, to the disk and not through memory.
 */
export async function saveLargeFile(address: string): Promise<void> {
  const response = await fetch(address, { headers: { Range: 'bytes=0-0' } });
  if (!response.ok) await valueFrom(response);
  // A server that does not know ranges has begun to send all of it.
  await response.body?.cancel();
  click(address, '');
}

function click(href: string, name: string): void {
  const a = document.createElement('a');
  a.href = href;
  a.download = name;
  a.click();
}
