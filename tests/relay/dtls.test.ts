/** DTLS with the user: who is believed, in both roles. The other side is werift's own, in memory. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DtlsClient, DtlsServer } from "werift";
import { type Certificate, Dtls, type DtlsRole, makeCertificate } from "../../relay/dtls.ts";
import { until } from "../support/until.ts";

interface Told {
  keyed: boolean;
  failed?: string;
}

/** An association with a peer that shows one certificate and signs with the key of another, which may be the same. */
async function associate(role: DtlsRole, shown: Certificate, signing: Certificate, expected = shown): Promise<Told> {
  const told: Told = { keyed: false };
  const wire = {
    type: "udp",
    address: {},
    send: async (bytes: Buffer) => ours.received(bytes),
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
    const { keyed, failed } = await associate(role, shown, shown, described);
    expect([keyed, failed]).toEqual([false, "the certificate is not the user's"]);
  });

  // proves: V20
  test("who has only copied the user's certificate has none", async () => {
    const { keyed, failed } = await associate(role, await makeCertificate(), await makeCertificate());
    expect([keyed, failed]).toEqual([false, "the handshake is not signed by the user"]);
  });
});

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
