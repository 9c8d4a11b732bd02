/**
 * The scenes of the demo, as a table: the events of each call, in order, with who acts.
 *
 * A word is an action of the user's client or of the phone (script.ts); a number is a pause in milliseconds.
 */
import type { Line } from "./script.ts";

export interface Scene {
  readonly what: string;
  /** Relative frequency. */
  readonly often: number;
  readonly says: readonly Line[];
  /** The callee is not online on any device. */
  readonly asleep?: true;
}

const RINGS = ["user calls", 60, "phone tries", 900, "phone rings"] as const;
const ANSWERED = [...RINGS, 2_600, "phone answers"] as const;
const ACCEPTED = ["phone calls", 2_400, "user accepts"] as const;

export const SCENES: readonly Scene[] = [
  { what: "the user calls, the phone hangs up", often: 5, says: [...ANSWERED, 9_000, "phone hangs up"] },
  { what: "the phone calls, the user hangs up", often: 5, says: [...ACCEPTED, 10_000, "user hangs up"] },
  { what: "the phone is busy", often: 2, says: ["user calls", 500, "phone is busy"] },
  { what: "the phone declines", often: 1, says: [...RINGS, 2_500, "phone declines"] },
  { what: "nobody has that number", often: 1, says: ["user calls", 400, "phone is unknown"] },
  { what: "the user declines", often: 2, says: ["phone calls", 3_000, "user rejects"] },
  { what: "the user gives up", often: 1, says: [...RINGS, 4_000, "user cancels"] },
  { what: "the phone gives up", often: 1, says: ["phone calls", 3_500, "phone cancels"] },
  { what: "nobody takes the phone", often: 1, says: [...RINGS, 22_000] },
  { what: "nobody accepts", often: 1, says: ["phone calls", 22_000] },
  { what: "the user gives up at once", often: 1, says: ["user calls", 40, "user cancels", 700, "phone rings"] },
  {
    what: "the user hangs up before the phone knows that he has accepted",
    often: 1,
    says: ["phone calls", 2_000, "phone misses", "user accepts", 200, "user hangs up"],
  },
  {
    what: "the user trickles, and trickles again with his video",
    often: 2,
    says: [
      ...([
        "user will trickle",
        ...ANSWERED,
        2_500,
        "user will trickle",
        "user adds video",
        6_000,
        "user hangs up",
      ] as const),
    ],
  },
  {
    what: "the user trickles when he accepts",
    often: 1,
    says: ["phone calls", 2_400, "user will trickle", "user accepts", 8_000, "phone hangs up"],
  },
  {
    what: "the user holds, and resumes",
    often: 3,
    says: [...ANSWERED, 2_500, "user holds", 4_000, "user resumes", 3_000, "user hangs up"],
  },
  {
    what: "the phone holds, and resumes",
    often: 3,
    says: [...ACCEPTED, 2_500, "phone holds", 4_000, "phone resumes", 3_000, "phone hangs up"],
  },
  {
    what: "both hold",
    often: 1,
    says: [
      ...([...ANSWERED, 2_000, "phone holds", 2_500, "user holds", 3_000] as const),
      ...(["phone resumes", 2_500, "user resumes", 2_500, "user hangs up"] as const),
    ],
  },
  {
    what: "the user adds video",
    often: 2,
    says: [...ANSWERED, 2_500, "user adds video", 6_000, "phone presses 5", 1_500, "user hangs up"],
  },
  { what: "the phone adds video", often: 2, says: [...ANSWERED, 2_500, "phone adds video", 6_000, "phone hangs up"] },
  {
    what: "the user does not want the phone's video",
    often: 1,
    says: [...ACCEPTED, 2_000, "user will reject", "phone adds video", 4_500, "user hangs up"],
  },
  {
    what: "the user does not see that the phone adds video",
    often: 1,
    says: [...ACCEPTED, 2_000, "user will ignore", "phone adds video", 9_000, "phone hangs up"],
  },
  {
    what: "the phone does not want the user's video",
    often: 1,
    says: [...ANSWERED, 2_000, "phone will refuse", "user adds video", 4_500, "phone hangs up"],
  },
  {
    what: "both add video at once: glare, 491",
    often: 3,
    says: [...ANSWERED, 2_500, "phone will cross", "user adds video", 9_000, "user hangs up"],
  },
  {
    what: "two phones ring",
    often: 2,
    says: ["user calls", 60, "phone tries", 700, "two phones ring", 2_500, "phone answers", 6_000, "user hangs up"],
  },
  { what: "the phone misses the INVITE", often: 1, says: ["phone misses", ...ANSWERED, 5_000, "phone hangs up"] },
  { what: "the phone misses the BYE", often: 1, says: [...ANSWERED, 6_000, "phone misses", "user hangs up", 2_000] },
  {
    what: "the stream is lost, and comes back",
    often: 1,
    says: [...ANSWERED, 3_000, "the stream is lost", 7_000, "user hangs up"],
  },
  {
    what: "a message wakes the client",
    asleep: true,
    often: 1,
    says: ["phone calls", 2_000, "user wakes", 800, "user accepts", 7_000, "phone hangs up"],
  },
  { what: "no device wakes", asleep: true, often: 1, says: ["phone calls", 12_000] },
];
