/**
 * The trunks of a configuration, and their conflicts with the rest of it.
 *
 * Rules: a trunk that no dial rule uses is a mistake, as is a number of two users, or an unknown user; each is one line that
 * names the key.
 */
import { type DialRule, PROXY } from "../protocol/dial-plan.ts";
import { type Numbering, normal } from "../protocol/number.ts";
import type { Identity } from "../protocol/sip/caller-id.ts";
import { type Place, TRUNK_NAME, TRUNKS } from "./trunk-options.ts";
import { said, written } from "./words.ts";

/** A trunk as configured; times in seconds. */
export interface TrunkConfig {
  readonly name: string;
  readonly server: Place;
  readonly outboundProxy?: Place;
  readonly domain: string;
  readonly transport: "auto" | "udp" | "tcp" | "tls";
  /** Files in PEM, or "". */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly username: string;
  readonly authUsername: string;
  readonly password: string;
  readonly realm: readonly string[];
  readonly register: boolean;
  readonly expires: number;
  readonly keepalive: number;
  readonly media: "rtp" | "srtp" | "webrtc" | "auto";
  readonly codecs: readonly string[];
  readonly identity: Identity;
  readonly trusted: boolean;
  readonly numbers: readonly { readonly number: string; readonly user: string }[];
  readonly defaultUser: string;
}

/** The names of the trunks that have a section in the file. */
export const trunkNames = (sections: Iterable<string>): string[] =>
  [...sections].filter((name) => name.startsWith(TRUNKS)).map((name) => name.slice(TRUNKS.length));

/** Why a name is not allowed for a trunk's section; undefined if it is. */
export function wrongName(name: string): string | undefined {
  if (name === PROXY) return `[${TRUNKS}${PROXY}] is the trunk of [modules.mod_jingle_sip]: choose another name`;
  if (TRUNK_NAME.test(name)) return undefined;
  return `[${TRUNKS}${said(name)}]: a trunk's name is a small letter, then small letters, digits and _`;
}

export interface TrunkSetting {
  readonly hosts: readonly string[];
  readonly rules: readonly DialRule[] | undefined;
  readonly numbering: Numbering;
  readonly usernameToPhone: readonly { readonly username: string; readonly phone: string }[];
}

/** Faults, a line each, without the file's name. */
export function wrongTrunks(trunks: readonly TrunkConfig[], setting: TrunkSetting): string[] {
  return [
    ...trunks.flatMap((trunk) => wrongTrunk(trunk, setting).map((why) => `[${TRUNKS}${trunk.name}] ${why}`)),
    ...sharedNumbers(trunks, setting),
  ];
}

function wrongTrunk(
  { name, register, username, numbers, defaultUser, transport, ca, certificate, key }: TrunkConfig,
  { hosts, rules }: TrunkSetting,
): string[] {
  const users = [...numbers.map(({ user }) => ["numbers", user] as const), ["default_user", defaultUser] as const];
  const strangers = users.filter(([, user]) => user !== "" && !hosts.includes(user.slice(user.lastIndexOf("@") + 1)));
  const isByTls = transport === "tls" || transport === "auto";
  const isUsed = rules?.some(({ trunk }) => trunk === name);
  return [
    ...(isUsed ? [] : ["has no rule in [dial] rules: nobody could call through it"]),
    ...(register && username === "" ? ["register needs username: the account that is registered"] : []),
    ...(isByTls || ca + certificate + key === "" ? [] : [`ca, certificate and key are for transport = "tls"`]),
    ...((certificate === "") === (key === "") ? [] : ["certificate and key need each other"]),
    ...strangers.map(([key, user]) => `${key} contains ${written(user)}, who is in no domain of [xmpp] hosts`),
  ];
}

/** Numbers that two users have, in two trunks or in `username_to_phone`. */
function sharedNumbers(trunks: readonly TrunkConfig[], { usernameToPhone, numbering }: TrunkSetting): string[] {
  // each number by its digits, and in the form in which it is dialled here
  const owners = new Map<string, { readonly user: string; readonly key: string }>();
  const keysOf = (number: string): string[] => [digitsOf(number), normal(number, numbering) ?? digitsOf(number)];
  for (const { username, phone } of usernameToPhone)
    for (const each of keysOf(phone)) owners.set(each, { user: username.toLowerCase(), key: "username_to_phone" });
  const wrong: string[] = [];
  for (const { name, numbers } of trunks)
    for (const { number, user } of numbers) {
      const key = `[${TRUNKS}${name}] numbers`;
      const [owner] = keysOf(number).flatMap((each) => owners.get(each) ?? []);
      const isSame = owner === undefined || owner.user === user || owner.user === user.slice(0, user.indexOf("@"));
      if (!isSame)
        wrong.push(`${key} contains ${written(number)} of ${user}, which is ${owner.user}'s in ${owner.key}`);
      for (const each of keysOf(number)) owners.set(each, { user, key });
    }
  return wrong;
}

const digitsOf = (number: string): string => number.replace(/^(?:\+|00)|[-.()]/g, "");
