/** tshark reads the captures of calls: who says what to whom, in order; right checksums; nothing malformed. */
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pcapOf } from "../../journal/pcap.ts";
import {
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  PHONE_HANGS_UP,
} from "../calls/scenes.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { program } from "../support/programs.ts";
import { journalOf } from "../support/recorded.ts";
import { noTshark } from "../support/tshark.ts";

const CHECKED = ["ip", "udp", "tcp"].flatMap((each) => ["-o", `${each}.check_checksum:TRUE`]);

/** What tshark makes of the capture of a call. */
async function tshark(script: string, ...args: readonly string[]): Promise<string[]> {
  const { journal, setting } = await journalOf(script, {});
  const [row] = journal.calls({}, 1).calls;
  const folder = makeFolder("capture");
  try {
    const file = join(folder, "call.pcap");
    writeFileSync(
      file,
      pcapOf(journal.entries(row?.id ?? "") ?? [], { host: setting.ours[0] ?? "", port: setting.port }),
    );
    const run = Bun.spawnSync([program("tshark"), "-r", file, ...CHECKED, ...args]);
    expect(run.exitCode).toBe(0);
    return run.stdout
      .toString()
      .split("\n")
      .filter((line) => line !== "");
  } finally {
    removeFolder(folder);
  }
}

const FLOW = [
  "-Y",
  "sip",
  "-T",
  "fields",
  "-E",
  "separator= ",
  "-e",
  "ip.src",
  "-e",
  "sip.Method",
  "-e",
  "sip.Status-Code",
];
const FAULTS = "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0";

const CALLS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "to a phone",
    JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP,
    [...["192.0.2.1 INVITE", "192.0.2.2 180", "192.0.2.2 200", "192.0.2.1 ACK"], ...["192.0.2.2 BYE", "192.0.2.1 200"]],
  ],
  [
    "from a phone",
    CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + PHONE_HANGS_UP,
    [...["192.0.2.2 INVITE", "192.0.2.1 180", "192.0.2.1 200", "192.0.2.2 ACK"], ...["192.0.2.2 BYE", "192.0.2.1 200"]],
  ],
];

describe.skipIf(noTshark !== undefined)("the capture of a call", () => {
  test.each(CALLS)("%s is read: SIP in its order", async (_, script, flow) => {
    const lines = await tshark(script, ...FLOW);
    expect(lines.map((line) => line.split(/\s+/).filter(Boolean).join(" "))).toEqual([...flow]);
  });

  test.each(CALLS)("%s is read: XMPP as XMPP, nothing malformed, checksums right", async (_, script) => {
    expect((await tshark(script, "-Y", "xmpp.iq")).length).toBeGreaterThan(3);
    expect(await tshark(script, "-Y", FAULTS)).toEqual([]);
  });
});
