/**
 * Bounds an answer by its offer, for either answerer and every message that carries an answer.
 *
 * RFC 3264 §6, RFC 9143 §7.3, XEP-0166 §7.2.8. Rules: an answer has the contents of its offer, in its order, with its
 * mids; an accepted content obeys the rows of answer-rules.ts; a refused content is the offered one, refused, with the
 * transport of its offered bundle. Bounding a bounded answer changes nothing.
 */
import { attempt, Refusal } from "../refusal.ts";
import { type Answerer, type AnswerRule, EVERY_RULE, LASTING_RULES } from "./answer-rules.ts";
import { withoutRefused } from "./bundle.ts";
import { numberedAlike } from "./codecs.ts";
import type { Content, Media, Transport } from "./media.ts";

const NOTHING_SHARED: Transport = { kind: "ice", options: [], fingerprints: [], candidates: [], gathered: false };

/** The answer that may be sent. Throws `Refusal` if a content has no legal answer or nothing is accepted. */
export function boundAnswer(offer: Media, answer: Media, by: Answerer): Media {
  return inItsPlaces(offer, answer, (offered, content) => keep(EVERY_RULE, offered, content, by));
}

/**
 * The answer to remember: bounded in everything that holds for the session, but with the direction that the answerer wants and the
 * user's transport, both needed by later offers. Throws `Refusal` as `boundAnswer` does.
 */
export function boundForTheSession(offer: Media, answer: Media, by: Answerer): Media {
  return inItsPlaces(offer, answer, (offered, content) => keep(LASTING_RULES, offered, content, by));
}

/**
 * Our answer to an offer from the phone, made from our description of the session: contents without a legal answer are refused. A
 * codec keeps the payload type that the user's client knows (RFC 3264 §8.3.2), or is left out.
 */
export function answerTo(offer: Media, own: Media): Media {
  return inItsPlaces(offer, own, (offered, content) => {
    const payloads = numberedAlike(offered.payloads, content.payloads);
    const kept = attempt(() => keep(EVERY_RULE, offered, { ...content, payloads }, "user"));
    return kept instanceof Refusal ? { ...content, rejected: true } : kept;
  });
}

function keep(rules: readonly AnswerRule[], offered: Content, content: Content, by: Answerer): Content {
  return rules.reduce((kept, { bound }) => (kept.rejected ? kept : bound(offered, kept, by)), content);
}

function inItsPlaces(offer: Media, answer: Media, accept: (offered: Content, content: Content) => Content): Media {
  const given = new Map(answer.contents.map((content) => [content.name, content]));
  const contents = offer.contents.map((offered): Content => {
    const content = given.get(offered.name);
    if (content === undefined || content.rejected || offered.rejected)
      return { ...(content ?? offered), rejected: true };
    return accept(offered, { ...content, creator: offered.creator });
  });
  const { iceLite, mids: _, ...rest } = withoutRefused({ ...answer, contents });
  const accepted = rest.contents.filter(({ rejected }) => !rejected);
  const usesIce = accepted.some(({ transport }) => transport.kind === "ice");
  return {
    ...rest,
    groups: groupsOf(offer, rest.groups, new Set(accepted.map(({ name }) => name))),
    contents: rest.contents.map((content, at) =>
      content.rejected ? refused(offer.contents[at] ?? content, offer, accepted) : content,
    ),
    ...(iceLite && usesIce ? { iceLite } : {}),
    ...(offer.mids === undefined ? {} : { mids: offer.mids }),
  };
}

/**
 * The groups of the answer, each within an offered one. A single content stays in the groups it was offered in, even if the
 * answerer has no groups (Chromium refuses an ungrouped answer to max-bundle).
 */
function groupsOf(offer: Media, answered: Media["groups"], accepted: ReadonlySet<string>): Media["groups"] {
  const taken = new Set<string>();
  const within = ({ semantics, names }: Media["groups"][number]) =>
    offer.groups
      .filter((group) => group.semantics === semantics)
      .map((group) => {
        const mine = names.filter((name) => group.names.includes(name) && accepted.has(name));
        return { semantics, names: mine.filter((name) => isNew(taken, `${semantics} ${name}`)) };
      });
  const groups = answered.flatMap(within).filter(({ names }) => names.length > 0);
  if (groups.length > 0 || accepted.size !== 1) return groups;
  return offer.groups
    .map(({ semantics, names }) => ({ semantics, names: names.filter((name) => accepted.has(name)) }))
    .filter(({ names }) => names.length > 0);
}

function isNew(taken: Set<string>, key: string): boolean {
  const before = taken.size;
  return taken.add(key).size > before;
}

/** COMPAT Conversations: a refused content has ufrag, password and fingerprint of its bundle; otherwise it ends the call. */
function refused(offered: Content, { groups }: Media, accepted: readonly Content[]): Content {
  const bundles = groups.filter(({ semantics, names }) => semantics === "BUNDLE" && names.includes(offered.name));
  const head = accepted.find(({ name }) => bundles.some(({ names }) => names.includes(name)));
  const transport = head ? { ...head.transport, candidates: [], gathered: false } : NOTHING_SHARED;
  return { ...offered, rejected: true, senders: "none", transport };
}
