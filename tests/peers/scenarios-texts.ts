/** What the two sides of the scenarios offer and accept: a browser's audio and video, the video turned down. */
const FINGERPRINT = Array(32).fill("AB").join(":");
const RTP = "urn:xmpp:jingle:apps:rtp:1";

const transport = (key: string, setup: string, port: number): string => `
  <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='${key}' pwd='${key}34567890123456789012'>
    <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='${setup}'>${FINGERPRINT}</fingerprint>
    <candidate component='1' foundation='1' generation='0' id='${key}1' ip='198.51.100.7' network='0' port='${port}' priority='2130706431' protocol='udp' type='host'/>
    <candidate component='1' foundation='2' generation='0' id='${key}2' ip='203.0.113.4' network='0' port='${port + 1}' priority='1694498815' protocol='udp' type='srflx' rel-addr='198.51.100.7' rel-port='${port}'/>
  </transport>`;

const source = (ssrc: number): string => `
  <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='${ssrc}'>
    <parameter name='cname' value='c${ssrc}'/><parameter name='msid' value='stream track${ssrc}'/>
  </source>`;

const audio = (key: string, setup: string, ssrc: number): string => `
  <content creator='initiator' name='audio' senders='both'>
    <description xmlns='${RTP}' media='audio'>
      <payload-type id='111' name='opus' clockrate='48000' channels='2'>
        <parameter name='minptime' value='10'/><parameter name='useinbandfec' value='1'/>
        <rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='transport-cc'/>
      </payload-type>
      <payload-type id='0' name='PCMU' clockrate='8000'/>
      <payload-type id='126' name='telephone-event' clockrate='8000'/>
      <rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='urn:ietf:params:rtp-hdrext:ssrc-audio-level'/>
      <rtcp-mux/>${source(ssrc)}
    </description>${transport(key, setup, 40_000)}
  </content>`;

const video = (key: string, setup: string, senders: string): string => `
  <content creator='initiator' name='video' senders='${senders}'>
    <description xmlns='${RTP}' media='video'>
      <payload-type id='96' name='VP8' clockrate='90000'>
        <rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='nack' subtype='pli'/>
      </payload-type>
      <payload-type id='97' name='rtx' clockrate='90000'><parameter name='apt' value='96'/></payload-type>
      <rtcp-mux/>
    </description>${transport(key, setup, 40_010)}
  </content>`;

const bundle = (...names: readonly string[]): string =>
  `<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'>${names.map((name) => `<content name='${name}'/>`).join("")}</group>`;

export const OFFER = audio("ua", "actpass", 1001) + video("va", "actpass", "responder") + bundle("audio", "video");
export const ACCEPT = audio("ub", "active", 2002) + video("vb", "active", "none") + bundle("audio");

/** A content of a source-add, -remove or -update: complete, as the predecessor's clients sent it. */
export const SOURCES = audio("ua", "actpass", 1002);

/** A file, offered by XEP-0234: no call. */
export const FILE = `
  <content creator='initiator' name='a-file' senders='initiator'>
    <description xmlns='urn:xmpp:jingle:apps:file-transfer:5'><file><name>notes.txt</name><size>3</size></file></description>
    <transport xmlns='urn:xmpp:jingle:transports:ibb:1' block-size='4096' sid='ibb1'/>
  </content>`;

export const reason = (name: string): string => `<reason><${name}/></reason>`;
