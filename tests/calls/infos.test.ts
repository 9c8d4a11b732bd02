/** One INFO with candidates at a time: what is found meanwhile goes into the next one, all together. Signalling §6, RFC 8840 §4.4. */
import { describe } from "bun:test";
import { plays } from "../support/plays.ts";
import { JULIET_SAYS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const FINDS = (port: number): string =>
  JULIET_SAYS(
    "transport-info",
    `<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uA' pwd='pA34567890123456789012'><candidate component='1' foundation='${port}' generation='0' id='f${port}' ip='198.51.100.9' network='0' port='${port}' priority='2130706431' protocol='udp' type='host'/></transport></content>`,
    `t${port}`,
  );
const SAID = (cseq: number, ports: string): string => `
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INFO
    … ↵ ${ports}
`;
const OK = `
phone > gateway
    SIP/2.0 200 OK
`;

describe("candidates that are found while an INFO is open", () => {
  plays([
    // proves: T8
    [
      "wait for its answer, and go together in one more",
      `${TALKING}${FINDS(41001)}${SAID(2, "a=candidate:41001 … ↵ …")}${FINDS(41002)}${FINDS(41003)}
nothing on phone
${OK}${SAID(3, "a=candidate:41001 … ↵ a=candidate:41002 … ↵ a=candidate:41003 … ↵ …")}${OK}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
  ]);
});
