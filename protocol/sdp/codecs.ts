/**
 * The codecs of an m-section, read and written: formats, a=rtpmap, a=fmtp, a=rtcp-fb, a=extmap.
 *
 * RFC 8866 §6.6, §6.15; RFC 3551 (static types); RFC 4585 §4.2; RFC 8285. Rules: the order of the m-line is the order of
 * preference; a dynamic type with an invalid name or rate is unusable and left out, as is one without a=rtpmap in an offer;
 * `telephone-event` lists its events in a parameter without a name.
 */
import type { Extension, Feedback, Parameter, Payload, Role } from "../media/media.ts";
import { staticType } from "../media/payload-types.ts";
import { bounded, isCodec, MOST, numberWithin, readExtensionId, UINT32 } from "../media/values.ts";
import { present } from "../text.ts";
import { directionOf, sendersOf } from "./direction.ts";
import { allOf, type SdpSection } from "./lines.ts";

/** The payload types of a section, in the order of its m-line; in an answer including those without a=rtpmap. */
export function readPayloads(section: SdpSection, isAnswer: boolean): Payload[] {
  const ids = new Set(section.formats.flatMap((format) => numberWithin(format, 0, 127) ?? []));
  const maps = readMaps(section);
  const configs = formatted(section, "fmtp");
  const feedback = readAllFeedback(section);
  return [...ids].flatMap((id): Payload[] => {
    const codec = maps.has(id) ? maps.get(id) : (staticType(id) ?? (isAnswer ? UNNAMED : undefined));
    if (codec === undefined) return [];
    const parameters = bounded((configs.get(`${id}`) ?? []).flatMap(readParameters), MOST.parameters, PARAMETERS);
    return [{ id, ...codec, parameters, feedback: feedback.get(`${id}`) ?? [] }];
  });
}

const PARAMETERS = "parameters of a codec";

/** Stands for the codec offered under the same number (media/codecs.ts). */
const UNNAMED = { name: "", clockrate: 0, channels: 1 } as const;

/** The a=rtpmap lines by payload type; undefined for an unusable one. */
function readMaps(section: SdpSection): ReadonlyMap<number, ReturnType<typeof staticType>> {
  const maps = new Map<number, ReturnType<typeof staticType>>();
  for (const [id, [encoding = ""]] of formatted(section, "rtpmap")) {
    const [name = "", rate = "8000", channels = "1"] = encoding.split("/").map((part) => part.trim());
    const clockrate = numberWithin(rate, 1, UINT32);
    const count = numberWithin(channels || "1", 0, 255);
    const isKnown = isCodec(name) && clockrate !== undefined && count !== undefined;
    maps.set(Number(id), isKnown ? { name, clockrate, channels: count || 1 } : undefined);
  }
  return maps;
}

/** The values of an attribute that begins with a format (or `*`), by that format. */
function formatted(section: SdpSection, name: string): ReadonlyMap<string, string[]> {
  const values = new Map<string, string[]>();
  for (const value of allOf(section, name)) {
    const end = value.search(/\s/);
    const format = value.slice(0, end);
    if (end < 1 || end > 3 || !/^(?:\*|\d+)$/.test(format)) continue;
    const rest = value.slice(end).trimStart();
    const known = values.get(format);
    if (known) known.push(rest);
    else values.set(format, [rest]);
  }
  return values;
}

/** `a=1;b=2`, or values without names (`0-15`, `111/111`). */
function readParameters(config: string): Parameter[] {
  return config
    .split(";")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map(readParameter);
}

function readParameter(item: string): Parameter {
  const equals = item.indexOf("=");
  return equals < 1 ? { value: item } : { name: item.slice(0, equals), value: item.slice(equals + 1) };
}

/** The feedback of a section, by payload type; `*` stands for all of them. */
export function readAllFeedback(section: SdpSection): ReadonlyMap<string, Feedback[]> {
  const all = [...formatted(section, "rtcp-fb")].map(([format, values]): [string, Feedback[]] => {
    return [format, [...bounded(values.flatMap(readFeedback), MOST.feedback, "kinds of feedback of a codec")]];
  });
  return new Map(all);
}

function readFeedback(text: string): Feedback[] {
  const [type = "", subtype, ...more] = text.split(/\s+/);
  const words = bounded(more, MOST.parameters, "words of feedback");
  const parameters = words.length > 0 ? words.map(readParameter) : undefined;
  if (type === "trr-int") return [{ type, subtype: `${numberWithin(subtype, 0, UINT32) ?? 0}` }];
  return type === "" ? [] : [{ type, ...present({ subtype, parameters }) }];
}

/** The header extensions of session and section; directions are relative to the writer. */
export function readExtensions(lines: readonly string[], by: Role): Extension[] {
  return lines.flatMap((line): Extension[] => {
    const [, number, direction, uri = "", rest = ""] = /^(\d+)(?:\/(\w+))?\s+(\S+)(.*)$/s.exec(line) ?? [];
    const id = readExtensionId(number);
    const said = rest.split(/\s+/).filter((word) => word !== "" && !word.startsWith("="));
    const words = bounded(said, MOST.parameters, "attributes of a header extension");
    const attributes = words.join(" ") || undefined;
    return id === undefined ? [] : [{ id, uri, senders: sendersOf(direction, by), ...present({ attributes }) }];
  });
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

function writeParameter({ name, value }: Parameter, codec = ""): string {
  if (name === undefined || value === undefined) return name ?? value ?? "";
  // RFC 4733 §2.4.1 has no name for the list of events; Jingle clients call it `events`
  return codec.toLowerCase() === "telephone-event" && name === "events" ? value : `${name}=${value}`;
}

/** An a=rtcp-fb, for one payload type or for all. */
export function writeFeedback({ type, subtype, parameters = [] }: Feedback, of: number | "*"): string {
  const words = subtype === undefined ? [] : [subtype, ...parameters.map((each) => writeParameter(each))];
  return [`a=rtcp-fb:${of}`, type, ...words].join(" ");
}

/** An a=extmap; its direction is relative to the writer. */
export function writeExtension({ id, uri, senders, attributes }: Extension, by: Role): string {
  const direction = senders === "both" ? "" : `/${directionOf(senders, by)}`;
  return `a=extmap:${id}${direction} ${uri}${attributes === undefined ? "" : ` ${attributes}`}`;
}
