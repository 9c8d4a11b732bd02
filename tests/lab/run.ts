/**
 * `bun run test:peers [file…]`: runs the tests of this folder among real peers, in a network of their own.
 *
 * The kernel gives the run its own network, processes and mounts (namespaces(7)): fixed ports cannot clash with anything
 * on this machine, nothing can leave, and when the run ends, in whatever way, every process and file of it is gone.
 * Root is needed for that. The network: loopback with the MTU of an Ethernet, so that long SIP goes as on real wires,
 * and one interface with the addresses of lab.ts, since ICE leaves loopback out.
 */
import { mkdtempSync, rmdirSync } from "node:fs";
import { PROGRAM_PATH } from "../support/programs.ts";
import { ADDRESSES, INSIDE } from "./lab.ts";
import { missingPackages } from "./packages.ts";

const SET_UP = `
mount -t tmpfs tmpfs "$TMPDIR"
ip link set lo up mtu 1500
ip link add lab0 type veth peer name lab1
ip link set lab0 addrgenmode none
ip link set lab1 addrgenmode none up
for address in ${ADDRESSES.join(" ")}; do ip address add "$address/24" dev lab0; done
ip link set lab0 up
`;

async function run(files: readonly string[]): Promise<number> {
  const missing = missingPackages();
  if (missing.length > 0) return refuse(`packages are missing: apt-get install ${missing.join(" ")}`);
  if (process.getuid?.() !== 0) return refuse("root is needed, to make a network of its own");
  const folder = mkdtempSync("/run/carillon-lab-");
  const tests = ["test", "--timeout", "120000", "--only-failures", ...(files.length > 0 ? files : [import.meta.dir])];
  const shell = ["sh", "-c", `set -e\n${SET_UP}\nset +e\n"$@"\nexit $?`, "sh", process.execPath, ...tests];
  const lab = Bun.spawn(["unshare", "--net", "--pid", "--mount-proc", "--fork", "--kill-child", ...shell], {
    env: { ...process.env, PATH: PROGRAM_PATH, TMPDIR: folder, [INSIDE]: "1" },
    stdio: ["inherit", "inherit", "inherit"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => lab.kill("SIGKILL"));
  const code = await lab.exited;
  rmdirSync(folder);
  return code;
}

function refuse(why: string): number {
  console.error(`The peers are not run: ${why}`);
  return 1;
}

process.exit(await run(process.argv.slice(2)));
