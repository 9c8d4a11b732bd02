/**
 * What a reader gives is kept as long as the call lasts: copies of its texts, and one copy of what many calls have in common
 * (../text.ts). Rule: readers work on the message as it is, and copy once, at their end.
 */
import { intern, owned } from "../text.ts";
import type { Content, Media } from "./media.ts";

/** The media, to be kept. */
export function keptMedia({ contents, ...session }: Media): Media {
  const kept = owned({ ...session, contents: contents.map(withoutCodecs) });
  return { ...kept, contents: kept.contents.map((own, at) => Object.assign(own, codecsOf(contents[at] ?? NONE))) };
}

type Codecs = Pick<Content, "payloads" | "feedback" | "extensions">;

const NONE: Codecs = { payloads: [], feedback: [], extensions: [] };

/** What differs from call to call; JSON leaves undefined fields out. */
const withoutCodecs = (content: Content): Omit<Content, keyof Codecs> => ({
  ...content,
  ...{ payloads: undefined, feedback: undefined, extensions: undefined },
});

/** What is the same in each call of a client. */
const codecsOf = ({ payloads, feedback, extensions }: Codecs): Codecs => ({
  payloads: intern(payloads),
  feedback: intern(feedback),
  extensions: intern(extensions),
});
