/**
 * Pseudonyms: each name, number, host, address, id and secret is replaced by one pseudonym, wherever it occurs.
 *
 * Rules: equal values have equal pseudonyms, different values different ones; a pseudonym has the shape of the original (a number
 * keeps its count of digits, a password its length), since the gateway examines shapes. The gateway, its proxy, its component and
 * the user's domain become those of plays. Values are compared by kind: hosts and people in lower case, numbers by their digits.
 * If the gateway has a numbering, numbers are compared in normal form, and each becomes an international one, which needs no
 * numbering. Values that identify nobody (`anonymous`, `localhost`, `0.0.0.0`) stay.
 */
import { type Numbering, normal } from "../../protocol/number.ts";
import { asciiHost, hostKind } from "./hosts.ts";

/** Numbering, and the prefix that withholds the caller's number. */
type Dialled = Numbering & { readonly hide: string };

/** Names and addresses in plays. */
export const PLAY = {
  ...{ component: "sip.example.org", users: "example.org" },
  ...{ gateway: "192.0.2.1", gatewayPort: 5_600, proxy: "192.0.2.2", proxyPort: 5_060 },
  ...{ provider: "198.51.100.7", stranger: "203.0.113.66" },
} as const;

const PEOPLE = "juliet bob romeo carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy rupert".split(
  " ",
);
/** Values that identify nobody, and the emergency numbers, whose meaning must stay. */
const NOBODY = new Set(["anonymous", "unknown", "unavailable", "restricted", "112", "911"]);
const LONGEST_NAME = 1_000;
/** The kind of numbers that are the same everywhere. */
const INTERNATIONAL = "international number";
/** The resource of our phones (protocol/address.ts). */
const OURS = "sip";

export class Others {
  /** Pseudonyms by original, and those in use, by kind. */
  readonly #tables = new Map<string, { readonly others: Map<string, string>; readonly taken: Set<string> }>();
  /** Whether the current message was sent by the gateway. */
  ours = false;
  /** The numbering: with it, different spellings of a number are equal. */
  readonly #dialled: Dialled | undefined;
  /** Further names of people. */
  readonly #aliases = new Map<string, string>();

  constructor(dialled?: Dialled) {
    this.#dialled = dialled;
  }

  /** Makes `value` another name of the person `other`. */
  isPerson(value: string, other: string): void {
    this.#aliases.set(value.toLowerCase(), this.person(other));
  }

  #table(kind: string) {
    const table = this.#tables.get(kind) ?? { others: new Map<string, string>(), taken: new Set<string>() };
    this.#tables.set(kind, table);
    return table;
  }

  /** The pseudonym of a value within its kind; `make` creates the nth. If a shape has no unused one left, two values share one. */
  #other(kind: string, value: string, make: (n: number) => string): string {
    const { others, taken } = this.#table(kind);
    const known = others.get(value);
    if (known !== undefined) return known;
    let n = others.size + 1;
    while (taken.has(make(n)) && n <= 2 * others.size + 1) n++;
    const other = make(n);
    others.set(value, other);
    taken.add(other);
    return other;
  }

  /** Gives a host or address a fixed pseudonym; several may share one, since a gateway has many addresses. */
  isHost(value: string, other: string): void {
    const kind = hostKind(value);
    const { others, taken } = this.#table(kind === "name" ? "host" : kind);
    const name = asciiHost(value.toLowerCase());
    if (!others.has(name)) others.set(name, other);
    taken.add(other);
  }

  /** Whether a person of this name has been seen. */
  knowsPerson(value: string): boolean {
    const dialled = this.#dialled && normal(value, this.#dialled);
    if (dialled !== undefined && this.#tables.get(INTERNATIONAL)?.others.has(dialled)) return true;
    const digits = value.replace(/\D/g, "");
    const isNumber = this.#tables.get(`number of ${digits.length}`)?.others.has(digits) ?? false;
    return isNumber || (this.#tables.get("person")?.others.has(value.toLowerCase()) ?? false);
  }

  #isHost(name: string): boolean {
    return hostKind(name) === "nobody" || (this.#tables.get("host")?.others.has(name) ?? false);
  }

  /** The user part of an address, unescaped: a number, a name, or an address in an address. */
  person(value: string): string {
    const known = this.#aliases.get(value.toLowerCase()) ?? this.#dialledAs(value);
    if (known !== undefined) return known;
    const at = value.lastIndexOf("@");
    if (at > 0) return `${this.person(value.slice(0, at))}@${this.host(value.slice(at + 1))}`;
    if (NOBODY.has(value.toLowerCase())) return value;
    if (/[.:]/.test(value) && this.#isHost(value.toLowerCase())) return this.host(value);
    if (/^\+?[\d\s().*#-]*\d[\d\s().*#-]*$/.test(value)) return this.#number(value);
    return value.replace(/[\p{L}\p{N}]+/gu, (word) => this.#word(word));
  }

  /** A word of a name, with its capitals. */
  #word(word: string): string {
    // the pseudonym of a name too long for a JID is too long as well (RFC 7622 §3.1)
    const width = word.length > LONGEST_NAME ? word.length : 0;
    const other = this.#other("person", word.toLowerCase(), (n) => (PEOPLE[n - 1] ?? `person${n}`).padEnd(width, "x"));
    return /^\p{Lu}/u.test(word) ? `${other[0]?.toUpperCase()}${other.slice(1)}` : other;
  }

  /** A dialled number in normal form; emergency numbers have no pseudonym. */
  #dialledAs(value: string): string | undefined {
    if (this.#dialled === undefined || value.includes("@")) return undefined;
    const { hide, emergency } = this.#dialled;
    if (hide !== "" && value.startsWith(hide)) return hide + this.person(value.slice(hide.length));
    const number = normal(value, this.#dialled);
    if (number !== undefined && emergency.includes(number)) return number;
    return number?.startsWith("+") ? this.#other(INTERNATIONAL, number, (n) => `+455501${100 + n}`) : undefined;
  }

  #number(value: string): string {
    const digits = value.replace(/\D/g, "");
    if (NOBODY.has(digits)) return value;
    const width = digits.length;
    const other = this.#other(`number of ${width}`, digits, (n) => `15550100${n}`.padStart(width, "4").slice(-width));
    let at = 0;
    return value.replace(/\d/g, () => other[at++] ?? "0");
  }

  /** A domain, a host name or an IP address (IPv6 without brackets). */
  host(value: string): string {
    const name = asciiHost(value.toLowerCase());
    const kind = hostKind(name);
    if (kind === "nobody") return value;
    if (kind === "ipv4") return this.#other(kind, name, address);
    if (kind === "ipv6") return this.#other(kind, name, (n) => `2001:db8::${n.toString(16)}`);
    if (kind === "ipv6 of a link") return this.#other(kind, name, (n) => `fe80::${n.toString(16)}`);
    if (kind === "ipv4 of a link") return this.#other(kind, name, (n) => `169.254.${1 + (n >> 8)}.${n & 255}`);
    const end = /\.(?:local|invalid)$/.exec(name)?.[0] ?? ".example";
    return this.#other("host", name, (n) => `host${n}${end}`);
  }

  /** The resource of a JID. */
  device(user: string, resource: string): string {
    if (resource === OURS) return resource;
    const names = user.startsWith("romeo@") ? ["orchard"] : ["balcony", "phone"];
    return this.#other(`device ${user}`, resource, (n) => names[n - 1] ?? `device${n}`);
  }

  /**
   * The id of a session, a dialog, a stream or a device. An id generated by the gateway becomes `{tag1}`, which a play takes from
   * the message in which it first occurs.
   */
  id(value: string, label = "id"): string {
    return this.#other(`id ${label}`, value, (n) => (this.ours ? `{${label}-${n}}` : `${label}${n}`));
  }

  /** The foundation of a candidate (RFC 8839 §5.1), which browsers derive from its address. */
  foundation(value: string): string {
    if (!/^[\w+/]{1,32}$/.test(value)) return this.secret(value, "token");
    return /^\d{1,3}$/.test(value) ? value : this.#other("foundation", value, (n) => `${1_000 + n}`);
  }

  /** The realm of a challenge (RFC 3261 §22.1). */
  realm(value: string): string {
    return this.#other("realm", value, (n) => `realm ${n}`);
  }

  /** Text for people; text from the gateway matches anything. */
  words(value: string): string {
    if (this.ours && !this.#tables.get("words")?.others.has(value)) return "…";
    return this.#other("words", value, (n) => `words ${n}`);
  }

  /** A secret: a pseudonym of the same length and alphabet. */
  secret(value: string, shape: "token" | "octets" | "base64"): string {
    if (shape === "octets") return this.#other("octets", value.toUpperCase(), (n) => octets(value, n));
    const width = value.startsWith("‹") ? HIDDEN[shape] : value.length;
    return this.#other(shape, value, (n) => shapedAs(value, `${n}`.padStart(width, "secret").slice(-width)));
  }
}

/** Keeps blanks and other separators in their positions. */
const shapedAs = (value: string, other: string): string =>
  value.startsWith("‹")
    ? other
    : other.replace(/./gs, (letter, at: number) => (/[^\w+/=-]/.test(value[at] ?? "") ? (value[at] ?? "") : letter));

/** Lengths for hidden secrets: an ICE password (RFC 8839 §5.4), and a key of AES_CM_128 (RFC 4568 §6.1). */
const HIDDEN = { token: 24, base64: 40 } as const;

/** `AB:CD:…`, of the same length. */
const octets = (value: string, n: number): string =>
  value
    .split(":")
    .map((_, at) => ((at * 7 + n * 13 + (at === 0 ? n >> 8 : 0)) % 256).toString(16).padStart(2, "0").toUpperCase())
    .join(":");

/** Addresses for documentation (RFC 5737), then for benchmarks (RFC 2544, 198.18.0.0/15). */
const address = (n: number): string =>
  n < 255 ? `198.51.100.${n}` : `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
