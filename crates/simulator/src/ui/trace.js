// The right half: what happens behind the phone, message by message, and every raw request.
import { h, icon, t, api, state, clip, bubble } from "./phone.js";

const STAGES = [["hook", "stageHook"], ["queue", "stageQueue"], ["mind", "stageMind"], ["ticket", "stageTicket"], ["reply", "stageReply"]];
const journeys = new Map(); // wamid of the citizen's message → journey
const replies = new Map(); // wamid of a reply → journey
let rawCount = 0;
const $ = (id) => document.getElementById(id);

export function paintPipe() {
  $("pipe").replaceChildren(...STAGES.map(([name, key]) => h("li", { "data-stage": name }, h("span", {}, icon(name)), h("b", {}, t(key)), h("i", {}, ""))));
  if (!journeys.size) paintEmpty();
}

function paintEmpty() {
  $("journeys").replaceChildren(h("div", { class: "empty" }, icon("eye"), h("h2", {}, t("emptyTitle")), h("p", {}, t("emptyText")),
    h("ol", {}, ...["empty1", "empty2", "empty3"].map((key) => h("li", {}, t(key))))));
}

export function clearTrace() {
  journeys.clear(); replies.clear(); rawCount = 0;
  $("raw").replaceChildren(); $("raw-count").textContent = "0";
  paintPipe();
}

function light(stage, value) {
  const node = document.querySelector(`#pipe [data-stage=${stage}]`);
  if (!node) return;
  node.classList.remove("lit"); void node.offsetWidth; node.classList.add("lit", "done");
  node.querySelector("i").textContent = value;
}

const offset = (ms) => (ms < 1000 ? `+${Math.max(0, Math.round(ms))} ms` : `+${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`);

function begin(message) {
  if (journeys.has(message.wamid)) return;
  if (!journeys.size) $("journeys").replaceChildren();
  const who = state.citizens.get(message.wa_id)?.name ?? message.wa_id;
  const steps = h("ol", { class: "steps" });
  const card = h("article", { class: "journey" }, h("header", {}, h("strong", {}, who), h("q", {}, clip(message.text || `[${message.type}]`, 110)),
    h("time", {}, new Date(message.at_ms).toLocaleTimeString("id-ID"))), steps);
  const journey = { message, steps, seen: new Set(), last: null };
  journeys.set(message.wamid, journey);
  $("journeys").prepend(card);
  while ($("journeys").children.length > 40) $("journeys").lastChild.remove();
  document.querySelectorAll("#pipe li").forEach((node) => { node.className = ""; node.querySelector("i").textContent = ""; });
  step(journey, "sent", message.at_ms, "phone", t("stepSent"), null, message);
}

function step(journey, key, at, symbol, title, detail, raw, tone = "") {
  if (journey.seen.has(key)) return;
  journey.seen.add(key);
  const head = h("b", {}, title);
  const more = raw === undefined || raw === null ? null : h("pre", { hidden: true }, JSON.stringify(raw, null, 2));
  if (more) {
    const toggle = h("button", { type: "button", class: "json", "aria-expanded": false, "aria-label": "JSON" }, "{ }");
    toggle.addEventListener("click", () => { more.hidden = !more.hidden; toggle.setAttribute("aria-expanded", !more.hidden); });
    head.append(toggle);
  }
  const node = h("li", { class: tone, "data-at": at }, h("span", { class: "dot" }, icon(symbol)), h("div", {}, head, detail, more),
    h("time", {}, offset(at - journey.message.at_ms)));
  const later = [...journey.steps.children].find((other) => Number(other.dataset.at) > at);
  journey.steps.insertBefore(node, later ?? null);
  journey.last = at;
}

const chip = (label, value) => h("span", { class: "chip" }, label ? h("small", {}, label) : null, String(value));
const latest = (waId) => [...journeys.values()].filter((journey) => journey.message.wa_id === waId).at(-1);

/** Takes one event of the live stream. */
export function trace(event) {
  const { kind, data, at_ms: at } = event;
  if (kind === "message" && data.direction === "inbound") begin(data);
  if (kind === "message" && data.direction === "outbound") answered(data, at);
  if (kind === "typing") {
    const journey = latest(data.wa_id);
    if (journey) { step(journey, "typing", at, "queue", t("stepTurn"), h("p", {}, t("stepTurnText"))); light("queue", offset(at - journey.message.at_ms)); journey.tellIntent?.(at); }
  }
  if (kind === "status") status(data, at);
  if (kind === "step") learnt(data, at);
  if (kind === "webhook") webhook(data, at);
  if (kind === "graph") rawEntry("out", `${data.method} ${data.path}`, data.status, at, { request: data.request, response: data.response }, data.dropped ? t("dropped") : kindOf(data.request));
  if (kind === "reset") clearTrace();
}

const kindOf = (request) => request?.status ? `${request.status}${request.typing_indicator ? " + typing" : ""}` : request?.type ?? "";

function webhook(data, at) {
  const label = data.about === "message" ? t("webhookMessage") : data.about === "raw" ? t("webhookRaw") : `${t("webhookStatus")} ${data.about}`;
  rawEntry("in", `POST webhook · ${label}`, data.status ?? 0, at, data.body ?? {}, data.attempt > 1 ? `${t("attempt")} ${data.attempt}` : `${data.ms} ms`);
  const journey = journeys.get(data.wamid);
  if (!journey) return;
  const ok = data.status === 200;
  const detail = h("p", {}, ok ? chip("HTTP", 200) : chip("", data.status ? `HTTP ${data.status}` : t("noAnswer")), chip("", `${data.ms} ms`),
    data.attempt > 1 ? chip(t("attempt"), data.attempt) : null, ok ? null : h("em", {}, `${data.error ?? ""} ${t("retrying")}`));
  step(journey, `hook${ok ? "ok" : data.attempt}`, at, "hook", ok ? t("stepHook") : t("stepHookFailed"), detail, data.body, ok ? "good" : "bad");
  light("hook", ok ? `${data.ms} ms` : t("failed"));
}

function learnt(data, at) {
  const journey = journeys.get(data.wamid);
  if (!journey) return;
  if (data.step === "stored") {
    step(journey, "stored", at, "queue", t("stepStored"), h("p", {}, chip("channel-service", `#${data.detail.seq ?? "?"}`)), data.detail);
    light("queue", `#${data.detail.seq ?? "?"}`);
  }
  if (data.step === "understood") {
    const known = Object.entries(data.detail.entities ?? {}).filter(([, value]) => value !== null && value !== "" && typeof value !== "object").slice(0, 8);
    const sure = typeof data.detail.confidence === "number" ? ` ${Math.round(data.detail.confidence * 100)}%` : "";
    // A dry run knows it before the assistant's own turn does: shown where it belongs in the story.
    journey.tellIntent = (when) => {
      journey.tellIntent = null;
      step(journey, "understood", when, "mind", `${t("stepMind")} ${data.detail.intent ?? "?"}${sure}`,
        h("p", {}, ...known.map(([key, value]) => chip(key, clip(String(value), 40))), data.detail.provider ? chip("", data.detail.provider) : null), data.detail);
      light("mind", data.detail.intent ?? "?");
    };
    if (journey.seen.has("typing") || journey.answered) journey.tellIntent(at);
    else setTimeout(() => journey.tellIntent?.(at + 4000), 4000);
  }
}

function answered(message, at) {
  const journey = latest(message.wa_id);
  if (!journey) return;
  replies.set(message.wamid, journey);
  journey.answered = true;
  journey.tellIntent?.(at);
  step(journey, message.wamid, at, "reply", t("stepReply"), h("p", { class: "said" }, ...bubble(clip((message.text || `[${message.type}]`).replace(/\n+/g, "\n"), 180))), message, "good");
  light("reply", offset(at - journey.message.at_ms));
  const ticket = /LAP-\d{8}-\d{3,}/.exec(message.text ?? "")?.[0];
  if (ticket) found(journey, ticket, at);
}

async function found(journey, ticket, at) {
  light("ticket", ticket);
  const known = await api(`/sim/complaints/${ticket}`).catch(() => null);
  const detail = h("p", {}, chip("", ticket), known ? chip("status", known.status) : null, known?.kategori ? chip("", known.kategori) : null);
  if (state.dashboard) detail.append(h("a", { href: `${state.dashboard}complaints/${ticket}`, target: "_blank", rel: "noopener" }, t("openTicket")));
  step(journey, ticket, at, "ticket", t("stepTicket"), detail, known, "good");
}

function status(data, at) {
  const journey = replies.get(data.wamid);
  if (!journey) return;
  const failed = data.status === "failed";
  step(journey, `${data.wamid}${data.status}`, at, failed ? "close" : data.status === "read" ? "eye" : "check", t(`status_${data.status}`),
    failed ? h("p", {}, chip("", data.error?.code), data.error?.title) : null, null, failed ? "bad" : "quiet");
}

function rawEntry(direction, title, code, at, body, note) {
  rawCount += 1;
  $("raw-count").textContent = String(rawCount);
  const good = code >= 200 && code < 300;
  $("raw").prepend(h("details", { class: `request ${direction}` }, h("summary", {}, h("span", { class: `code ${good ? "good" : "bad"}` }, code || "—"),
    h("b", {}, title), note ? h("small", {}, note) : null, h("time", {}, new Date(at).toLocaleTimeString("id-ID"))), h("pre", {}, JSON.stringify(body, null, 2))));
  while ($("raw").children.length > 150) $("raw").lastChild.remove();
}

// --- faults --------------------------------------------------------------------------------------
const FAULTS = [
  ["broken", "faultBroken", "faultBrokenText", { send_error: { code: 131000, rate: 1 } }],
  ["slow", "faultSlow", "faultSlowText", { send_delay_ms: 5000 }],
  ["twice", "faultTwice", "faultTwiceText", { webhook: { duplicate: true } }],
  ["shuffle", "faultShuffle", "faultShuffleText", { webhook: { reorder: true } }],
  ["lossy", "faultLossy", "faultLossyText", { webhook: { drop_rate: 0.5 } }],
  ["silent", "faultSilent", "faultSilentText", { drop_responses: true }],
];

const isOn = (faults) => ({
  broken: Boolean(faults.send_error), slow: Boolean(faults.send_delay_ms), twice: faults.webhook.duplicate > 0,
  shuffle: faults.webhook.reorder, lossy: faults.webhook.drop_rate > 0, silent: faults.drop_responses > 0,
});

export function paintFaults(faults) {
  const on = isOn(faults);
  $("faults-open").classList.toggle("alert", Object.values(on).some(Boolean));
  $("switches").replaceChildren(...FAULTS.map(([id, title, text]) => {
    const box = h("input", { type: "checkbox", id: `fault-${id}` });
    box.checked = on[id];
    box.addEventListener("change", change);
    return h("label", { class: "fault" }, box, h("span", {}, h("b", {}, t(title)), h("small", {}, t(text))));
  }));
}

async function change() {
  const wanted = { webhook: {} };
  for (const [id, , , fault] of FAULTS) {
    if (!$(`fault-${id}`).checked) continue;
    Object.assign(wanted.webhook, fault.webhook);
    Object.assign(wanted, { ...fault, webhook: wanted.webhook });
  }
  paintFaults(await api("/sim/faults", "PUT", wanted));
}

async function count() {
  if ($("faults").hidden) return;
  const { webhooks, messages } = await api("/sim/stats");
  const rows = [["cMessages", messages], ["cDelivered", webhooks.delivered], ["cPending", webhooks.pending], ["cFailures", webhooks.failures]];
  $("counters").replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]));
}

async function services() {
  const { data } = await api("/sim/services").catch(() => ({ data: [] }));
  $("services").replaceChildren(...data.map((one) => h("li", { class: one.healthy ? "good" : "bad", title: one.name }, one.name)));
}

export function startTrace() {
  const open = (shown) => { $("faults").hidden = !shown; $("faults-open").setAttribute("aria-expanded", shown); if (shown) { count(); $("faults-close").focus(); } };
  $("faults-open").addEventListener("click", () => open($("faults").hidden));
  $("faults-close").addEventListener("click", () => { open(false); $("faults-open").focus(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });
  $("retry").addEventListener("click", () => api("/sim/webhooks/retry", "POST"));
  $("reset").addEventListener("click", () => { if (confirm(t("resetSure"))) api("/sim/reset", "POST"); });
  for (const [tab, panel] of [["tab-journeys", "journeys"], ["tab-raw", "raw"]]) {
    $(tab).addEventListener("click", () => {
      for (const [other, shown] of [["tab-journeys", "journeys"], ["tab-raw", "raw"]]) {
        $(other).setAttribute("aria-selected", other === tab);
        $(shown).hidden = shown !== panel;
      }
    });
  }
  services();
  setInterval(services, 5000);
  setInterval(count, 1500);
}
