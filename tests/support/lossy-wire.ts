/**
 * A wire between a phone and the rest of the world that loses datagrams, both ways.
 *
 * SIPp can lose messages by itself (`-lost`), but 3.6.1 then now and then forgets to repeat one, and nothing bounds its
 * bad luck: of two hundred calls at 20 %, one run in a hundred loses a call which no timer of RFC 3261 could have saved.
 * Here of eight datagrams of one call, whichever way they go, never more than three are lost: a request that is repeated as
 * RFC 3261 has it gets its answer by the fifth time at the latest, so that "all of them" can be asked for.
 */
import { expect } from "bun:test";
import { createChance } from "../../replay/chance.ts";
import type { Address, Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";

const OF_SO_MANY = 8;
const MOST_LOST = 3;

/** The two ends of the wire, each as the one beyond the wire sees it. A side whose address is unknown speaks first. */
export interface LossyWire {
  /** Where the phone is reached: what it gives as its Contact. */
  readonly phone: Address;
  /** Where the phone reaches the others. */
  readonly others: Address;
  /** Datagrams that went through, and those that did not. */
  readonly counts: { passed: number; lost: number };
  close(): Promise<void>;
}

export interface WireEnds {
  /** The address of both ends, and the port at which the phone is reached (0: any). */
  readonly host: string;
  readonly port?: number;
  readonly phone?: Address;
  readonly others?: Address;
}

/** Opens the wire; `loss` is a part of 1. */
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

/** Whether a datagram is lost: by chance, but of one call never too often. */
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

/** Sees that a wire of 20 % has lost a lot indeed: a test whose datagrams go another way proves nothing. */
export function expectLoss({ counts: { passed, lost } }: LossyWire): void {
  expect(lost / (passed + lost)).toBeGreaterThan(0.1);
}
