/**
 * The phone of a benchmark: SIPp, which retransmits as a phone does.
 *
 * Small sessions use UDP; browser-size ones TCP, since they are larger than a datagram should be (RFC 3261 §18.1.1).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endsWithUs } from "./children.ts";

export interface SippOptions {
  /** The folder of its files. */
  readonly folder: string;
  readonly sdp: string;
  readonly transport: "udp" | "tcp";
  readonly port: number;
  /** Command prefix that pins it to a core. */
  readonly pin: readonly string[];
}

const HEADERS = `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:bob@[local_ip]:[local_port]>;tag=[pid]t[call_number]
Call-ID: [call_id]
Contact: <sip:bob@[local_ip]:[local_port];transport=[transport]>`;
const COPIED = `[last_Via:]
[last_From:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:bob@[local_ip]:[local_port];transport=[transport]>`;

const send = (attributes: string, text: string): string => `<send ${attributes}><![CDATA[\n${text}\n]]></send>`;
const withSdp = (text: string, sdp: string): string =>
  `${text}\nContent-Type: application/sdp\nContent-Length: [len]\n\n${sdp.replaceAll("\r", "").trimEnd()}\n`;
const empty = (text: string): string => `${text}\nContent-Length: 0\n\n`;

/** Rings, answers, waits for BYE. */
const callee = (sdp: string): string => `<scenario name="callee">
<recv request="INVITE"/>
${send("", empty(`SIP/2.0 180 Ringing\n${COPIED}\n[last_To:];tag=[pid]t[call_number]`))}
${send('retrans="500"', withSdp(`SIP/2.0 200 OK\n${COPIED}\n[last_To:];tag=[pid]t[call_number]`, sdp.replace("actpass", "active")))}
<label id="1"/>
<recv request="INVITE" optional="true" next="1"/>
<recv request="BYE" optional="true" next="2"/>
<recv request="ACK"/>
<recv request="BYE"/>
<label id="2"/>
${send("", empty(`SIP/2.0 200 OK\n${COPIED}\n[last_To:]`))}
</scenario>`;

const request = (method: string, cseq: number, to: string): string =>
  `${method} sip:alice@example.org SIP/2.0\n${HEADERS}\nTo: <sip:alice@example.org>${to}\nCSeq: ${cseq} ${method}`;

/** Calls, waits `pause` milliseconds, hangs up. */
const caller = (sdp: string, pause: number): string => `<scenario name="caller">
${send('retrans="500" start_rtd="1"', withSdp(request("INVITE", 1, ""), sdp))}
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="503" optional="true" next="1"/>
<recv response="200" rtd="1"/>
${send("", empty(request("ACK", 1, "[peer_tag_param]")))}
${pause > 0 ? `<pause milliseconds="${pause}"/>` : ""}
${send('retrans="500"', empty(request("BYE", 2, "[peer_tag_param]")))}
<recv response="200" next="2"/>
<label id="1"/>
${send("", empty(request("ACK", 1, "[peer_tag_param]")))}
<label id="2"/>
</scenario>`;

function start(
  { folder, transport, port, pin }: SippOptions,
  scenario: string,
  more: readonly string[],
): Bun.Subprocess {
  const file = join(folder, "scenario.xml");
  writeFileSync(file, `<?xml version="1.0" encoding="UTF-8"?>\n${scenario}\n`);
  const where = ["-i", "127.0.0.1", "-p", `${port}`, "-t", transport === "tcp" ? "t1" : "u1"];
  const command = [...pin, "sipp", "-sf", file, ...where, "-nostdin", "-skip_rlimit", ...more];
  return endsWithUs(Bun.spawn(command, { cwd: folder, stdout: "ignore", stderr: "ignore" }));
}

/** A phone that answers every call, until it is killed. */
export const answering = (options: SippOptions): Bun.Subprocess => start(options, callee(options.sdp), []);

/** Calls at a rate, each held for some milliseconds. */
export function calling(
  options: SippOptions,
  to: number,
  calls: { readonly count: number; readonly rate: number; readonly held: number },
): Bun.Subprocess {
  const load = [
    "-m",
    `${calls.count}`,
    "-r",
    `${calls.rate}`,
    "-l",
    "100000",
    "-trace_rtt",
    "-rtt_freq",
    "1",
    "-trace_stat",
    "-fd",
    "1",
  ];
  return start(options, caller(options.sdp, calls.held), [...load, `127.0.0.1:${to}`]);
}

/** The times of its calls to be answered, in milliseconds. */
export function latencies(folder: string): number[] {
  const files = readdirSync(folder).filter((name) => name.endsWith("_rtt.csv"));
  return files.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .slice(1)
      .filter((line) => line.includes(";"))
      .map((line) => Number(line.split(";")[1])),
  );
}

/** Number of calls it has placed. */
export function placed(folder: string): number {
  const file = readdirSync(folder).find((name) => name.endsWith("_.csv"));
  const lines = file === undefined ? [] : readFileSync(join(folder, file), "utf8").trim().split("\n");
  const column = lines[0]?.split(";").indexOf("TotalCallCreated") ?? -1;
  return Number(lines.at(-1)?.split(";")[column] ?? 0);
}
