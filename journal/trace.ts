/**
 * Logs every message of the calls of one number, JID or Call-ID (`[log] trace`). Reports come from actors/watch.ts.
 *
 * Rules: applies to calls that begin later; secrets are hidden as on the page; without a trace it costs one comparison per message.
 * Bound: `MOST` calls, the oldest is dropped first.
 */
import type { Element } from "@xmpp/xml";
import type { Message } from "../protocol/sip/message.ts";
import { unescapeLocal } from "../protocol/xmpp/jid.ts";
import { Belongings } from "./belongings.ts";
import type { About } from "./call-journal.ts";
import { labelOfSip, labelOfStanza } from "./labels.ts";
import { namesOfStanza, namesRead, namesWritten } from "./names.ts";
import { pretty } from "./pretty.ts";
import { hideSecrets } from "./secrets.ts";

const MOST = 100;

/** A message of a traced call. */
export interface Traced {
  readonly call: string;
  readonly callId: string;
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly wire: "sip" | "xmpp";
  readonly direction: "in" | "out";
  /** Transport and address of the other side; missing for the XMPP server. */
  readonly peer?: string;
  /** Its label. */
  readonly label: string;
  /** The full message, with its secrets hidden. */
  readonly message: string;
}

interface TracedCall {
  readonly about: About;
  isOver: boolean;
}

/** A message is told once it is known whose it is. */
const belongings = () => new Belongings<TracedCall, (call: TracedCall) => void>((call, tell) => tell(call));

export class Trace {
  readonly #say: (traced: Traced) => void;
  #belongings = belongings();
  /** The oldest first. */
  #calls: TracedCall[] = [];
  #what = "";

  constructor(say: (traced: Traced) => void) {
    this.#say = say;
  }

  /** Traces this name from now on; nothing if it is empty. */
  set(what: string): void {
    const wanted = wordOf(what);
    if (wanted === this.#what) return;
    this.#what = wanted;
    this.#belongings = belongings();
    this.#calls = [];
  }

  begun(about: About): { ended(): void } | undefined {
    if (this.#what === "" || !wordsOf(about).includes(this.#what)) return undefined;
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
    const names = message ? namesRead(message, out) : namesWritten(bytes, out);
    if (names === undefined) return;
    this.#belongings.sip(out, names, ({ about }) => {
      const text = new TextDecoder().decode(bytes);
      const peer = `${transport} ${host}:${port}`;
      this.#tell(about, { wire: "sip", out, peer, label: labelOfSip(text).label, text });
    });
  }

  xmpp(out: boolean, stanza: Element): void {
    const names = this.#what === "" ? undefined : namesOfStanza(stanza, out);
    if (names === undefined) return;
    this.#belongings.xmpp(names, ({ about }) => {
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

/** A name for comparison: a number is the same with and without its plus. */
const wordOf = (name: string): string => name.trim().toLowerCase().replace(/^\+/, "");

/** All names of a call: its ids, and both JIDs, full, bare, and their local parts as dialled. */
function wordsOf({ id, callId, sid, from, to }: About): string[] {
  const jids = [from, to].flatMap((jid) => {
    const [bare = ""] = jid.split("/", 1);
    const node = bare.slice(0, Math.max(0, bare.lastIndexOf("@")));
    return [jid, bare, node, unescapeLocal(node)];
  });
  return [id, callId, sid, ...jids].map(wordOf);
}
