/**
 * The devices of XMPP users in a play, behind one XMPP server: what they send, and the stanzas that they have received.
 *
 * Rule: an IQ set is answered with a result once the play mentions it, unless the step says that it is not.
 */
import type { Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";
import { DEVICES, deviceName } from "../journal/play-people.ts";
import { COMPONENT, SERVER } from "./gateway.ts";
import { Missed } from "./missed.ts";
import { type Bindings, fill, type Step } from "./script.ts";
import { PlayServer } from "./server.ts";
import type { Wire } from "./wire.ts";
import { fitsElement, isElement } from "./xml.ts";

export class XmppDevices {
  readonly #wire: Wire;
  readonly #bound: Bindings;
  readonly #server = new PlayServer((stanza) => this.#received(stanza));
  readonly #stanzas: Element[] = [];

  /** `bound` has the values of the play's variables. */
  constructor(wire: Wire, bound: Bindings) {
    this.#wire = wire;
    this.#bound = bound;
  }

  async open(): Promise<void> {
    await this.#wire.listen(SERVER, (stream) => this.#server.accept(stream));
  }

  /** Received stanzas that the play has not mentioned. */
  get unheard(): string[] {
    return this.#stanzas.map(String);
  }

  /** A device comes online. */
  available(name: string): void {
    this.#server.send(`<presence from='${DEVICES[name] ?? name}' to='${COMPONENT}'/>`);
  }

  /** Sends a stanza as a device, and returns its text. */
  say(by: string, text: string): string {
    const stanza = parse(text);
    stanza.attrs.from ??= DEVICES[by] ?? by;
    const said = String(stanza);
    this.#server.send(said);
    return said;
  }

  /** The next stanza to a device. */
  next(by: string): Element | undefined {
    return this.#stanzas.find((stanza) => deviceName(String(stanza.attrs.to)) === by);
  }

  /** Matches the next stanza with a step. */
  hear({ by, text, answered, whole }: Extract<Step, { kind: "hear" }>, note: (message: string) => void): void {
    const stanza = this.next(by);
    if (!stanza) throw new Missed(text, "nothing", 1);
    this.#stanzas.splice(this.#stanzas.indexOf(stanza), 1);
    note(String(stanza));
    const isWanted = whole ? isElement : fitsElement;
    if (!isWanted(parse(fill(text, this.#bound, true)), stanza, this.#bound)) throw new Missed(text, String(stanza), 1);
    const { type, id, from, to } = stanza.attrs;
    if (answered && stanza.is("iq") && type === "set")
      this.#server.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
  }

  #received(stanza: Element): void {
    // the gateway's own presence is not part of a call
    if (!stanza.is("presence")) this.#stanzas.push(stanza);
  }
}
