/** What a phone writes into Contact and Record-Route leads us only to where it may: everything else goes by way of the proxy, or is refused. */
import { describe, expect, test } from "bun:test";
import { changed } from "../support/changed.ts";
import { play, Stage } from "../support/play.ts";
import { BOB, BOB_ANSWERS, CAROL_CALLS, GIVES_UP, JULIET_CALLS, JULIET_HANGS_UP } from "./scenes.ts";

/** Bob answers with this Contact and these fields, juliet hangs up: both ACK and BYE go to the proxy. */
const ANSWERED_FROM = (contact: string, fields = ""): string => {
  const answer = changed(BOB_ANSWERS, "Contact: <sip:bob@192.0.2.2:5060>", `Contact: <${contact}>${fields}`);
  return `${JULIET_CALLS}${changed(answer, "ACK sip:bob@192.0.2.2:5060", `ACK ${contact}`)}${JULIET_HANGS_UP(BOB, "s1", contact)}nothing on stranger\n`;
};

const SPECIAL = [
  "127.0.0.1:25",
  "127.1:25",
  "127.0.0.1:6379;transport=tcp",
  "[::1]:25",
  "[::ffff:127.0.0.1]:25",
  "[64:ff9b::7f00:1]:25",
  "0.0.0.0:25",
  "169.254.7.7",
  "169.254.169.254:80",
  "[fd00:ec2::254]:80",
  "[fe80::1]",
  "224.0.0.251:5353",
  "255.255.255.255",
  "192.0.2.1:25",
];

describe("an answer of a phone behind the proxy whose place is no place of its own: ACK and BYE go by way of the proxy:", () => {
  // proves: G1
  test.each(SPECIAL)("Contact at %s", (place) => play(ANSWERED_FROM(`sip:bob@${place}`)).then(() => {}));

  // proves: G1
  test.each(SPECIAL)("Record-Route at %s", (place) => {
    const routed = `\n    Record-Route: <sip:${place};lr>`;
    return play(ANSWERED_FROM("sip:bob@192.0.2.2:5060", routed)).then(() => {});
  });
});

describe("an answer whose Contact is a name", () => {
  const TO_A_NAME = ANSWERED_FROM("sip:bob@pbx.example.net");
  const RESOLVES = [
    ["to this machine", ["127.0.0.1"]],
    ["to this machine by IPv6, and to a group", ["::1", "224.0.0.1"]],
    ["to nothing", []],
  ] as const;

  // proves: G1, G3
  test.each(RESOLVES)("that resolves %s: ACK and BYE go by way of the proxy", (_, addresses) =>
    play(TO_A_NAME, { names: async () => addresses }).then(() => {}),
  );

  // proves: G3
  test("that resolves to a host is followed to it, past what it may not name", () =>
    play(
      changed(
        changed(
          changed(TO_A_NAME, "gateway > phone\n    ACK", "gateway > stranger\n    ACK"),
          "gateway > phone\n    BYE",
          "gateway > stranger\n    BYE",
        ),
        "phone > gateway\n    SIP/2.0 200 OK\nnothing",
        "stranger > gateway\n    SIP/2.0 200 OK\nnothing",
      ),
      { names: async () => ["127.0.0.1", "203.0.113.66"] },
    ).then(() => {}));
});

describe("a TCP connection", () => {
  /** The gateway with everything around it, where strangers listen, too; gives the connections that they have got. */
  async function connected(script: string, sip: { allow?: readonly string[] } = {}): Promise<string[]> {
    const stage = new Stage({ sip });
    const connections: string[] = [];
    for (const host of ["203.0.113.66", "127.0.0.1"])
      await stage.wire.listen({ host, port: 6379 }, () => {
        connections.push(host);
        return { received: () => {}, closed: () => {} };
      });
    await stage.open(["juliet"]);
    await stage.play(script);
    return connections;
  }
  const LEADS_TO = (place: string): string => ANSWERED_FROM(`sip:bob@${place}:6379;transport=tcp`);

  // proves: G2
  test.each(["203.0.113.66", "127.0.0.1"])("is not made to %s because an answer says so", async (place) => {
    expect(await connected(LEADS_TO(place))).toEqual([]);
  });

  // proves: G2
  test("is made to a host that [sip] allow covers", async () => {
    const [ringing] = LEADS_TO("203.0.113.66").split("gateway > phone\n    ACK");
    expect(await connected(ringing ?? "", { allow: ["203.0.113.0/24"] })).toEqual(["203.0.113.66"]);
  });
});

describe("an INVITE of a host that calls us itself", () => {
  const CALLS_FROM = (place: string): string =>
    changed(changed(CAROL_CALLS, "phone > gateway", "stranger > gateway"), "carol@192.0.2.2:5060", `carol@${place}`);
  const BEGINS = (place: string): string => CALLS_FROM(place).split("gateway > ")[0] ?? "";
  const sip = { allow: ["203.0.113.66"] };

  // proves: G1
  test.each(SPECIAL)("and names a place that is not its own is refused in words: %s", (place) =>
    play(`${BEGINS(place)}gateway > stranger\n    SIP/2.0 403 Forbidden\n    Warning: 399 carillon "…"\n`, {
      sip,
    }).then(() => {}),
  );

  // proves: G1
  test("may name what is covered by [sip] allow, whatever it is", () =>
    play(changed(CALLS_FROM("127.0.0.1:25"), "gateway > phone", "gateway > stranger") + CAROL_GIVES_UP, {
      sip: { allow: ["203.0.113.66", "127.0.0.0/8"] },
    }).then(() => {}));
});

const CAROL_GIVES_UP = `
${GIVES_UP("sip:juliet@example.org", "stranger")}gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
