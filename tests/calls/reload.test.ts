/** What SIGHUP changes while calls run: it holds from then on, and ends no call. */
import { expect, test } from "bun:test";
import type { Reloadable } from "../../actors/gateway-config.ts";
import { readPlay } from "../../replay/script.ts";
import { changed, changedAll } from "../support/changed.ts";
import { Stage } from "../support/play.ts";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, PHONE_HANGS_UP } from "./scenes.ts";

const SETTINGS: Reloadable = {
  allow: [],
  usernameToPhone: [],
  maxCalls: 100,
  perUser: 0,
  perMinute: 0,
  dial: undefined,
  trusted: true,
};

const STRANGER_ASKS = (id: string, status: string): string => `
stranger > gateway
    OPTIONS sip:192.0.2.1:5600 SIP/2.0
    From: <sip:x@203.0.113.66>;tag=x
    To: <sip:192.0.2.1>
    Call-ID: ${id}
gateway > stranger
    SIP/2.0 ${status}
`;
const JULIET_CALLS_AGAIN = `
juliet > gateway
    <iq type='set' id='a2' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s2'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
`;
const NUMBER_IS_CALLED = `
gateway > juliet
    <iq type='result' id='a2'/>
gateway > phone
    INVITE sip:+4940@192.0.2.2:5060 SIP/2.0
    Call-ID: s2
phone > gateway
    SIP/2.0 404 Not Found
gateway > phone
    ACK sip:+4940@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s2'/></iq>
`;
const REFUSED = `
gateway > juliet
    <iq type='error' id='a2'><error type='wait'><resource-constraint/></error></iq>
nothing on phone
`;
const BOB_HANGS_UP = changed(
  PHONE_HANGS_UP,
  "SIP/2.0\n",
  `SIP/2.0
    From: <sip:bob@sip.example.org>;tag=bob1
    To: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
`,
);

/** A call, what is reloaded and said while it runs, and its end as ever. */
async function whileBobTalks(...acts: (Partial<Reloadable> | string)[]): Promise<void> {
  const stage = new Stage({});
  await stage.open(["juliet"]);
  const say = async (script: string): Promise<void> => {
    for (const step of readPlay(script)) await stage.perform(step);
  };
  await say(`${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}`);
  for (const act of acts)
    if (typeof act === "string") await say(act);
    else stage.gateway.reload({ ...SETTINGS, ...act });
  expect(stage.gateway.health.calls).toBe(1);
  await say(BOB_HANGS_UP);
  await stage.end(); // which no play does again: its configuration changes on the way
}

test("a network is allowed, and is not any more", () =>
  whileBobTalks(
    STRANGER_ASKS("o1", "403 Forbidden"),
    { allow: ["203.0.113.0/24"] },
    STRANGER_ASKS("o2", "200 OK"),
    { allow: ["198.51.100.0/24"] },
    STRANGER_ASKS("o3", "403 Forbidden"),
  ));

test("a user gets a number", () =>
  whileBobTalks({ usernameToPhone: [{ username: "bob", phone: "+4940" }] }, JULIET_CALLS_AGAIN, NUMBER_IS_CALLED));

test("fewer calls are taken than run, and more again", () =>
  whileBobTalks(
    { maxCalls: 1 },
    JULIET_CALLS_AGAIN + REFUSED,
    { maxCalls: 2, usernameToPhone: [{ username: "bob", phone: "+4940" }] },
    changed(changed(JULIET_CALLS_AGAIN, "'a2'", "'a3'"), "'s2'", "'s3'"),
    changedAll(changed(NUMBER_IS_CALLED, "'a2'", "'a3'"), "s2", "s3"),
  ));
