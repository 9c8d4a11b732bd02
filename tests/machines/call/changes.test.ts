/** What the user's changes become while they wait: merged, bounded, and taken back one offer at a time. */
import { expect, test } from "bun:test";
import {
  applied,
  type Change,
  hasRoom,
  MOST_PENDING,
  type PendingOffer,
  withPending,
} from "../../../machines/call/changes.ts";
import type { Senders } from "../../../protocol/media/media.ts";
import type { SourceAction } from "../../../protocol/media/offer-answer.ts";
import { ANSWER, VIDEO } from "../../support/chart.ts";

const sends = (senders: Senders, name = "0"): Change => ({ kind: "senders", to: [{ name, senders }] });
const changed = (...changes: Change[]): PendingOffer => ({ action: null, sources: [], changes });
const source = (action: SourceAction, ssrc: number): PendingOffer => ({
  action,
  sources: [{ name: "0", sources: [{ ssrc: `${ssrc}`, parameters: [] }], sourceGroups: [] }],
  changes: [],
});
const due = (pending: readonly PendingOffer[], isOut = false): readonly PendingOffer[] =>
  pending.reduce<readonly PendingOffer[]>((all, next) => withPending(all, next, isOut), []);
const ssrcs = (media = ANSWER): string[] => media.contents[0]?.sources.map(({ ssrc }) => ssrc) ?? [];

test("waiting changes become one offer, in which the last change of a content counts", () => {
  expect(due([changed(sends("none")), changed(sends("none", "video")), changed(sends("both"))])).toEqual([
    changed(sends("none", "video"), sends("both")),
  ]);
});

test("what is under way is left as it is", () => {
  expect(due([changed(sends("none")), changed(sends("both")), changed(sends("initiator"))], true)).toEqual([
    changed(sends("none")),
    changed(sends("initiator")),
  ]);
});

test("sources of one action are one offer, and actions keep their order", () => {
  const waiting = due([source("source-add", 1), source("source-add", 2), source("source-remove", 1)]);
  expect(waiting.map(({ action, sources }) => [action, sources[0]?.sources.map(({ ssrc }) => ssrc)])).toEqual([
    ["source-add", ["1", "2"]],
    ["source-remove", ["1"]],
  ]);
  expect(ssrcs(applied(ANSWER, waiting))).toEqual(["2"]);
});

test("a proposal that is taken back leaves what the others change", () => {
  const waiting = [source("source-add", 1), changed(sends("none")), source("source-add", 2)];
  expect(ssrcs(applied(ANSWER, waiting.slice(1)))).toEqual(["2"]);
  expect(applied(ANSWER, waiting.slice(1)).contents[0]?.senders).toBe("none");
});

test("a content that is added and removed again stays in its place, refused", () => {
  const added: Change = { kind: "added", to: VIDEO.contents.slice(1), groups: [] };
  const media = applied(ANSWER, [changed(added, { kind: "removed", to: [{ name: "video" }] })]);
  expect(media.contents.map(({ name, rejected }) => [name, rejected])).toEqual([
    ["0", false],
    ["video", true],
  ]);
});

test("a content that is added and removed while waiting is not offered; the removal of an earlier one is", () => {
  const added: Change = { kind: "added", to: VIDEO.contents.slice(1), groups: [] };
  const removed: Change = { kind: "removed", to: [{ name: "video" }] };
  expect(due([changed(sends("none")), changed(added), changed(removed)])).toEqual([changed(sends("none"))]);
  expect(due([changed(removed), changed(added), changed(removed)])).toEqual([changed(removed)]);
  expect(due([changed(added), changed(removed)], true)).toEqual([changed(added), changed(removed)]);
});

test("no more than so many offers wait", () => {
  const alternately = Array.from({ length: MOST_PENDING }, (_, at) =>
    at % 2 === 0 ? changed(sends("none")) : source("source-add", 1),
  );
  expect(hasRoom(due(alternately.slice(1)), ANSWER)).toBe(true);
  expect(hasRoom(due(alternately), ANSWER)).toBe(false);
});

test("the sources of a content are counted with those that wait, also when they are to be removed", () => {
  const many = due(Array.from({ length: 64 }, (_, at) => source("source-remove", at)));
  expect(hasRoom(many, ANSWER, source("source-remove", 63).sources)).toBe(true);
  expect(hasRoom(many, ANSWER, source("source-remove", 64).sources)).toBe(false);
});
