/**
 * npm run demo [-- --full]
 *
 * Three calls through a whole gateway on real loopback sockets, with nothing installed but Node and npm: alice's XMPP client
 * calls bob's phone, bob's phone calls alice, and bob rejects a call. Prints the ladder of each, message by message, with the
 * states of the call's chart; `--full` prints the messages whole. Exits 1 with a line when a call has not ended as it should.
 */
import { createHash, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import type { Element } from "@xmpp/xml";
import { systemClock } from "../actors/clock.ts";
import { Gateway, type GatewayConfig } from "../actors/gateway.ts";
import type { LogEvent } from "../actors/log.ts";
import type { Message, Request } from "../protocol/sip/message.ts";
import { connectTcp, listenTcp } from "../transports/tcp.ts";
import { openUdp } from "../transports/udp.ts";
import { Ladder } from "./ladder.ts";
import { Phone } from "./phone.ts";
import { startServer } from "./server.ts";
import { aliceOffers, bobOffers } from "./sessions.ts";

const ALICE = "alice@example.org/laptop";
const COMPONENT = "sip.example.org";
const LOCAL = "127.0.0.1";

const ladder = new Ladder(console.log, isFull());
/** What was logged, for whoever waits for it. */
const waiting: { fits: (event: LogEvent) => boolean; go: () => void }[] = [];
const until = (fits: (event: LogEvent) => boolean): Promise<void> =>
  new Promise((heard) => {
    const tooLong = setTimeout(() => fail("the call goes on no further"), 10_000);
    const go = (): void => {
      clearTimeout(tooLong);
      heard();
    };
    waiting.push({ fits, go });
  });

function fail(why: string): never {
  console.error(`demo: ${why}`);
  process.exit(1);
}

function log(event: LogEvent): void {
  if (event.event === "call.state") ladder.state(String(event.state));
  if (event.event === "call.ended") ladder.state("ended");
  for (const each of waiting.filter(({ fits }) => fits(event))) {
    waiting.splice(waiting.indexOf(each), 1);
    each.go();
  }
}

/** Between what people do; what machines answer comes at once. */
const moment = (): Promise<void> => new Promise((over) => setTimeout(over, 50));
let rejects = false;
let invited: Request | undefined;

/** Bob's phone: rings and answers, or rejects. */
function phoneHears(message: Message, phone: Phone): void {
  if (message.kind === "response") {
    if (message.status === 200 && message.body !== "") phone.acknowledge(message);
  } else if (message.method === "INVITE") {
    invited = message;
    phone.respond(message, rejects ? 486 : 180);
    if (!rejects) void moment().then(() => phone.respond(message, 200, bobOffers("active")));
  } else if (message.method === "BYE") phone.respond(message, 200);
}

/** Alice's client: acknowledges, and accepts what comes. */
function aliceHears(stanza: Element): void {
  const { type, id, from } = stanza.attrs;
  const jingle = stanza.getChild("jingle");
  if (type !== "set" || !jingle) return;
  server.send(`<iq type='result' id='${id}' from='${ALICE}' to='${from}'/>`);
  if (jingle.attrs.action === "session-initiate")
    void moment().then(() => say(String(from), "session-accept", String(jingle.attrs.sid), aliceOffers("active")));
}

let asked = 0;
function say(to: string, action: string, sid: string, inside: string): void {
  const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}'>${inside}</jingle>`;
  server.send(`<iq type='set' id='alice${++asked}' from='${ALICE}' to='${to}'>${jingle}</iq>`);
}

const server = await startServer(aliceHears);
const phone = await Phone.open(phoneHears);
const gateway = new Gateway(configuration(server.port, phone.port), {
  clock: systemClock,
  chance: Math.random,
  random: () => randomUUID().replaceAll("-", ""),
  hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
  sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
  open: ladder.tapped({ udp: openUdp, listen: listenTcp, connect: connectTcp }),
  resolve: async () => [LOCAL],
  log,
});

const online = until(({ event }) => event === "xmpp.online");
await gateway.start();
await online;
phone.gatewayPort = gateway.sip.port;
server.send(`<presence from='${ALICE}' to='${COMPONENT}'/>`);

const state = (name: string): Promise<void> =>
  until(({ event, state: now }) => event === "call.state" && String(now).startsWith(name));
const ended = (): Promise<void> => until(({ event }) => event === "call.ended");

ladder.title("alice calls bob; bob hangs up");
let established = state("established");
let over = ended();
say(`bob@${COMPONENT}`, "session-initiate", "first-call", aliceOffers("actpass"));
await established;
await moment();
if (invited) phone.hangUp(invited);
await over;
await endsWith("200 OK (BYE)", "session-terminate (success)");

ladder.title("bob calls alice; alice hangs up");
established = state("established");
over = ended();
phone.invite("sip:alice@example.org", "second-call", bobOffers("actpass"));
await established;
await moment();
say(`bob\\40phone.example@${COMPONENT}/sip`, "session-terminate", "second-call", "<reason><success/></reason>");
await over;
await endsWith("result (session-terminate)", "200 OK (BYE)");

ladder.title("alice calls bob; bob rejects");
rejects = true;
over = ended();
say(`bob@${COMPONENT}`, "session-initiate", "third-call", aliceOffers("actpass"));
await over;
await endsWith("486 Busy Here (INVITE)", "session-terminate (decline)");

gateway.stop();
await gateway.stopped;
await Promise.all([server.close(), phone.close()]);
console.log("\nThree calls, each ended on both sides. The chart of a call: docs/charts/call.md");
process.exit(0);

/** Waits until nothing is unanswered, and sees that the call has ended on both sides as it is told here. */
async function endsWith(...labels: readonly string[]): Promise<void> {
  for (let turns = 0; !ladder.isQuiet && turns < 500; turns++) await new Promise((turn) => setTimeout(turn, 10));
  const missing = labels.filter((label) => !ladder.labels.includes(label));
  if (ladder.isQuiet && missing.length === 0) return;
  fail(`the call has not ended as it should: ${missing.join(", ") || "something was not answered"}`);
}

function isFull(): boolean {
  try {
    return parseArgs({ options: { full: { type: "boolean" } } }).values.full === true;
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}; usage: npm run demo [-- --full]`);
  }
}

function configuration(serverPort: number, phonePort: number): GatewayConfig {
  const proxy = { host: LOCAL, port: phonePort };
  const addresses = {
    hosts: ["example.org"],
    component: COMPONENT,
    ours: [LOCAL],
    intercept: false,
    usernameToPhone: [],
  };
  return {
    sip: { bind: [LOCAL], port: 0, localHost: LOCAL, allow: [] },
    xmpp: {
      mode: "gateway",
      host: LOCAL,
      port: serverPort,
      domain: COMPONENT,
      secret: "demo",
      hosts: ["example.org"],
      video: true,
    },
    calls: {
      proxy: { transport: "udp", ...proxy },
      addresses: { ...addresses, proxyHost: proxy.host, proxyPort: proxy.port },
      ...{
        localHost: LOCAL,
        sdpOrigin: LOCAL,
        profile: "deployed",
        outbound: false,
        username: "",
        password: "",
        realm: [],
      },
      ...{ ringTimeout: 30_000, gatherTimeout: 500, renegotiateTimeout: 10_000, jmiTimeout: 30_000, maxCalls: 10 },
      retryAudioOnly: true,
    },
    drainTimeout: 5_000,
  };
}
