// The left half: phones of citizens. Everything it shows comes from /sim/…; everything it does goes there.
import { pictures, photograph, pictureUrl, places, bounds, firstMessages } from "./samples.js";
import { words } from "./words.js";
import { trace, startTrace, paintPipe, paintFaults, clearTrace } from "./trace.js";

const $ = (id) => document.getElementById(id);
const FAMILIAR = ["6281200000001", "6281200000002"]; // always at hand
const SVG = "http://www.w3.org/2000/svg";

export const state = { citizens: new Map(), current: "6281200000001", number: null, numbers: [], messages: new Map(), unread: new Map(), dashboard: null, language: localStorage.getItem("language") ?? "id" };
export const t = (key) => words[state.language][key] ?? key;
export const clip = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("aria-")) node.setAttribute(key, String(value));
    else if (value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}
export async function api(path, method = "GET", body) {
  const answer = await fetch(path, { method, headers: body ? { "content-type": "application/json" } : {}, body: body ? JSON.stringify(body) : undefined });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? answer.statusText);
  return answer.status === 204 ? null : answer.json();
}

export const bubble = (text) => { // *bold*, _italic_, ~struck~ and links, as the real app draws them
  const parts = text.split(/(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|https?:\/\/[^\s]+)/g);
  return parts.map((part) => {
    if (/^https?:/.test(part)) return h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part);
    const tag = part.length > 2 && part.at(0) === part.at(-1) ? { "*": "b", _: "i", "~": "s" }[part[0]] : null;
    return tag ? h(tag, {}, part.slice(1, -1)) : part;
  });
};

// --- citizens ------------------------------------------------------------------------------------
const hue = (key) => [...key].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7);
function paintPeople() {
  const rank = (one) => (one.wa_id === state.current || FAMILIAR.includes(one.wa_id) ? 0 : state.unread.has(one.wa_id) ? 1 : 2);
  const tabs = [...state.citizens.values()].sort((a, b) => rank(a) - rank(b)).slice(0, 8).map((citizen) => {
    const unread = state.unread.get(citizen.wa_id) ?? 0;
    const tab = h("button", { type: "button", role: "tab", "aria-selected": citizen.wa_id === state.current, "data-hue": hue(citizen.wa_id) % 6 },
      h("span", { class: "face" }, citizen.name.replace(/^(Ibu|Pak|Warga) /, "").slice(0, 1)), h("span", {}, citizen.name), unread ? h("em", {}, unread) : null);
    tab.addEventListener("click", () => select(citizen.wa_id));
    return tab;
  });
  const add = h("button", { type: "button", class: "add", title: t("newCitizen"), "aria-label": t("newCitizen") }, icon("plus"), h("span", {}, t("newCitizen")));
  add.addEventListener("click", async () => {
    const digits = `62812${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;
    state.citizens.set(digits, await api(`/sim/citizens/${digits}`, "PUT", { name: `Warga ${digits.slice(-4)}` }));
    select(digits);
    $("text").focus();
  });
  $("people").replaceChildren(...tabs, add);
}

async function select(waId) {
  state.current = waId;
  state.unread.delete(waId);
  if (!state.citizens.has(waId)) state.citizens.set(waId, await api(`/sim/citizens/${waId}`, "PUT", {}));
  const { data } = await api(`/sim/citizens/${waId}/messages?phone_number_id=${state.number}`);
  state.messages = new Map(data.map((message) => [message.wamid, message]));
  paintPeople(); paintHeader(); paintChat(true);
  $("people").querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function paintHeader(typing = false) {
  const number = state.numbers.find((one) => one.phone_number_id === state.number);
  const on = state.citizens.get(state.current)?.online ?? true;
  $("office").textContent = number?.name ?? "";
  $("avatar").textContent = (number?.name ?? "?").split(/\s+/).slice(-2).map((word) => word[0]).join("");
  $("presence").textContent = !on ? t("off") : typing ? t("typing") : t("online");
  $("presence").classList.toggle("typing", typing && on);
  $("power").setAttribute("aria-pressed", on);
  $("power").title = on ? t("phoneOn") : t("phoneOff");
  $("power").setAttribute("aria-label", $("power").title);
  document.querySelector(".phone").classList.toggle("off", !on);
}

// --- conversation --------------------------------------------------------------------------------
const clock = (at) => new Date(at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" }).replace(".", ":");
function ticks(message) {
  if (message.direction !== "inbound") return null;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 12");
  svg.setAttribute("class", `ticks ${message.status}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", message.status);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", message.status === "sent" ? "M5 6.5 8.5 10 15 2.5" : "M1 6.5 4.5 10 11 2.5M8.2 8.7 9.5 10 16 2.5");
  svg.append(path);
  return svg;
}

function content(message) {
  const media = message.media;
  const source = media?.id ? `/sim/media/${media.id}` : null;
  const parts = [];
  if (message.header) parts.push(h("strong", { class: "head" }, message.header));
  if (["image", "sticker"].includes(message.type) && source) parts.push(h("img", { src: source, alt: message.text ?? "foto", class: message.type, loading: "lazy" }));
  else if (message.type === "audio" && source) parts.push(voice(source));
  else if (message.type === "video" && source) parts.push(h("video", { src: source, controls: true }));
  else if (media && message.type !== "interactive") parts.push(h("a", { class: "doc", href: source ?? media.link ?? "#", target: "_blank", rel: "noopener" }, icon("file"), h("span", {}, media.filename ?? media.mime_type ?? message.type)));
  if (message.type === "location") {
    const { latitude, longitude, name, address } = message.location;
    parts.push(map(Number(latitude), Number(longitude)), h("div", { class: "place" }, h("b", {}, name ?? "Lokasi"), h("small", {}, address ?? `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`)));
  } else if (message.type === "contacts") parts.push(h("b", {}, `☎ ${message.text ?? ""}`));
  else if (message.text) parts.push(h("p", {}, ...bubble(message.text)));
  else if (!parts.length) parts.push(h("p", { class: "odd" }, `[${message.type}]`));
  if (message.footer) parts.push(h("small", { class: "foot" }, message.footer));
  return parts;
}

function voice(source) {
  const audio = new Audio(source);
  const play = h("button", { type: "button", class: "play", "aria-label": "play" }, icon("play"));
  play.addEventListener("click", () => (audio.paused ? audio.play() : audio.pause()));
  const bars = Array.from({ length: 26 }, (_, n) => h("i", { "data-h": 1 + ((n * 7 + (n % 5) * 3) % 6) }));
  audio.addEventListener("timeupdate", () => bars.forEach((bar, n) => bar.classList.toggle("on", n / bars.length < audio.currentTime / (audio.duration || 1))));
  return h("div", { class: "voice" }, play, h("span", { class: "wave" }, ...bars));
}

function map(latitude, longitude) {
  const x = Math.min(1, Math.max(0, (longitude - bounds.west) / (bounds.east - bounds.west))) * 240;
  const y = Math.min(1, Math.max(0, (bounds.north - latitude) / (bounds.north - bounds.south))) * 130;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 240 130");
  svg.setAttribute("class", "map");
  const shape = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    svg.append(node);
  };
  shape("rect", { width: 240, height: 130, class: "land" });
  shape("path", { d: "M28 96q22-14 44 2t20 28l-66 6z", class: "water" });
  shape("rect", { x: 128, y: 16, width: 46, height: 26, rx: 5, class: "park" });
  for (const d of ["M0 66 Q70 52 120 70 T240 56", "M70 0 Q62 60 84 130", "M182 0 V130", "M0 24 H240", "M84 104 H240", "M120 68 V130"]) shape("path", { d, class: "street" });
  shape("path", { d: `M${x} ${y}c-9-12-11-15-11-20a11 11 0 0 1 22 0c0 5-2 8-11 20z`, class: "pin" });
  shape("circle", { cx: x, cy: y - 20, r: 4, class: "hole" });
  return svg;
}

function tappable(message) {
  if (!message.buttons && message.interactive !== "location_request_message") return null;
  const button = (label, action, symbol) => {
    const node = h("button", { type: "button" }, symbol ? icon(symbol) : null, label);
    node.addEventListener("click", action);
    return node;
  };
  if (message.interactive === "location_request_message") return h("div", { class: "taps" }, button(t("shareLocation"), pickPlace, "pin"));
  if (message.interactive === "list") return h("div", { class: "taps" }, button(message.list_button ?? t("openList"), () => pickRow(message), "list"));
  return h("div", { class: "taps" }, ...message.buttons.map((one) => button(one.title, () => say({ type: "button_tap", id: one.id, wamid: message.wamid }), "reply")));
}

function paintChat(jump = false) {
  const chat = $("chat");
  const near = jump || chat.scrollHeight - chat.scrollTop - chat.clientHeight < 160;
  const all = [...state.messages.values()].sort((a, b) => a.at_ms - b.at_ms);
  const reactions = new Map(all.filter((one) => one.type === "reaction").map((one) => [one.reacts_to, one.text]));
  const rows = all.filter((one) => one.type !== "reaction").map((message) => {
    const mine = message.direction === "inbound";
    const quoted = message.reply_to ? state.messages.get(message.reply_to) : null;
    const broken = message.status === "failed";
    return h("div", { class: `row ${mine ? "mine" : "theirs"}` }, h("div", { class: `bubble ${message.type}` },
      quoted ? h("blockquote", {}, clip(quoted.text ?? `[${quoted.type}]`, 70)) : null, ...content(message),
      h("span", { class: "meta" }, broken ? h("em", {}, `${t("notSent")} · ${message.error?.code}`) : null, clock(message.at_ms), ticks(message)),
      reactions.get(message.wamid) ? h("span", { class: "reaction" }, reactions.get(message.wamid)) : null), mine ? null : tappable(message));
  });
  chat.replaceChildren(h("span", { class: "day" }, t("today")), h("p", { class: "hint" }, t("hello")), ...rows);
  if (near) chat.scrollTop = chat.scrollHeight;
  $("chips").hidden = all.length > 6;
  $("chips").classList.toggle("first", all.length === 0);
}

// --- writing -------------------------------------------------------------------------------------
async function say(message) {
  closeSheet();
  const query = new URLSearchParams({ phone_number_id: state.number });
  try { await api(`/sim/citizens/${state.current}/messages?${query}`, "POST", message); } catch (error) { complain(error.message); }
}
let complaining;
function complain(text) { // a short word at the foot of the phone
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(complaining);
  complaining = setTimeout(() => { $("toast").hidden = true; }, 5000);
}
const base64 = (blob) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result).split(",")[1]);
  reader.readAsDataURL(blob);
});

function sheet(title, ...children) {
  const close = h("button", { type: "button", class: "icon", "aria-label": t("close") }, icon("close"));
  close.addEventListener("click", closeSheet);
  $("sheet").replaceChildren(h("header", {}, h("strong", {}, title), close), ...children);
  $("sheet").hidden = false;
  $("attach").setAttribute("aria-expanded", "true");
  $("sheet").querySelector("button:not(.icon), input")?.focus();
}
function closeSheet() {
  $("sheet").hidden = true;
  $("attach").setAttribute("aria-expanded", "false");
}

function attachMenu() {
  const file = h("input", { type: "file", hidden: true });
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    const kind = ["image", "audio", "video"].find((one) => chosen.type.startsWith(`${one}/`)) ?? "document";
    const extra = kind === "document" ? { filename: chosen.name } : {};
    say({ type: kind, [kind]: { data_base64: await base64(chosen), mime_type: chosen.type || "application/octet-stream", ...extra } });
  });
  const choice = (symbol, label, action) => {
    const node = h("button", { type: "button" }, h("span", { class: `bead ${symbol}` }, icon(symbol)), label);
    node.addEventListener("click", action);
    return node;
  };
  sheet(t("attach"), file, h("div", { class: "choices" }, choice("photo", t("photo"), pickPhoto), choice("pin", t("location"), pickPlace), choice("mic", t("voice"), sendVoice), choice("file", t("fromDevice"), () => file.click())));
}

function pickPhoto() {
  sheet(t("pickPhoto"), h("div", { class: "photos" }, ...pictures.map((picture) => {
    const node = h("button", { type: "button" }, h("img", { src: pictureUrl(picture), alt: "" }), h("span", {}, picture[`${state.language}_title`]));
    node.addEventListener("click", async () => {
      const caption = $("text").value.trim();
      $("text").value = "";
      say({ type: "image", image: { data_base64: await photograph(picture), mime_type: "image/jpeg", ...(caption ? { caption } : {}) } });
    });
    return node;
  })));
}

async function sendVoice() {
  const note = await (await fetch("voice-note.ogg")).blob();
  say({ type: "audio", audio: { data_base64: await base64(note), mime_type: "audio/ogg; codecs=opus", voice: true } });
}

function pickPlace() {
  let chosen = { ...places[0] };
  const holder = h("div", { class: "picker" });
  const told = h("small", {});
  const paint = () => {
    holder.replaceChildren(map(chosen.latitude, chosen.longitude));
    told.textContent = `${chosen.name ? `${chosen.name} · ` : ""}${chosen.latitude.toFixed(5)}, ${chosen.longitude.toFixed(5)}`;
  };
  holder.addEventListener("click", (event) => {
    const box = holder.getBoundingClientRect();
    chosen = { latitude: Number((bounds.north - ((event.clientY - box.top) / box.height) * (bounds.north - bounds.south)).toFixed(6)), longitude: Number((bounds.west + ((event.clientX - box.left) / box.width) * (bounds.east - bounds.west)).toFixed(6)) };
    paint();
  });
  const named = places.map((place) => {
    const node = h("button", { type: "button", class: "named" }, place.name);
    node.addEventListener("click", () => { chosen = { ...place }; paint(); });
    return node;
  });
  const send = h("button", { type: "button", class: "go" }, t("sendHere"));
  send.addEventListener("click", () => say({ type: "location", location: chosen }));
  paint();
  sheet(t("pickPlace"), holder, h("p", { class: "maphint" }, told, h("i", {}, t("mapHint"))), h("div", { class: "names" }, ...named), send);
}

function pickRow(message) {
  const rows = message.buttons.map((row) => {
    const node = h("button", { type: "button", class: "option" }, h("b", {}, row.title), row.description ? h("small", {}, row.description) : null);
    node.addEventListener("click", () => say({ type: "button_tap", id: row.id, wamid: message.wamid }));
    return node;
  });
  sheet(message.list_button ?? t("listOptions"), h("div", { class: "options" }, ...rows));
}

// --- live ----------------------------------------------------------------------------------------
let typingUntil = 0;
function live(event) {
  const { kind, data } = event;
  const here = data && data.wa_id === state.current;
  if (kind === "message") {
    if (!state.citizens.has(data.wa_id)) { state.citizens.set(data.wa_id, { wa_id: data.wa_id, name: `Warga ${data.wa_id.slice(-4)}`, online: true }); paintPeople(); }
    if (here && data.phone_number_id === state.number) {
      state.messages.set(data.wamid, data);
      if (data.direction === "outbound") { typingUntil = 0; paintHeader(); }
      paintChat();
    } else if (data.direction === "outbound") {
      state.unread.set(data.wa_id, (state.unread.get(data.wa_id) ?? 0) + 1);
      paintPeople();
    }
  }
  if (kind === "status" && here && state.messages.has(data.wamid)) {
    Object.assign(state.messages.get(data.wamid), { status: data.status, error: data.error });
    paintChat();
  }
  if (kind === "typing" && here) {
    typingUntil = Date.now() + 25000;
    paintHeader(true);
    setTimeout(() => { if (Date.now() >= typingUntil) paintHeader(); }, 25100);
  }
  if (kind === "citizen") { state.citizens.set(data.wa_id, data); paintPeople(); paintHeader(); }
  if (kind === "number") begin();
  if (kind === "faults") paintFaults(data);
  if (kind === "reset" || kind === "resync") { clearTrace(); begin(); }
  if (data || kind === "reset") trace(event);
}

function paintWords() {
  document.documentElement.lang = state.language;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  $("language").textContent = state.language === "id" ? "EN" : "ID";
  $("text").placeholder = t("write");
  $("text").setAttribute("aria-label", t("write"));
  document.querySelector(".send").setAttribute("aria-label", t("send"));
  $("attach").setAttribute("aria-label", t("attach"));
  $("chips").replaceChildren(h("b", {}, t("tryThis")), ...firstMessages.map((text) => {
    const node = h("button", { type: "button", title: text }, clip(text, 46));
    node.addEventListener("click", () => say({ type: "text", text: { body: text } }));
    return node;
  }));
}

async function begin() {
  const known = await api("/sim/state");
  state.numbers = known.numbers;
  state.number = known.numbers.some((one) => one.phone_number_id === state.number) ? state.number : known.numbers[0].phone_number_id;
  state.dashboard = known.dashboard_url;
  state.citizens = new Map(known.citizens.reverse().map((citizen) => [citizen.wa_id, citizen]));
  $("dashboard").hidden = !known.dashboard_url;
  if (known.dashboard_url) $("dashboard").href = known.dashboard_url;
  $("number").hidden = known.numbers.length < 2;
  $("number").replaceChildren(...known.numbers.map((one) => h("option", { value: one.phone_number_id, selected: one.phone_number_id === state.number }, one.name)));
  paintWords(); paintPipe(); paintFaults(known.faults);
  await select(state.current);
}

function listen() {
  const source = new EventSource("/sim/events");
  let lost = false;
  source.onopen = async () => {
    $("live").classList.remove("lost"); $("live").textContent = t("live");
    if (lost) await begin();
    lost = false;
  };
  source.onerror = () => { lost = true; $("live").classList.add("lost"); $("live").textContent = t("offline"); };
  source.onmessage = (event) => live(JSON.parse(event.data));
}

$("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  say({ type: "text", text: { body: text } });
});
const grow = () => { $("text").style.height = "auto"; $("text").style.height = `${Math.min($("text").scrollHeight, 110)}px`; };
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("compose").requestSubmit(); } });
$("attach").addEventListener("click", () => ($("sheet").hidden ? attachMenu() : closeSheet()));
$("sheet").addEventListener("keydown", (event) => { if (event.key === "Escape") { closeSheet(); $("attach").focus(); } });
$("number").addEventListener("change", () => { state.number = $("number").value; select(state.current); });
$("power").addEventListener("click", () => api(`/sim/citizens/${state.current}`, "PUT", { online: $("power").getAttribute("aria-pressed") !== "true" }));
$("language").addEventListener("click", () => { state.language = state.language === "id" ? "en" : "id"; localStorage.setItem("language", state.language); begin(); });
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    document.body.dataset.view = button.dataset.show;
    document.querySelectorAll("[data-show]").forEach((other) => other.setAttribute("aria-pressed", other === button));
  });
}
await begin();
for (const event of (await api("/sim/trace")).data) if (event.data) trace(event);
startTrace();
listen();
