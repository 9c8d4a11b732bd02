/**
 * PRACK to a reliable provisional response of the phone's: RFC 3262 §4. ringing.ts handles the PRACK to a 180 of ours.
 *
 * Rules: each dialog counts RSeq separately; a response out of order gets no PRACK and counts as not received. A PRACK that times out
 * ends the call if its dialog is the call's; a 481 does not (§3: the peer may only have stopped waiting for it).
 */
import { header } from "../../protocol/sip/fields.ts";
import { cseqOf } from "../../protocol/sip/mandatory.ts";
import type { Request, Response } from "../../protocol/sip/message.ts";
import { ask } from "./ask.ts";
import type { Fork } from "./fork.ts";
import type { Forks } from "./forks.ts";
import type { Line } from "./line.ts";
import { timedOut } from "./no-response.ts";

/** Sends the PRACK; false if the response is not the next one of its dialog. */
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
