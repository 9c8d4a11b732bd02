/** What is asked of the list of calls: by any of its words, by state, by reason. */
import type { CallRow } from "./view.ts";

export interface CallQuery {
  /** Part of a number, JID, sid, Call-ID, trunk, state or reason, in any case. */
  readonly q?: string | undefined;
  /** Part of the name of a state. */
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  /** The call after which the page begins. */
  readonly after?: string | undefined;
}

/** Whether a call fits a question. */
export function fits(row: CallRow, { q = "", state = "", reason }: CallQuery): boolean {
  if (reason !== undefined && row.why !== reason) return false;
  if (state !== "" && !row.state.some((name) => name.includes(state))) return false;
  if (q === "") return true;
  const words = [
    row.from,
    row.to,
    row.sid,
    row.callId,
    row.direction,
    row.id,
    row.trunk ?? "",
    row.why ?? "",
    ...row.state,
  ];
  const wanted = q.toLowerCase();
  return words.some((word) => word.toLowerCase().includes(wanted)) || isNumber(wanted, `${row.from} ${row.to}`);
}

/** A number fits however it is spelt: visual separators mean nothing (RFC 3966 §5.1.1). */
function isNumber(wanted: string, names: string): boolean {
  const digits = (text: string): string => text.replace(/[\s().-]/g, "");
  return /^\+?[\d\s().-]{3,}$/.test(wanted) && digits(names).includes(digits(wanted));
}
