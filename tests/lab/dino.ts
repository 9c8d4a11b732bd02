/**
 * Dino, a desktop client of XMPP (GTK): it proposes its calls (XEP-0353), and is steered by clicks on a screen that
 * nobody sees. What it has done is read from the stanzas that it prints.
 *
 * COMPAT Dino 0.4: it insists on STARTTLS with a certificate it trusts, and on a name that resolves; with a file system
 * of its own it has both. The button for calls comes with the presence of a contact whose caps have Jingle.
 */
import { Database } from "bun:sqlite";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOMAIN } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { makeFolder } from "./lab.ts";
import { Program } from "./program.ts";
import { SoundCard } from "./pulse.ts";
import { type Place, Screen } from "./screen.ts";
import type { Sound } from "./sound.ts";

/** Where its buttons are, with one contact and the windows in the upper left corner. */
const BUTTONS = {
  call: [688, 28],
  audio: [688, 85],
  video: [688, 112],
  accept: [502, 284],
  reject: [414, 284],
  hangUp: [421, 475],
} as const satisfies Record<string, Place>;

/** Dino as the user juliet, who has a single contact. */
export class Dino {
  readonly #folder = makeFolder("dino");
  readonly #card = new SoundCard();
  readonly #screen = new Screen();
  #program: Program | undefined;
  readonly #contact: string;
  /** It as a part of a regular expression: a number begins with a plus. */
  readonly #pattern: string;
  /** How much it had said when the call at hand began. */
  #before = 0;
  /** How often it had notified by then. */
  #notified = 0;

  /** The contact is a bare JID, of one who can take calls. */
  constructor(contact: string) {
    this.#contact = contact;
    this.#pattern = contact.replace(/[+.]/g, "\\$&");
  }

  /** Starts it, with a server whose certificate it is to trust. */
  async start(certificate: string): Promise<void> {
    await Promise.all([this.#card.start(), this.#screen.start()]);
    createAccount(this.#folder, this.#contact);
    cpSync(certificate, join(this.#folder, "trusted"));
    writeFileSync(join(this.#folder, "hosts"), `127.0.0.1 localhost ${DOMAIN}\n`);
    writeFileSync(join(this.#folder, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
    const own = ["unshare", "--mount", "sh", "-c", `${MOUNTS} && exec "$@"`, "sh"];
    const command = [
      "dbus-run-session",
      "--",
      "sh",
      "-c",
      NOTING,
      "sh",
      "stdbuf",
      "-oL",
      "dino-im",
      "--print-xmpp=all",
    ];
    const home = { HOME: this.#folder, XDG_RUNTIME_DIR: this.#folder, GDK_BACKEND: "x11", GSK_RENDERER: "cairo" };
    const env = {
      ...this.#card.env,
      ...this.#screen.env,
      ...home,
      NO_AT_BRIDGE: "1",
      PULSE_LATENCY_MSEC: "20",
      G_MESSAGES_DEBUG: "ice",
    };
    this.#program = new Program([...own, ...command], { folder: this.#folder, env });
    await this.#program.says(
      new RegExp(`from='${this.#pattern}/[^>]*>\\s*<[^>]*disco#info}:query[^>]*>\\s*<[^>]*:identity`),
    );
  }

  /** Its window alone is left of the call before. */
  async forget(): Promise<void> {
    await this.#sees("its window alone", 1);
    this.#before = this.said.length;
    this.#notified = this.#notifications().length;
  }

  /** Everything it has said, the stanzas on its wire included. */
  get said(): string {
    return this.#program?.said ?? "";
  }

  /** The errors that it and its contact have sent each other in this call. */
  get refusals(): readonly string[] {
    const error = new RegExp(`<[^>]*:iq (?=[^>]*='error')(?=[^>]*='${this.#pattern}/)[^]*?:iq>`, "g");
    return this.said.slice(this.#before).match(error) ?? [];
  }

  /** Waits until it has told the desktop of something, and gives the title of that: who calls, by the name it shows. */
  async notified(): Promise<string> {
    const titles = (): string[] => this.#notifications().slice(this.#notified);
    return (await until("a notification of Dino", titles, (all) => all.length > 0)).at(-1) ?? "";
  }

  /** The name that has come with a proposal in this call (XEP-0172). */
  get nick(): string | undefined {
    return /<[^>]*protocol\/nick\}:nick [^>]*>\s*([^<]*?)\s*</.exec(this.said.slice(this.#before))?.[1];
  }

  /** Whether it has its microphone open. */
  listens(): Promise<boolean> {
    return this.#card.isHeard();
  }

  /** What sounds from it. */
  heard(): Sound {
    return this.#card.heard();
  }

  /**
   * Waits until it has gathered its candidates for the call that it makes.
   *
   * COMPAT Dino 0.4 with libnice 0.1.21: if the answerer's connectivity checks come before that, it may make none itself, and the call is silent.
   */
  async gathered(): Promise<void> {
    const numbers = (pattern: RegExp): string =>
      [...this.said.slice(this.#before).matchAll(pattern)].map(([, stream]) => stream).join();
    const [begun, done] = [
      /stream (\d+) component 1 state changed to gathering/g,
      /on_candidate_gathering_done in (\d+)/g,
    ];
    await until(
      "the candidates of Dino",
      () => numbers(begun),
      (streams) => streams !== "" && streams === numbers(done),
    );
  }

  /** Waits until a stanza with that element has come to it, or gone from it, in this call. */
  async stanza(name: string): Promise<void> {
    await until(`${name} at Dino`, () => this.#has(name), Boolean);
  }

  /** Calls by a proposal, or directly where the contact's caps have none (XEP-0353). */
  async call(media: "audio" | "video" = "audio"): Promise<void> {
    await this.#screen.click("a menu of calls", BUTTONS.call, async () => (await this.#screen.windows()) > 1);
    const calls = (): boolean => this.#has("propose") || this.#has("session-initiate");
    await this.#screen.click("a call of Dino", BUTTONS[media], calls);
  }

  async accept(): Promise<void> {
    await this.stanza("propose");
    await this.#screen.click("a proceed of Dino", BUTTONS.accept, () => this.#has("proceed"));
  }

  async reject(): Promise<void> {
    await this.stanza("propose");
    await this.#screen.click("a reject of Dino", BUTTONS.reject, () => this.#has("reject"));
  }

  async hangUp(): Promise<void> {
    await this.#screen.click("a session-terminate of Dino", BUTTONS.hangUp, () => this.#has("session-terminate"));
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    await Promise.all([this.#screen.stop(), this.#card.stop()]);
  }

  /** The titles of all its notifications. */
  #notifications(): string[] {
    const noted = readFileSync(join(this.#folder, NOTES), "utf8");
    return [...noted.matchAll(NOTIFICATION)].map(([, title = ""]) => title);
  }

  #has(name: string): boolean {
    return new RegExp(`jingle[^}]*\\}:(${name} |action='${name}')`).test(this.said.slice(this.#before));
  }

  async #sees(what: string, number: number): Promise<void> {
    await until(
      what,
      () => this.#screen.windows(),
      (windows) => windows === number,
    );
  }
}

/** What it tells the desktop is noted in a file, though no desktop is there. */
const NOTES = "notifications";
const NOTING = `stdbuf -oL dbus-monitor --session "interface='org.freedesktop.Notifications'" >${NOTES} & exec "$@"`;
/** app_name, replaces_id, app_icon, summary (Desktop Notifications Specification §9). */
const NOTIFICATION = /member=Notify\n *string "[^"]*"\n *uint32 \d+\n *string "[^"]*"\n *string "([^"]*)"/g;

const MOUNTS = [
  "mount --bind hosts /etc/hosts",
  "mount --bind resolv.conf /etc/resolv.conf",
  "mount --bind trusted /etc/ssl/certs/ca-certificates.crt",
].join(" && ");

/** Its database with an account and a conversation; it adds the rest itself. */
function createAccount(folder: string, contact: string): void {
  const data = join(folder, ".local/share/dino");
  mkdirSync(data, { recursive: true });
  const database = new Database(join(data, "dino.db"));
  database.run(TABLES);
  database.run("INSERT INTO account(bare_jid, resourcepart, password, enabled) VALUES (?, 'dino', 'juliet', 1)", [
    `juliet@${DOMAIN}`,
  ]);
  database.run("INSERT INTO jid(bare_jid) VALUES (?)", [contact]);
  database.run(`INSERT INTO conversation(account_id, jid_id, active, last_active, type, encryption, notification,
    send_typing, send_marker) VALUES (1, 1, 1, 1, 0, 0, 0, 0, 0)`);
  database.close();
}

/** As Dino 0.4.2 makes them (version 26). */
const TABLES = `
CREATE TABLE account (id INTEGER PRIMARY KEY AUTOINCREMENT, bare_jid TEXT NOT NULL UNIQUE, resourcepart TEXT,
  password TEXT, alias TEXT, enabled INTEGER, roster_version TEXT, mam_earliest_synced INTEGER);
CREATE TABLE jid (id INTEGER PRIMARY KEY AUTOINCREMENT, bare_jid TEXT NOT NULL UNIQUE);
CREATE TABLE conversation (id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL, jid_id INTEGER NOT NULL,
  resource TEXT, active INTEGER, active_last_changed INTEGER NOT NULL DEFAULT 0, last_active INTEGER, type INTEGER,
  encryption INTEGER, read_up_to INTEGER, read_up_to_item INTEGER NOT NULL DEFAULT -1, notification INTEGER,
  send_typing INTEGER, send_marker INTEGER, pinned INTEGER DEFAULT 0);
`;
