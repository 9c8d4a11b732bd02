/** Queries on the list of calls: by text, by state, by reason. */
import type { CallRow } from "./view.ts";

export interface CallQuery {
  /** Part of a number, JID, sid, Call-ID, trunk, state or reason, in any case. */
  readonly q?: string | undefined;
  /** Part of the name of a state. */
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  /** The call before the first of the page. */
  readonly after?: string | undefined;
}

/** Whether a call matches a query. */
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

/** A number matches in any spelling: visual separators carry no meaning (RFC 3966 §5.1.1). */
function isNumber(wanted: string, names: string): boolean {
  const digits = (text: string): string => text.replace(/[\s().-]/g, "");
  return /^\+?[\d\s().-]{3,}$/.test(wanted) && digits(names).includes(digits(wanted));
}
