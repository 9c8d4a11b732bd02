/** Every host that an SDP would have media sent to is found, however it is written. */
import { expect, test } from "bun:test";
import { mediaHostsIn } from "../../../protocol/sdp/media-hosts.ts";

// proves: V26
test.each<readonly [string, string, readonly string[]]>([
  [
    "the session's and the section's",
    "c=IN IP4 192.0.2.1\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n",
    ["192.0.2.1", "2001:db8::1"],
  ],
  ["a group with its TTL", "c=IN IP4 224.0.0.5/127/3\n", ["224.0.0.5"]],
  ["RTCP's", "a=rtcp:53 IN IP4 127.0.0.1\r\na=rtcp:54\r\n", ["127.0.0.1"]],
  [
    "a candidate's, and not that it was mapped from",
    "a=candidate:1 1 UDP 99 192.0.2.7 4000 typ srflx raddr 10.0.0.1 rport 4\r\n",
    ["192.0.2.7"],
  ],
  ["in other letters and spaces", "C=in ip4  127.0.0.1\r\n", ["127.0.0.1"]],
  ["none", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n", []],
])("%s", (_, sdp, hosts) => {
  expect(mediaHostsIn(sdp)).toEqual(hosts);
});
