/** What the journal hears of a whole gateway. */
import { expect, test } from "bun:test";
import { Journal } from "../../journal/journal.ts";
import {
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "../calls/scenes.ts";
import { changed } from "../support/changed.ts";
import { play } from "../support/play.ts";

const HOLDS = JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>");
const PENDING = `
gateway > phone
    SIP/2.0 491 Request Pending
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;

test("an event that the chart does not take is one step, refused, in the states that stay", async () => {
  const journal = new Journal({ now: () => 0, budget: 1_000_000 });
  const glare = `${HOLDS}${REINVITED(2, "")}${OFFERS("    {offer-sdp}")}${PENDING}`;
  await play(
    `${TALKING}${glare}${REFUSED(2, "488 Not Acceptable Here")}
gateway > juliet
    <iq type='set'><jingle action='content-modify'/></iq>
${PHONE_HANGS_UP}`,
    { watch: journal },
  );
  const [row] = journal.calls({}, 1).calls;
  const steps = journal.call(row?.id ?? "")?.steps ?? [];
  expect(steps.map(({ event, refused }) => [event, refused !== undefined])).toEqual([
    ["begins", false],
    ["sip.invite.success", false],
    ["jingle.hold", false],
    ["sip.reinvite", true],
    ["sip.reinvite.failure", false],
    ["sip.bye", false],
  ]);
});

test("a second device that has the offer, too, is nothing refused", async () => {
  const journal = new Journal({ now: () => 0, budget: 1_000_000 });
  const toPhone = changed(
    CAROL_CALLS.slice(CAROL_CALLS.indexOf("gateway > juliet")),
    "gateway > juliet",
    "gateway > juliet-phone",
  );
  await play(
    `${CAROL_CALLS}${toPhone}${JULIET_ACCEPTS}
gateway > juliet-phone
    <iq type='set'><jingle action='session-terminate'/></iq>
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    { watch: journal, online: ["juliet", "juliet-phone"] },
  );
  expect(journal.counts.refused).toEqual({});
});
