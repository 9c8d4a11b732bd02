/** Derives a text from another one: the text to be replaced must exist. */
type Replacement = string | ((match: string, ...groups: string[]) => string);

/** The text with the first `from` replaced, or all if it is a pattern with the flag g. Throws if there is none. */
export function changed(text: string, from: string | RegExp, to: Replacement): string {
  mustHave(text, from, changed);
  return text.replace(from, to as string);
}

/** The text with each `from` replaced. Throws if there is none. */
export function changedAll(text: string, from: string | RegExp, to: Replacement): string {
  mustHave(text, from, changedAll);
  return text.replaceAll(from, to as string);
}

/** The text with the line ends of SIP. */
export const crlf = (text: string): string => text.replaceAll(/\r?\n/g, "\r\n");

function mustHave(text: string, from: string | RegExp, caller: typeof changed): void {
  if (typeof from === "string" ? text.includes(from) : text.search(from) !== -1) return;
  const error = new Error(`nothing to change: there is no ${from} in\n${text}`);
  Error.captureStackTrace(error, caller); // the caller's row
  throw error;
}
