/**
 * Where a refused INVITE may be tried next: the target set of RFC 3261 §8.1.3.4, as plain data.
 *
 * Rules: the places of a 3xx come in the order of their q, before those that an earlier one has left; no place is tried
 * twice, five beside the first at most; one that we could not dial (`sips`, no SIP at all) is none. A refusal for all places
 * (6xx) ends it.
 */
import { Refusal } from "../refusal.ts";
import { readNameAddr, values } from "./fields.ts";
import type { Response } from "./message.ts";
import { readUri } from "./uri.ts";
import { param } from "./values.ts";

const MOST_PLACES = 5;

export interface Targets {
  /** Every place that was ever named, the called one first. */
  readonly known: readonly string[];
  /** Those that are still to be tried, in their order. */
  readonly left: readonly string[];
}

export const targetsOf = (uri: string): Targets => ({ known: [uri], left: [] });

/** The place to try after this final response, and what is left then; undefined when there is none. */
export function nextTarget(targets: Targets, response: Response): { uri: string; targets: Targets } | undefined {
  if (response.status >= 600) return undefined;
  const { known, left } = response.status < 400 ? withPlaces(targets, placesIn(response)) : targets;
  const [uri, ...others] = left;
  return uri === undefined ? undefined : { uri, targets: { known, left: others } };
}

function withPlaces({ known, left }: Targets, places: readonly string[]): Targets {
  const news = places.filter((place) => !known.includes(place)).slice(0, 1 + MOST_PLACES - known.length);
  return { known: [...known, ...news], left: [...news, ...left] };
}

/** The places that a 3xx points to, the most wished for first. */
function placesIn(response: Response): string[] {
  const places = values(response, "Contact").flatMap(dialable);
  return [...new Set(places.toSorted((one, other) => other.q - one.q).map(({ uri }) => uri))];
}

/** A Contact that can be dialled, without the headers of its URI. */
function dialable(contact: string): { uri: string; q: number }[] {
  try {
    const { uri, params } = readNameAddr(contact);
    const place = uri.replace(/\?.*$/s, "");
    return readUri(place).scheme === "sips" ? [] : [{ uri: place, q: qOf(param(params, "q")) }];
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** A q that is not there, or is none, asks for no other order: it counts as 1. */
const qOf = (text = ""): number => (/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1);
