/**
 * Session timers: RFC 4028, as decisions on messages; who keeps the time is actors/phone/session-timer.ts.
 *
 * Rules: an interval is never below 90 seconds, one that is asked for is not made longer, and where only the least is said
 * ours is no shorter than that (§9); whoever refreshes is said by the part he has in that transaction (uac, uas), so that it
 * turns round with each side's requests.
 */
import { asksFor } from "./capabilities.ts";
import { header } from "./fields.ts";
import type { Field, Message, Request, Response } from "./message.ts";

/** RFC 4028 §4, §5: the least that may be asked for, and what we take where nobody asks; seconds. */
export const LEAST_INTERVAL = 90;
const USUAL_INTERVAL = 1_800;
const LONGEST_INTERVAL = 86_400;

export interface SessionTimer {
  /** Seconds. */
  readonly interval: number;
  /** Whether we refresh the session; else they do. */
  readonly ours: boolean;
}

interface Asked {
  readonly interval: number;
  readonly refresher?: "uac" | "uas";
}

/** The Session-Expires of a message; one that cannot be read was not said. */
function readExpires(message: Message): Asked | undefined {
  const [, seconds, rest = ""] = /^\s*(\d{1,10})\s*(;.*)?$/.exec(header(message, "Session-Expires") ?? "") ?? [];
  if (seconds === undefined) return undefined;
  const refresher = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(rest)?.[1]?.toLowerCase();
  const interval = Math.min(Number(seconds), LONGEST_INTERVAL);
  return refresher === "uac" || refresher === "uas" ? { interval, refresher } : { interval };
}

/** What a request of theirs makes of the timer: too small, none, or what our 2xx says (§9). */
export function acceptTimer(
  request: Request,
  now: SessionTimer | null,
): "too small" | { timer: SessionTimer; headers: Field[] } | null {
  const asked = readExpires(request);
  const known = asksFor(request, "Supported", "timer");
  if (asked === undefined && !known) return null;
  if (asked !== undefined && asked.interval < LEAST_INTERVAL && known) return "too small";
  const least = header(request, "Min-SE") === undefined ? LEAST_INTERVAL : leastOf(request);
  if (asked === undefined && least === undefined) return null;
  const wished = asked?.interval ?? Math.max(least ?? 0, now?.interval ?? USUAL_INTERVAL);
  const interval = Math.max(LEAST_INTERVAL, wished);
  const ours = known ? (asked?.refresher === undefined ? (now?.ours ?? false) : asked.refresher === "uas") : true;
  const headers: Field[] = ours ? [] : [["Require", "timer"]];
  return {
    timer: { interval, ours },
    headers: [...headers, ["Session-Expires", `${interval};refresher=${ours ? "uas" : "uac"}`]],
  };
}

/** The timer after a 2xx to a request of ours (§7.2): none when it does not speak of one. */
export function timerOf(response: Response): SessionTimer | null {
  const said = readExpires(response);
  if (said === undefined) return null;
  return { interval: Math.max(LEAST_INTERVAL, said.interval), ours: said.refresher !== "uas" };
}

/** What a request of ours inside the dialog says of the timer that runs (§7.4). */
export function timerHeaders(timer: SessionTimer | null, least = LEAST_INTERVAL): Field[] {
  if (timer === null) return [];
  const interval = Math.max(timer.interval, least);
  const minimum: Field[] = least > LEAST_INTERVAL ? [["Min-SE", `${least}`]] : [];
  return [["Session-Expires", `${interval};refresher=${timer.ours ? "uac" : "uas"}`], ...minimum];
}

/** The least interval that a message asks for by its Min-SE (§5), if it is one that we take. */
export function leastOf(message: Message): number | undefined {
  const [, seconds] = /^\s*(\d{1,6})/.exec(header(message, "Min-SE") ?? "") ?? [];
  const least = Number(seconds);
  return seconds !== undefined && least > 0 && least <= LONGEST_INTERVAL ? least : undefined;
}
