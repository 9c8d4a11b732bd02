/** ↑ and ↓ go from one part to the next where there are many: Tab stops once for all of them. */

/** Moves the focus among the parts of a box that `[data-rove]` names; whether the key was one of ours. */
export function rove(event: KeyboardEvent, box: Element | null): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const parts = [...(box?.querySelectorAll<SVGElement>("[data-rove]") ?? [])];
  const at = parts.indexOf(document.activeElement as SVGElement);
  if (by === 0 || at < 0) return;
  event.preventDefault();
  parts[at + by]?.focus();
}
