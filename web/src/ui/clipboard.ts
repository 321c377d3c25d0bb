/** To the clipboard where the page may use it; on plain-HTTP intranets the old way. Tells whether it worked. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A modal dialog takes the focus back from what lies outside of it.
    const inside = document.querySelector('[role="dialog"]') ?? document.body;
    const area = document.createElement('textarea');
    area.value = text;
    inside.append(area);
    area.select();
    const worked = document.execCommand('copy');
    area.remove();
    return worked;
  }
}
