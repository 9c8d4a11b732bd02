/**
 * What a user may dial: the addresses of the call, or its refusal.
 *
 * docs/mapping.md A25 to A31. Rules: without `[dial]` everything is dialled unchanged; with it the plan decides and the
 * number is rewritten; the outgoing number is judged, also if the callee is a user who has one; the target of a
 * redirection (3xx) is judged like a call of the user's own, must use the same trunk,
 * and must not be an emergency number (without `[dial]`: 112 or 911, which are one nearly everywhere). Nobody calls as a number that
 * `username_to_phone` assigns to somebody else: with `[dial]` in no spelling of it, without it not in the same text.
 */
import { type Dialled, dialled, dialledName } from "../../protocol/address.ts";
import { dial, PROXY } from "../../protocol/dial-plan.ts";
import { isSameNumber, type Numbering, normal } from "../../protocol/number.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { presenting } from "../../protocol/sip/caller-id.ts";
import { readNameAddr } from "../../protocol/sip/fields.ts";
import type { Field } from "../../protocol/sip/message.ts";
import { escapeUser, readUri, writeHost } from "../../protocol/sip/uri.ts";
import { readJid, unescapeLocal } from "../../protocol/xmpp/jid.ts";
import { BoundedLines } from "../bounded-lines.ts";
import type { Clock } from "../clock.ts";
import type { Load } from "../load.ts";
import type { Log } from "../log.ts";
import type { Trunk, TrunkCall } from "../trunks/trunk.ts";
import type { Trunks } from "../trunks/trunks.ts";
import { type DialConfig, DialLimits } from "./dial-limits.ts";
import type { CallsConfig } from "./needs.ts";
import type { Registry } from "./registry.ts";
import { limitReached, type Shares } from "./shares.ts";

/** A permitted call. */
export interface Permitted extends Dialled {
  /** Further header fields of the INVITE. */
  readonly fields: readonly Field[];
  /** The trunk of the call; undefined: the proxy. */
  readonly trunk: Trunk | undefined;
  readonly isEmergency: boolean;
  /** The maximum duration in milliseconds, if limited. */
  readonly longest?: number | undefined;
  /** The URI to call for the target of a redirection; undefined if it may not be called. */
  readonly elsewhere: (uri: string) => string | undefined;
}

export interface DiallingDependencies {
  readonly config: CallsConfig;
  readonly registry: Registry;
  readonly shares: Shares;
  readonly trunks: Trunks;
  readonly clock: Clock;
  readonly log: Log;
  readonly load: Load;
}

/** Caller and callee, as bare JIDs. */
interface Parties {
  readonly caller: string;
  readonly callee: string;
}

/** A number under the plan: its trunk and spelling there, and whether it is exempt from limits. */
interface Written {
  readonly trunk: Trunk | undefined;
  readonly number: string;
  readonly isEmergency: boolean;
  readonly isHidden: boolean;
}

/** Lines a minute of refused redirections, of one user. */
const LINES = { kind: "caller", most: 10, many: "many redirections of one caller" };

export class Dialling {
  readonly #dependencies: DiallingDependencies;
  readonly #refused: BoundedLines;
  readonly #limits: DialLimits;

  constructor(dependencies: DiallingDependencies) {
    this.#dependencies = dependencies;
    this.#limits = new DialLimits(dependencies.clock);
    this.#refused = new BoundedLines(dependencies.clock, dependencies.log, { level: "info", event: "dial.refused" });
  }

  /** The addresses of a call, or its refusal. */
  judge({ caller, callee }: Parties): Permitted | Refusal {
    const { addresses, dial: plan } = this.#dependencies.config;
    const name = dialledName(callee, addresses);
    if (name === undefined) return nobody;
    const found = this.#written(name, caller, plan);
    if (found instanceof Refusal) return found;
    const { trunk, isEmergency } = found;
    if (!isEmergency && this.#isNumberOfAnother(caller)) return impostor;
    const { registry, load } = this.#dependencies;
    if (isEmergency ? registry.fullForAll : registry.full) return full;
    if (!isEmergency && !load.admits) return this.#overloaded();
    const limited = isEmergency
      ? undefined
      : (this.#dependencies.shares.refusal(caller) ?? this.#reached(caller, plan));
    if (limited) return limited;
    const names = trunk ? trunk.call(caller, found) : this.#byProxy({ caller, callee }, found);
    if (names === undefined) return nobody;
    const longest = isEmergency || !plan?.longest ? undefined : plan.longest;
    return { ...names, trunk, isEmergency, longest, elsewhere: (uri) => this.#elsewhere(uri, caller, found) };
  }

  /** Whether a call is refused for overload, whatever it offers. */
  isRefusedForOverload({ caller, callee }: Parties): boolean {
    const { config, load } = this.#dependencies;
    const name = load.admits ? undefined : dialledName(callee, config.addresses);
    const found = name === undefined ? undefined : this.#written(name, caller, config.dial);
    return found !== undefined && (found instanceof Refusal || !found.isEmergency);
  }

  #overloaded(): Refusal {
    this.#dependencies.load.refused();
    return overloaded;
  }

  /** The addresses of a call through the proxy. */
  #byProxy(parties: Parties, { number, isHidden }: Written): TrunkCall | undefined {
    const names = dialled({ ...parties, name: number }, this.#dependencies.config.addresses);
    if (names === undefined || !isHidden) return names && { ...names, fields: [] };
    const account = readNameAddr(names.from).uri;
    return { ...names, ...presenting({ account, isHidden }, "account"), contactUser: "anonymous" };
  }

  /** Counts a call that was made. */
  made(caller: string, { isEmergency }: Permitted): void {
    const { dial: plan } = this.#dependencies.config;
    if (isEmergency) return;
    this.#dependencies.shares.count(caller);
    if (plan) this.#limits.count(caller, plan);
  }

  #written(name: string, caller: string, plan: DialConfig | undefined): Written | Refusal {
    if (plan === undefined) return { trunk: undefined, number: name, isEmergency: false, isHidden: false };
    const found = dial(name, caller, plan);
    if ("refused" in found) return found.refused === "forbidden" ? forbidden : noNumber;
    const trunk = found.trunk === PROXY ? undefined : this.#dependencies.trunks.named(found.trunk);
    return found.trunk !== PROXY && trunk === undefined ? notThere : { ...found, trunk };
  }

  #reached(caller: string, plan: DialConfig | undefined): Refusal | undefined {
    if (plan === undefined) return undefined;
    const calls = [...this.#dependencies.registry.ofUser(caller)].filter(({ chart }) => !chart.isIncoming).length;
    const why = this.#limits.reached(caller, calls, plan);
    return why === undefined ? undefined : limitReached(why);
  }

  /** The target of a redirection as it may be called; undefined, and logged, if it may not. */
  #elsewhere(uri: string, caller: string, call: Written): string | undefined {
    const { config } = this.#dependencies;
    const found = attempt(() => (config.dial ? this.#led(uri, caller, call) : ledAnywhere(uri, call)));
    if (!(found instanceof Refusal)) return found;
    const why = `redirected by the phone: ${found.message}`;
    this.#refused.add({ from: caller, to: uri, why }, { ...LINES, name: caller });
    return undefined;
  }

  /**
   * The rewritten URI of such a target: only the number, and toward the proxy its host and port, are taken from the peer's. It is
   * refused if it uses another trunk than the call, or is an emergency number that was not dialled.
   */
  #led(uri: string, caller: string, call: Written): string | Refusal {
    const { addresses, dial: plan } = this.#dependencies.config;
    const { scheme, user, host, port } = readUri(uri);
    const found = this.#written(scheme === "tel" ? uri : user, caller, plan);
    if (found instanceof Refusal) return found;
    if (found.isEmergency && !call.isEmergency) return help;
    if (found.trunk !== call.trunk) return otherTrunk;
    const named = scheme === "tel" ? { host: addresses.proxyHost, port: addresses.proxyPort } : { host, port };
    const at = named.port === undefined ? writeHost(named.host) : `${writeHost(named.host)}:${named.port}`;
    return `sip:${escapeUser(found.number)}@${call.trunk?.settings.authority ?? at}`;
  }

  /** Whether the caller's name is another user's number: with a plan in any spelling, else in the same text. */
  #isNumberOfAnother(caller: string): boolean {
    const { addresses, dial: plan } = this.#dependencies.config;
    const name = unescapeLocal(readJid(caller)?.local ?? "");
    const isName = (number: string): boolean =>
      plan ? isSameNumber(number, name, plan) : number.toLowerCase() === name;
    if (this.#dependencies.trunks.numbers.some(({ number, user }) => user !== caller && isName(number))) return true;
    return addresses.usernameToPhone.some(({ username, phone }) => username.toLowerCase() !== name && isName(phone));
  }
}

/** Without a plan: the emergency numbers that every phone knows. */
const USUAL: Numbering = {
  ...{ country: "", area: "", international: "00", national: "0" },
  emergency: ["112", "911"],
};

/** Such a target without a plan: unchanged, but a call must not be redirected to an emergency number. */
function ledAnywhere(uri: string, call: Written): string | Refusal {
  const { scheme, user } = readUri(uri);
  const number = normal(scheme === "tel" ? uri : user, USUAL);
  return number !== undefined && number !== call.number && USUAL.emergency.includes(number) ? help : uri;
}

const full = limitReached("no more calls now");
/** Logged as a count, not per call. */
export const overloaded = limitReached("more calls start than can be set up");
const notAllowed = (text: string): Refusal =>
  new Refusal(text, { status: 403 }, { condition: "not-allowed", type: "cancel" });
const forbidden = notAllowed("this number may not be called");
const noNumber = notAllowed("this is not a number that may be called");
const notThere = notAllowed("the trunk of this number needs a restart of the gateway");
const otherTrunk = notAllowed("it is reached by another trunk");
const help = notAllowed("it is an emergency number");
const impostor = notAllowed("the caller's name is the number of another user");
const nobody = new Refusal(
  "no phone has this address",
  { status: 404 },
  { condition: "item-not-found", type: "cancel" },
);
