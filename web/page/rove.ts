/** ↑ and ↓ move between many similar parts, which are a single tab stop. */

/** Moves the focus among the `[data-rove]` parts of a box; returns whether the key was handled. */
export function rove(event: KeyboardEvent, box: Element | null): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const parts = [...(box?.querySelectorAll<SVGElement>("[data-rove]") ?? [])];
  const at = parts.indexOf(document.activeElement as SVGElement);
  if (by === 0 || at < 0) return;
  event.preventDefault();
  parts[at + by]?.focus();
}
