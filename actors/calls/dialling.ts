/**
 * What a user may dial, and what becomes of it: the addresses of the call, or why there is none.
 *
 * docs/mapping.md A25 to A31. Rules: without `[dial]` everything is dialled as it stands; with it the plan decides and the number is written
 * anew; the number that counts is the one that goes out, so a user with a number is judged by that number; where a phone points elsewhere
 * (3xx) the new target is judged like a call of the user's own, and must be reached by the same trunk. Nobody calls as a number
 * that `username_to_phone` gives to somebody else.
 */
import { type Dialled, dialled, dialledName } from "../../protocol/address.ts";
import { dial } from "../../protocol/dial-plan.ts";
import { normal } from "../../protocol/number.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { escapeUser, readUri } from "../../protocol/sip/uri.ts";
import { readJid, unescapeLocal } from "../../protocol/xmpp/jid.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { type DialConfig, DialLimits } from "./dial-limits.ts";
import type { CallsConfig } from "./needs.ts";
import type { Registry } from "./registry.ts";

/** A call that may be made. */
export interface Permitted extends Dialled {
  readonly isEmergency: boolean;
  /** Milliseconds that it may last, if that is limited. */
  readonly longest?: number | undefined;
  /** The URI to call instead of one that a phone points to; undefined when it may not be called. */
  readonly elsewhere: (uri: string) => string | undefined;
}

export interface DiallingParts {
  readonly config: CallsConfig;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who calls whom, as bare JIDs. */
interface Parties {
  readonly caller: string;
  readonly callee: string;
}

/** What a plan says of a number: how it is written, and whether it is exempt from limits. */
type Written = { readonly number: string; readonly isEmergency: boolean };

export class Dialling {
  readonly #by: DiallingParts;
  readonly #limits: DialLimits;

  constructor(by: DiallingParts) {
    this.#by = by;
    this.#limits = new DialLimits(by.clock);
  }

  /** The addresses of a call, or why it may not be made. */
  judge({ caller, callee }: Parties): Permitted | Refusal {
    const { addresses, dial: plan } = this.#by.config;
    const name = dialledName(callee, addresses);
    if (name === undefined) return nobody;
    if (this.#isNumberOfAnother(caller)) return impostor;
    const found = this.#written(name, caller, plan);
    if (found instanceof Refusal) return found;
    const { number, isEmergency } = found;
    const limited = plan && !isEmergency ? this.#reached(caller, plan) : undefined;
    if (limited) return limited;
    const names = dialled({ caller, callee, name: number }, addresses);
    if (names === undefined) return nobody;
    const longest = isEmergency || !plan?.longest ? undefined : plan.longest;
    return { ...names, isEmergency, longest, elsewhere: (uri) => this.#elsewhere(uri, caller) };
  }

  /** The call is made. */
  made(caller: string, { isEmergency }: Permitted): void {
    const { dial: plan } = this.#by.config;
    if (plan && !isEmergency) this.#limits.count(caller, plan);
  }

  #written(name: string, caller: string, plan: DialConfig | undefined): Written | Refusal {
    if (plan === undefined) return { number: name, isEmergency: false };
    const found = dial(name, caller, plan);
    if (!("refused" in found)) return found;
    return found.refused === "forbidden" ? forbidden : noNumber;
  }

  #reached(caller: string, plan: DialConfig): Refusal | undefined {
    const calls = [...this.#by.registry.ofUser(caller)].filter(({ chart }) => !chart.isIncoming).length;
    const why = this.#limits.reached(caller, calls, plan);
    return why === undefined
      ? undefined
      : new Refusal(why, { status: 503 }, { condition: "resource-constraint", type: "wait" });
  }

  #elsewhere(uri: string, caller: string): string | undefined {
    const { config, log } = this.#by;
    const { addresses, dial: plan } = config;
    if (plan === undefined) return uri;
    const target = attempt(() => readUri(uri));
    const found =
      target instanceof Refusal ? target : this.#written(target.scheme === "tel" ? uri : target.user, caller, plan);
    if (found instanceof Refusal) {
      log({
        level: "info",
        event: "dial.refused",
        from: caller,
        to: uri,
        why: `the phone points there: ${found.message}`,
      });
      return undefined;
    }
    const [, host = `${addresses.proxyHost}:${addresses.proxyPort}`] = /@([^@]*)$/.exec(uri) ?? [];
    return `sip:${escapeUser(found.number)}@${host}`;
  }

  /** Whether the caller's name is a number of somebody else's, in whatever spelling. */
  #isNumberOfAnother(caller: string): boolean {
    const { addresses, dial: plan } = this.#by.config;
    const name = unescapeLocal(readJid(caller)?.local ?? "");
    const isSame = (phone: string): boolean =>
      bareDigits(phone) === bareDigits(name) ||
      (plan !== undefined && normal(phone, plan) === (normal(name, plan) ?? ""));
    return addresses.usernameToPhone.some(({ username, phone }) => username.toLowerCase() !== name && isSame(phone));
  }
}

/** A number without separators and without the sign that it is an international one. */
const bareDigits = (number: string): string => number.replace(/[-.()\s]/g, "").replace(/^(?:\+|00)/, "");

const notAllowed = (text: string): Refusal =>
  new Refusal(text, { status: 403 }, { condition: "not-allowed", type: "cancel" });
const forbidden = notAllowed("this number may not be called");
const noNumber = notAllowed("this is no number that may be called");
const impostor = notAllowed("the caller's name is the number of another user");
const nobody = new Refusal(
  "no phone has this address",
  { status: 404 },
  { condition: "item-not-found", type: "cancel" },
);
