/** A second opinion: what sip.js reads in recorded messages of real phones is what we read. */
import { expect, test } from "bun:test";
import { Parser } from "sip.js/lib/core/index.js";
import { header, values } from "../../../protocol/sip/fields.ts";
import { readCSeq, tagOf, topVia } from "../../../protocol/sip/mandatory.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { read, recordings } from "../../support/vectors.ts";

const silent = { error: () => {}, warn: () => {}, log: () => {}, debug: () => {} };
const logger = Object.assign(silent, { genericLog: () => {}, level: 0 });

test.each(recordings("sip", /\.sip$/))("%s", (path) => {
  const raw = read("sip", path);
  const ours = readMessage(new TextEncoder().encode(raw));
  const theirs = Parser.parseMessage(raw, logger as never);
  expect(theirs).toBeDefined();
  if (!theirs || ours.kind !== "request") throw new Error("no request");
  expect({
    method: ours.method,
    callId: header(ours, "Call-ID"),
    fromTag: tagOf(ours, "From"),
    toTag: tagOf(ours, "To"),
    cseq: readCSeq(header(ours, "CSeq") ?? "").number,
    branch: topVia(ours).branch,
    routes: values(ours, "Record-Route").length,
    body: ours.body,
  }).toEqual({
    method: theirs.method ?? "",
    callId: theirs.callId,
    fromTag: theirs.fromTag,
    toTag: theirs.toTag,
    cseq: theirs.cseq,
    branch: theirs.viaBranch,
    routes: theirs.getHeaders("record-route").length,
    body: theirs.body,
  });
});
