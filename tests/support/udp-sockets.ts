/** The UDP sockets of this process, by local port: other descriptors, of earlier test files too, come and go meanwhile. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The number of those whose port is within these. */
export function udpSockets({ first, last }: { readonly first: number; readonly last: number }): number {
  const ours = new Set(readdirSync("/proc/self/fd").flatMap(inodeOf));
  const all = ["udp", "udp6"].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, "utf8").trim().split("\n").slice(1),
  );
  return all.filter((line) => {
    // proc_pid_net(5): the second column is the local address and port, in hex, the tenth the inode
    const columns = line.trim().split(/\s+/);
    const port = Number.parseInt(columns[1]?.split(":")[1] ?? "", 16);
    return port >= first && port <= last && ours.has(columns[9] ?? "");
  }).length;
}

function inodeOf(descriptor: string): string[] {
  try {
    const [, inode = ""] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`)) ?? [];
    return inode === "" ? [] : [inode];
  } catch {
    return []; // closed meanwhile, as that of this listing is
  }
}
