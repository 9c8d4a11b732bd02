/**
 * The kinds of option values: each a schema, and the allowed values in words.
 *
 * Rules: a value that can never work is an error here, at the start, and not in the middle of a call. A value with several
 * notations (a domain in A-labels or U-labels) is normalised to one.
 */
import { isIP } from "node:net";
import { z } from "zod";
import {
  canonical,
  isNetwork,
  isOurs,
  isReachable,
  isWildcard,
  readDomain,
  readEndpoint,
  readHost,
  readListener,
} from "./hosts.ts";

export interface Kind {
  readonly schema: z.ZodType;
  /** In words, for errors and docs/options.md. */
  readonly allowed: string;
}

/** A text, normalised by `read`; undefined from `read` is an error. */
const text = (read: (text: string) => string | undefined): z.ZodType<string, string> =>
  z.string().transform((value, context) => {
    const known = read(value);
    if (known === undefined) context.addIssue({ code: "custom", message: "none" });
    return known ?? "";
  });

/** The error of a list that contains an item twice. */
export const TWICE = "twice";

/** A list in which no two items share a name. */
const list = <Item>(item: z.ZodType<Item>, namesOf: (item: Item) => readonly string[]) =>
  z.array(item).superRefine((items, context) => {
    const known = new Set<string>();
    items.forEach((each, index) => {
      const names = namesOf(each);
      if (names.some((name) => known.has(name))) context.addIssue({ code: "custom", path: [index], message: TWICE });
      for (const name of names) known.add(name);
    });
  });

const isPlain = (value: string): boolean => !/\p{Cc}/u.test(value) && (value === "" || value.trim() !== "");
const plain = z.string().refine(isPlain);

const row = z.strictObject({
  username: z.string().regex(/^[^\s\p{Cc}@/]{1,1023}$/u),
  phone: z.string().regex(/^(?=.*[0-9a-z])[+*]?[\w*#.-]+$/i),
});

const addresses = list(z.string().refine(isOurs), (address) => [canonical(address)]).superRefine((items, context) => {
  const beside = (index: number): boolean => items.slice(0, index).some((other) => clash(other, items[index] ?? ""));
  const index = items.findIndex((_, each) => beside(each));
  if (index !== -1) context.addIssue({ code: "custom", path: [index], message: "beside a wildcard" });
});
const clash = (one: string, other: string): boolean =>
  isIP(one) === isIP(other) && (isWildcard(one) || isWildcard(other));

export const HOST: Kind = { schema: text(readHost), allowed: "a host name or address that others can reach" };
export const LISTENER: Kind = { schema: text(readListener), allowed: "a host name or address of this machine" };
export const ADDRESS: Kind = {
  schema: z.string().refine(isReachable),
  allowed: "an IPv4 or IPv6 address that others can reach",
};
export const ADDRESS_OR_NONE: Kind = {
  schema: z.string().refine((text) => text === "" || (isIP(text) === 4 && isReachable(text))),
  allowed: "an IPv4 address that others can reach, or nothing",
};
export const OWN_ADDRESSES: Kind = {
  schema: list(
    z.string().refine((text) => isOurs(text) && !isWildcard(text)),
    (address) => [canonical(address)],
  ).max(8),
  allowed: 'a list of at most 8 addresses of this machine, such as ["192.0.2.1"]',
};
export const ADDRESSES: Kind = {
  schema: addresses.min(1),
  allowed: 'a list of addresses of this machine, such as ["192.0.2.1"]; "0.0.0.0" and "::" are all of their family',
};
export const NETWORKS: Kind = {
  schema: z.array(z.string().refine(isNetwork)),
  allowed: 'a list of networks, such as ["10.0.0.0/8"]',
};
export const DOMAIN: Kind = { schema: text(readDomain), allowed: "a domain name" };
export const DOMAINS: Kind = {
  schema: list(text(readDomain), (domain) => [domain]).min(1),
  allowed: 'a list of domain names, such as ["example.org"]',
};
export const MORE_DOMAINS: Kind = {
  schema: list(text(readDomain), (domain) => [domain]),
  allowed: 'a list of domain names, such as ["pbx.example.org"]',
};
export const REALMS: Kind = {
  schema: list(plain.min(1), (realm) => [realm]),
  allowed: 'a list of realms, such as ["sip.example.org"]',
};
export const CODECS: Kind = {
  schema: list(z.string().regex(/^[A-Za-z0-9.-]{1,32}$/), (codec) => [codec.toLowerCase()])
    .min(1)
    .max(16),
  allowed: 'a list of codec names, such as ["PCMA", "PCMU"]',
};
export const ENDPOINTS: Kind = {
  schema: list(text(readEndpoint), (endpoint) => [endpoint]),
  allowed: 'a list of hosts with ports, such as ["127.0.0.1:2223"]',
};
export const DIRECTIONS: Kind = {
  schema: z.array(z.string().regex(/^[\w.-]{1,32}$/)).refine(({ length }) => length === 0 || length === 2),
  allowed: 'a list of two names, such as ["wan", "lan"], or an empty one',
};
export const PORT: Kind = { schema: z.number().int().min(1).max(65_535), allowed: "a port from 1 to 65535" };
export const ANY_PORT: Kind = {
  schema: z.number().int().min(0).max(65_535),
  allowed: "a port from 1 to 65535, or 0 for any free one",
};
export const SECONDS: Kind = {
  schema: z.number().min(0.001).max(86_400),
  allowed: "a number of seconds from 0.001 to 86400 (one day)",
};
export const SECONDS_OR_NEVER: Kind = {
  schema: z.number().min(0).max(86_400),
  allowed: "a number of seconds up to 86400 (one day), or 0 for never",
};
export const COUNT: Kind = { schema: z.number().int().positive(), allowed: "a whole number greater than 0" };
export const MEGABYTES: Kind = { schema: z.number().min(0).max(65_536), allowed: "a number of megabytes, or 0" };
export const BOOLEAN: Kind = { schema: z.boolean(), allowed: "true or false" };
export const TEXT: Kind = {
  schema: plain,
  allowed: "text without control characters, and not only blanks",
};
/** Anybody who reaches the window may guess without limit. */
export const SHORTEST_TOKEN = 16;
export const TOKEN: Kind = {
  schema: plain.refine((text) => text === "" || text.length >= SHORTEST_TOKEN),
  allowed: `${SHORTEST_TOKEN} characters or more, none of them a control character, or nothing`,
};
export const FILE: Kind = { ...TEXT, allowed: 'a file, such as "/etc/carillon/trunk.pem", or ""' };
export const SECRET: Kind = {
  schema: plain.min(1),
  allowed: "text without control characters: the component secret of the XMPP server",
};
export const PHONES: Kind = {
  schema: list(row, ({ username, phone }) => [`user ${username.toLowerCase()}`, `phone ${phone}`]),
  allowed: 'a list of rows such as { username = "anna", phone = "+4930123" }, no user or number twice',
};
export const IGNORED: Kind = { schema: z.string().optional(), allowed: "text" };

/** One of these words. */
export const oneOf = (...words: readonly [string, string, ...string[]]): Kind => ({
  schema: z.enum(words),
  allowed: words
    .map((word) => `"${word}"`)
    .join(", ")
    .replace(/, (?=[^,]*$)/, " or "),
});
