/**
 * All trunks besides the proxy: found by name for outgoing calls, by source for incoming calls; with their registrations.
 *
 * Rules: the source address, or over TLS the peer's certificate, decides which trunk a call comes from; if several trunks match (two
 * accounts at one provider, or the proxy itself), the account or number in the INVITE decides; registrations start when the SIP sockets are
 * open, and are removed when the gateway stops accepting calls.
 */

import type { TrunkState } from "../../machines/gateway.ts";
import { contactUri } from "../../protocol/address.ts";
import type { Numbering } from "../../protocol/number.ts";
import type { Destination, Request } from "../../protocol/sip/message.ts";
import { flowParams } from "../../protocol/sip/outbound.ts";
import { escapeUser } from "../../protocol/sip/uri.ts";
import { present } from "../../protocol/text.ts";
import type { Peer, TlsTerms } from "../../transports/transport.ts";
import type { FlowPort, SipPort } from "../sip/user.ts";
import { Reachability } from "./reachability.ts";
import { Registration } from "./registration.ts";
import { Trunk, type TrunkLogin, type TrunkNeeds, type TrunkSettings } from "./trunk.ts";

/** Contents in PEM. */
export type TrunkFiles = ReadonlyMap<string, Omit<TlsTerms, "domain">>;

/** By trunk name. */
export type TrunkLogins = ReadonlyMap<string, TrunkLogin>;

export interface TrunksNeeds extends Omit<TrunkNeeds, "isSame"> {
  readonly sip: () => SipPort & FlowPort;
  readonly trunks: readonly TrunkSettings[];
  /** Authorities, certificates and keys, by trunk name; they may change. */
  readonly files: () => TrunkFiles;
  /** Whether trunks without an account are asked whether they are there (`[sip] options_interval`). */
  readonly asks: boolean;
}

export class Trunks {
  readonly #needs: TrunksNeeds;
  readonly #trunks: readonly Trunk[];
  readonly #registrations: ReadonlyMap<string, Registration>;
  /** Of those without an account. */
  readonly #reachable: ReadonlyMap<string, Reachability>;
  #stopped: Promise<void> | undefined;

  constructor(needs: TrunksNeeds) {
    this.#needs = needs;
    const isSame = (one: string, other: string): boolean => this.#isSame(one, other);
    this.#trunks = needs.trunks.map((settings) => new Trunk(settings, { ...needs, isSame }));
    const registered = this.#trunks.filter(({ settings }) => settings.register);
    this.#registrations = new Map(registered.map((trunk) => [trunk.settings.name, registrationOf(trunk, needs)]));
    const others = this.#trunks.filter(({ settings }) => !settings.register);
    this.#reachable = new Map(others.map((trunk) => [trunk.settings.name, reachabilityOf(trunk, needs)]));
  }

  get states(): readonly TrunkState[] {
    return this.#trunks.map(({ settings: { name } }) => {
      const { state = "", why = "" } = this.#registrations.get(name) ?? this.#reachable.get(name) ?? {};
      return { name, state, ...present({ why: why || undefined }) };
    });
  }

  /** The host names of their servers. */
  get hosts(): readonly string[] {
    return this.#trunks.flatMap(({ settings: { server, outboundProxy = server } }) => [
      server.host,
      outboundProxy.host,
    ]);
  }

  /** The numbers of all trunks, with their users. */
  get numbers(): TrunkSettings["numbers"] {
    return this.#trunks.flatMap(({ settings }) => settings.numbers);
  }

  named(name: string): Trunk | undefined {
    return this.#trunks.find(({ settings }) => settings.name === name);
  }

  /** Whether this source is a trunk. */
  isAt(source: Destination): boolean {
    return this.#trunks.some((trunk) => trunk.isAt(source));
  }

  /** The TLS parameters of a trunk: its domain and authorities, our certificate. */
  tlsOf(name: string): TlsTerms | undefined {
    const trunk = this.named(name);
    return trunk && { domain: trunk.certified, ...this.#needs.files().get(name) };
  }

  /** The trunk that a TLS peer's certificate identifies; the first of several at one provider. */
  shownBy(peer: Peer): string | undefined {
    const ca = (name: string): string | undefined => this.#needs.files().get(name)?.ca;
    return this.#trunks.find(({ certified, settings }) => peer.isOf(certified, ca(settings.name)))?.settings.name;
  }

  /** Whether two trunks are identified by the same certificate. */
  #isSame(one: string, other: string): boolean {
    const [first, second] = [one, other].map((name) => this.tlsOf(name));
    return first !== undefined && first.domain === second?.domain && first.ca === second.ca;
  }

  /** The trunk that an INVITE comes from; `isProxy` is whether the proxy has that address, too. */
  of(request: Request, source: Destination, numbering: Numbering | undefined, isProxy: boolean): Trunk | undefined {
    const there = this.#trunks.filter((trunk) => trunk.isAt(source));
    const named = there.find((trunk) => trunk.isNamedBy(request, numbering));
    const shown = there.find(({ settings }) => settings.name === source.trunk);
    return named ?? (isProxy ? undefined : (shown ?? there[0]));
  }

  start(): void {
    for (const trunk of this.#trunks) trunk.start();
    for (const each of [...this.#registrations.values(), ...this.#reachable.values()]) each.start();
  }

  /** Leaves all bindings to the next gateway. */
  leave(): void {
    for (const registration of this.#registrations.values()) registration.leave();
    this.#stopLooking();
  }

  /** Certificates may have changed: unreachable registrars are tried again at once; so are those that refused an earlier login. */
  reload(logins: TrunkLogins = new Map()): void {
    if (this.#stopped !== undefined) return;
    for (const trunk of this.#trunks) {
      const { name } = trunk.settings;
      const login = logins.get(name);
      if (login !== undefined && trunk.logIn(login)) this.#registrations.get(name)?.loginChanged();
    }
    for (const each of [...this.#registrations.values(), ...this.#reachable.values()]) each.reload();
  }

  /** A TLS connection to a trunk was tried: why there is none, in words, "" where there is one. */
  tried(name: string, why: string): void {
    this.#reachable.get(name)?.noted(why);
  }

  #stopLooking(): void {
    for (const each of [...this.#trunks, ...this.#reachable.values()]) each.stop();
  }

  /** Removes all bindings; settles when that is done, or after a time-out. */
  stop(): Promise<void> {
    this.#stopped ??= Promise.all([...this.#registrations.values()].map((each) => each.stop())).then(() =>
      this.#stopLooking(),
    );
    return this.#stopped;
  }
}

function reachabilityOf(trunk: Trunk, { clock, chance, log, asks }: TrunksNeeds): Reachability {
  const { hops, isSecured, settings } = trunk;
  return new Reachability({ trunk: settings.name, hops, isAsked: asks && isSecured, clock, chance, log });
}

function registrationOf(trunk: Trunk, needs: TrunksNeeds): Registration {
  const { name, authority, username, expires, keepalive } = trunk.settings;
  const { sip, clock, random, chance, log, localHost, hash } = needs;
  const { hops } = trunk;
  return new Registration({
    ...{ trunk: name, account: trunk.account, registrar: `sip:${authority}`, expires },
    contact: () => contactUri(escapeUser(username), localHost, sip().port),
    targets: () => hops.found(),
    failed: (hop) => hops.failed(hop),
    credentials: () => trunk.registrarCredentials(),
    flowParams: flowParams(hash("sha256", `${localHost} ${trunk.account}`)),
    routed: (routes) => trunk.takeRoutes(routes),
    ...{ keepalive, sip, clock, random, chance, log },
  });
}
