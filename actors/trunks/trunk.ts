/**
 * One trunk, a provider or a PBX: where its requests go, our identity there, and the user that one of its INVITEs is for.
 *
 * RFC 3261 §8.1.1, RFC 3325, RFC 7315 §4.2 (P-Called-Party-ID). Rules: Request-URI and To have the trunk's domain, From the
 * account or the user's number (caller-id.ts), never a JID; credentials go only to the trunk's own server,
 * and only for its realms (those of `realm`, else its registrar's, else that of the first 407 in a call); a call from it is
 * for the user whose number is in P-Called-Party-ID, Request-URI or To, in that order. Registration is in registration.ts.
 */
import { isIP } from "node:net";
import type { Numbering } from "../../protocol/number.ts";
import { isSameNumber } from "../../protocol/number.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { type Identity, presenting } from "../../protocol/sip/caller-id.ts";
import type { Hash } from "../../protocol/sip/digest.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import type { Destination, Field, Request, Transport } from "../../protocol/sip/message.ts";
import { escapeUser, readUri } from "../../protocol/sip/uri.ts";
import { ProxyCredentials } from "../phone/credentials.ts";
import type { SipAcl } from "../sip/acl.ts";
import { Reach } from "../sip/reach.ts";
import type { ReachPort } from "../sip/user.ts";
import { Hops, type HopsNeeds } from "./hops.ts";
import { SecuredReach } from "./secured-reach.ts";

/** A host; without a port it is looked up by NAPTR and SRV. */
export interface TrunkPlace {
  readonly host: string;
  readonly port?: number | undefined;
}

/** What its account is proved with. */
export interface TrunkLogin {
  readonly authUsername: string;
  readonly password: string;
}

/** `[trunks.NAME]`, as the actors accept it. */
export interface TrunkSettings extends TrunkLogin {
  readonly name: string;
  readonly server: TrunkPlace;
  readonly outboundProxy?: TrunkPlace | undefined;
  /** The domain of Request-URIs, with its port if it has one. */
  readonly authority: string;
  /** The domain of the account. */
  readonly domain: string;
  /** `tls`: TLS only, so that messages over other transports are not the trunk's. */
  readonly transport: "auto" | Transport;
  readonly username: string;
  /** The realms that get the credentials; if empty, the registrar's. */
  readonly realm: readonly string[];
  readonly register: boolean;
  /** Seconds. */
  readonly expires: number;
  /** Milliseconds between keep-alives of a registered flow; 0 for none. */
  readonly keepalive: number;
  /** The media of the phones behind it. */
  readonly media: "rtp" | "srtp" | "webrtc" | "auto";
  readonly codecs: readonly string[];
  readonly identity: Identity;
  readonly trusted: boolean;
  readonly numbers: readonly { readonly number: string; readonly user: string }[];
  readonly defaultUser: string;
}

export interface TrunkNeeds extends HopsNeeds {
  readonly hash: Hash;
  /** The networks of `[sip] allow`, and our own host names. */
  readonly acl: Pick<SipAcl, "covers">;
  readonly ours: readonly string[];
  readonly port: () => number;
  /** `[sip] strict` */
  readonly strict: boolean;
  /** Whether two trunks are identified by the same certificate. */
  readonly isSame: (one: string, other: string) => boolean;
}

/** The addresses of a call through a trunk, and further header fields. */
export interface TrunkCall {
  readonly requestUri: string;
  readonly from: string;
  readonly to: string;
  readonly contactUser: string;
  readonly fields: readonly Field[];
}

export class Trunk {
  readonly settings: TrunkSettings;
  /** The destinations of its requests: its outbound proxy's if it has one. */
  readonly hops: Hops;
  readonly reach: ReachPort;
  readonly #needs: TrunkNeeds;
  #login: TrunkLogin;
  /** The realms of its registrar's latest challenge. */
  #realms: readonly string[] = [];
  /** The routes that its registrar has set for our requests (RFC 3608). */
  #routes: readonly Field[] = [];
  /** The sources of its requests: its outbound proxy, and its server. */
  readonly #places: readonly Hops[];

  constructor(settings: TrunkSettings, needs: TrunkNeeds) {
    const { name, server, outboundProxy } = settings;
    const { acl, ours, port, strict } = needs;
    const transport = settings.transport === "auto" ? undefined : settings.transport;
    const hopsOf = (place: TrunkPlace): Hops => new Hops(name, { ...place, transport }, needs);
    this.settings = settings;
    this.#login = settings;
    this.#needs = needs;
    this.hops = hopsOf(outboundProxy ?? server);
    this.#places = outboundProxy ? [this.hops, hopsOf(server)] : [this.hops];
    const isProxy = (host: string): boolean => this.#isThere(host) || this.hops.isNamed(host);
    const covers = (host: string): boolean => acl.covers(host);
    const own = {
      isProxy,
      hasBeenProxy: isProxy,
      covers,
      allows: (host: string) => this.#isThere(host) || covers(host),
    };
    this.reach = this.isSecured
      ? new SecuredReach((trunk) => this.#isShown(trunk))
      : new Reach({ acl: own, isProxyPort: (at) => this.hops.hasPort(at), ours, port, strict });
  }

  /** Whether it uses TLS only. */
  get isSecured(): boolean {
    return this.settings.transport === "tls";
  }

  /** Whether its requests go over TLS now. */
  get isByTls(): boolean {
    return this.isSecured || this.hops.best.transport === "tls";
  }

  /** The domain that its certificate must match: the one that is looked up, or the account's if the server is an IP address. */
  get certified(): string {
    const { outboundProxy, server, domain } = this.settings;
    const { host } = outboundProxy ?? server;
    return isIP(host) === 0 ? host : domain;
  }

  start(): void {
    for (const place of this.#places) void place.start();
  }

  stop(): void {
    for (const place of this.#places) place.stop();
  }

  /** Whether this source is the trunk: over TLS by its certificate, otherwise by its addresses. */
  isAt({ host, trunk }: Destination): boolean {
    if (trunk !== undefined || this.isSecured) return this.#isShown(trunk);
    return this.#isThere(host);
  }

  /** Whether the certificate of this trunk is also ours. */
  #isShown(trunk: string | undefined): boolean {
    const { name } = this.settings;
    return trunk === name || (trunk !== undefined && this.#needs.isSame(trunk, name));
  }

  #isThere(host: string): boolean {
    return this.#places.some((place) => place.isAt(host));
  }

  /** Credentials for one REGISTER: the registrar may have changed its realm. */
  registrarCredentials(): ProxyCredentials {
    const account = { ...this.#account, realm: this.settings.realm, learnsFrom401: true };
    return new ProxyCredentials(account, this.#needs, (realms) => (this.#realms = realms));
  }

  /** Credentials for one call. */
  callCredentials(): ProxyCredentials {
    const { realm } = this.settings;
    const known = realm.length > 0 ? realm : this.#realms;
    return new ProxyCredentials({ ...this.#account, realm: known, learnsFrom401: false }, this.#needs);
  }

  /** Takes another login from now on; whether it differs from the one before. */
  logIn(login: TrunkLogin): boolean {
    const { authUsername, password } = this.#login;
    this.#login = login;
    return login.authUsername !== authUsername || login.password !== password;
  }

  /** The routes of calls from now on; the destination stays the same. */
  takeRoutes(routes: readonly string[]): void {
    this.#routes = routes.map((route) => ["Route", route]);
  }

  get #account() {
    const { authUsername, password } = this.#login;
    const { username } = this.settings;
    return { username: authUsername || username, password };
  }

  /** The account as a URI. */
  get account(): string {
    const { username, domain } = this.settings;
    return username === "" ? `sip:${domain}` : `sip:${escapeUser(username)}@${domain}`;
  }

  /** The call of a user, given by a bare JID, to a number. */
  call(user: string, { number, isHidden }: { number: string; isHidden: boolean }): TrunkCall {
    const { authority, domain, identity, numbers, username } = this.settings;
    const uri = `sip:${escapeUser(number)}@${authority}`;
    const own = numbers.find((each) => each.user === user)?.number;
    const shown = own === undefined ? undefined : `sip:${escapeUser(own)}@${domain}`;
    const { from, fields } = presenting({ account: this.account, number: shown, isHidden }, identity);
    return {
      requestUri: uri,
      from,
      to: `<${uri}>`,
      contactUser: escapeUser(username),
      fields: [...this.#routes, ...fields],
    };
  }

  /** The user whose number an INVITE is for, as a bare JID. */
  userOf(request: Request, numbering: Numbering | undefined): string | undefined {
    for (const called of numbersIn(request)) {
      const row = this.settings.numbers.find(({ number }) => isSameNumber(number, called, numbering));
      if (row) return row.user;
    }
    return undefined;
  }

  /** Whether an INVITE contains this account, or a number of it. */
  isNamedBy(request: Request, numbering: Numbering | undefined): boolean {
    const { username } = this.settings;
    const isAccount = username !== "" && userIn(request.uri) === username;
    return isAccount || this.userOf(request, numbering) !== undefined;
  }
}

/** The user parts that may identify the callee, the most reliable first. */
function numbersIn(request: Request): string[] {
  const [party, to] = ["P-Called-Party-ID", "To"].map((name) => {
    const value = header(request, name);
    const read = value === undefined ? undefined : attempt(() => readNameAddr(value).uri);
    return read === undefined || read instanceof Refusal ? "" : read;
  });
  return [party, request.uri, to].flatMap((uri) => userIn(uri ?? "") ?? []);
}

function userIn(uri: string): string | undefined {
  const read = attempt(() => readUri(uri));
  return read instanceof Refusal || read.user === "" ? undefined : read.user;
}
