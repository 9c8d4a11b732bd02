/**
 * Whoever reaches the window's port, on the gateway as people run it, on each runtime: headers, addresses and bodies without end, thousands of
 * connections, readers of the feed who read nothing. Each is refused or let go, memory stays, and calls go on behind real Prosody.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import type { Device } from "../support/device.ts";
import { GATEWAY, GuestWorld } from "../support/guests.ts";
import { residentMegabytes } from "../support/memory.ts";
import { COMPONENT, noProsody } from "../support/prosody.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

/** Connections at once (docs/mapping.md G20), and readers of the feed. */
const CONNECTIONS = 200;
const READERS = 50;
/** Megabytes of RSS, of 300 MB that were sent: Deno returns its memory late. */
const MOST_GROWN = 200;
const MEGABYTE = 1_048_576;
const ENDLESS = 300;
const BLOCK = "x".repeat(MEGABYTE);

for (const runtime of RUNTIMES)
  describe.skipIf((noProsody ?? runtime.missing) !== undefined)(`floods of HTTP, on ${runtime.name}`, () => {
    let world: GuestWorld;
    let juliet: Device;
    let calls = 0;

    beforeAll(async () => {
      world = await GuestWorld.start({ users: ["juliet"], calls: "per_user = 0\nper_minute = 0", runtime });
      juliet = await world.device("juliet");
      await talks();
    }, 120_000);
    afterAll(() => world?.stop());

    const talks = async (): Promise<void> => {
      const sid = `s${calls++}`;
      await world.talk(juliet, sid);
      await juliet.say(`bob@${COMPONENT}`, "session-terminate", sid, "<reason><success/></reason>");
      const bye = await world.proxy.heard.next((text) => text.startsWith("BYE") && text.includes(sid), `BYE of ${sid}`);
      world.proxy.replies(bye, "200 OK");
    };
    const opened = (says: (socket: Socket) => void) => {
      let [heard, isOpen] = ["", true];
      const socket = connect({ host: GATEWAY, port: world.gateway.webPort }, () => says(socket));
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        heard = (heard + String(bytes)).slice(0, 100);
      });
      const ended = new Promise<void>((resolve) => {
        socket.once("close", () => {
          isOpen = false;
          resolve();
        });
      });
      return { socket, ended, heard: () => heard, isOpen: () => isOpen };
    };
    /** Writes so many megabytes, or until it is closed. */
    const writes = (head: string, megabytes: number, before = "", after = "") =>
      opened((socket) => {
        socket.write(head);
        let left = megabytes;
        const again = (error?: Error | null): void => {
          if (!error && left-- > 0) socket.write(before + BLOCK + after, again);
        };
        again();
      });
    const grownBy = async (attack: () => Promise<void>): Promise<number> => {
      const before = residentMegabytes(world.gateway.pid);
      await attack();
      return residentMegabytes(world.gateway.pid) - before;
    };

    // proves: G20
    test("headers, addresses and bodies without end", async () => {
      const host = "Host: 127.0.0.1\r\n";
      const chunked = `${host}Transfer-Encoding: chunked\r\n\r\n`;
      const long = `${host}Content-Length: ${ENDLESS * MEGABYTE}\r\n\r\n`;
      const grown = await grownBy(async () => {
        const all = [
          writes("GET /", ENDLESS),
          writes(`GET / HTTP/1.1\r\n${host}X: `, ENDLESS),
          writes(`GET / HTTP/1.1\r\n${host}`, ENDLESS, "X: ", "\r\n"),
          ...["POST /session", "POST /health", "PUT /api/calls", "DELETE /api/calls/x", "GET /api/calls"].flatMap(
            (line) => [
              writes(`${line} HTTP/1.1\r\n${chunked}`, ENDLESS, `${MEGABYTE.toString(16)}\r\n`, "\r\n"),
              writes(`${line} HTTP/1.1\r\n${long}`, ENDLESS),
            ],
          ),
        ];
        await talks();
        await Promise.all(all.map(({ ended }) => ended));
        for (const { heard } of all) expect(heard()).not.toMatch(/^HTTP\/1.1 5/);
      });
      expect(grown).toBeLessThan(MOST_GROWN);
      await talks();
    }, 90_000);

    // proves: G20
    test("thousands of connections, which ask for nothing: two hundred stay, for five seconds", async () => {
      const all = Array.from({ length: 2_000 }, () => opened((socket) => void socket.write("GET / HT")));
      await talks();
      await until(
        "so many",
        () => all.filter(({ isOpen }) => isOpen()).length,
        (count) => count <= CONNECTIONS,
      );
      await Promise.all(all.map(({ ended }) => ended));
      expect((await world.gateway.health()).status).toBe(200);
    }, 90_000);

    // proves: G20
    test("readers who read nothing: fifty, and calls go on", async () => {
      const grown = await grownBy(async () => {
        const all = Array.from({ length: 2 * READERS }, () =>
          opened((socket) => void socket.write("GET /api/feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
        );
        await until(
          "answers",
          () => all.filter(({ heard }) => heard() !== "").length,
          (count) => count === all.length,
        );
        expect(all.filter(({ heard }) => heard().startsWith("HTTP/1.1 503"))).toHaveLength(READERS);
        for (const { socket } of all) socket.pause();
        for (let at = 0; at < 20; at++) await talks();
        for (const { socket } of all) socket.destroy();
      });
      expect(grown).toBeLessThan(MOST_GROWN);
    }, 90_000);
  });
