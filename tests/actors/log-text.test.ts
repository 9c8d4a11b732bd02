/** The log at a terminal: one line an event, and nothing that moves the cursor. */
import { expect, test } from "bun:test";
import { createLog, type LogEvent, logAbout } from "../../actors/log.ts";
import { text } from "../../actors/log-text.ts";
import { changed } from "../support/changed.ts";

function written(event: LogEvent, about: object = {}): string {
  const lines: string[] = [];
  const { log } = createLog({ level: "info", to: { write: (line) => void lines.push(line) }, format: text });
  logAbout(log, { ...about })(event);
  return changed(lines.join(""), /^\d\d:\d\d:\d\d\.\d{3}/, "TIME");
}

test.each<[what: string, event: LogEvent, line: string]>([
  [
    "fields are words",
    { level: "info", event: "call.state", state: "outgoing.ringing", calls: 2, none: undefined },
    "TIME info  call.state state=outgoing.ringing calls=2\n",
  ],
  [
    "what has blanks is quoted",
    { level: "warn", event: "sip.proxy", why: "it cannot be reached" },
    'TIME warn  sip.proxy why="it cannot be reached"\n',
  ],
  [
    "what a peer has said is no line of its own, and obeyed by no terminal",
    { level: "info", event: "x", from: "a\nTIME error y\u001b[2J\u009b\u2028\u202e" },
    'TIME info  x from="a\\nTIME error y\\u001b[2J���"\n',
  ],
  [
    "secrets are left out, as in JSON",
    { level: "info", event: "x", password: "p", a: { secret: "s" } },
    "TIME info  x a={}\n",
  ],
  [
    "a traced message stands below its line",
    { level: "info", event: "call.message", label: "BYE", message: "BYE sip:x SIP/2.0\r\nTo: <x>\r\n\r\n" },
    "TIME info  call.message label=BYE\n    BYE sip:x SIP/2.0\n    To: <x>\n",
  ],
])("%s", (_, event, line) => {
  expect(written(event)).toBe(line);
});

test("a log about something says that first", () => {
  expect(written({ level: "info", event: "call.started", direction: "outgoing" }, { call: "c1" })).toBe(
    "TIME info  call.started call=c1 direction=outgoing\n",
  );
});
