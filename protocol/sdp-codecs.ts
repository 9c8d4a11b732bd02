/**
 * The codecs of an m-section, read and written: formats, a=rtpmap, a=fmtp, a=rtcp-fb, a=extmap.
 *
 * RFC 8866 §6.6, §6.15; RFC 3551 (static types); RFC 4585 §4.2; RFC 8285. Rules: the order of the m-line is the order of
 * preference; a dynamic type without a=rtpmap cannot be used and is left out; `telephone-event` names its events without
 * a name.
 */
import type { MediaDescription } from "sdp-transform";
import type { Extension, Feedback, Parameter, Payload, Role, Senders } from "./media.ts";
import { present } from "./present.ts";
import { directionOf, sendersOf } from "./sdp-direction.ts";

/** RFC 3551 §6: name/clockrate[/channels] of the static payload types. */
const staticTypes: Readonly<Record<number, string>> = {
  0: "PCMU/8000",
  3: "GSM/8000",
  4: "G723/8000",
  5: "DVI4/8000",
  6: "DVI4/16000",
  7: "LPC/8000",
  8: "PCMA/8000",
  9: "G722/8000",
  10: "L16/44100/2",
  11: "L16/44100",
  12: "QCELP/8000",
  13: "CN/8000",
  14: "MPA/90000",
  15: "G728/8000",
  16: "DVI4/11025",
  17: "DVI4/22050",
  18: "G729/8000",
  25: "CelB/90000",
  26: "JPEG/90000",
  28: "nv/90000",
  31: "H261/90000",
  32: "MPV/90000",
  33: "MP2T/90000",
  34: "H263/90000",
};

/** The payload types of a section, in the order of its m-line. */
export function readPayloads(section: MediaDescription): Payload[] {
  const formats = String(section.payloads ?? "").split(" ");
  const ids = [...new Set(formats.filter((format) => /^\d{1,3}$/.test(format)).map(Number))].filter((id) => id < 128);
  return ids.flatMap((id): Payload[] => {
    const mapped = section.rtp.find(({ payload }) => payload === id);
    const [name, clockrate, channels] = mapped
      ? [String(mapped.codec), mapped.rate, mapped.encoding]
      : (staticTypes[id]?.split("/") ?? []);
    if (name === undefined || name === "") return [];
    const configs = section.fmtp.filter(({ payload }) => payload === id);
    return [
      {
        id,
        name,
        clockrate: Number(clockrate ?? 8000),
        channels: Number(channels ?? 1) || 1,
        parameters: configs.flatMap(({ config }) => readParameters(String(config))),
        feedback: readFeedback(section, id),
      },
    ];
  });
}

/** `a=1;b=2`, or values without names (`0-15`, `111/111`). */
export function readParameters(config: string): Parameter[] {
  return config
    .split(";")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => {
      const equals = item.indexOf("=");
      return equals === -1 ? { value: item } : { name: item.slice(0, equals), value: item.slice(equals + 1) };
    });
}

/** The feedback of one payload type, or with `*` that of all of them. */
export function readFeedback(section: MediaDescription, of: number | "*"): Feedback[] {
  const intervals = (section.rtcpFbTrrInt ?? []).filter(({ payload }) => payload === of);
  const others = (section.rtcpFb ?? []).filter(({ payload }) => payload === of);
  return [
    ...intervals.map(({ value }) => ({ type: "trr-int", subtype: String(value) })),
    ...others.map(({ type, subtype }) => ({ type: String(type), ...present({ subtype: subtype?.toString() }) })),
  ];
}

/** The header extensions of a section; their directions are said by its writer. */
export function readExtensions(section: Pick<MediaDescription, "ext">, by: Role): Extension[] {
  return (section.ext ?? []).map(({ value, direction, uri, config }) => ({
    id: value,
    uri,
    senders: sendersOf(direction, by) satisfies Senders,
    ...present({ attributes: config?.toString() }),
  }));
}

/** The lines of one payload type: a=rtpmap, a=fmtp, a=rtcp-fb. */
export function writePayload({ id, name, clockrate, channels, parameters, feedback }: Payload): string[] {
  const config = parameters.map((parameter) => writeParameter(parameter, name)).join(";");
  return [
    `a=rtpmap:${id} ${name}/${clockrate}${channels > 1 ? `/${channels}` : ""}`,
    ...(config === "" ? [] : [`a=fmtp:${id} ${config}`]),
    ...feedback.map((each) => writeFeedback(each, id)),
  ];
}

function writeParameter({ name, value }: Parameter, codec: string): string {
  if (name === undefined || value === undefined) return name ?? value ?? "";
  // RFC 4733 §2.4.1 has no name for the events; Jingle clients give them one
  return codec.toLowerCase() === "telephone-event" && name === "events" ? value : `${name}=${value}`;
}

/** An a=rtcp-fb, of one payload type or of all. */
export function writeFeedback({ type, subtype }: Feedback, of: number | "*"): string {
  return `a=rtcp-fb:${of} ${type}${subtype === undefined ? "" : ` ${subtype}`}`;
}

/** An a=extmap, its direction as its writer says it. */
export function writeExtension({ id, uri, senders, attributes }: Extension, by: Role): string {
  const direction = senders === "both" ? "" : `/${directionOf(senders, by)}`;
  return `a=extmap:${id}${direction} ${uri}${attributes === undefined ? "" : ` ${attributes}`}`;
}
