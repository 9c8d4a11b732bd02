/** DTLS with the user: who is believed, in both roles. The other side is werift's own, in memory. */
import { describe, expect, test } from "bun:test";
import { createECDH, randomBytes } from "node:crypto";
import fc from "fast-check";
import { DtlsClient, DtlsServer } from "werift";
import { type Certificate, Dtls, type DtlsRole, makeCertificate } from "../../relay/dtls.ts";
import { until } from "../support/until.ts";

interface Told {
  keyed: boolean;
  failed?: string;
}

/** What somebody on the way makes of a datagram of the user's. */
type OnTheWay = (bytes: Buffer) => Buffer[];
const nobody: OnTheWay = (bytes) => [bytes];

/** An association with a peer that shows one certificate and signs with the key of another, which may be the same. */
async function associate(
  role: DtlsRole,
  shown: Certificate,
  signing: Certificate,
  { expected = shown, onTheWay = nobody }: { expected?: Certificate; onTheWay?: OnTheWay } = {},
): Promise<Told> {
  const told: Told = { keyed: false };
  const wire = {
    type: "udp",
    address: {},
    send: async (bytes: Buffer) => {
      for (const each of onTheWay(bytes)) ours.received(each);
    },
    close: async () => {},
  } as {
    onData?: (bytes: Buffer) => void;
  };
  const ours: Dtls = new Dtls({
    ...{ role, certificate: await makeCertificate(), fingerprints: [expected.fingerprint] },
    send: (bytes) => queueMicrotask(() => wire.onData?.(Buffer.from(bytes))),
    connected: () => {
      told.keyed = true;
    },
    failed: (why) => {
      told.failed ??= why;
    },
  });
  const options = {
    ...{ ...signing.options, cert: shown.options.cert, srtpProfiles: [1] as [1], extendedMasterSecret: true },
    transport: wire as never,
  };
  const theirs = role === "server" ? new DtlsClient(options) : new DtlsServer({ ...options, certificateRequest: true });
  ours.start();
  if (theirs instanceof DtlsClient) void theirs.connect();
  await until(
    "an end of the handshake",
    () => told,
    ({ keyed, failed }) => keyed || failed !== undefined,
    20,
  );
  return told;
}

describe.each<DtlsRole>(["server", "client"])("as %s", (role) => {
  test("the user with its own certificate and key has keys", async () => {
    const certificate = await makeCertificate();
    expect(await associate(role, certificate, certificate)).toEqual({ keyed: true });
  });

  // proves: V20
  test("another certificate than the description's has none", async () => {
    const [shown, described] = [await makeCertificate(), await makeCertificate()];
    const { keyed, failed } = await associate(role, shown, shown, { expected: described });
    expect([keyed, failed]).toEqual([false, "the certificate is not the user's"]);
  });

  // proves: V20
  test("who has only copied the user's certificate has none", async () => {
    const { keyed, failed } = await associate(role, await makeCertificate(), await makeCertificate());
    expect([keyed, failed]).toEqual([false, "the handshake is not signed by the user"]);
  });

  // proves: V20
  test("a key exchange that somebody on the way adds after the user's own makes no keys", async () => {
    const certificate = await makeCertificate();
    let added = 0;
    const onTheWay: OnTheWay = (bytes) => {
      const other = withOtherKey(bytes);
      added += Number(other !== undefined);
      return other ? [bytes, other] : [bytes];
    };
    expect(await associate(role, certificate, certificate, { onTheWay })).toEqual({ keyed: true });
    expect(added).toBe(1);
  });
});

/** A key exchange, alone in its datagram, with a key of ours; its signature is of no interest to who takes the last one. */
function withOtherKey(bytes: Buffer): Buffer | undefined {
  const [contentType, epoch, message] = [bytes[0], bytes.readUInt16BE(3), bytes[13]];
  if (contentType !== 22 || epoch !== 0 || (message !== 12 && message !== 16)) return undefined;
  const at = 25 + (message === 12 ? 3 : 0);
  const point = bytes[at] === 32 ? randomBytes(32) : createECDH("prime256v1").generateKeys();
  return Buffer.concat([bytes.subarray(0, at + 1), point, bytes.subarray(at + 1 + point.length)]);
}

// proves: V20
test("a user whose messages never become whole is read no further after 100 kB", async () => {
  const certificate = await makeCertificate();
  const sent: Uint8Array[] = [];
  const none = { certificate, fingerprints: [certificate.fingerprint], connected: () => {}, failed: () => {} };
  const server = new Dtls({ ...none, role: "server", send: (bytes) => sent.push(bytes) });
  server.start();
  const piece = pieceOf(1_000);
  for (let bytes = 0; bytes < 100_000; bytes += piece.length) server.received(piece);
  const client = new Dtls({ ...none, role: "client", send: (bytes) => server.received(bytes) });
  client.start();
  await Promise.resolve();
  expect(sent).toEqual([]);
});

/** The first piece of a ClientHello of a megabyte. */
function pieceOf(length: number): Buffer {
  const header = Buffer.from("16fefd0000000000000000" + "0000" + "01100000" + "0000" + "000000" + "000000", "hex");
  header.writeUInt16BE(12 + length, 11);
  header.writeUIntBE(length, 22, 3);
  return Buffer.concat([header, Buffer.alloc(length)]);
}

test("what is no DTLS is passed over", async () => {
  const certificate = await makeCertificate();
  const none = { certificate, fingerprints: [certificate.fingerprint], connected: () => {}, failed: () => {} };
  const server = new Dtls({ ...none, role: "server", send: () => {} });
  server.start();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (any) => server.received(Uint8Array.of(22, 254, 253, ...any))),
  );
});

test("what comes before the way is open is kept, and read then", async () => {
  const sent: Uint8Array[] = [];
  const certificate = await makeCertificate();
  const none = { certificate, fingerprints: [certificate.fingerprint], connected: () => {}, failed: () => {} };
  const server = new Dtls({ ...none, role: "server", send: (bytes) => sent.push(bytes) });
  const client = new Dtls({ ...none, role: "client", send: (bytes) => server.received(bytes) });
  client.start();
  await until(
    "a first flight",
    () => Promise.resolve(),
    () => true,
  );
  expect(sent).toEqual([]);
  server.start();
  await until(
    "an answer",
    () => sent.length,
    (count) => count > 0,
    5,
  );
});
