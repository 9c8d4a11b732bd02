/** What our messages say that we understand. */
import { expect, test } from "bun:test";
import { capabilities } from "../../../protocol/sip/capabilities.ts";
import type { Field } from "../../../protocol/sip/message.ts";

const contact: Field = ["Contact", "<sip:romeo@gateway.test>"];

test.each<[string, Field | undefined, { accept?: boolean; recvInfo?: boolean }, string[]]>([
  ["an offer", contact, { recvInfo: true }, ["Contact", "Allow", "Supported", "Recv-Info"]],
  ["a refresh", contact, {}, ["Contact", "Allow", "Supported"]],
  ["an answer", contact, { accept: true }, ["Contact", "Allow", "Accept", "Supported"]],
  [
    "an answer to who takes INFO",
    contact,
    { accept: true, recvInfo: true },
    ["Contact", "Allow", "Accept", "Supported", "Recv-Info"],
  ],
  ["OPTIONS", undefined, { accept: true }, ["Allow", "Accept", "Supported"]],
])("%s announces what works here", (_, ours, also, names) => {
  expect(capabilities(ours, also).map(([name]) => name)).toEqual(names);
});
