/** A call whose messages contain a secret of every kind, on both wires, in all spellings. */
import type { CallAbout } from "../../actors/watch.ts";
import type { Journal } from "../../journal/journal.ts";
import { CAROL_ACKS, CAROL_CALLS, JULIET_ACCEPTS, JULIET_CALLS, PHONE_HANGS_UP } from "../calls/scenes.ts";
import { changed } from "./changed.ts";
import { aboutOf, begin, tellSip, tellXmpp } from "./window-calls.ts";

/** Contained in each secret and nowhere else. */
export const SECRET = "S3CRET";

/** Fields of a request of ours, of a phone's request, and of a response. */
const CREDENTIALS = `Proxy-Authorization: Digest username="gw", realm="r", nonce="S3CRETnonce1", cnonce="S3CRETcnonce1", nc=00000001,
 response="S3CRETresponse1"
Authorization: Digest username="gw", realm="r", nonce=S3CRETnonce2, cnonce="S3CRETcnonce2", response="S3CRETresponse2"
authorization : Bearer S3CRETbearer
P-Asserted-Identity: <sip:alice:S3CRETuri1@example.org>
`;
const CHALLENGES = `Proxy-Authenticate: Digest realm="r", nonce="S3CRETnonce3", qop="auth"
WWW-Authenticate: Digest realm="s",
 nonce = "S3CRETnonce4"
WWW-Authenticate: Digest realm="t", nonce=S3CRETnonce5
Authentication-Info: nextnonce="S3CRETnonce6", rspauth="S3CRETrspauth"
Contact: "Bob" <sips:bob:S3CRETuri2@192.0.2.9:5061>
`;
const SDP = `Content-Type: application/sdp

v=0
o=- 1 1 IN IP4 192.0.2.9
s=-
c=IN IP4 192.0.2.9
t=0 0
k=base64:S3CRETk
a=key-mgmt:mikey S3CRETmikey
m=audio 4000 RTP/SAVP 0
a=ice-ufrag:uSDP
a=ice-pwd:S3CRETpassword1
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:S3CRETsdes1|2^20|1:4;inline:S3CRETsdes2|2^20|2:4
a=crypto:2 AES_CM_128_HMAC_SHA1_32 INLINE:S3CRETsdes3
`;
const JINGLE = (action: string, { us, them, sid }: CallAbout): string =>
  `<iq type='set' id='1' from='${them}/balcony' to='${us}'><jingle xmlns='urn:xmpp:jingle:1' sid='${sid}' action='${action}'><content creator='initiator' name='a'>
<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><encryption><crypto tag='1' crypto-suite='AES_CM_128_HMAC_SHA1_80' key-params='inline:S3CRETsdes4|2^20'/></encryption></description>
<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uXMPP' pwd = 'S3CRETpassword2'/></content></jingle></iq>`;

/** Reports the call to a journal, or to another observer. */
export function tellSecrets(journal: Journal): CallAbout {
  const about = aboutOf(77);
  tellXmpp(journal, false, JINGLE("session-initiate", about));
  const call = begin(journal, about);
  tellSip(journal, about, true, "INVITE sip:bob:S3CRETuri3@192.0.2.2 SIP/2.0", `${CREDENTIALS}${SDP}`);
  tellSip(journal, about, false, "SIP/2.0 407 Proxy Authentication Required", CHALLENGES);
  tellSip(journal, about, false, "SIP/2.0 200 OK", `${CHALLENGES}${SDP}`);
  tellXmpp(journal, false, JINGLE("transport-info", about).replace(/pwd = '[^']*'/, `pwd\n="S3CRETpass'word3"`));
  call.refused("sip.info", "it does not fit");
  return about;
}

const NOBODY_IS_CALLED = `
phone > gateway
    INVITE sip:nobody@elsewhere.example SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol2
    To: <sip:nobody@elsewhere.example>
    Call-ID: c2
    Contact: <sip:carol@192.0.2.2:5060>
gateway > phone
    SIP/2.0 404 Not Found
phone > gateway
    ACK sip:nobody@elsewhere.example SIP/2.0
`;

/** Puts a password into each URI of the phone's messages; To is returned unchanged. */
function withPasswords(script: string): string {
  const said = /(?<=^phone > gateway\n)(?: {4}.*\n|\n(?= {4}))+|(?<=To: )<sip:.*/gm;
  const passwords = changed(script, said, (message) => message.replace(/\bsip:(\w+)@/g, "sip:$1:S3CRETuri@"));
  return passwords.replaceAll("our-tag", "its-tag");
}

/** Bob's proxy asks for credentials; then carol calls, and then an anonymous caller, each with a password in every URI. */
export const PASSWORDS_EVERYWHERE = `${JULIET_CALLS}
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    To: <sip:bob:S3CRETto@sip.example.org>;tag=p1
    Proxy-Authenticate: Digest realm="r", nonce="S3CRETnonce", qop="auth"
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    Proxy-Authorization: Digest username="carillon", …
phone > gateway
    SIP/2.0 486 Busy Here
    CSeq: 2 INVITE
    To: <sip:bob:S3CRETto@sip.example.org>;tag=z
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
${withPasswords(CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + PHONE_HANGS_UP)}${withPasswords(NOBODY_IS_CALLED)}`;
