/** The command line, as an operator meets it: what is wrong is one line and a non-zero exit. */
import { describe, expect, test } from "bun:test";
import { listenTcp } from "../transports/tcp.ts";
import { openUdp } from "../transports/udp.ts";
import { healthy, runMain, startGateway } from "./support/gateway-process.ts";
import { runNpm } from "./support/npm.ts";
import { PlayServer } from "./support/play-server.ts";

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
      "carillon: carillon.toml: [modules.mod_jingle_sip] local_hots is not known here (did you mean local_host?)",
    );
    expect(code).toBe(1);
  });

  const onPort = (port: number): string => TOML().replace("listen_port = 0", `listen_port = ${port}`);

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
    const { code, error } = await runMain([], TOML().replace('["127.0.0.1"]', '["127.0.0.1", "192.0.2.77"]'));
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
    const toml = TOML("", server.local.port).replace("[web]\nport = 0", `[web]\nport = ${taken.local.port}`);
    const { code, error, output } = await runMain([], toml);
    await Promise.all([taken.close(), server.close()]);
    expect(error).toBe(`carillon: [web] 127.0.0.1, port ${taken.local.port}: in use by another program (EADDRINUSE)`);
    expect([code, output, asked]).toEqual([1, "", 0]);
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
  });
});

test("--check reads and judges, and starts nothing", async () => {
  const { code, output } = await runMain(["--check"], TOML('backend = "mnesia"'));
  expect([code, output]).toEqual([0, "carillon.toml: backend is the predecessor's and ignored\ncarillon.toml: good"]);
});

test.each(["--help", "-h"])("%s says on standard output what can be said", async (option) => {
  const { code, output, error } = await runMain([option]);
  expect([code, error]).toEqual([0, ""]);
  expect(output).toStartWith("usage: bun main.ts --config carillon.toml [--check]\n");
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
      if (npm.log.includes("gateway.ready")) npm.stop();
    });
    expect(log).toContain('"state":"stopped"');
    expect(log).toContain('"state":"stopped"');
    expect(allEnded).toBe(true);
  },
  20_000,
);

describe("GET /health", () => {
  test("names what is down while the server is away, and SIGTERM ends it all the same", async () => {
    const gateway = await startGateway(TOML());
    const response = await gateway.health();
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "down", down: ["xmpp"], state: "running", calls: 0 });
    expect(await gateway.stop()).toBe(0);
  });

  test("is 200 when the server is there", async () => {
    const server = new PlayServer(() => {});
    const listener = await listenTcp(LOCAL, (stream) => server.accept(stream));
    const gateway = await startGateway(TOML("", listener.local.port));
    await healthy(gateway);
    const response = await gateway.health();
    expect(await response.json()).toEqual({ status: "up", down: [], state: "running", calls: 0 });
    expect(await gateway.stop()).toBe(0);
    await listener.close();
  });
});
