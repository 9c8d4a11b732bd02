/** The name server alone is asked, without a thread: a small one that knows a name, and one that says nothing. */
import { afterEach, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { recordsByServer, resolveByServer, resolveBySystem } from "../../transports/names.ts";

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** A name server; `answer` gives the answer to a question, or nothing. */
async function nameServer(answer: (question: Buffer) => Buffer | undefined): Promise<string> {
  const socket = createSocket("udp4");
  open.push(socket);
  socket.on("message", (question, from) => {
    const said = answer(question);
    if (said !== undefined) socket.send(said, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return `127.0.0.1:${socket.address().port}`;
}

/** RFC 1035 §4.1: the question, and for an A question one address. */
function withAddress(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isA = question.readUInt16BE(end - 4) === 1;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(isA ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 77]);
  return Buffer.concat([head, question.subarray(12, end), ...(isA ? [record] : [])]);
}

test("a name that the server knows by one family has its address", async () => {
  expect(await resolveByServer("pbx.example", [await nameServer(withAddress)])).toEqual(["192.0.2.77"]);
});

/** RFC 2782: for an SRV question one service, at port 5070 of `a.example`; other questions have no answer. */
function withService(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isSrv = question.readUInt16BE(end - 4) === 33;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(isSrv ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const target = Buffer.from("\u0001a\u0007example\0");
  const fixed = [0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, 6 + target.length, 0, 10, 0, 20, 0x13, 0xce];
  return Buffer.concat([head, question.subarray(12, end), ...(isSrv ? [Buffer.from(fixed), target] : [])]);
}

// proves: K15
test("services are found at the name server; what it does not know is no record", async () => {
  const records = recordsByServer([await nameServer(withService)]);
  expect(await records.srv("_sip._udp.pbx.example")).toEqual([
    expect.objectContaining({ name: "a.example", port: 5070, priority: 10, weight: 20 }),
  ]);
  expect(await records.naptr("pbx.example").catch(() => "none")).toEqual("none");
});

// proves: G3
test("forty names that nobody answers do not keep the system from finding its own", async () => {
  const silent = await nameServer(() => undefined);
  const slow = Array.from({ length: 40 }, (_, at) =>
    resolveByServer(`slow${at}.example`, [silent]).catch(() => "slow"),
  );
  const first = await Promise.race([...slow, resolveBySystem("localhost").then(() => "found")]);
  expect(first).toBe("found");
});
