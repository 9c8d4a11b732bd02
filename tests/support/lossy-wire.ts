/**
 * A wire that loses datagrams, both ways, between a phone and its peers.
 *
 * SIPp can lose messages by itself (`-lost`), but 3.6.1 sometimes fails to retransmit after that, and its bad luck is unbounded:
 * with two hundred calls at 20 %, one run in a hundred loses a call that no timer of RFC 3261 could save. Here at most three of eight
 * datagrams of one call are lost, in either direction: a request retransmitted as in RFC 3261 is answered after at most five attempts,
 * so a test can demand that all calls succeed.
 */
import { expect } from "bun:test";
import { createChance } from "../../replay/chance.ts";
import type { Address, Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";

const OF_SO_MANY = 8;
const MOST_LOST = 3;

/** The two ends of the wire, each as seen from beyond the wire. A side with an unknown address sends first. */
export interface LossyWire {
  /** The phone's address, used as its Contact. */
  readonly phone: Address;
  /** The peers' address for the phone. */
  readonly others: Address;
  /** Datagrams delivered, and lost. */
  readonly counts: { passed: number; lost: number };
  close(): Promise<void>;
}

export interface WireEnds {
  /** The address of both ends, and the phone's port (0 for a free one). */
  readonly host: string;
  readonly port?: number;
  readonly phone?: Address;
  readonly others?: Address;
}

/** Opens the wire; `loss` is a fraction. */
export async function openLossyWire({ host, port = 0, phone, others }: WireEnds, loss: number): Promise<LossyWire> {
  const known = { phone, others };
  const counts = { passed: 0, lost: 0 };
  const loses = chanceOfLoss(loss);
  const carry = (from: "phone" | "others", to: "phone" | "others", out: () => Datagrams) => ({
    received(bytes: Uint8Array, source: Address) {
      known[from] ??= source;
      const destination = known[to];
      if (destination === undefined || loses(bytes)) counts.lost++;
      else {
        counts.passed++;
        out().send(bytes, destination);
      }
    },
    failed() {},
  });
  const phoneSide: Datagrams = await openUdp(
    { host, port: 0 },
    carry("phone", "others", () => othersSide),
  );
  const othersSide: Datagrams = await openUdp(
    { host, port },
    carry("others", "phone", () => phoneSide),
  );
  const close = async () => void (await Promise.all([phoneSide.close(), othersSide.close()]));
  return { phone: othersSide.local, others: phoneSide.local, counts, close };
}

/** Whether to lose a datagram: random, but never too often for one call. */
function chanceOfLoss(loss: number): (bytes: Uint8Array) => boolean {
  const chance = createChance(1);
  const lately = new Map<string, readonly boolean[]>();
  return (bytes) => {
    const call = /^Call-ID: *(.+)$/im.exec(Buffer.from(bytes).toString())?.[1] ?? "";
    const before = lately.get(call) ?? [];
    const lost = before.filter(Boolean).length < MOST_LOST && chance() < loss;
    lately.set(call, [...before, lost].slice(1 - OF_SO_MANY));
    return lost;
  };
}

/** Asserts that a 20 % wire has lost a lot: a test whose datagrams bypass it proves nothing. */
export function expectLoss({ counts: { passed, lost } }: LossyWire): void {
  expect(lost / (passed + lost)).toBeGreaterThan(0.1);
}
