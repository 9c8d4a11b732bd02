/**
 * Copies of what a reader returns, for the lifetime of a call: its texts copied, and one instance of what many calls have in common
 * (../text.ts). Rule: readers work on the message itself and copy once, at the end.
 */
import { intern, owned } from "../text.ts";
import type { Content, Media } from "./media.ts";

/** A copy of the media for storing. */
export function keptMedia({ contents, ...session }: Media): Media {
  const kept = withShared(owned({ ...session, contents: contents.map(withoutCodecs) }));
  return { ...kept, contents: kept.contents.map((own, at) => Object.assign(own, codecsOf(contents[at] ?? NONE))) };
}

/** What was just read, in which all empty lists are one, and so are equal words of the standards, such as UDP/TLS/RTP/SAVPF. */
export function withShared<Value extends object>(fresh: Value): Value {
  const fields = fresh as Record<string, unknown>;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === "string") {
      if (WORDS.has(name)) fields[name] = wordOf(value);
    } else if (Array.isArray(value) && value.length === 0) fields[name] = EMPTY;
    else if (typeof value === "object" && value !== null && !CODECS.has(name)) withShared(value);
  }
  return fresh;
}

const EMPTY: readonly never[] = [];
/** Fields whose values are words of the standards; and those that are interned. */
const WORDS = new Set("creator senders media protocol kind setup hash type tcpType semantics".split(" "));
const CODECS = new Set<string>(["payloads", "feedback", "extensions"] satisfies (keyof Codecs)[]);

const words = new Map<string, string>();
const MOST_WORDS = 200;
const LONGEST_WORD = 32;

/** One text for all that are equal to it; peers may use other words, so they are few and short. */
function wordOf(text: string): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  const copy = owned(text);
  if (words.size < MOST_WORDS && text.length <= LONGEST_WORD) words.set(copy, copy);
  return copy;
}

type Codecs = Pick<Content, "payloads" | "feedback" | "extensions">;

const NONE: Codecs = { payloads: [], feedback: [], extensions: [] };

/** The fields that differ between calls; JSON drops undefined ones. */
const withoutCodecs = (content: Content): Omit<Content, keyof Codecs> => ({
  ...content,
  ...{ payloads: undefined, feedback: undefined, extensions: undefined },
});

/** The fields that are the same in every call of a client. */
const codecsOf = ({ payloads, feedback, extensions }: Codecs): Codecs => ({
  payloads: intern(payloads),
  feedback: intern(feedback),
  extensions: intern(extensions),
});
