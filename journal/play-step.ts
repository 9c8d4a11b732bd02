/** The text of a step of a play. */

/** Who speaks to whom, and below it what, four blanks further right. */
export function stepText(arrow: string, lines: readonly string[]): string {
  return [arrow, ...lines.map((line) => (line === "" ? "" : `    ${line}`))].join("\n");
}
