/**
 * What Conversations insists on in a session-accept: as many contents as were offered, each with a fingerprint, also a refused one;
 * otherwise it ends the call with security-error.
 */
const DTLS = "urn:xmpp:jingle:apps:dtls:0";

/** What is missing in this stanza; undefined where nothing is, or where it is no session-accept. */
export function missingIn(stanza: string, offered: number): string | undefined {
  const [jingle] = new DOMParser().parseFromString(stanza, "text/xml").getElementsByTagName("jingle");
  if (jingle?.getAttribute("action") !== "session-accept") return undefined;
  const contents = [...jingle.children].filter(({ localName }) => localName === "content");
  if (contents.length !== offered) return `${contents.length} contents for ${offered}`;
  const bare = contents.find((content) => content.getElementsByTagNameNS(DTLS, "fingerprint").length === 0);
  return bare && `content ${bare.getAttribute("name")} has no fingerprint`;
}
