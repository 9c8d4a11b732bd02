/**
 * Vectors of peers, in tests/vectors/media/peers: one file per peer, with its offer, its answer to one of the users' offers, and the
 * gateway's translations of both.
 *
 * A file is a heading (`#`: peculiarities, and where the SDP is published) and parts, each after a line `== name`. The parts are
 * `offer`, `its Jingle`, `back` (that Jingle as SDP again), `answer to <offer>`, `its Jingle`, `back`; a part that is refused
 * is `refused: why`.
 */
import type { Element } from "@xmpp/xml";
import { readJingle, writeJingle } from "../../protocol/jingle/jingle.ts";
import type { Media } from "../../protocol/media/media.ts";
import { acceptFromAnswer } from "../../protocol/media/phone-answer.ts";
import { answerFromAccept } from "../../protocol/media/user-accept.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { writeSdp } from "../../protocol/sdp/write.ts";
import { writeStanza } from "../../protocol/xmpp/write.ts";
import { jingleOf, overTheWire, read, recordings } from "./vectors.ts";

const FOLDER = "media/peers";
const origin = { id: "1", version: 1, address: "198.51.100.1" };

/** The names of all peers. */
export const PEERS = recordings(FOLDER, /^[\w-]+\.txt$/).map((path) => path.replace(".txt", ""));

export interface PeerVector {
  readonly heading: string;
  readonly offer: string;
  readonly answer: string;
  /** The user's offer that it answers. */
  readonly answers: string;
  /** The whole file. */
  readonly text: string;
}

export function peerVector(name: string): PeerVector {
  const text = read(FOLDER, `${name}.txt`);
  const [heading = "", ...parts] = text.split(/^== /m);
  const part = (begin: string): string => parts.find((each) => each.startsWith(begin)) ?? "";
  const [title = "", ...lines] = part("answer to ").trim().split("\n");
  const offer = part("offer\n").trim().split("\n").slice(1).join("\n");
  return { heading: heading.trim(), offer, answers: title.replace("answer to ", ""), answer: lines.join("\n"), text };
}

/** One of the offers that users make to phones. */
export const userOffer = (name: string): Media => readJingle(jingleOf(read(FOLDER, `offers/${name}.xml`)));

/** The file as the gateway would write it now, from the peer's offer and answer. */
export function peerText({ heading, offer, answers, answer }: PeerVector): string {
  const parts = [
    ["offer", offer],
    ...told(() => fromOffer(`${offer}\n`)),
    [`answer to ${answers}`, answer],
    ...told(() => fromAnswer(userOffer(answers), `${answer}\n`)),
  ];
  return `${[heading, ...parts.map(([title, text]) => `== ${title}\n${text}`)].join("\n\n")}\n`;
}

interface Made {
  readonly jingle: readonly Element[];
  readonly back: string;
}

function told(make: () => Made): string[][] {
  const made = attempt(make);
  if (made instanceof Refusal) return [["its Jingle", `refused: ${made.message}`]];
  return [
    ["its Jingle", made.jingle.flatMap((each) => lines(each)).join("\n")],
    ["back", made.back.trim().replaceAll("\r\n", "\n")],
  ];
}

function fromOffer(sdp: string): Made {
  const jingle = writeJingle(readSdp(sdp, { by: "initiator" }), "offer");
  const back = readJingle(overTheWire(jingle));
  return { jingle, back: writeSdp(back, { by: "initiator", origin, answer: false }) };
}

function fromAnswer(offer: Media, sdp: string): Made {
  const jingle = writeJingle(acceptFromAnswer(offer, readSdp(sdp, { by: "responder", answerTo: offer })), "answer");
  const back = answerFromAccept(offer, readJingle(overTheWire(jingle), "answer"));
  return { jingle, back: writeSdp(back, { by: "responder", origin, answer: true }) };
}

/** An element, with each child on a line of its own. */
function lines(element: Element, depth = 0): string[] {
  const indent = "  ".repeat(depth);
  const children = element.getChildElements();
  if (children.length === 0) return [indent + writeStanza(element)];
  const [start = ""] = /^<[^>]+>/.exec(writeStanza(element)) ?? [];
  return [indent + start, ...children.flatMap((child) => lines(child, depth + 1)), `${indent}</${element.name}>`];
}
