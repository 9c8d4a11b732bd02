/** SRTP: the keys of RFC 3711's own test vectors, what werift makes of the same packets, and what is refused. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RtpHeader, SrtcpSession, SrtpSession } from "werift";
import { type MasterKey, Srtp } from "../../relay/srtp.ts";

const MASTER: MasterKey = {
  key: Buffer.from("E1F97A0D3E018BE0D64FA32C06DE4139", "hex"),
  salt: Buffer.from("0EC675AD498AFEEBB6960B3AABE6", "hex"),
  tag: 10,
};
const SOURCE = 0xdecafbad;

function packetOf(sequence: number, source = SOURCE, payload = "twenty milliseconds of sound"): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt16BE(0x8008, 0);
  packet.writeUInt16BE(sequence % 65_536, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(source, 8);
  packet.write(payload, 12);
  return packet;
}

const report = (source = SOURCE): Buffer => {
  const packet = Buffer.alloc(28, 7);
  packet.set([0x80, 200, 0, 6]);
  packet.writeUInt32BE(source, 4);
  return packet;
};

/** werift with the same key. */
const keys = {
  localMasterKey: MASTER.key,
  localMasterSalt: MASTER.salt,
  remoteMasterKey: MASTER.key,
  remoteMasterSalt: MASTER.salt,
};
const other = { keys: keys as never, profile: 1 as const };

const bytes = (packet: Uint8Array | undefined): string => Buffer.from(packet ?? []).toString("hex");
const sent = (srtp: Srtp, packet: Uint8Array): Buffer => Buffer.from(srtp.protect(packet) ?? []);

describe("SRTP", () => {
  test("a packet is as another library writes it, and is read by it", () => {
    const packet = packetOf(1);
    const theirs = new SrtpSession(other).encrypt(packet.subarray(12), RtpHeader.deSerialize(packet));
    expect(bytes(new Srtp(MASTER).protect(packet))).toBe(bytes(theirs));
    expect(bytes(new Srtp(MASTER).unprotect(theirs))).toBe(bytes(packet));
  });

  test("so is RTCP", () => {
    const theirs = new SrtcpSession(other);
    const [one, more] = [theirs.encrypt(report()), theirs.encrypt(report())];
    const [ours, reader] = [new Srtp(MASTER), new Srtp(MASTER)];
    // the first index of a sender is its own choice: ours is 0
    expect(bytes(theirs.decrypt(Buffer.from(ours.protectRtcp(report()) ?? [])))).toBe(bytes(report()));
    expect(bytes(reader.unprotectRtcp(one))).toBe(bytes(report()));
    expect(bytes(reader.unprotectRtcp(more))).toBe(bytes(report()));
    expect(reader.unprotectRtcp(one)).toBeUndefined();
  });

  test.each([10, 4])("packets come out as they went in, with a tag of %d bytes, around the roll-over", (tag) => {
    const [out, into] = [new Srtp({ ...MASTER, tag }), new Srtp({ ...MASTER, tag })];
    for (const sequence of [65_533, 65_535, 65_534, 65_536, 65_537, 98_000, 130_000, 131_071, 131_073, 131_072]) {
      const packet = packetOf(sequence);
      const wire = sent(out, packet);
      expect(wire.length).toBe(packet.length + tag);
      expect(bytes(into.unprotect(wire))).toBe(bytes(packet));
    }
  });

  test("a header with contributing sources and an extension goes as it is", () => {
    const packet = Buffer.concat([
      packetOf(1).subarray(0, 12),
      Buffer.from("0000000500000006bede000151aa0000", "hex"),
      Buffer.from("sound"),
    ]);
    packet[0] = 0x92;
    const wire = sent(new Srtp(MASTER), packet);
    expect(bytes(wire.subarray(0, 28))).toBe(bytes(packet.subarray(0, 28)));
    expect(bytes(new Srtp(MASTER).unprotect(wire))).toBe(bytes(packet));
  });

  // proves: V17
  test("what comes again is refused, what comes late is not", () => {
    const [out, into] = [new Srtp(MASTER), new Srtp(MASTER)];
    const wires = [...Array(100).keys()].map((sequence) => sent(out, packetOf(sequence)));
    const of = (at: number): Uint8Array | undefined => into.unprotect(wires[at] ?? Buffer.alloc(0));
    expect(of(50)).toBeDefined();
    expect(of(50)).toBeUndefined();
    expect(of(49)).toBeDefined();
    expect(of(49)).toBeUndefined();
    expect(of(99)).toBeDefined();
    expect(of(36)).toBeDefined();
    expect(of(35)).toBeUndefined();
  });

  // proves: V17
  test("a packet that anybody has touched is refused, and changes nothing", () => {
    const [out, into] = [new Srtp(MASTER), new Srtp(MASTER)];
    const wire = sent(out, packetOf(7));
    for (let at = 0; at < wire.length; at++) {
      const touched = Buffer.from(wire);
      touched[at] = (touched[at] ?? 0) ^ 1;
      expect(into.unprotect(touched)).toBeUndefined();
    }
    expect(bytes(into.unprotect(wire))).toBe(bytes(packetOf(7)));
  });

  test("no bytes at all make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (any) => {
        const srtp = new Srtp(MASTER);
        expect(srtp.unprotect(any)).toBeUndefined();
        expect(srtp.unprotectRtcp(any)).toBeUndefined();
        srtp.protect(any);
        srtp.protectRtcp(any);
      }),
    );
  });

  // proves: V17
  test("whoever has been silent longest gives way to the 65th source, and is heard as a new one; who speaks is not forgotten", () => {
    const [ours, theirs] = [new Srtp(MASTER), new Srtp(MASTER)];
    const pass = (sequence: number, source: number): Uint8Array | undefined =>
      theirs.unprotect(ours.protect(packetOf(sequence, source)) ?? Buffer.alloc(0));
    for (let source = 1; source <= 300; source++)
      expect([pass(source, 0), pass(1, source)]).toEqual([packetOf(source, 0), packetOf(1, source)]);
    const early = ours.protect(packetOf(301, 0)) ?? Buffer.alloc(0);
    expect([theirs.unprotect(early), theirs.unprotect(early)]).toEqual([packetOf(301, 0), undefined]);
    expect(pass(2, 1)).toEqual(packetOf(2, 1));
  });

  // proves: V17
  test("RTCP of 300 sources goes over, and no number of ours comes twice", () => {
    const [ours, theirs] = [new Srtp(MASTER), new Srtp(MASTER)];
    const numbers = new Set<number>();
    for (const source of [...Array(300).keys(), ...Array(300).keys()]) {
      const packet = ours.protectRtcp(report(source)) ?? Buffer.alloc(0);
      numbers.add(Buffer.from(packet).readUInt32BE(packet.length - 14));
      expect(theirs.unprotectRtcp(packet)).toEqual(report(source));
    }
    expect(numbers.size).toBe(600);
  });
});
