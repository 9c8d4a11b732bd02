/**
 * Session timers (RFC 4028): their header fields, read and written. actors/phone/session-refresh.ts runs the timer.
 *
 * Rules: an interval is at least 90 seconds; a requested one is not increased otherwise; if there is only a Min-SE, ours is at
 * least that (§9). The refresher is given by its role in the transaction (uac, uas), so its name depends on who sent the
 * request.
 */
import { attempt, Refusal } from "../refusal.ts";
import { hasOptionTag } from "./capabilities.ts";
import { header } from "./fields.ts";
import type { Field, Message, Request, Response } from "./message.ts";
import { param, readParams } from "./values.ts";

/** RFC 4028 §4, §5: minimum and default, in seconds. */
const LEAST_INTERVAL = 90;
const USUAL_INTERVAL = 1_800;
const LONGEST_INTERVAL = 86_400;

/** The field of a 422 to an interval below the minimum (§5). */
export const MIN_SE: Field = ["Min-SE", `${LEAST_INTERVAL}`];

export interface SessionTimer {
  /** Seconds. */
  readonly interval: number;
  /** Whether we are the refresher. */
  readonly ours: boolean;
}

interface Asked {
  readonly interval: number;
  readonly refresher?: "uac" | "uas";
}

/** The Session-Expires of a message; ignored if it cannot be read. */
function readExpires(message: Message): Asked | undefined {
  const [, seconds, rest = ""] = /^\s*(\d{1,10})\s*(;.*)?$/.exec(header(message, "Session-Expires") ?? "") ?? [];
  if (seconds === undefined) return undefined;
  const params = attempt(() => readParams(rest));
  const refresher = params instanceof Refusal ? undefined : param(params, "refresher")?.toLowerCase();
  const interval = Math.min(Number(seconds), LONGEST_INTERVAL);
  return refresher === "uac" || refresher === "uas" ? { interval, refresher } : { interval };
}

/** The timer requested by the other side, with the fields of our 2xx; null for none (§9). */
export function acceptTimer(
  request: Request,
  now: SessionTimer | null,
): "too small" | { timer: SessionTimer; headers: Field[] } | null {
  const asked = readExpires(request);
  const known = hasOptionTag(request, "Supported", "timer");
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

/** The timer after a 2xx to our request (§7.2); null without Session-Expires. */
export function timerOf(response: Response): SessionTimer | null {
  const said = readExpires(response);
  if (said === undefined) return null;
  return { interval: Math.max(LEAST_INTERVAL, said.interval), ours: said.refresher !== "uas" };
}

/** The fields of our request inside a dialog, for the running timer (§7.4). */
export function timerHeaders(timer: SessionTimer | null, least = LEAST_INTERVAL): Field[] {
  if (timer === null) return [];
  const interval = Math.max(timer.interval, least);
  const minimum: Field[] = least > LEAST_INTERVAL ? [["Min-SE", `${least}`]] : [];
  return [["Session-Expires", `${interval};refresher=${timer.ours ? "uac" : "uas"}`], ...minimum];
}

/** The Min-SE of a message (§5), if acceptable. */
export function leastOf(message: Message): number | undefined {
  const [, seconds] = /^\s*(\d{1,6})/.exec(header(message, "Min-SE") ?? "") ?? [];
  const least = Number(seconds);
  return seconds !== undefined && least > 0 && least <= LONGEST_INTERVAL ? least : undefined;
}
