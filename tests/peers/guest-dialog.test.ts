/**
 * Whoever has overheard a call, from an address of his own: he may end it, and not lead it away; with `[sip] strict` he may do nothing. Real
 * Prosody, the gateway as a process, and again after it was killed and has taken its calls up.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { changed } from "../support/changed.ts";
import type { Device } from "../support/device.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { GATEWAY, type Guest, GuestWorld, OFFER_SDP, SDP } from "../support/guests.ts";
import { freePorts } from "../support/ports.ts";
import { COMPONENT, DOMAIN, noProsody } from "../support/prosody.ts";
import { until } from "../support/until.ts";

const HOLD = "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>";
const ENDED = "<reason><success/></reason>";

/** Until the store has nothing more to write. */
async function isWritten(file: string): Promise<void> {
  let before = -1;
  await until(
    "a store at rest",
    () => statSync(file).mtimeMs,
    (now) => {
      const isSame = now === before;
      before = now;
      return isSame;
    },
  );
}

describe.skipIf(noProsody !== undefined).each([false, true])(
  `a stranger who knows all of a dialog${noProsody ? ` (left out: ${noProsody})` : ""}, strict = %p`,
  (strict) => {
    let world: GuestWorld;
    let juliet: Device;
    let stranger: Guest;
    const folder = makeFolder("dialog");

    beforeAll(async () => {
      const { sip: listen } = await freePorts("sip");
      world = await GuestWorld.start({
        users: ["juliet"],
        sip: `strict = ${strict}`,
        calls: `store = "${join(folder, "calls.db")}"`,
        listen,
      });
      juliet = await world.device("juliet");
      stranger = await world.guest("127.0.0.9");
    }, 120_000);
    afterAll(async () => {
      await world?.stop();
      removeFolder(folder);
    });

    const uri = (): string => `sip:juliet@${GATEWAY}:${world.gateway.sipPort}`;
    const asks = async (method: string, lines = ""): Promise<string> => {
      stranger.says(`${method} ${uri()} SIP/2.0\nCSeq: 2147483647 ${method}\n${stranger.contact}\n${lines || "\n"}`);
      const status = await stranger.status(method);
      if (method === "INVITE") stranger.says(`ACK ${uri()} SIP/2.0\nCSeq: 2147483647 ACK\n\n`);
      return status;
    };
    /** The user holds, and our re-INVITE goes to the phone that it went to before; the answer of a stranger who knows its branch comes first. */
    const goesOn = async (): Promise<void> => {
      const { proxy } = world;
      await juliet.say(`bob@${COMPONENT}`, "session-info", "s1", HOLD);
      const invite = await proxy.next("INVITE");
      expect(invite).toStartWith(`INVITE sip:bob@${proxy.at.host}:${proxy.at.port} `);
      if (strict) {
        stranger.knows(proxy);
        stranger.says(`SIP/2.0 200 OK\nCSeq: ${/^CSeq: (.*)$/m.exec(invite)?.[1]}\n${stranger.contact}\n${SDP}`);
      }
      proxy.says(`SIP/2.0 200 OK\n${proxy.contact}\n${SDP}`);
      expect(await proxy.next("ACK")).toStartWith(`ACK sip:bob@${proxy.at.host}:${proxy.at.port} `);
      await juliet.say(`bob@${COMPONENT}`, "session-info", "s1", "<active xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>");
      await proxy.next("INVITE");
      proxy.says(`SIP/2.0 200 OK\n${proxy.contact}\n${SDP}`);
      await proxy.next("ACK");
    };
    const attacked = async (): Promise<void> => {
      stranger.knows(world.proxy);
      const info = "Info-Package: trickle-ice\nContent-Type: application/trickle-ice-sdpfrag\n\na=mid:0\n";
      const statuses = [
        await asks("INVITE", OFFER_SDP),
        await asks("INVITE"),
        await asks("UPDATE", OFFER_SDP),
        await asks("UPDATE"),
        await asks("INFO", info),
        await asks("OPTIONS"),
      ];
      expect(statuses).toEqual(["403", "403", "403", "403", "403", "403"]);
      await goesOn();
    };

    // proves: G6, G7
    test("leads it nowhere, by no method", async () => {
      await world.talk(juliet, "s1");
      await attacked();
    });

    // proves: G6, O1, O9
    test("nor once the gateway was killed and goes on; what was said before it is not heard again", async () => {
      const { proxy } = world;
      const old = proxy.says(`UPDATE ${uri()} SIP/2.0\nCSeq: 200 UPDATE\n${proxy.contact}\n\n`);
      expect(await proxy.status("UPDATE")).toBe("200");
      await isWritten(join(folder, "calls.db-log1"));
      await world.again();
      await proxy.heard.next((text) => /^(?:UPDATE|INVITE)/.test(text), "whether it is still there");
      proxy.says(`SIP/2.0 200 OK\n${proxy.contact}\n${SDP}`);
      for (const each of [old, changed(changed(old, /^UPDATE/, "BYE"), "200 UPDATE", "199 BYE")]) {
        proxy.writes(changed(each, /branch=[^;\s]*/, "branch=z9hG4bKreplayed"));
        expect(await proxy.status("(?:UPDATE|BYE)")).toBe("500");
      }
      await attacked();
    });

    // proves: G6, G7
    test("and may end it, but with strict", async () => {
      stranger.knows(world.proxy);
      expect(await asks("BYE")).toBe(strict ? "403" : "200");
      if (!strict) return void (await juliet.heard.next(({ action }) => action === "session-terminate", "the end"));
      await juliet.say(`bob@${COMPONENT}`, "session-terminate", "s1", ENDED);
      await world.proxy.next("BYE");
      world.proxy.says("SIP/2.0 200 OK");
    });

    // proves: G7
    test("nor cancels it with strict", async () => {
      const { proxy } = world;
      const invite = proxy.says(
        `INVITE ${uri()} SIP/2.0\nFrom: <sip:carol@pbx.example.net>;tag=carol\nTo: <sip:juliet@${DOMAIN}>\nCall-ID: c1\n${proxy.contact}\n${OFFER_SDP}`,
      );
      const { from, jingle } = await juliet.heard.next(({ action }) => action === "session-initiate", "the call");
      await proxy.next("SIP/2.0 180");
      stranger.knows(proxy);
      const [via = "", cseq = ""] = ["Via", "CSeq"].map(
        (name) => new RegExp(`^${name}: (.*?)\r`, "m").exec(invite)?.[1],
      );
      stranger.says(`CANCEL ${uri()} SIP/2.0\nVia: ${via}\nCSeq: ${changed(cseq, "INVITE", "CANCEL")}\n\n`);
      expect(await stranger.status("CANCEL")).toBe(strict ? "403" : "200");
      if (!strict) return void (await juliet.heard.next(({ action }) => action === "session-terminate", "the end"));
      await juliet.say(from, "session-terminate", String(jingle.attrs.sid), "<reason><decline/></reason>");
      expect(await proxy.status("INVITE")).toBe("486");
    });
  },
);
