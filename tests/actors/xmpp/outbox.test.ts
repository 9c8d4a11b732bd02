/** What waits for the stream: one bounded list for each call, and whoever keeps something hears what came of it. */
import { expect, test } from "bun:test";
import xml from "@xmpp/xml";
import type { XmppComponent } from "../../../actors/xmpp/component.ts";
import { Outbox } from "../../../actors/xmpp/outbox.ts";
import type { Answer, IqRequest } from "../../../actors/xmpp/requests.ts";

const request = (to: string, action: string, sid: string): IqRequest => ({
  ...{ to, from: "bob@sip.example.org" },
  payload: xml("jingle", { action, sid }),
});
/** A stream that answers everything alike, and notes what it was asked. */
function stream(answer: Answer) {
  const said: string[] = [];
  const xmpp: Pick<XmppComponent, "request" | "say"> = {
    request: ({ to, payload }, answered) => {
      said.push(`${to} ${payload.attrs.action}`);
      answered(answer);
    },
    say: () => true,
  };
  return { said, xmpp: xmpp as XmppComponent };
}
const nobody = (): void => {};

// proves: D15
test("a call that has much to say does not push out the end of another", () => {
  const outbox = new Outbox(() => {});
  outbox.keep(request("victim@x/r", "session-terminate", "s1"), nobody);
  for (let at = 0; at < 20_000; at++) outbox.keep(request("noisy@x/r", "transport-info", "s2"), nobody);
  outbox.keep(request("noisy@x/r", "session-terminate", "s2"), nobody);
  const { said, xmpp } = stream({ type: "result" });
  outbox.flush(xmpp);
  expect([said[0], said.at(-1), said.length]).toEqual([
    "victim@x/r session-terminate",
    "noisy@x/r session-terminate",
    33,
  ]);
});

test("of too many calls the oldest gives way, and that is logged", () => {
  const full: unknown[] = [];
  const outbox = new Outbox((event) => void full.push(event));
  for (let at = 0; at <= 10_000; at++) outbox.keep(request("u@x/r", "session-terminate", `s${at}`), nobody);
  const { said, xmpp } = stream({ type: "result" });
  outbox.flush(xmpp);
  expect([said.length, full.length]).toEqual([10_000, 1]);
});

test("a stanza that is lost again waits again, and any other answer is passed on", () => {
  const outbox = new Outbox(() => {});
  const heard: string[] = [];
  outbox.keep(request("u@x/r", "session-accept", "s1"), ({ type }) => void heard.push(type));
  outbox.flush(stream({ type: "offline" }).xmpp);
  outbox.flush(stream({ type: "lost" }).xmpp);
  expect(heard).toEqual([]);
  outbox.flush(stream({ type: "error" }).xmpp);
  outbox.flush(stream({ type: "error" }).xmpp);
  expect(heard).toEqual(["error"]);
});
