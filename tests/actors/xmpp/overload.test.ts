/** In overload a session-initiate comes to the calls by its head alone, and whatever else comes is whole (docs/mapping.md G27). */
import { expect, test } from "bun:test";
import { iqResult } from "../../../protocol/xmpp/iq.ts";
import { changed } from "../../support/changed.ts";
import { component, DOMAIN } from "./scene.ts";

const JULIET = "juliet@example.org/x";
const OFFER = "<content name='0'><description><payload-type id='0'/></description><transport/></content>";
const jingle = (action: string, to = "bob", offer = OFFER): string =>
  `<iq type='set' id='1' from='${JULIET}' to='${to}@${DOMAIN}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='s'>${offer}</jingle></iq>`;

/** How many elements the calls get of the offer in an IQ; 112 is never one too many. */
async function offered(stanza: string, isOverloaded = true, mode?: "intercept"): Promise<number[]> {
  const heard: number[] = [];
  const it = await component("takes us", {
    ...(mode && { mode }),
    user: {
      isOverloaded,
      isRefusedForOverload: ({ us, them }) => them === JULIET && !us.startsWith("112"),
      jingle: (iq, reply) => {
        heard.push(iq.element.getChild("jingle")?.getChild("content")?.children.length ?? 0);
        reply(iqResult(iq.element));
      },
    },
  });
  await it.say(stanza);
  expect([it.xmpp.online, it.stanzas.filter(({ attrs }) => attrs.id === "1").length]).toEqual([true, heard.length]);
  return heard;
}

// proves: G27
test.each<[string, string, boolean, number]>([
  ["that is one too many is not read", jingle("session-initiate"), true, 1],
  ["is whole while there are few", jingle("session-initiate"), false, 2],
  ["for help is whole", jingle("session-initiate", "112"), true, 2],
])("what a session-initiate offers %s", async (_, stanza, isOverloaded, elements) => {
  expect(await offered(stanza, isOverloaded)).toEqual([elements]);
});

// proves: G27
test("nor where a server hands it over", async () => {
  const inside = changed(jingle("session-initiate", "bob", `${OFFER}<b c=d/>`), "<iq ", "<iq xmlns='jabber:client' ");
  const handsOver = `<delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>${inside}</forwarded></delegation>`;
  const stanza = `<iq type='set' id='1' from='example.org' to='${DOMAIN}'>${handsOver}</iq>`;
  expect(await offered(stanza, true, "intercept")).toEqual([0]);
});

test("it is not even parsed: what is no XML there does not end the stream", async () => {
  expect(await offered(jingle("session-initiate", "bob", "<content name='0'><a/><b c=d/></content>"))).toEqual([0]);
});

// proves: G26
test("what belongs to a session is whole, though it speaks of a session-initiate", async () => {
  const said = "<x action='session-initiate'/>";
  expect(await offered(jingle("session-accept", "bob", OFFER + said))).toEqual([2]);
  expect(await offered(jingle("session-info", "bob", said))).toEqual([0]);
});
