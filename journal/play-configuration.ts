/** What a play says of the gateway's configuration: what is not as it is in other plays. */
import type { Others } from "./exchange/others.ts";
import { type CallOptions, PLAY_OPTIONS, type PlayConfiguration, type Setting } from "./setting.ts";
import type { CallRow } from "./view.ts";

export function configurationOf(
  row: CallRow,
  { options, intercept, usernameToPhone, realm }: Setting,
  others: Others,
  online: readonly string[],
): PlayConfiguration {
  const changed = (Object.keys(PLAY_OPTIONS) as (keyof CallOptions)[]).filter(
    (key) => options[key] !== PLAY_OPTIONS[key],
  );
  const numbers = usernameToPhone
    .filter(({ username, phone }) => others.knowsPerson(username) || others.knowsPerson(phone))
    .map(({ username, phone }) => ({ username: others.person(username), phone: others.person(phone) }));
  return {
    ...Object.fromEntries(changed.map((key) => [key, options[key]])),
    ...(intercept ? { intercept } : {}),
    ...(row.direction === "incoming" ? { online } : {}),
    ...(realm.length > 0 ? { realm: realm.map((each) => others.realm(each)) } : {}),
    ...(numbers.length > 0 ? { usernameToPhone: numbers } : {}),
  };
}
