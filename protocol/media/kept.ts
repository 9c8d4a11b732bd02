/**
 * Copies of what a reader returns, for the lifetime of a call: its texts copied, and one instance of what many calls have in common
 * (../text.ts). Rule: readers work on the message itself and copy once, at the end.
 */
import { intern, owned } from "../text.ts";
import type { Content, Media } from "./media.ts";

/** A copy of the media for storing. */
export function keptMedia({ contents, ...session }: Media): Media {
  const kept = owned({ ...session, contents: contents.map(withoutCodecs) });
  return { ...kept, contents: kept.contents.map((own, at) => Object.assign(own, codecsOf(contents[at] ?? NONE))) };
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
