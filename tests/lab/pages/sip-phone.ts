/** A phone in a page: sip.js's SimpleUser, over the SIP proxy's WebSocket. */
import "./sound.ts"; // first: the library takes the RTCPeerConnection that it finds
import { Web } from "sip.js";
import type { Account, Extras, Heard, PagePhone } from "./phone.ts";
import { heard, press, sing } from "./sound.ts";
import { tell } from "./tell.ts";
import { want, write } from "./wanted.ts";

const IN_CALL = { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } };

class SipPhone implements PagePhone {
  #user: Web.SimpleUser | undefined;

  async connect({ server, user, password, hertz }: Account): Promise<string> {
    navigator.mediaDevices.getUserMedia = () => sing(hertz);
    const name = /sip:([^@]+)/.exec(user)?.[1] ?? "";
    this.#user = new Web.SimpleUser(server, {
      aor: user,
      media: { constraints: { audio: true, video: false }, remote: { audio: new Audio() } },
      delegate: {
        onCallReceived: () => tell("incoming"),
        onCallAnswered: () => tell("answered"),
        onCallHangup: () => tell("ended"),
      },
      userAgentOptions: {
        logLevel: "error",
        authorizationUsername: name,
        authorizationPassword: password,
        sessionDescriptionHandlerFactoryOptions: {
          iceGatheringTimeout: 2_000,
          peerConnectionConfiguration: { iceServers: [] },
        },
      },
    });
    await this.#user.connect();
    await this.#user.register();
    return user;
  }

  async call(to: string, extras: Extras = {}): Promise<void> {
    want(extras);
    await this.#current.call(to, IN_CALL);
  }

  async ring(): Promise<void> {}

  async answer(): Promise<void> {
    await this.#current.answer();
  }

  async decline(): Promise<void> {
    await this.#current.decline();
  }

  async hangUp(): Promise<void> {
    await this.#current.hangup();
  }

  async hold(): Promise<void> {
    await this.#current.hold();
  }

  async resume(): Promise<void> {
    await this.#current.unhold();
  }

  press(key: string): Promise<void> {
    return press(key);
  }

  async forget(): Promise<void> {
    await this.#current.hangup().catch(() => {}); // rejects when there is no call
  }

  async write(text: string): Promise<void> {
    write(text);
  }

  heard(): Promise<Heard> {
    return heard();
  }

  get #current(): Web.SimpleUser {
    if (!this.#user) throw new Error("there is no user");
    return this.#user;
  }
}

window.phone = new SipPhone();
