/**
 * Redirection: the target set of an INVITE (RFC 3261 §8.1.3.4), as plain data.
 *
 * Rules: the Contacts of a 3xx are tried by descending q, before the remaining ones of an earlier 3xx; no target is tried
 * twice, and at most five after the first; unsupported targets (`sips`, other schemes) are skipped; a 6xx ends the search.
 */
import { attempt, Refusal } from "../refusal.ts";
import { readNameAddr, values } from "./fields.ts";
import type { Response } from "./message.ts";
import { readUri } from "./uri.ts";
import { param } from "./values.ts";

const MOST_TARGETS = 5;

export interface Targets {
  /** All targets so far, the dialled one first. */
  readonly known: readonly string[];
  /** Targets not yet tried, in order. */
  readonly left: readonly string[];
}

export const targetsOf = (uri: string): Targets => ({ known: [uri], left: [] });

/**
 * The target to try after this final response, and the updated set; undefined if there is none. `permitted` returns the URI for
 * calling a target, or undefined if that is forbidden.
 */
export function nextTarget(
  targets: Targets,
  response: Response,
  permitted: (uri: string) => string | undefined,
): { uri: string; targets: Targets } | undefined {
  if (response.status >= 600) return undefined;
  const contacts = response.status < 400 ? contactsOf(response).flatMap((uri) => permitted(uri) ?? []) : [];
  const { known, left } = withTargets(targets, contacts);
  const [uri, ...others] = left;
  return uri === undefined ? undefined : { uri, targets: { known, left: others } };
}

function withTargets({ known, left }: Targets, contacts: readonly string[]): Targets {
  const news = [...new Set(contacts)].filter((uri) => !known.includes(uri)).slice(0, 1 + MOST_TARGETS - known.length);
  return { known: [...known, ...news], left: [...news, ...left] };
}

/** The URIs of a 3xx, highest q first. */
function contactsOf(response: Response): string[] {
  const contacts = values(response, "Contact").flatMap(dialable);
  return contacts.toSorted((one, other) => other.q - one.q).map(({ uri }) => uri);
}

/** A Contact that can be dialled, without the headers of its URI. */
function dialable(contact: string): { uri: string; q: number }[] {
  const target = attempt(() => {
    const { uri, params } = readNameAddr(contact);
    const bare = uri.replace(/\?.*$/s, "");
    return { uri: bare, q: qOf(param(params, "q")), scheme: readUri(bare).scheme };
  });
  return target instanceof Refusal || target.scheme === "sips" ? [] : [{ uri: target.uri, q: target.q }];
}

/** A missing or invalid q counts as 1. */
const qOf = (text = ""): number => (/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1);
