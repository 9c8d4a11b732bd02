/** The middle of the page: who calls whom, what the state means, the chart, and the steps. */
import { signal } from "@preact/signals";
import type { CallView, StepView } from "../../journal/view.ts";
import { phaseOf } from "../../journal/view.ts";
import { hangUp } from "./api.ts";
import { Chart } from "./chart.tsx";
import { at, call, go, machine, selected } from "./state.ts";
import { endWords, eventWords, phoneOf, shortName, stateWords, userOf } from "./words.ts";

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
        <p class="none">{selected.value === undefined ? "Calls appear here as they are made." : "The call begins."}</p>
      )}
    </section>
  );
}

function About({ shown, step }: { shown: CallView; step: StepView }) {
  const [first = ""] = step.after;
  const states = machine.value?.states ?? [];
  const state =
    states.find(({ id, spec }) => step.after.includes(id) && spec !== "") ?? states.find(({ id }) => id === first);
  const [user, phone] = [userOf(shown), phoneOf(shown)];
  const [from, to] = shown.direction === "outgoing" ? [user, phone] : [phone, user];
  const isOver = first === "ended";
  const waits = isOver ? [] : waitsFor(state?.id ?? first);
  return (
    <div id="about">
      <h1>
        <bdi title={from}>{shortName(from)}</bdi>
        <i>→</i>
        <bdi title={to}>{shortName(to)}</bdi>
        <span class={`pill ${phaseOf(first)}`}>{stateWords(step.after)}</span>
        <Exports shown={shown} />
      </h1>
      <p>
        <strong>{isOver ? endWords(step, shown.why) : state?.description}</strong>{" "}
        {state?.spec && <code>{state.spec}</code>}
        {waits.length > 0 && " Waits for "}
        {waits.flatMap((event, index) => [index > 0 ? " " : "", <code key={event}>{eventWords(event)}</code>])}
      </p>
    </div>
  );
}

/** What the state itself waits for, a few of them. */
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
      <details>
        <summary>Export</summary>
        <div>
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
        </div>
      </details>
      <a href={address("pcap")} download title="Opens in Wireshark and sngrep">
        pcap
      </a>
      <a class="main" href={address("play")} download title="A regression test of this call, without names and numbers">
        Play
      </a>
    </span>
  );
}

function Scrubber({ shown, step }: { shown: CallView; step: StepView }) {
  const { steps } = shown;
  const moves =
    step.before.join() === step.after.join()
      ? "changes no state"
      : `${stateWords(step.before) || "·"} → ${stateWords(step.after)}`;
  return (
    <div id="scrub">
      <div class="bar" role="group" aria-label="Steps of the call">
        {steps.map((each, index) => (
          <button
            key={each.n}
            type="button"
            class={`${each.refused === undefined ? phaseOf(each.after[0] ?? "") : "bad"} ${index < at.value ? "past" : ""}`}
            aria-current={index === at.value ? "step" : undefined}
            aria-label={`Step ${each.n}: ${each.event}`}
            title={each.event}
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
