/** The top of the page: the views, what is up, and whether the feed is connected. */
import { isLive, rows, top, type View, view } from "./state.ts";

const VIEWS: readonly (readonly [View, string, string])[] = [
  ["calls", "Calls", "#/calls"],
  ["overview", "Overview", "#/overview"],
  ["machines", "Machines", "#/machines/call"],
];

export function Header() {
  return (
    <header>
      <a class="brand" href="#/calls" title={top.value ? `Carillon ${top.value.version}` : "Carillon"}>
        <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
          <path
            d="M9 1.5v1.6M3.2 13.2h11.6l-1.5-2.3V8a4.3 4.3 0 0 0-8.6 0v2.9z"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-linejoin="round"
            stroke-linecap="round"
          />
          <circle cx="9" cy="15.6" r="1.4" fill="currentColor" />
        </svg>
        Carillon
      </a>
      <nav aria-label="Views">
        {VIEWS.map(([name, label, address]) => (
          <a key={name} href={address} aria-current={view.value === name ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <Health />
      <span class={`live ${isLive.value ? "" : "lost"}`} role="status">
        <i />
        {isLive.value ? "live" : "not connected"}
      </span>
    </header>
  );
}

function Health() {
  const { value } = top;
  const live = [...rows.value.values()].filter(({ ended }) => ended === undefined).length;
  return (
    <ul class="health" aria-label="Health">
      {value && <li class={value.xmpp ? "ok" : "no"}>{value.xmpp ? "XMPP online" : "XMPP offline"}</li>}
      {value && <li class={value.sip ? "ok" : "no"}>{value.sip ? "SIP up" : "SIP down"}</li>}
      {value && <Answers name="Proxy" state={value.proxy} />}
      {value && <Answers name="Relay" state={value.relay} />}
      {value && value.state !== "running" && <li class="no">{value.state}</li>}
      <li>{live} live</li>
    </ul>
  );
}

/** Whether a peer of the gateway answers; nothing if unknown or not configured. */
function Answers({ name, state }: { name: string; state: string }) {
  if (state !== "up" && state !== "down") return null;
  return (
    <li class={state === "up" ? "ok" : "no"}>
      {name} {state}
    </li>
  );
}
