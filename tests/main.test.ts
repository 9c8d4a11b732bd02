/** The command line, as an operator meets it: what is wrong is one line and a non-zero exit. */
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlayServer } from "../replay/server.ts";
import { listenTcp } from "../transports/tcp.ts";
import { openUdp } from "../transports/udp.ts";
import { changed } from "./support/changed.ts";
import { makeFolder, removeFolder } from "./support/folders.ts";
import { type GatewayProcess, healthy, runMain, startGateway } from "./support/gateway-process.ts";
import { runNpm } from "./support/npm.ts";
import { RUNTIMES } from "./support/runtimes.ts";
import { until } from "./support/until.ts";

const TOML = (more = "", port = 1): string => `
[modules.mod_jingle_sip]
listen_port = 0
proxy_port = 5060
${more}
[sip]
bind = ["127.0.0.1"]
[xmpp]
host = "127.0.0.1"
port = ${port}
domain = "sip.example.org"
secret = "s3cret"
hosts = ["example.org"]
[web]
port = 0
`;
/** The events of a log, in their order. */
const eventsOf = (log: string): unknown[] => linesOf(log).map(({ event }) => event);
const linesOf = (log: string): Record<string, unknown>[] =>
  log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const LOCAL = { host: "127.0.0.1", port: 0 };

describe("what is wrong is one line, and no stack trace", () => {
  test("no arguments", async () => {
    const { code, error } = await runMain([]);
    expect([code, error]).toEqual([1, "carillon: usage: bun main.ts --config carillon.toml [--check]"]);
  });

  test("an argument that nobody knows", async () => {
    const { code, error } = await runMain(["--confg", "x"]);
    expect(code).toBe(1);
    expect(error).toMatch(/^carillon: .*--confg.*usage: .*$/);
  });

  test.each([
    [["call"], 'there is no command "call": calls, hangup, trace, replay, relay'],
    [["hangup"], "hangup needs ID"],
    [["calls", "x"], 'calls does not take "x"'],
  ])("%p", async (args, error) => {
    expect(await runMain(args)).toMatchObject({
      code: 1,
      error: expect.stringContaining(`carillon: ${error}; usage: `),
    });
  });

  test("a command where no gateway runs", async () => {
    const { code, error } = await runMain(["calls", "--url", "http://127.0.0.1:9"]);
    expect([code, error]).toEqual([
      1,
      "carillon: no gateway answers at http://127.0.0.1:9: is it running, and is this its [web] host and port?",
    ]);
  });

  // proves: G17
  test("a file to replay that would move the cursor", async () => {
    const folder = makeFolder("main");
    const file = join(folder, "call.json");
    writeFileSync(file, "{\u001b[2J");
    const { code, error } = await runMain(["replay", file]);
    removeFolder(folder);
    expect(code).toBe(1);
    expect(error).toMatch(/^carillon: .*JSON/);
    expect(error).not.toMatch(/\p{C}/u);
  });

  test("a token file that is not there", async () => {
    const { code, error } = await runMain([], TOML(), { CARILLON_WEB_TOKEN_FILE: "/nonexistent" });
    expect([code, error]).toEqual([1, 'carillon: [web] token_file "/nonexistent" cannot be read (ENOENT)']);
  });

  test("a file that is not there", async () => {
    const { code, error } = await runMain(["--config", "/nonexistent.toml"]);
    const line = "carillon: /nonexistent.toml: there is no such file; copy carillon.example.toml to /nonexistent.toml";
    expect([code, error]).toEqual([1, line]);
  });

  test("a folder for a file", async () => {
    const { code, error } = await runMain(["--config", "/"]);
    expect([code, error]).toEqual([1, "carillon: /: cannot be read (EISDIR)"]);
  });

  test("a wrong option", async () => {
    const { code, error } = await runMain([], TOML("local_hots = 'x'"));
    expect(error).toBe(
      "carillon: carillon.toml: unknown key `local_hots` in [modules.mod_jingle_sip] (did you mean `local_host`?)",
    );
    expect(code).toBe(1);
  });

  const onPort = (port: number): string => changed(TOML(), "listen_port = 0", `listen_port = ${port}`);

  test("an occupied SIP port, by UDP", async () => {
    const taken = await openUdp(LOCAL, { received: () => {}, failed: () => {} });
    const { port } = taken.local;
    const { code, error } = await runMain([], onPort(port));
    await taken.close();
    expect(error).toBe(`carillon: [sip] bind 127.0.0.1, UDP port ${port}: in use by another program (EADDRINUSE)`);
    expect(code).toBe(1);
  });

  test("an occupied SIP port, by TCP", async () => {
    const taken = await listenTcp(LOCAL, () => ({ received: () => {}, closed: () => {} }));
    const { port } = taken.local;
    const { code, error } = await runMain([], onPort(port));
    await taken.close();
    expect(error).toBe(`carillon: [sip] bind 127.0.0.1, TCP port ${port}: in use by another program (EADDRINUSE)`);
    expect(code).toBe(1);
  });

  test("an address of another machine beside one of ours", async () => {
    const { code, error } = await runMain([], changed(TOML(), '["127.0.0.1"]', '["127.0.0.1", "192.0.2.77"]'));
    expect(error).toMatch(
      /^carillon: \[sip\] bind 192\.0\.2\.77, UDP port \d+: not an address of this machine \(EADDRNOTAVAIL\)$/,
    );
    expect(code).toBe(1);
  });

  test("an occupied web port, before anything else is begun", async () => {
    const taken = await listenTcp(LOCAL, () => ({ received: () => {}, closed: () => {} }));
    let asked = 0;
    const server = await listenTcp(LOCAL, () => {
      asked++;
      return { received: () => {}, closed: () => {} };
    });
    const toml = changed(TOML("", server.local.port), "[web]\nport = 0", `[web]\nport = ${taken.local.port}`);
    const { code, error, output } = await runMain([], toml);
    await Promise.all([taken.close(), server.close()]);
    expect(error).toBe(`carillon: [web] 127.0.0.1, port ${taken.local.port}: in use by another program (EADDRINUSE)`);
    expect([code, eventsOf(output), asked]).toEqual([1, ["gateway.start", "dial.open"], 0]);
  });

  test("a web host that does not resolve", async () => {
    const { code, error } = await runMain([], TOML(), { CARILLON_WEB_HOST: "web.invalid" });
    expect(error).toMatch(/^carillon: \[web\] host "web\.invalid" does not resolve: [^\n]+$/);
    expect(code).toBe(1);
  });

  test("a refused secret", async () => {
    const refusal =
      "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'><stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
    const server = await listenTcp(LOCAL, (stream) => ({ received: () => stream.write(refusal), closed: () => {} }));
    const { code, error, output } = await runMain([], TOML("", server.local.port));
    await server.close();
    expect(error).toBe("carillon: [xmpp] domain and secret: the server says not-authorized");
    expect(code).toBe(1);
    expect(output).not.toContain("s3cret");
    expect(linesOf(output).find(({ event }) => event === "xmpp.refused")).toMatchObject({
      ...{ level: "error", domain: "sip.example.org", why: "the server says not-authorized" },
      advice: "[xmpp] domain and secret must be those that the server has for its component",
    });
  });
});

describe("--check", () => {
  test("reads and judges, and starts nothing", async () => {
    const { code, output } = await runMain(["--check"], TOML('backend = "mnesia"\nproxy_host = "127.0.0.1"'));
    expect([code, output]).toEqual([
      0,
      "carillon.toml: backend is ignored: only the predecessor used it\ncarillon.toml: good",
    ]);
  });

  test("says what the names of hosts are", async () => {
    const { code, output } = await runMain(["--check"], TOML());
    const name = 'carillon.toml: [modules.mod_jingle_sip] proxy_host "localhost" resolves to';
    expect(output.split("\n")[0]).toMatch(new RegExp(`^${changed(name, /[[\]]/g, "\\$&")} (127\\.0\\.0\\.1|::1)`));
    expect([code, output.split("\n").slice(1)]).toEqual([0, ["carillon.toml: good"]]);
  });

  test("fails on a name that does not resolve", async () => {
    const reachable = 'proxy_host = "pbx.invalid"\nlocal_host = "192.0.2.1"\nsdp_origin = "192.0.2.1"';
    const { code, output, error } = await runMain(["--check"], TOML(reachable));
    expect([code, output]).toEqual([1, ""]);
    expect(error).toMatch(
      /^carillon: carillon\.toml: \[modules\.mod_jingle_sip\] proxy_host "pbx\.invalid" does not resolve: [^\n]+$/,
    );
  });
});

test.each(["--help", "-h"])("%s says on standard output what can be said", async (option) => {
  const { code, output, error } = await runMain([option]);
  expect([code, error]).toEqual([0, ""]);
  expect(output).toStartWith("usage: bun main.ts --config carillon.toml [--check]\n");
});

test("--version is that of package.json", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dir, "../package.json"), "utf8"));
  expect(await runMain(["--version"])).toEqual({ code: 0, error: "", output: `carillon ${version}` });
});

test("each error of a configuration is a line", async () => {
  const { code, error } = await runMain(
    [],
    changed(TOML("proxy_prot = 1\ntransport = 'tls'"), 'secret = "s3cret"', ""),
  );
  expect(code).toBe(1);
  expect(error.split("\n").map((line) => line.split(";")[0])).toEqual([
    "carillon: carillon.toml: unknown key `proxy_prot` in [modules.mod_jingle_sip] (did you mean `proxy_port`?)",
    'carillon: carillon.toml: [modules.mod_jingle_sip] transport = "tls" must be "udp" or "tcp"',
    "carillon: carillon.toml: [xmpp] secret is missing: set it in the file or in CARILLON_XMPP_SECRET",
  ]);
});

test("the environment overrides the file", async () => {
  const { code, error } = await runMain([], TOML(), { CARILLON_PROXY_PORT: "seventy" });
  expect([code, error]).toEqual([
    1,
    'carillon: CARILLON_PROXY_PORT: [modules.mod_jingle_sip] proxy_port = "seventy" must be a port from 1 to 65535',
  ]);
});

test.each(["start", "dev"])(
  "npm run %s hands SIGTERM on: the gateway stops, and nothing is left running",
  async (script) => {
    const { log, allEnded } = await runNpm(script, TOML(), (npm) => {
      if (npm.log.includes("gateway.listening")) npm.stop();
    });
    expect(log).toContain('"state":"stopped"');
    expect(log).toContain('"state":"stopped"');
    expect(allEnded).toBe(true);
  },
  120_000,
);

describe.each(RUNTIMES.filter(({ missing }) => missing === undefined))("signals on $name", (runtime) => {
  const onSighup = (log: string): unknown[] =>
    linesOf(log).filter(({ event }) => String(event).startsWith("config.re"));
  const told = (gateway: GatewayProcess, many: number) =>
    until(
      `${many} lines of SIGHUP`,
      async () => onSighup(gateway.log()),
      ({ length }) => length >= many,
    );

  test("SIGHUP reloads what it can, names what it cannot, refuses a faulty file, and goes on", async () => {
    const gateway = await startGateway(TOML(), runtime);
    gateway.reload(
      `${changed(TOML(), "[sip]", '[sip]\nallow = ["10.0.0.0/8"]\noutbound = true')}[log]\nlevel = "debug"`,
    );
    await told(gateway, 1);
    gateway.reload(`${TOML()}\ncolour = 1`);
    await told(gateway, 2);
    gateway.reload("[xmpp");
    await told(gateway, 3);
    expect(onSighup(gateway.log())).toMatchObject([
      {
        level: "warn",
        event: "config.reloaded",
        changed: ["[sip] allow", "[log] level"],
        needRestart: ["[sip] outbound"],
      },
      { level: "error", event: "config.refused", errors: [expect.stringMatching(/unknown key `colour` in \[web\]$/)] },
      { level: "error", event: "config.refused", errors: [expect.stringMatching(/line 1, column \d+: /)] },
    ]);
    expect((await gateway.health()).status).toBe(503);
    expect(await gateway.stop()).toBe(0);
    expect(eventsOf(gateway.log())[0]).toBe("gateway.start");
  });

  test("/metrics is there without a journal, with process and event loop", async () => {
    const gateway = await startGateway(TOML(), runtime, { CARILLON_WEB_JOURNAL: "0" });
    const asked = await fetch(`http://127.0.0.1:${gateway.webPort}/metrics`);
    expect([asked.status, asked.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    const text = await asked.text();
    for (const line of [
      "carillon_xmpp_stream_up 0",
      'carillon_sip_socket_up{transport="udp"} 1',
      "carillon_proxy_up Nan",
    ])
      expect(text.split("\n")).toContain(line);
    expect(text).toMatch(/^process_resident_memory_bytes [\d.e+]+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds [\d.e-]+$/m);
    expect(await gateway.stop()).toBe(0);
  });

  test("SIGTERM twice ends it once, without a fault", async () => {
    const gateway = await startGateway(TOML(), runtime);
    gateway.kill("SIGTERM");
    gateway.kill("SIGTERM");
    expect(await gateway.exited).toBe(0);
    expect(linesOf(gateway.log()).filter(({ state }) => state === "stopped")).toHaveLength(1);
  });
});

describe("a gateway that runs", () => {
  test("is asked for its calls, and to end one", async () => {
    const gateway = await startGateway(TOML(), undefined, { CARILLON_WEB_TOKEN: "t0ken-0123456789" });
    const url = `http://127.0.0.1:${gateway.webPort}`;
    const env = { CARILLON_WEB_TOKEN: "t0ken-0123456789" };
    expect(await runMain(["calls", "--url", url], undefined, env)).toMatchObject({ code: 0, output: "no calls" });
    expect(await runMain(["hangup", "1f", "--url", url], undefined, env)).toMatchObject({
      code: 1,
      error: "carillon: there is no such call: 1f",
    });
    expect(await gateway.stop()).toBe(0);
  });

  test("drains by its API as by SIGTERM", async () => {
    const gateway = await startGateway(TOML(), undefined, { CARILLON_WEB_TOKEN: "t0ken-0123456789" });
    const drain = { method: "POST", headers: { authorization: "Bearer t0ken-0123456789" } };
    expect((await fetch(`http://127.0.0.1:${gateway.webPort}/api/drain`, drain)).status).toBe(202);
    expect(await gateway.exited).toBe(0);
    expect(linesOf(gateway.log()).at(-1)).toMatchObject({ event: "gateway.state", state: "stopped" });
  });

  test("writes lines of text where that is wanted", async () => {
    const taken = await listenTcp(LOCAL, () => ({ received: () => {}, closed: () => {} }));
    const env = { CARILLON_LOG_FORMAT: "text", CARILLON_WEB_PORT: `${taken.local.port}` };
    const { output } = await runMain([], TOML(), env);
    await taken.close();
    expect(output).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}gateway\.start version=/);
  });
});

describe("GET /health", () => {
  test("names what is down while the server is away, and SIGTERM ends it all the same", async () => {
    const gateway = await startGateway(TOML());
    const response = await gateway.health();
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: "down",
      down: ["xmpp"],
      proxy: "unknown",
      relay: "none",
      state: "running",
      calls: 0,
    });
    expect(await gateway.stop()).toBe(0);
  });

  test("is 200 when the server is there", async () => {
    const server = new PlayServer(() => {});
    const listener = await listenTcp(LOCAL, (stream) => server.accept(stream));
    const gateway = await startGateway(TOML("", listener.local.port));
    await healthy(gateway);
    const response = await gateway.health();
    expect(await response.json()).toEqual({
      status: "up",
      down: [],
      proxy: "unknown",
      relay: "none",
      state: "running",
      calls: 0,
    });
    expect(await gateway.stop()).toBe(0);
    const started = ["gateway.listening", "xmpp.online", "gateway.ready"];
    expect(eventsOf(gateway.log()).filter((event) => started.includes(String(event)))).toEqual(started);
    await listener.close();
  });
});
