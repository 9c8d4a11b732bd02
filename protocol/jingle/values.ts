/**
 * The values in Jingle elements: attributes as text, numbers and words, or a refusal that describes the fault.
 *
 * XEP-0166 §7.2: what cannot be read is `bad-request`. Rule: no value contains a control character, so none can add a
 * line to an SDP.
 */
import type { Element } from "@xmpp/xml";
import { isToken, LONGEST_NAME } from "../media/values.ts";
import { unreadable } from "../refusal.ts";

const CONTROL = /[\0-\x1f\x7f]/;

/** The text of an attribute, undefined if missing; callers that store it must copy it (../text.ts). */
export function textOf(element: Element, name: string): string | undefined {
  const value: unknown = element.attrs[name];
  if (value === undefined || value === null) return undefined;
  const text = String(value);
  if (CONTROL.test(text)) throw unreadable(`a control character in ${name} of <${element.getName()}/>`);
  return text;
}

/** Refuses an element that lacks a required attribute. */
export function without(element: Element, name: string): never {
  throw unreadable(`<${element.getName()}/> has no ${name}`);
}

/** A required attribute. */
export function requiredOf(element: Element, name: string): string {
  return textOf(element, name) || without(element, name);
}

/** The name of a content, a text of any form up to the limit. */
export function nameOf(content: Element): string {
  const name = requiredOf(content, "name");
  if (name.length > LONGEST_NAME) throw unreadable("the name of a content is too long");
  return name;
}

/** An attribute without blanks, since it becomes a word in a line of SDP. */
export function wordOf(element: Element, name: string): string {
  const text = requiredOf(element, name);
  if (/\s/.test(text)) throw unreadable(`${name} of <${element.getName()}/> is not one word`);
  return text;
}

/** An attribute that is a token of SDP (RFC 8866 §9). */
export function tokenOf(element: Element, name: string): string {
  const text = requiredOf(element, name);
  if (!isToken(text)) throw unreadable(`${name} of <${element.getName()}/> is no token`);
  return text;
}

/** A whole number from 0 to `most`; undefined if the attribute is missing. */
export function numberOf(element: Element, name: string, most = 2 ** 32 - 1): number | undefined {
  const text = textOf(element, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) > most)
    throw unreadable(`${name} of <${element.getName()}/> is no number up to ${most}`);
  return Number(text);
}

/** One of the words that an attribute may have; undefined if it is missing. */
export function oneOf<Word extends string>(element: Element, name: string, words: readonly Word[]): Word | undefined {
  const text = textOf(element, name);
  const known = words.find((word) => word === text);
  if (text !== undefined && known === undefined)
    throw unreadable(`${name} of <${element.getName()}/> is none of ${words.join(", ")}`);
  return known;
}
