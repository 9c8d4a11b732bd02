/**
 * Entity capabilities (XEP-0115): the verification string, for our own caps and to verify those of clients.
 *
 * Rules: the hash is computed from disco#info (§5.1). Only an answer that matches the hash is valid for other devices with the
 * same hash (§5.4); otherwise one client could spoof the caps of all. Left out on purpose: hashes other than sha-1, which no client sends.
 */
import type { Element } from "@xmpp/xml";
import { CAPS, DISCO_INFO, FORMS } from "./namespaces.ts";

const LONGEST = 1_024;

/** The node to query for disco#info, `node#ver`; undefined if the presence has no verifiable caps. */
export function capsNode(presence: Element): string | undefined {
  const { hash, node, ver } = presence.getChild("c", CAPS)?.attrs ?? {};
  const name = `${node}#${ver}`;
  return hash === "sha-1" && node && ver && name.length <= LONGEST ? name : undefined;
}

/** The features in a disco#info result. */
export const featuresIn = (query: Element): string[] =>
  query.getChildren("feature", DISCO_INFO).map(({ attrs }) => String(attrs.var ?? ""));

/** The text whose SHA-1 is `ver` (§5.1): identities, features, extended forms (XEP-0128), each sorted. */
export const verificationText = (query: Element): string =>
  itemsOf(query)
    .map((item) => `${item}<`)
    .join("");

/**
 * Whether another answer could have the same text: `<` ends an item, so a `<` inside an item turns one identity into an identity
 * and features. A repeated item is harmless (§5.4 calls such an answer ill-formed).
 */
export function isAmbiguous(query: Element): boolean {
  const items = itemsOf(query);
  const said = items.slice(0, query.getChildren("identity", DISCO_INFO).length + featuresIn(query).length);
  return items.some((item) => item.includes("<")) || new Set(said).size < said.length;
}

function itemsOf(query: Element): string[] {
  const identities = query
    .getChildren("identity", DISCO_INFO)
    .map(({ attrs }) =>
      [attrs.category, attrs.type, attrs["xml:lang"], attrs.name].map((each) => each ?? "").join("/"),
    );
  return [...identities.toSorted(), ...featuresIn(query).toSorted(), ...formsIn(query)];
}

/** The first value of a field in the form of that type (XEP-0128). */
export function fieldIn(query: Element, type: string, name: string): string | undefined {
  const read = (form: Element, field: string): string | undefined =>
    form.getChildByAttr("var", field)?.getChildText("value") ?? undefined;
  const form = query.getChildren("x", FORMS).find((each) => read(each, "FORM_TYPE") === type);
  return form && read(form, name);
}

function formsIn(query: Element): string[] {
  const forms = query.getChildren("x", FORMS).map((form) => {
    const fields = form.getChildren("field", FORMS).map((field) => ({
      name: String(field.attrs.var ?? ""),
      values: field.getChildren("value", FORMS).map((value) => value.getText()),
    }));
    const type = fields.find(({ name }) => name === "FORM_TYPE")?.values[0] ?? "";
    const rest = fields.filter(({ name }) => name !== "FORM_TYPE").toSorted(by(({ name }) => name));
    return { type, items: rest.flatMap(({ name, values }) => [name, ...values.toSorted()]) };
  });
  return forms.toSorted(by(({ type }) => type)).flatMap(({ type, items }) => [type, ...items]);
}

const by =
  <Item>(key: (item: Item) => string) =>
  (one: Item, other: Item): number =>
    key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0;
