/**
 * The right side: the ladder of real messages (user, gateway, phone) on one time axis; below it, cause and effects of the step.
 *
 * The gateway's lifeline shows the state as a coloured band; a capsule marks each change of state; refusals are red, at their
 * position in time.
 */
import { useEffect, useRef } from "preact/hooks";
import type { CallView, MessageView, StepView } from "../../journal/view.ts";
import { phaseOf } from "../../journal/view.ts";
import { type LadderItem, ladderOf, PLACES } from "../ladder.ts";
import { rove } from "./rove.ts";
import { at, call, go, machine, pick, picked, pointed } from "./state.ts";
import { cut, eventWords, phoneOf, plain, shortName, stateWords, userOf } from "./words.ts";

const WIDTH = 424;
/** Most characters about a refusal. */
const MOST_WHY = 300;
/** Most characters of a message's label. */
const MOST_LABEL = 80;

export function Talk() {
  const shown = call.value;
  const box = useRef<HTMLDivElement>(null);
  const step = at.value;
  useEffect(() => {
    keepInSight(box.current);
  }, [step, shown?.id]);
  return (
    <section id="talk" aria-label="Messages">
      {shown && <Heads shown={shown} />}
      {shown && shown.dropped > 0 && (
        <p class="note" role="note">
          {shown.dropped} entries are left out: the call had more than the journal keeps.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <div id="ladder" tabIndex={0} ref={box} role="region" aria-label="Ladder">
        {shown && <Ladder shown={shown} />}
      </div>
      {shown?.steps[step] && <Step shown={shown} step={shown.steps[step]} />}
    </section>
  );
}

/** Scrolls only the ladder, to the step. */
function keepInSight(ladder: HTMLElement | null): void {
  const turn = ladder?.querySelector(".turn.now rect");
  if (!(ladder && turn)) return;
  const y = turn.getBoundingClientRect().top - ladder.getBoundingClientRect().top + ladder.scrollTop;
  const isSeen = y > ladder.scrollTop + 60 && y < ladder.scrollTop + ladder.clientHeight - 130;
  if (!isSeen) ladder.scrollTop = y - ladder.clientHeight * 0.55;
}

function Heads({ shown }: { shown: CallView }) {
  const [user, phone] = [userOf(shown), phoneOf(shown)];
  const peer =
    shown.messages
      .find(({ wire }) => wire === "sip")
      ?.peer.split(" ")
      .at(-1) ?? "";
  const resource = user.includes("/") ? ` · /${plain(user.slice(user.indexOf("/") + 1))}` : "";
  const heads: readonly (readonly [number, string, string])[] = [
    [PLACES[0], cut(shortName(user), 14), cut(`XMPP${resource}`, 20)],
    [PLACES[1], "gateway", cut(`sid ${plain(shown.sid)}`, 18)],
    [PLACES[2], cut(shortName(phone), 15), cut(`SIP · ${peer}`, 26)],
  ];
  return (
    <div id="heads">
      <svg viewBox={`0 0 ${WIDTH} 40`} width={WIDTH} height={40} aria-hidden="true">
        {heads.map(([x, name, more]) => (
          <g key={x}>
            <text x={x} y={17}>
              {name}
            </text>
            <text class="sub" x={x} y={31}>
              {more}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function Ladder({ shown }: { shown: CallView }) {
  const { items, height } = ladderOf(shown);
  const stop = stopOf(shown);
  const turns = items.filter((item) => item.kind === "turn");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      width={WIDTH}
      height={height}
      role="group"
      aria-label="Messages and states, in order"
      onKeyDown={(event) => rove(event, event.currentTarget)}
    >
      {PLACES.map((x) => (
        <line key={x} class="lane" x1={x} y1={0} x2={x} y2={height} />
      ))}
      {turns.map(({ y, step }, index) => (
        <line
          key={step}
          class={`stay ${phaseOf(shown.steps[step]?.after[0] ?? "")} ${step > at.value ? "later" : ""}`}
          x1={PLACES[1]}
          y1={y + 8}
          x2={PLACES[1]}
          y2={turns[index + 1]?.y ?? height - 12}
        />
      ))}
      {items.map((item) =>
        item.kind === "turn" ? (
          <Turn key={`t${item.step}`} item={item} shown={shown} />
        ) : (
          <Arrow key={`m${item.message}`} item={item} shown={shown} isStop={item.message === stop} />
        ),
      )}
    </svg>
  );
}

function Turn({ item: { step, y }, shown }: { item: Extract<LadderItem, { kind: "turn" }>; shown: CallView }) {
  const found = shown.steps[step] as StepView;
  const text = found.refused === undefined ? stateWords(found.after) : `⊘ ${cut(eventWords(found.event), 34)}`;
  const width = text.length * 6.1 + 20;
  const hue = found.refused === undefined ? phaseOf(found.after[0] ?? "") : "bad";
  const classes = `turn ${hue} ${step === at.value ? "now" : ""} ${step > at.value ? "later" : ""}`;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons of the steps do the same
    <g class={classes} data-step={step} onClick={() => go(step)}>
      <rect x={PLACES[1] - width / 2} y={y} width={width} height={18} rx={9} />
      <text x={PLACES[1]} y={y + 12.8}>
        {text}
      </text>
    </g>
  );
}

/** The tab stop in the ladder: the open message, or the first one of the step. */
function stopOf({ messages }: CallView): number {
  const ofStep = messages.findIndex(({ step }) => step === at.value);
  return picked.value ?? Math.max(0, ofStep);
}

/** Whether a step is outside the time of the state under the pointer. */
function isApart(step: StepView | undefined): boolean {
  const { value } = pointed;
  return value !== undefined && step !== undefined && !step.after.includes(value) && !step.before.includes(value);
}

interface ArrowNeeds {
  readonly item: Extract<LadderItem, { kind: "message" }>;
  readonly shown: CallView;
  /** Whether it is the tab stop. */
  readonly isStop: boolean;
}

function Arrow({ item, shown, isStop }: ArrowNeeds) {
  const { message, y, when } = item;
  const found = shown.messages[message] as MessageView;
  const { wire, out, kind, again, label, step } = found;
  const [left, right] = wire === "xmpp" ? [PLACES[0], PLACES[1]] : [PLACES[1], PLACES[2]];
  const isRight = (wire === "xmpp") !== out;
  const [from, to, way] = isRight ? [left, right, 1] : [right, left, -1];
  const line = y + 15;
  const words = cut(plain(label), wire === "xmpp" ? 23 : 24);
  const later = step > at.value ? "later" : "";
  const apart = isApart(shown.steps[step]) ? "apart" : "";
  const open = (): void => pick(picked.value === message ? undefined : message);
  return (
    <>
      <g
        class={`msg ${wire} ${kind} ${picked.value === message ? "pick" : ""} ${later} ${apart}`}
        data-msg={message}
        role="button"
        tabIndex={isStop ? 0 : -1}
        data-rove=""
        aria-label={`${words}, ${out ? "to" : "from"} the ${wire === "sip" ? "phone" : "user"}`}
        onClick={open}
        onKeyDown={(event) => event.key === "Enter" && open()}
      >
        <title>{cut(plain(label), MOST_LABEL)}</title>
        <rect class="hit" x={44} y={y - 2} width={WIDTH - 48} height={22} rx={4} />
        <line x1={from + way * 5} y1={line} x2={to - way * 9} y2={line} />
        <path d={`M${to - way * 4} ${line}l${-way * 8} -3.4v6.8z`} />
        <text x={(left + right) / 2} y={line - 4}>
          {words}
        </text>
      </g>
      <g class={`about ${later} ${apart}`}>
        {again > 0 && (
          <g class="again">
            <rect x={right + 8} y={line - 8} width={26} height={14} rx={7} />
            <text x={right + 21} y={line + 2.5}>
              ×{again + 1}
            </text>
          </g>
        )}
        {when !== undefined && (
          <text class="when" x={42} y={line + 2}>
            {when}
          </text>
        )}
      </g>
    </>
  );
}

function Step({ shown, step }: { shown: CallView; step: StepView }) {
  const came = step.came === undefined ? undefined : shown.messages[step.came];
  const hue = step.refused === undefined ? phaseOf(step.after[0] ?? "") : "bad";
  const labelOf = (message: MessageView | undefined): string => cut(plain(message?.label ?? ""), MOST_LABEL);
  const said = step.said.map((place) => labelOf(shown.messages[place])).join(", ");
  const does = machine.value === undefined ? [] : step.effects;
  return (
    <div id="step">
      <h2>
        <span class={`pill ${hue}`}>{step.n}</span>
        <code>{eventWords(step.event)}</code>
        {step.came !== undefined && (
          <button type="button" onClick={() => pick(step.came)}>
            what came, and what it became
          </button>
        )}
      </h2>
      <dl>
        <dt>came</dt>
        <dd>{came ? `${labelOf(came)} from ${came.wire === "xmpp" ? "the user" : "the phone"}` : "by itself"}</dd>
        {step.guard !== undefined && (
          <>
            <dt>since</dt>
            <dd>{cut(plain(step.guard), MOST_WHY)}</dd>
          </>
        )}
        <dt>did</dt>
        <dd>
          {step.refused !== undefined && <span class="no">refused: {cut(plain(step.refused), MOST_WHY)}</span>}
          {step.refused === undefined && does.length === 0 && "nothing"}
          {does.flatMap((effect, index) => [index > 0 ? ", " : "", <code key={`${index} ${effect}`}>{effect}</code>])}
        </dd>
        <dt>said</dt>
        <dd>{said || "nothing"}</dd>
      </dl>
    </div>
  );
}
