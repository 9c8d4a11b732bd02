/** A SIP stack with a minimal user, for tests: it answers calls by the number dialled, and places some. */
import type { Clock } from "../../actors/clock.ts";
import { Load } from "../../actors/load.ts";
import { SipStack } from "../../actors/sip/stack.ts";
import type { SipNeeds } from "../../actors/sip/stack-needs.ts";
import type { ClientHandlers, DialogUser, ServerTransaction } from "../../actors/sip/user.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import { createChance } from "../../replay/chance.ts";

export const LOCAL = "127.0.0.1";

/** What the user was notified of, one word each. */
export interface Heard {
  readonly words: string[];
  readonly transactions: ServerTransaction[];
}

export interface TestStack {
  readonly sip: SipStack;
  readonly heard: Heard;
  readonly load: Load;
  readonly logged: { event: string; [field: string]: unknown }[];
}

type Chosen = Partial<SipNeeds> & Pick<SipNeeds, "open"> & { readonly clock: Clock };

let seed = 0;

/** A stack on loopback; `answer` decides the response to a new request, by default 200 (after 180 to INVITE). */
export function makeStack(
  chosen: Chosen,
  answer: (request: Request, transaction: ServerTransaction) => void = answerAll,
): TestStack {
  const chance = createChance(++seed);
  const heard: Heard = { words: [], transactions: [] };
  const load = new Load(chosen.clock);
  const logged: TestStack["logged"] = [];
  const inside: DialogUser = {
    takesAck: () => true,
    takesOffer: () => true,
    request(request, transaction) {
      heard.words.push(request.method);
      heard.transactions.push(transaction);
      answer(request, transaction);
    },
  };
  const sip = new SipStack({
    random: () => Array.from({ length: 4 }, () => Math.floor(chance() * 2 ** 32).toString(36)).join(""),
    resolve: async () => [LOCAL],
    resolvePeer: async () => [LOCAL],
    configured: [],
    strict: false,
    bind: [LOCAL],
    port: 0,
    localHost: LOCAL,
    log: (event) => void logged.push(event),
    load,
    allow: () => true,
    broken: () => {},
    user: {
      dialogOf: (request) => (["phone", "juliet"].includes(tagOf(request, "To") ?? "") ? inside : undefined),
      request: inside.request,
      refused: () => {},
      cancelled(transaction) {
        heard.words.push("cancelled");
        transaction.respond(responseTo(transaction.request, 487, { toTag: "phone" }));
      },
      acknowledged: () => void heard.words.push("acknowledged"),
      unacknowledged: () => void heard.words.push("unacknowledged"),
    },
    ...chosen,
  });
  return { sip, heard, load, logged };
}

export function answerAll(request: Request, transaction: ServerTransaction): void {
  const contact: Field = ["Contact", `<sip:phone@${LOCAL}>`];
  if (request.method === "INVITE") transaction.respond(responseTo(request, 180, { toTag: "phone" }));
  transaction.respond(responseTo(request, 200, { toTag: "phone", headers: [contact] }));
}

/** A request outside of dialogs, or inside one if it has a To tag. */
export function makeRequest(
  method: string,
  callId: string,
  more: { cseq?: number; toTag?: string; body?: string } = {},
): Request {
  const { cseq = 1, toTag, body = "" } = more;
  const headers: Field[] = [
    ["Max-Forwards", "70"],
    ["From", `<sip:juliet@${LOCAL}>;tag=juliet`],
    ["To", `<sip:phone@${LOCAL}>${toTag === undefined ? "" : `;tag=${toTag}`}`],
    ["Call-ID", callId],
    ["CSeq", `${cseq} ${method}`],
    ["Contact", `<sip:juliet@${LOCAL}>`],
  ];
  return { kind: "request", method, uri: `sip:phone@${LOCAL}`, headers, body };
}

export interface CallResult {
  readonly answered: boolean;
  readonly hungUp: boolean;
}

/** Places a call and hangs up when it is answered. */
export function placeCall(sip: SipStack, to: Destination, callId: string): Promise<CallResult> {
  return new Promise((resolve) => {
    let answered = false;
    const bye = (toTag: string): ClientHandlers => ({
      response: (response) => resolve({ answered, hungUp: response.status === 200 && toTag !== "" }),
      failed: () => resolve({ answered, hungUp: false }),
    });
    sip.send(makeRequest("INVITE", callId), to, {
      response(response: Response) {
        if (response.status < 200) return;
        if (response.status >= 300) return resolve({ answered: false, hungUp: false });
        const toTag = readNameAddr(header(response, "To") ?? "").params.find(([name]) => name === "tag")?.[1] ?? "";
        sip.acknowledge(makeRequest("ACK", callId, { toTag }), to);
        if (answered) return;
        answered = true;
        sip.send(makeRequest("BYE", callId, { toTag, cseq: 2 }), to, bye(toTag));
      },
      failed: () => resolve({ answered: false, hungUp: false }),
    });
  });
}
