/**
 * The codecs common to an offer and an answer: RFC 3264 §6.1, RFC 8866 §6.6, RFC 3551 §6, RFC 4588 §8.6 (apt).
 *
 * Rules: codecs are equal if name (in any case), clock rate and channels are; common codecs have the offer's numbers, also in
 * parameters that refer to them; a payload type without a name is the one offered under its number. Auxiliary codecs (events,
 * comfort noise, retransmission, redundancy) alone are nothing in common.
 */
import type { Parameter, Payload } from "./media.ts";

const HELPERS = new Set(["telephone-event", "tone", "cn", "rtx", "red", "ulpfec", "flexfec-03"]);
const isHelper = ({ name }: Payload): boolean => HELPERS.has(name.toLowerCase());

/** Whether two payload types are the same codec; one without a name is identified by its number. */
function isSameCodec(one: Payload, other: Payload): boolean {
  if (one.name === "" || other.name === "") return one.id === other.id;
  const sameName = one.name.toLowerCase() === other.name.toLowerCase();
  return sameName && one.clockrate === other.clockrate && one.channels === other.channels;
}

/** The answered codecs that were offered, in the answer's order, with the offer's numbers. */
export function commonPayloads(offered: readonly Payload[], given: readonly Payload[]): readonly Payload[] {
  const answered = given.filter(({ id }, at) => given.findIndex((other) => other.id === id) === at);
  if (answered.every((payload) => isAsOffered(payload, offered, answered)))
    return withoutHelpers(offered, given, answered);
  return withoutHelpers(offered, given, matched(offered, answered));
}

/** The answered codecs, each found by what it is among those that were offered. */
function matched(offered: readonly Payload[], answered: readonly Payload[]): readonly Payload[] {
  const numbers = new Map<number, Payload>();
  const left = new Set(offered);
  const take = (payload: Payload): void => {
    const fits = [...left].filter((other) => isSameCodec(other, payload) && isSameTarget(other, payload, numbers));
    const mine = fits.find(({ id }) => id === payload.id) ?? fits[0];
    if (mine === undefined) return;
    left.delete(mine);
    numbers.set(payload.id, mine);
  };
  // exact matches take their numbers first; retransmissions come after the codecs they retransmit
  const exact = (payload: Payload): Payload | undefined =>
    offered.find((other) => other.id === payload.id && isSameCodec(other, payload));
  const rank = (payload: Payload): number => {
    const same = exact(payload);
    const target = targetOf(payload) ?? (payload.name === "" && same ? targetOf(same) : undefined);
    return (target === undefined ? 0 : 2) + (same ? 0 : 1);
  };
  for (const payload of answered.toSorted((one, two) => rank(one) - rank(two))) take(payload);
  return answered.flatMap((payload) => renumbered(payload, numbers));
}

/** Fast path: most answers use the offer's codecs with the offer's numbers. */
function isAsOffered(payload: Payload, offered: readonly Payload[], answered: readonly Payload[]): boolean {
  const same = offered.find(({ id }) => id === payload.id);
  if (payload.name === "" || same === undefined || !isSameCodec(same, payload)) return false;
  const target = targetOf(payload);
  if (target === undefined) return true;
  return target === targetOf(same) && answered.some((other) => other.id === target && targetOf(other) === undefined);
}

/** The common codecs; none if only auxiliary ones are common. */
function withoutHelpers(offered: readonly Payload[], given: readonly Payload[], common: readonly Payload[]) {
  return common.every(isHelper) && !offered.every(isHelper) ? [] : sameList(given, common);
}

/** The codecs that the other description has under the same number. */
export const numberedAlike = (others: readonly Payload[], payloads: readonly Payload[]): Payload[] =>
  payloads.filter((payload) => others.some((other) => other.id === payload.id && isSameCodec(other, payload)));

/** Whether two descriptions number a common codec differently. */
export function isRenumbered(before: readonly Payload[], after: readonly Payload[]): boolean {
  const kept = numberedAlike(before, after);
  const isShared = (payload: Payload): boolean =>
    !isHelper(payload) && before.some((other) => isSameCodec(other, payload));
  return kept.every(isHelper) && after.some(isShared);
}

const isTarget = ({ name }: Parameter): boolean => name?.toLowerCase() === "apt";

/** The list itself if the other has the same items, so that an unchanged list stays one object for many calls (text.ts). */
export function sameList<Item>(list: readonly Item[], other: readonly Item[]): readonly Item[] {
  return list.length === other.length && list.every((item, at) => item === other[at]) ? list : other;
}

/** The payload type that an `rtx` retransmits. */
function targetOf({ parameters }: Payload): number | undefined {
  const apt = parameters.find(isTarget)?.value;
  return apt === undefined ? undefined : Number(apt);
}

function isSameTarget(offered: Payload, answered: Payload, numbers: ReadonlyMap<number, Payload>): boolean {
  const [theirs, mine] = [targetOf(offered), targetOf(answered)];
  if (mine !== undefined) return theirs !== undefined && numbers.get(mine)?.id === theirs;
  const isUnnamed = answered.name === "" && theirs !== undefined;
  return !isUnnamed || [...numbers.values()].some(({ id }) => id === theirs);
}

function renumbered(payload: Payload, numbers: ReadonlyMap<number, Payload>): Payload[] {
  const mine = numbers.get(payload.id);
  if (mine === undefined) return [];
  const { id, name, clockrate, channels } = mine;
  if (payload.name === "") {
    const parameters = payload.parameters.length > 0 ? payload.parameters : mine.parameters;
    return [{ ...payload, name, clockrate, channels, parameters }];
  }
  const target = targetOf(payload);
  const value = target === undefined ? undefined : numbers.get(target)?.id;
  if (id === payload.id && (value === undefined || value === target)) return [payload];
  const parameters = payload.parameters.map((each) =>
    isTarget(each) && value !== undefined ? { ...each, value: `${value}` } : each,
  );
  return [{ ...payload, id, parameters }];
}
