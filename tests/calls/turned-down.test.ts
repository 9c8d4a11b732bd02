/** What is no fault of the stanza and still cannot be: an unknown application or transport in a session that exists, XEP-0166 §7.2. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB, CAROL, CAROL_CALLS, JULIET_HANGS_UP, JULIET_SAYS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const HEARS = (action: string, inside: string, from = BOB, sid = "s1"): string => `
gateway > juliet
    <iq type='set' from='${from}'><jingle action='${action}' sid='${sid}'>${inside}</jingle></iq>
`;
const ERROR = (action: string, inside: string, error: string): string =>
  changed(
    JULIET_SAYS(action, inside),
    "<iq type='result' id='h1'/>",
    `<iq type='error' id='h1'><error>${error}</error></iq>`,
  );
const FILE =
  "<content creator='initiator' name='f'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'/></content>";
const BYTES = "<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:s5b:1'/></content>";
const ACCEPTS_BY_BYTES = (device: string): string => `
${device} > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'><content creator='initiator' name='0'>
      <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description>
      <transport xmlns='urn:xmpp:jingle:transports:s5b:1'/></content></jingle></iq>
gateway > ${device}
    <iq type='result' id='a2'/>
`;

describe("in a session that exists", () => {
  plays([
    // proves: J22
    [
      "a content of an application that is not known: a result, content-reject, and the call goes on",
      `${TALKING}${JULIET_SAYS("content-add", FILE)}${HEARS("content-reject", "<content creator='initiator' name='f'/>")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: J22
    [
      "a transport that is not known: a result, transport-reject, and the call goes on",
      `${TALKING}${JULIET_SAYS("transport-replace", BYTES)}${HEARS("transport-reject", "<content name='0'/>")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: J23
    [
      "an accept with a transport that is not known: a result, and both sides hear the end",
      `${CAROL_CALLS}${ACCEPTS_BY_BYTES("juliet")}
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
${HEARS("session-terminate", "<reason><unsupported-transports/></reason>", CAROL, "c1")}`,
    ],
    // proves: J24
    [
      "a transport-info without a content, or of one that nobody has named: refused by name, and the call goes on",
      `${TALKING}${ERROR("transport-info", "", "<bad-request/><text>there is no content</text>")}${ERROR("transport-info", "<content creator='initiator' name='zz'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'/></content>", "<bad-request/><text>there is no content 'zz'</text>")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: J25
    [
      "a ping of a user who has hung up: there is no such session any more",
      `${TALKING}${JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060").split("phone > gateway")[0]}${ERROR("session-info", "", "<item-not-found/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/>")}
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "a word of the RTP namespace that is none, though every object of JavaScript has a property of its name",
      `${TALKING}${ERROR("session-info", "<constructor xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>", "<feature-not-implemented/><unsupported-info xmlns='urn:xmpp:jingle:errors:1'/>")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: J11
    [
      "ringing, mute and unmute: a result each and nothing more; the same words in another namespace are refused",
      `${TALKING}${["<ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>", "<mute xmlns='urn:xmpp:jingle:apps:rtp:info:1' creator='responder' name='0'/>", "<unmute xmlns='urn:xmpp:jingle:apps:rtp:info:1' creator='responder' name='0'/>"].map((info, at) => JULIET_SAYS("session-info", info, `i${at}`)).join("")}${["ringing", "mute", "hold"].map((word) => ERROR("session-info", `<${word} xmlns='urn:example:info'/>`, "<feature-not-implemented/><unsupported-info xmlns='urn:xmpp:jingle:errors:1'/>")).join("")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
  ]);
});
