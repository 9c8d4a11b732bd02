/**
 * Calls through the relay, asked as the gateway asks, with real sockets on loopback: ways of calling, forks, restarts, keys, RTCP,
 * strangers.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { classes, Message, methods } from "werift";
import { masterOf, readKeys, writeKeys } from "../../relay/sdes.ts";
import { Srtp } from "../../relay/srtp.ts";
import { changed, changedAll } from "../support/changed.ts";
import { until } from "../support/until.ts";
import { OwnUser } from "./own-user.ts";
import { HERE, hearEachOther, PhonePeer, Relayed, reportsIn, soundOf, UserPeer } from "./peers.ts";

let relayed: Relayed;
let user: UserPeer;
let phone: PhonePeer;
let call = 0;

beforeAll(async () => {
  relayed = await Relayed.start();
});
afterAll(() => relayed.stop());
beforeEach(async () => {
  call++;
  relayed.protocol = "RTP/AVP";
  user = new UserPeer();
  phone = new PhonePeer();
  await phone.start();
});
afterEach(async () => {
  await relayed.ask("delete", { "call-id": `${call}` });
  expect(await relayed.calls()).toEqual([]);
  phone.stop();
  await user.stop();
});

const rewrite = (to: "phone" | "user", command: "offer" | "answer", sdp: string) =>
  relayed.rewrite(`${call}`, to, command, sdp);
const linesOf = (sdp: string, begin: string): string[] => sdp.split("\r\n").filter((line) => line.startsWith(begin));

/** A check (RFC 8445 §7.1) of whoever knows this password. */
function checkOf(ufrag: string, pwd: string | undefined): Buffer {
  const check = new Message(methods.BINDING, classes.REQUEST);
  check.setAttribute("USERNAME", `${ufrag}:stranger`).setAttribute("PRIORITY", 1).setAttribute("ICE-CONTROLLING", 1n);
  return pwd === undefined ? check.bytes : check.addMessageIntegrity(Buffer.from(pwd)).addFingerprint().bytes;
}

async function userCalls(): Promise<string> {
  const offer = await rewrite("phone", "offer", await user.offer());
  phone.takes(offer);
  await user.takes(await rewrite("user", "answer", phone.describe()));
  await user.connected();
  return offer;
}

describe("a call by the relay", () => {
  // proves: V18
  test("of a user: each hears the other, and each other's RTCP; it is counted", async () => {
    const offer = await userCalls();
    expect(linesOf(offer, "m=")).toEqual([expect.stringMatching(/^m=audio 4\d{4} RTP\/AVP 8 0$/)]);
    expect(offer).not.toMatch(/ice|fingerprint|setup|candidate|rtcp-mux/);
    await hearEachOther(user, phone);
    await user.report();
    phone.report();
    await until(
      "reports",
      () => Math.min(user.reports, phone.reports.length),
      (heard) => heard > 0,
      20,
    );
    expect(reportsIn(phone.reports[0] ?? Buffer.alloc(0))).toBeGreaterThan(0);
    const { totals } = await relayed.ask("query", { "call-id": `${call}` });
    const { RTP } = totals as { RTP: { packets: number; errors: number } };
    expect(RTP.packets).toBeGreaterThanOrEqual(20);
    expect(RTP.errors).toBe(0);
  });

  test("of a phone: each hears the other", async () => {
    const offer = await rewrite("user", "offer", phone.describe());
    expect(linesOf(offer, "a=setup")).toEqual(["a=setup:actpass"]);
    phone.takes(await rewrite("phone", "answer", await user.answer(offer)));
    await user.connected();
    await hearEachOther(user, phone);
  });

  test("hold goes through, and a call by both ways again", async () => {
    await userCalls();
    const held = await rewrite("user", "offer", phone.describe(["a=sendonly"]));
    expect(linesOf(held, "a=sendonly")).toHaveLength(1);
    const back = await rewrite("phone", "answer", await user.answer(held));
    expect(linesOf(back, "a=recvonly")).toHaveLength(1);
    await user.answer(await rewrite("user", "offer", phone.describe()));
    await hearEachOther(user, phone);
  });

  // proves: V16
  test("forks: every answer of the phones' has the same ports, user and role; the last is sent to", async () => {
    await rewrite("phone", "offer", await user.offer());
    const early = new PhonePeer();
    await early.start();
    const [first, last] = [
      await rewrite("user", "answer", early.describe()),
      await rewrite("user", "answer", phone.describe()),
    ];
    const way = (sdp: string): string[] =>
      ["a=ice", "a=cand", "a=setup", "a=finger", "m="].flatMap((each) => linesOf(sdp, each));
    expect(way(last)).toEqual(way(first));
    expect(linesOf(last, "a=setup")).toEqual(["a=setup:active"]);
    await user.takes(last);
    await user.connected();
    phone.takes(await rewrite("phone", "offer", await user.offer()));
    await rewrite("user", "answer", phone.describe());
    await hearEachOther(user, phone);
    expect(early.heard).toEqual([]);
    early.stop();
  });

  // proves: V16
  test("an ICE restart of the user's makes ours new, and keeps ports and keys; an offer that the phone refuses changes nothing", async () => {
    const own = new OwnUser();
    const answered = async (): Promise<string> => {
      phone.takes(await rewrite("phone", "offer", await own.offer()));
      return rewrite("user", "answer", phone.describe());
    };
    const before = await answered();
    await own.takes(before);
    await hearEachOther(own, phone);
    await rewrite("phone", "offer", changed(await own.offer(), /^a=ice-ufrag:.*$/m, "a=ice-ufrag:refused"));
    await hearEachOther(own, phone);
    own.restart();
    const after = await answered();
    expect(linesOf(after, "a=ice-ufrag")).not.toEqual(linesOf(before, "a=ice-ufrag"));
    for (const same of ["a=fingerprint", "a=setup", "m="]) expect(linesOf(after, same)).toEqual(linesOf(before, same));
    await own.takes(after);
    await hearEachOther(own, phone);
    await own.stop();
  });

  // proves: V17
  test.each([0, 1])("keys in SDP: the phone takes line %d, and both hear each other", async (line) => {
    relayed.protocol = "RTP/SAVP";
    const offer = await rewrite("phone", "offer", await user.offer());
    const lines = linesOf(offer, "a=crypto").map((each) => /^a=crypto:(\d) (\S+) (\S+)$/.exec(each) ?? []);
    expect(lines.map(([, , suite]) => suite)).toEqual(["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"]);
    const [, tag, suite = "", keyParams = ""] = lines[line] ?? [];
    phone.takes(offer);
    const secret = Buffer.alloc(30, 3);
    const [ours] = writeKeys(secret, [suite], Number(tag));
    const key = `a=crypto:${tag} ${suite} ${ours?.keyParams}`;
    await user.takes(await rewrite("user", "answer", phone.describe([key], "RTP/SAVP")));
    await user.connected();
    const [out, into] = [
      new Srtp(masterOf(secret, suite)),
      new Srtp(readKeys([{ tag: 1, suite, keyParams }])?.master ?? masterOf(secret, suite)),
    ];
    await hearEachOther(user, phone, (packet) => out.protect(packet) ?? packet);
    const heard = phone.heard.map((packet) => into.unprotect(packet)).filter((packet) => packet !== undefined);
    expect(heard.length).toBe(phone.heard.length);
    expect(Buffer.from(heard[0] ?? []).subarray(12)).toEqual(Buffer.alloc(160, heard[0]?.[3]));
  });

  // proves: V15
  test("nobody else's packets reach the user once the phone has spoken", async () => {
    await userCalls();
    await hearEachOther(user, phone);
    const stranger = createSocket("udp4");
    await new Promise<void>((resolve) => stranger.bind(0, HERE, resolve));
    for (let sequence = 1; sequence < 20; sequence++) phone.say(soundOf(sequence, 666), stranger);
    const errors = async (): Promise<number> =>
      ((await relayed.ask("query", { "call-id": `${call}` })).totals as { RTP: { errors: number } }).RTP.errors;
    await until("what is dropped", errors, (dropped) => dropped >= 19, 20);
    expect(user.heard.filter(({ header }) => header.ssrc === 666)).toEqual([]);
    stranger.close();
  });

  // proves: V20
  test("strangers at the user's port: a check without the password is not answered, DTLS is not read, and the call goes on", async () => {
    phone.takes(await rewrite("phone", "offer", await user.offer()));
    const answer = await rewrite("user", "answer", phone.describe());
    const [ufrag = "", pwd = ""] = ["ufrag", "pwd"].map((each) => linesOf(answer, `a=ice-${each}`)[0]?.split(":")[1]);
    const port = Number(linesOf(answer, "m=")[0]?.split(" ")[1]);
    const stranger = createSocket("udp4");
    await new Promise<void>((resolve) => stranger.bind(0, HERE, resolve));
    const heard: Buffer[] = [];
    stranger.on("message", (bytes) => heard.push(bytes));
    const hello = Buffer.concat([Buffer.from("16fefd0000000000000000", "hex"), Buffer.alloc(60, 1)]);
    const checks = [checkOf(ufrag, "guessed password"), checkOf("nobody", pwd), checkOf("nobody", undefined)];
    for (const each of [...checks, hello]) stranger.send(each, port, HERE);
    stranger.send(checkOf(ufrag, pwd), port, HERE);
    await until(
      "an answer to the one who knows the password",
      () => heard.length,
      (count) => count > 0,
      20,
    );
    expect(heard.filter((bytes) => bytes.readUInt16BE(0) === 0x0101)).toHaveLength(1);
    stranger.close();
    await user.takes(answer);
    await user.connected();
    await hearEachOther(user, phone);
  });

  test("a codec that both do not have, and an answer to nothing, are errors with a reason; nothing is left", async () => {
    const opus = changedAll(changedAll(await user.offer(), "PCMA/8000", "SPEEX/8000"), "PCMU/8000", "SPEEX/16000");
    await expect(rewrite("phone", "offer", opus)).rejects.toThrow("phone and user have no codec in common");
    await expect(rewrite("user", "answer", phone.describe())).rejects.toThrow("Unknown call-id");
    await expect(relayed.ask("query", { "call-id": "nobody's" })).rejects.toThrow("Unknown call-id");
    await expect(relayed.ask("start recording")).rejects.toThrow("Unrecognized command");
  });
});
