/**
 * Chromium takes every description that the gateway writes for browsers' sessions: as a SIP phone, and as a user of stanza, which
 * turns our Jingle into the SDP that its page takes.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { holding } from "../../protocol/media/offer-answer.ts";
import { type Chromium, startChromium } from "./chromium.ts";
import { Session } from "./descriptions.ts";
import { labTitle, noLab } from "./lab.ts";
import type { Wish } from "./pages/wishes.ts";

const WISHES: readonly (readonly [string, Wish])[] = [
  ["audio", {}],
  ["audio and video, balanced", { video: true }],
  ["audio and video, max-compat", { video: true, policy: "max-compat" }],
  ["audio and video, max-bundle", { video: true, policy: "max-bundle" }],
  ["audio and a data channel", { data: true }],
  ["audio, video and a data channel, max-bundle", { video: true, data: true, policy: "max-bundle" }],
  ["simulcast", { video: true, layers: ["hi", "mid", "lo"] }],
];

describe.skipIf(noLab !== undefined)(labTitle("Chromium takes what the gateway writes"), () => {
  let chromium: Chromium;
  let page: Page;
  let sessions = 0;
  const session = (caller: "user" | "phone"): Session => new Session(page, `s${sessions++}`, caller);
  const places = (made: Session) =>
    made.phone.contents.map(({ media, rejected }) => `${media}${rejected ? " refused" : ""}`);

  beforeAll(async () => {
    chromium = await startChromium();
    page = await chromium.connections();
  });
  afterAll(() => chromium?.stop());

  // proves: W30
  test.each([...WISHES])("the user calls: %s", async (_, wish) => {
    const made = session("user");
    await made.userCalls(wish);
    expect(made.phone.contents.every(({ rejected }) => !rejected)).toBe(true);
  });

  // proves: W30
  test.each([...WISHES])("the phone calls: %s", async (_, wish) => {
    const made = session("phone");
    await made.phoneCalls(wish);
    expect(made.user.contents.every(({ rejected }) => !rejected)).toBe(true);
  });

  test.each(["balanced", "max-bundle"] as const)("the phone refuses the user's video, %s", async (policy) => {
    const made = session("user");
    await made.userCalls({ video: true, policy }, "refuse video");
    expect(places(made)).toEqual(["audio", "video refused"]);
  });

  test("the user holds and resumes", async () => {
    const made = session("user");
    await made.userCalls({ video: true });
    const before = made.user;
    await made.reinvite((user) => holding(user, "initiator"));
    expect(made.phone.contents.map(({ senders }) => senders)).toEqual(["initiator", "initiator"]);
    await made.reinvite((user) => ({ ...user, contents: before.contents }));
    expect(made.phone.contents.map(({ senders }) => senders)).toEqual(["both", "both"]);
  });

  test("the user's ICE begins anew", async () => {
    const made = session("user");
    await made.userCalls({ video: true, policy: "max-bundle" });
    const [before] = made.user.contents;
    await made.userOffers("restart");
    expect(made.user.contents[0]?.transport.ufrag).not.toBe(before?.transport.ufrag);
  });

  test("the phone holds and resumes", async () => {
    const made = session("phone");
    await made.phoneCalls({ video: true });
    await made.phoneOffersAgain("hold");
    await made.phoneOffersAgain("resume");
    expect(made.phone.contents.map(({ senders }) => senders)).toEqual(["both", "both"]);
  });

  test("the phone's ICE begins anew", async () => {
    const made = session("phone");
    await made.phoneCalls({ video: true, policy: "max-bundle" });
    await made.phoneAsks("restart");
  });

  test("the phone stops its video and begins another on the same line", async () => {
    const made = session("phone");
    await made.phoneCalls({ video: true });
    await made.phoneOffersAgain("stop video");
    expect(places(made)).toEqual(["audio", "video refused"]);
    await made.phoneAsks("add video");
    expect(places(made)).toEqual(["audio", "video"]);
  });

  test("the user refuses the phone's video", async () => {
    const made = session("phone");
    await made.phoneCalls({ video: true, policy: "max-bundle" }, "audio");
    expect(made.user.contents.map(({ rejected }) => rejected)).toEqual([false, true]);
  });
});
