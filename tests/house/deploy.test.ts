/**
 * docs/deploy.md, the unit, the Dockerfile and Kamailio's configuration match the code: the configurations in the text pass the real
 * --check, and every file, version, option and time in them is correct.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { OPTIONS } from "../../config/options.ts";
import { changed } from "../support/changed.ts";
import { runMain } from "../support/gateway-process.ts";
import { importsOf } from "../support/tokens.ts";

const root = join(import.meta.dir, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const guide = read("docs/deploy.md");
const unit = read("integrations/systemd/carillon.service");
const dockerfile = read("Dockerfile");
const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: Record<string, string> };

const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
/** The text that `cat > FILE <<'END'` writes. */
const written = (file: string): string =>
  new RegExp(`> ${file} <<'?END'?\\n(.*?)^END$`, "ms").exec(blocks("sh").join("\n"))?.[1] ?? "";
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, each = ""]) => each);

describe("docs/deploy.md", () => {
  const configurations = [written("/etc/carillon/carillon.toml"), ...blocks("toml")];
  const byMode = configurations.map((toml) => [/^mode = "(.*)"$/m.exec(toml)?.[1] ?? "gateway", toml] as const);

  test("has a configuration for each mode", () => {
    expect(byMode.map(([mode]) => mode)).toEqual(["gateway", "intercept"]);
  });

  for (const [mode, toml] of byMode)
    test(`its configuration for ${mode} mode is good, without a warning`, async () => {
      // the guide's host names do not exist, so addresses replace them to avoid look-ups
      const env = {
        CARILLON_XMPP_SECRET: "s3cret",
        CARILLON_PROXY_HOST: "192.0.2.10",
        CARILLON_XMPP_HOST: "127.0.0.1",
      };
      const { code, error, output } = await runMain(["--check"], toml, env);
      expect([code, error, output]).toEqual([0, "", "carillon.toml: good"]);
    });

  test("its health is what is answered when all is up", () => {
    expect(blocks("json").map((text) => JSON.parse(text))).toEqual([
      { status: "up", down: [], proxy: "up", relay: "none", state: "running", calls: 0 },
    ]);
  });

  test("its links lead somewhere", () => {
    const targets = found(guide, /\]\((?!http)([^)#]+)\)/g).filter((target) => !existsSync(join(root, "docs", target)));
    expect(targets).toEqual([]);
  });

  test("the files it copies are there", () => {
    const files = found(guide, /\/opt\/carillon\/([\w./-]+\.\w+)/g);
    expect(files.length).toBeGreaterThan(4);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test.each(["bun", "deno"])("the version of %s is the one that is tested", (runtime) => {
    expect(new Set(found(guide, new RegExp(`${runtime}@([\\d.]+\\d)`, "g")))).toEqual(
      new Set([devDependencies[runtime] ?? ""]),
    );
  });
});

describe("the unit", () => {
  const command = /^ExecStart=\/usr\/bin\/env (\S+) (\S+)/m.exec(unit);
  const path = /^Environment=PATH=(\S+)$/m.exec(unit)?.[1] ?? "";

  test("starts the Bun that npm ci brings", () => {
    expect(command?.slice(1)).toEqual(["bun", "/opt/carillon/main.ts"]);
    const env = { PATH: changed(path, "/opt/carillon", root) };
    const { stdout } = Bun.spawnSync(["/usr/bin/env", "bun", "--version"], { env });
    expect(stdout.toString().trim()).toBe(devDependencies.bun ?? "");
    expect(Bun.which("bun", { PATH: env.PATH.split(":")[0] ?? "" })).toBe(join(root, "node_modules/.bin/bun"));
  });

  test("finds the Bun of npm install --global, with Debian's npm and NodeSource's", () => {
    expect(path.split(":")).toContain("/usr/local/bin");
    expect(path.split(":")).toContain("/usr/bin");
  });

  test("reloads by SIGHUP", () => {
    expect(unit).toMatch(/^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
    expect(unit).toMatch(/^RestartForceExitStatus=SIGHUP$/m); // a signal before its handler is installed
  });
});

describe("names and numbers of options", () => {
  test.each([
    ["docs/deploy.md", guide],
    ["the unit", unit],
    ["the Dockerfile", dockerfile],
  ])("every environment variable in %s is an option's", (_, text) => {
    const known = OPTIONS.map(({ env }) => env);
    expect(found(text, /\b(CARILLON_[A-Z_]+)/g).filter((name) => !known.includes(name))).toEqual([]);
  });

  const defaultOf = (key: string, section?: string): number =>
    Number(OPTIONS.find((each) => each.key === key && (section ?? each.section) === each.section)?.default);

  test("the unit waits longer than running calls may go on", () => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(defaultOf("drain_timeout"));
    expect(Number(/--stop-timeout (\d+)/.exec(dockerfile)?.[1])).toBeGreaterThan(defaultOf("drain_timeout"));
  });

  test("the image has the ports of the gateway", () => {
    expect(dockerfile).toContain(`EXPOSE ${defaultOf("listen_port")}/udp ${defaultOf("listen_port")}/tcp`);
    expect(dockerfile).toContain(`CARILLON_WEB_PORT ?? ${defaultOf("port", "web")}`);
  });

  test("Kamailio sends to the gateway's port, and lets a phone ring as long as the gateway does", () => {
    const kamailio = read("integrations/kamailio/kamailio.cfg");
    expect(kamailio).toContain(`#!substdef "!GATEWAY_PORT!${defaultOf("listen_port")}!g"`);
    const milliseconds = Number(/"fr_inv_timer", (\d+)/.exec(kamailio)?.[1]);
    expect(milliseconds).toBeGreaterThan(defaultOf("ring_timeout") * 1000);
  });
});

describe("the Dockerfile", () => {
  const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
  const copiedBy = (text: string) => found(text, /^COPY (?!--from)(.*) \S+$/gm).flatMap((names) => names.split(" "));

  test("copies what there is, and .dockerignore lets it through", () => {
    const ignored = read(".dockerignore").split("\n");
    expect(
      copiedBy(dockerfile).filter((name) => !existsSync(join(root, name)) || !ignored.includes(`!${name}`)),
    ).toEqual([]);
    expect(ignored).toContain("*");
  });

  test("copies every file that main.ts needs", () => {
    const needed = new Set<string>();
    const follow = (file: string): void => {
      if (needed.has(file)) return;
      needed.add(file);
      const ours = importsOf(read(file)).filter((path) => path.startsWith("."));
      for (const path of ours) follow(join(file, "..", path));
    };
    follow("main.ts");
    const copied = copiedBy(stages.at(-1) ?? "");
    const isCopied = (file: string) =>
      copied.some((name) => name === file || (statSync(join(root, name)).isDirectory() && file.startsWith(`${name}/`)));
    expect(needed.size).toBeGreaterThan(50);
    expect([...needed].filter((file) => !isCopied(file))).toEqual([]);
  });

  test("has the Bun that is tested, and runs as nobody special", () => {
    const names = found(dockerfile, / AS (\w+)$/gm);
    const bases = found(dockerfile, /^FROM (\S+)/gm).filter((base) => !names.includes(base));
    expect(bases).toEqual([`docker.io/oven/bun:${devDependencies.bun}-slim`]);
    expect(dockerfile).toMatch(/^USER bun$/m);
  });
});
