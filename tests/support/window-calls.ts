/** Calls reported to a journal directly: many, busy, or hostile. */
import { parse } from "ltx/lib/ltx.js";
import type { CallAbout } from "../../actors/watch.ts";
import type { CallWatch, Journal } from "../../journal/journal.ts";
import { crlf } from "./changed.ts";

export const TALKING = { established: { negotiation: "stable", hold: "talking" } };
const OFFERING = { established: { negotiation: "offering", hold: "talking" } };

/** A call with a number: `user7` calls `+44 20 7946 0007`. */
export function aboutOf(number: number, more: Partial<CallAbout> = {}): CallAbout {
  const us = `+442079460${String(number).padStart(4, "0")}@sip.example.org`;
  const them = `user${number}@example.org`;
  const name = `call${number}`;
  const who = { us, them, from: `${them}/balcony`, to: us };
  return { id: name, callId: name, sid: name, ...who, direction: "outgoing", ...more };
}

/** A call answered at once. */
export function begin(journal: Journal, about: CallAbout): CallWatch {
  const call = journal.begun(about) as CallWatch;
  call.step("xstate.init", { outgoing: "inviting" }, []);
  call.step("sip.invite.success", TALKING, []);
  return call;
}

/** Calls from one number to another; every tenth stays live. */
export function beginMany(journal: Journal, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    const call = begin(journal, aboutOf(number));
    if (number % 10 !== 0) call.ended(number % 7 === 0 ? "decline" : "success");
  }
}

/** Repeated offers and answers. */
export function offerOnAndOn(call: CallWatch, times: number): void {
  for (let time = 0; time < times; time++) {
    call.step("jingle.content-add", OFFERING, []);
    call.step("sip.reinvite.success", TALKING, []);
  }
}

export function tellSip(journal: Journal, { callId, id }: CallAbout, out: boolean, start: string, more = ""): void {
  const [from, to] = out === start.startsWith("SIP/2.0") ? ["x", id] : [id, "x"];
  const text = `${start}\nCall-ID: ${callId}\nFrom: <sip:a@b>;tag=${from}\nTo: <sip:c@d>;tag=${to}\nCSeq: 1 INVITE\n${more}`;
  journal.sip(out, new TextEncoder().encode(crlf(text)), "udp", "192.0.2.2", 5060);
}

export const tellXmpp = (journal: Journal, out: boolean, text: string): void => journal.xmpp(out, parse(text) as never);
