/** Connections in a page, by name, that a test offers and answers with: what Chromium says of each description, and what it takes. */

import type { Change, Connections } from "./wishes.ts";

const all = new Map<string, RTCPeerConnection>();
const of = (name: string): RTCPeerConnection => {
  const connection = all.get(name);
  if (!connection) throw new Error(`there is no connection ${name}`);
  return connection;
};

async function spoken(connection: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<string> {
  const gathered = new Promise<void>((resolve) => {
    const look = (): void => (connection.iceGatheringState === "complete" ? resolve() : undefined);
    connection.addEventListener("icegatheringstatechange", look);
    connection.addEventListener("icecandidate", ({ candidate }) => candidate === null && resolve());
    setTimeout(look, 50);
  });
  await connection.setLocalDescription(description);
  if (connection.iceGatheringState !== "complete") await gathered;
  return connection.localDescription?.sdp ?? "";
}

const VIDEO = ({ receiver, mid }: RTCRtpTransceiver): boolean => receiver.track.kind === "video" && mid !== null;

function changed(connection: RTCPeerConnection, change: Change | undefined): void {
  const transceivers = connection.getTransceivers().filter(({ currentDirection }) => currentDirection !== "stopped");
  if (change === "hold") for (const each of transceivers) each.direction = "sendonly";
  if (change === "resume") for (const each of transceivers) each.direction = "sendrecv";
  if (change === "restart") connection.restartIce();
  if (change === "stop video") transceivers.find(VIDEO)?.stop();
  if (change === "add video") connection.addTransceiver("video");
}

const refused = (answer: string): string =>
  answer.replace(/^m=video \d+/m, "m=video 0").replace(/^(a=group:BUNDLE \S+).*$/m, "$1");

const connections: Connections = {
  make(name, { policy = "balanced", video, data, layers }) {
    const connection = new RTCPeerConnection({ bundlePolicy: policy, iceServers: [] });
    connection.addTransceiver("audio");
    if (video) connection.addTransceiver("video", layers ? { sendEncodings: layers.map((rid) => ({ rid })) } : {});
    if (data) connection.createDataChannel("talk");
    all.set(name, connection);
  },
  async offer(name, change) {
    changed(of(name), change);
    return spoken(of(name), await of(name).createOffer());
  },
  async answer(name, offer, change) {
    await of(name).setRemoteDescription({ type: "offer", sdp: offer });
    for (const each of of(name).getTransceivers()) each.direction = "sendrecv";
    changed(of(name), change);
    const answer = await spoken(of(name), await of(name).createAnswer());
    return change === "refuse video" ? refused(answer) : answer;
  },
  async take(name, answer) {
    await of(name).setRemoteDescription({ type: "answer", sdp: answer });
  },
};

Object.assign(window, { connections });
