/** The drawer: a message and, beside it, its counterpart on the other wire. Values found on both sides have the same colour. */
import { useSignal } from "@preact/signals";
import type { CallView, MessageView } from "../../journal/view.ts";
import { call, pick, picked } from "./state.ts";
import { cut, plain } from "./words.ts";

/** A value: fingerprints, hidden secrets, words of more than one letter. */
const VALUE = /((?:[0-9A-F]{2}:){7,}[0-9A-F]{2}|‹[^›]*›|[\w+./@-]{2,})/;
/** Words that are part of the notations. */
const DULL =
  /^(?:xmlns|urn:.*|SIP\/2\.0|http.*|name|type|id|to|from|set|IN|IP4|IP6|UDP|TCP|sip|udp|host|INVITE|ACK|candidate|fingerprint|setup|content|generation|transport|session|rtcp-mux|group|application|creator|initiator|[a-z]*:|\d{1,2})$/i;
const HUES = 8;

export function Drawer() {
  const shown = call.value;
  const place = picked.value;
  const message = place === undefined ? undefined : shown?.messages[place];
  const hot = useSignal<string | undefined>(undefined);
  if (!(shown && message) || place === undefined) return null;
  const others = othersOf(shown, place);
  const [left, right] = message.out && others.length > 0 ? [others, [message]] : [[message], others];
  const [texts, became] = [left, right].map((side) => side.map(({ text }) => plain(text)).join("\n\n"));
  const hues = huesOf(texts ?? "", became ?? "");
  return (
    <section id="drawer" aria-label="Message">
      <Title messages={left} />
      <h2>
        {right[0] ? <Words message={right[0]} values={hues.size} /> : "It has no counterpart on the other side."}
        <button type="button" onClick={() => pick(undefined)} aria-label="Close">
          ✕
        </button>
      </h2>
      <Text
        text={texts ?? ""}
        hues={hues}
        hot={hot.value}
        point={(value) => {
          hot.value = value;
        }}
      />
      <Text
        text={became ?? ""}
        hues={hues}
        hot={hot.value}
        point={(value) => {
          hot.value = value;
        }}
      />
    </section>
  );
}

/** The counterpart of a message: the messages of its step on the other wire, without answers to IQs. */
function othersOf({ steps, messages }: CallView, place: number): MessageView[] {
  const message = messages[place];
  const step = message && steps[message.step];
  if (!(message && step)) return [];
  const places = message.out ? (step.came === undefined ? [] : [step.came]) : step.came === place ? step.said : [];
  return places
    .flatMap((other) => messages[other] ?? [])
    .filter((other) => message.out || (other.wire !== message.wire && !/^[✓✗]/.test(other.label)));
}

/** A colour for each value found on both sides. */
function huesOf(one: string, other: string): ReadonlyMap<string, number> {
  const values = (text: string): Set<string> => new Set(text.split(VALUE).filter((_, at) => at % 2 === 1));
  const there = values(other);
  const both = [...values(one)].filter((value) => there.has(value) && !DULL.test(value));
  return new Map(both.map((value, at) => [value, at % HUES]));
}

function Title({ messages }: { messages: readonly MessageView[] }) {
  const [message] = messages;
  return <h2>{message && <Words message={message} />}</h2>;
}

function Words({ message, values }: { message: MessageView; values?: number }) {
  const { label, wire, out, peer, at } = message;
  const who = wire === "xmpp" ? "XMPP" : `SIP ${peer}`;
  const more =
    values === undefined ? `${out ? "to" : "from"} ${who} · +${at} ms` : `${who} · ${values} values in common`;
  return (
    <>
      {cut(plain(label), 60)} <small>{more}</small>
    </>
  );
}

function Text({
  text,
  hues,
  hot,
  point,
}: {
  text: string;
  hues: ReadonlyMap<string, number>;
  hot: string | undefined;
  point: (value: string | undefined) => void;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <pre tabIndex={0}>
      {text.split(VALUE).map((part, at) => {
        const hue = hues.get(part);
        if (hue === undefined) return part;
        return (
          <mark
            key={at}
            class={`c${hue} ${hot === part ? "hot" : ""}`}
            onMouseEnter={() => point(part)}
            onMouseLeave={() => point(undefined)}
          >
            {part}
          </mark>
        );
      })}
    </pre>
  );
}
