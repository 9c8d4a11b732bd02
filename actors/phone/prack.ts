/**
 * PRACK to a reliable provisional response of the phone's: RFC 3262 §4. The PRACK to a 180 of ours is taken by ringing.ts.
 *
 * Rules: each dialog counts RSeq by itself; a response out of order gets no PRACK and counts as not received. A PRACK that times out
 * loses the dialog if the call goes on in it; a 481 does not (§3: the response may only be waited for no more).
 */
import { header } from "../../protocol/sip/fields.ts";
import { cseqOf } from "../../protocol/sip/mandatory.ts";
import type { Request, Response } from "../../protocol/sip/message.ts";
import { ask } from "./ask.ts";
import type { Fork } from "./fork.ts";
import type { Forks } from "./forks.ts";
import type { Line } from "./line.ts";
import { timedOut } from "./no-response.ts";

/** Sends the PRACK; false when the response is not the next one of its dialog. */
export function sendPrack(
  { line, forks }: { line: Line; forks: Forks },
  fork: Fork,
  invite: Request,
  response: Response,
): boolean {
  const number = Number(header(response, "RSeq"));
  if (!Number.isInteger(number) || number < 1) return true;
  if (fork.reliable !== null && number !== fork.reliable + 1) return false;
  fork.reliable = number;
  const headers = [["RAck", `${number} ${cseqOf(invite).number} INVITE`]] as const;
  ask(line, fork, { method: "PRACK", headers }, (status, phrase, final) => {
    if (status === 408 && forks.chosen !== null && fork === forks.get(forks.chosen))
      line.chart.deliver({ type: "sip.dialog.lost", status, phrase, timer: timedOut(final) });
  });
  return true;
}
