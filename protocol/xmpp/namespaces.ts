/** The XML namespaces in use, with their XEPs. */
export const JINGLE = "urn:xmpp:jingle:1"; // XEP-0166
export const JINGLE_ERRORS = "urn:xmpp:jingle:errors:1";
export const RTP = "urn:xmpp:jingle:apps:rtp:1"; // XEP-0167
export const RTP_AUDIO = "urn:xmpp:jingle:apps:rtp:audio";
export const RTP_VIDEO = "urn:xmpp:jingle:apps:rtp:video";
export const RTP_INFO = "urn:xmpp:jingle:apps:rtp:info:1";
export const RTCP_FB = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0"; // XEP-0293
export const RTP_HDREXT = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0"; // XEP-0294
export const SSMA = "urn:xmpp:jingle:apps:rtp:ssma:0"; // XEP-0339
export const MSID = "urn:xmpp:jingle:apps:rtp:msid:0";
export const ICE_UDP = "urn:xmpp:jingle:transports:ice-udp:1"; // XEP-0176
export const RAW_UDP = "urn:xmpp:jingle:transports:raw-udp:1"; // XEP-0177
export const DTLS = "urn:xmpp:jingle:apps:dtls:0"; // XEP-0320
export const DTLS_SCTP = "urn:xmpp:jingle:transports:dtls-sctp:1"; // XEP-0343
export const CATEGORY = "urn:xmpp:jingle:apps:category:0"; // XEP-0507
export const GROUPING = "urn:xmpp:jingle:apps:grouping:0"; // XEP-0338
export const DTMF = "urn:xmpp:jingle:dtmf:0"; // XEP-0181
export const JINGLE_MESSAGE = "urn:xmpp:jingle-message:0"; // XEP-0353
export const DISCO_INFO = "http://jabber.org/protocol/disco#info"; // XEP-0030
export const CAPS = "http://jabber.org/protocol/caps"; // XEP-0115
export const GATEWAY = "jabber:iq:gateway"; // XEP-0100
export const PING = "urn:xmpp:ping"; // XEP-0199
export const FORMS = "jabber:x:data"; // XEP-0004
/** Conversations' namespace for ICE options. */
export const ICE_OPTION = "http://gultsch.de/xmpp/drafts/jingle/transports/ice-udp/option";
