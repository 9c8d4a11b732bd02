/** The text of one step of a play. */

/** The arrow line, followed by the message, indented by four blanks. */
export function stepText(arrow: string, lines: readonly string[]): string {
  return [arrow, ...lines.map((line) => (line === "" ? "" : `    ${line}`))].join("\n");
}
