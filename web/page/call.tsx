/** The middle of the page: caller and callee, the meaning of the state, the chart, and the steps. */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CallView, StepView } from "../../journal/view.ts";
import { phaseOf } from "../../journal/view.ts";
import { hangUp } from "./api.ts";
import { Chart } from "./chart.tsx";
import { MiniChart } from "./machines.tsx";
import { Menu } from "./menu.tsx";
import { at, call, go, machine, selected } from "./state.ts";
import { cut, endWords, eventWords, failureWords, phoneOf, plain, shortName, stateWords, userOf } from "./words.ts";

export function CallSection() {
  const shown = call.value;
  const step = shown?.steps[at.value];
  return (
    <section id="call" aria-label="The call">
      {shown && step ? (
        <>
          <About shown={shown} step={step} />
          <Chart />
          <Scrubber shown={shown} step={step} />
        </>
      ) : (
        <Nothing />
      )}
    </section>
  );
}

/** Shown while there is no call: the chart of all calls. */
function Nothing() {
  const shown = machine.value?.id === "call" ? machine.value : undefined;
  return (
    <>
      <div id="about">
        <h1>{selected.value === undefined ? "No call yet" : "The call begins"}</h1>
        <p>Calls appear here as they begin, and move through this chart.</p>
      </div>
      <div id="chart" class="rest">
        {shown && <MiniChart id="call" layout={shown.layout} lit={[]} />}
      </div>
    </>
  );
}

/** Most characters of a name. */
const MOST_NAME = 200;

function About({ shown, step }: { shown: CallView; step: StepView }) {
  const [first = ""] = step.after;
  const states = machine.value?.states ?? [];
  const state =
    states.find(({ id, spec }) => step.after.includes(id) && spec !== "") ?? states.find(({ id }) => id === first);
  const [user, phone] = [userOf(shown), phoneOf(shown)];
  const [from, to] = shown.direction === "outgoing" ? [user, phone] : [phone, user];
  const nameOf = (jid: string): string => cut(shortName(jid), MOST_NAME);
  const isOver = first === "ended";
  const waits = isOver ? [] : waitsFor(state?.id ?? first);
  return (
    <div id="about">
      <h1>
        <bdi title={plain(from)}>{nameOf(from)}</bdi>
        <i>→</i>
        <bdi title={plain(to)}>{nameOf(to)}</bdi>
        <span class={`pill ${phaseOf(first)}`}>{stateWords(step.after)}</span>
        <Exports shown={shown} />
      </h1>
      <p>
        <strong>{isOver ? endWords(step, shown) : state?.description}</strong>{" "}
        {isOver && shown.failure && `${failureWords(shown.failure)} `}
        {state?.spec && <code>{state.spec}</code>}
        {shown.trunk !== undefined && ` By trunk “${cut(plain(shown.trunk), MOST_NAME)}”.`}
        {waits.length > 0 && " Waits for "}
        {waits.flatMap((event, index) => [index > 0 ? " " : "", <code key={event}>{eventWords(event)}</code>])}
      </p>
    </div>
  );
}

/** The events that the state waits for, a few of them. */
function waitsFor(state: string): string[] {
  const steps = machine.value?.steps ?? [];
  const events = steps
    .filter(({ from, to, event }) => from === state && to !== "" && event !== "at once")
    .map(({ event }) => event);
  return [...new Set(events)].slice(0, 4);
}

const trouble = signal("");

function Exports({ shown }: { shown: CallView }) {
  const address = (kind: string): string => `/api/calls/${encodeURIComponent(shown.id)}/export.${kind}`;
  const end = async (): Promise<void> => {
    if (confirm("Hang up on both sides?")) trouble.value = (await hangUp(shown.id)) ?? "";
  };
  return (
    <span class="out">
      {trouble.value !== "" && <em role="alert">{trouble.value}</em>}
      {shown.ended === undefined && (
        <button type="button" onClick={() => void end()}>
          Hang up
        </button>
      )}
      <Menu title="Export">
        <a href={`${address("svg")}?step=${at.value + 1}`} download>
          Chart as SVG
        </a>
        <a href={`${address("svg")}?of=ladder`} download>
          Ladder as SVG
        </a>
        <a href={address("txt")} download>
          Ladder as text
        </a>
        <a href={address("json")} download>
          Steps and messages as JSON
        </a>
        <a href={address("pcap")} download title="Opens in Wireshark and sngrep">
          Packets as pcap
        </a>
      </Menu>
      <a class="main" href={address("play")} download title="A regression test of this call, without names and numbers">
        Play
      </a>
    </span>
  );
}

/** With more steps, the scrubber shows no numbers. */
const MOST_NUMBERS = 40;

function Scrubber({ shown, step }: { shown: CallView; step: StepView }) {
  const { steps } = shown;
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => keepInSight(bar.current), [at.value, shown.id]);
  const moves =
    step.before.join() === step.after.join()
      ? "changes no state"
      : `${stateWords(step.before) || "·"} → ${stateWords(step.after)}`;
  return (
    <div id="scrub">
      <div
        class={`bar ${steps.length > MOST_NUMBERS ? "thin" : ""}`}
        role="group"
        aria-label="Steps of the call"
        ref={bar}
      >
        {steps.map((each, index) => (
          <button
            key={each.n}
            type="button"
            class={`${each.refused === undefined ? phaseOf(each.after[0] ?? "") : "bad"} ${index < at.value ? "past" : ""}`}
            aria-current={index === at.value ? "step" : undefined}
            aria-label={`Step ${each.n}: ${eventWords(each.event)}`}
            tabIndex={index === at.value ? 0 : -1}
            title={eventWords(each.event)}
            onClick={() => go(index)}
          >
            {each.n}
          </button>
        ))}
      </div>
      <div class="say">
        <button type="button" onClick={() => go(at.value - 1)} aria-label="One step back">
          ◀
        </button>
        <button type="button" onClick={() => go(at.value + 1)} aria-label="One step on">
          ▶
        </button>
        <b>{eventWords(step.event)}</b>
        <span>{moves}</span>
        <span>
          step {step.n} of {steps.length} · {(step.at / 1_000).toFixed(3)} s
        </span>
      </div>
    </div>
  );
}

/** Scrolls the scrubber to the step, and moves the focus there if it is on another step. */
function keepInSight(bar: HTMLElement | null): void {
  const now = bar?.querySelector<HTMLElement>("[aria-current]");
  if (!(bar && now)) return;
  if (bar.contains(document.activeElement)) now.focus({ preventScroll: true });
  const [left, right] = [now.offsetLeft - bar.offsetLeft, now.offsetLeft - bar.offsetLeft + now.offsetWidth];
  if (left < bar.scrollLeft) bar.scrollLeft = left - 20;
  else if (right > bar.scrollLeft + bar.clientWidth) bar.scrollLeft = right - bar.clientWidth + 20;
}
