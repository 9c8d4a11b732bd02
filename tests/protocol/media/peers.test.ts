/** What the gateway makes of the SDP of each kind of peer, and of its own Jingle again: tests/vectors/media/peers. */
import { describe, expect, test } from "bun:test";
import { writeJingle } from "../../../protocol/jingle/jingle.ts";
import { acceptFromAnswer } from "../../../protocol/media/phone-answer.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { PEERS, peerText, peerVector, userOffer } from "../../support/peer-vectors.ts";

// proves: M41
describe("offer and answer of", () => {
  test.each(PEERS)("%s become Jingle, and SDP again", (name) => {
    const vector = peerVector(name);
    expect(peerText(vector)).toBe(vector.text);
  });

  test.each(PEERS)("%s are read with CRLF as with LF", (name) => {
    const { offer, answer, answers } = peerVector(name);
    const answerTo = userOffer(answers);
    for (const [sdp, as] of [
      [offer, { by: "initiator" }],
      [answer, { by: "responder", answerTo }],
    ] as const)
      expect(readSdp(sdp.split("\n").join("\r\n"), as)).toEqual(readSdp(sdp, as));
  });
});

// proves: M44
test.each(["asterisk-pjsip", "linphone"])("the video that %s refuses stays in the group of the accept", (name) => {
  const { answer, answers } = peerVector(name);
  const offer = userOffer(answers);
  const accept = acceptFromAnswer(offer, readSdp(answer, { by: "responder", answerTo: offer }));
  expect(accept.groups).toEqual([{ semantics: "BUNDLE", names: ["0"] }]);
  const group = writeJingle(accept, "answer")
    .map(String)
    .find((text) => text.startsWith("<group"));
  expect(group).toContain('<content name="0"/><content name="1"/>');
});
