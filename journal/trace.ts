/**
 * Says every message of the calls of one number, JID or Call-ID (`[log] trace`). It is told what the journal is told (actors/watch.ts).
 *
 * Rules: calls that begin from then on; secrets are hidden as on the page; while nothing is traced it costs one comparison a message.
 * Bound: `MOST` calls, the oldest goes first.
 */
import type { Element } from "@xmpp/xml";
import type { Message } from "../protocol/sip/message.ts";
import { unescapeLocal } from "../protocol/xmpp/jid.ts";
import { Belongings } from "./belongings.ts";
import type { About } from "./call-journal.ts";
import { labelOfSip, labelOfStanza } from "./labels.ts";
import { pretty } from "./pretty.ts";
import { hideSecrets } from "./secrets.ts";

const MOST = 100;

/** A message of a call that is traced. */
export interface Traced {
  readonly call: string;
  readonly callId: string;
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly wire: "sip" | "xmpp";
  readonly direction: "in" | "out";
  /** Transport and address of the other side; none for the XMPP server. */
  readonly peer?: string;
  /** What it is, in a few words. */
  readonly label: string;
  /** The whole message, its secrets hidden. */
  readonly message: string;
}

interface TracedCall {
  readonly about: About;
  isOver: boolean;
}

export class Trace {
  readonly #say: (traced: Traced) => void;
  #belongings = new Belongings<TracedCall>();
  /** The oldest first. */
  #calls: TracedCall[] = [];
  #what = "";

  constructor(say: (traced: Traced) => void) {
    this.#say = say;
  }

  /** What is traced from now on; nothing when it is empty. */
  set(what: string): void {
    const wanted = wordOf(what);
    if (wanted === this.#what) return;
    this.#what = wanted;
    this.#belongings = new Belongings();
    this.#calls = [];
  }

  begun(about: About): { ended(): void } | undefined {
    if (this.#what === "" || !namesOf(about).includes(this.#what)) return undefined;
    const call: TracedCall = { about, isOver: false };
    this.#calls.push(call);
    const oldest = this.#calls.length > MOST ? this.#calls.shift() : undefined;
    if (oldest) this.#belongings.remove(oldest);
    this.#belongings.add(call);
    return {
      ended: () => {
        call.isOver = true;
        this.#belongings.over(call);
      },
    };
  }

  sip(out: boolean, bytes: Uint8Array, transport: string, host: string, port: number, message?: Message): void {
    if (this.#what === "") return;
    this.#belongings.sip(out, message ?? bytes, ({ about }) => {
      const text = new TextDecoder().decode(bytes);
      const peer = `${transport} ${host}:${port}`;
      this.#tell(about, { wire: "sip", out, peer, label: labelOfSip(text).label, text });
    });
  }

  xmpp(out: boolean, stanza: Element): void {
    if (this.#what === "") return;
    this.#belongings.xmpp(0, out, stanza, ({ about }) => {
      const { label } = labelOfStanza(stanza, undefined);
      this.#tell(about, { wire: "xmpp", out, label, text: pretty(stanza) });
    });
  }

  #tell(
    { id: call, callId, sid, from, to }: About,
    { out, text, ...rest }: { wire: "sip" | "xmpp"; out: boolean; peer?: string; label: string; text: string },
  ): void {
    this.#say({ call, callId, sid, from, to, direction: out ? "out" : "in", ...rest, message: hideSecrets(text) });
  }
}

/** A name as it is compared: a number with and without its plus are one. */
const wordOf = (name: string): string => name.trim().toLowerCase().replace(/^\+/, "");

/** All that a call may be called by: its ids, and both JIDs, whole, bare, and their local parts as they are dialled. */
function namesOf({ id, callId, sid, from, to }: About): string[] {
  const jids = [from, to].flatMap((jid) => {
    const [bare = ""] = jid.split("/", 1);
    const node = bare.slice(0, Math.max(0, bare.lastIndexOf("@")));
    return [jid, bare, node, unescapeLocal(node)];
  });
  return [id, callId, sid, ...jids].map(wordOf);
}
