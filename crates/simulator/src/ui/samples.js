// Things a citizen has at hand: drawn pictures, places, and first messages. No files from elsewhere.

const scene = (sky, body) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720" viewBox="0 0 480 360"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky[0]}"/><stop offset="1" stop-color="${sky[1]}"/></linearGradient></defs><rect width="480" height="360" fill="url(#s)"/>${body}</svg>`;
const houses = (wall, roof, light = "#dbe7ee") =>
  [0, 150, 310].map((x, i) => `<rect x="${x + 15}" y="${95 + i * 6}" width="120" height="75" fill="${wall}"/><path d="M${x + 5} ${97 + i * 6} L${x + 75} ${55 + i * 6} L${x + 145} ${97 + i * 6}z" fill="${roof}"/><rect x="${x + 35}" y="${118 + i * 6}" width="26" height="28" fill="${light}"/><rect x="${x + 88}" y="${122 + i * 6}" width="24" height="48" fill="#6b4a34"/>`).join("");
const road = (tar) => `<path d="M0 175h480v185H0z" fill="#7d9a63"/><path d="M150 175h180l190 185H-40z" fill="${tar}"/><path d="M238 180h6l3 26h-12zM233 226h16l6 42h-28zM224 292h33l10 68h-53z" fill="#f1e9d2" opacity=".75"/>`;

export const pictures = [
  { id: "jalan", id_title: "Jalan berlubang", en_title: "Pothole", caption: "Ini foto lubangnya",
    svg: scene(["#a9d4ee", "#eaf5fb"], houses("#efe3cf", "#b5573c") + road("#5b6067") +
      `<ellipse cx="205" cy="272" rx="86" ry="30" fill="#3d3a36"/><ellipse cx="205" cy="277" rx="72" ry="22" fill="#6d5a44"/><ellipse cx="214" cy="281" rx="46" ry="12" fill="#8fb0bd"/><path d="M120 262l-24-7M286 258l31-9M150 296l-22 17M262 299l18 15" stroke="#35383c" stroke-width="4" fill="none"/><ellipse cx="330" cy="222" rx="30" ry="9" fill="#3d3a36"/>`) },
  { id: "lampu", id_title: "Lampu jalan mati", en_title: "Dark street lamp", caption: "Gelap sekali kalau malam",
    svg: scene(["#0c1630", "#2a3a63"], `<circle cx="400" cy="56" r="22" fill="#f5efcf"/>` + houses("#35405c", "#232b42", "#f2cf7a") + road("#22262f") +
      `<path d="M92 330V92q0-34 40-34h26" stroke="#8a93a6" stroke-width="9" fill="none"/><path d="M150 50h42l-8 18h-28z" fill="#5a6274"/><path d="M160 68h20l-3 8h-14z" fill="#20242e"/><path d="M176 84l14 16M158 86l-8 18" stroke="#e26d5a" stroke-width="4"/>`) },
  { id: "sampah", id_title: "Sampah menumpuk", en_title: "Garbage pile", caption: "Sudah seminggu tidak diangkut",
    svg: scene(["#bcdff2", "#f3f8ee"], houses("#e8ddd0", "#7d8f5a") + road("#666a70") +
      `<path d="M60 320q20-90 90-104 84-26 150 20 60 34 84 84z" fill="#4a4f46"/><g stroke="#2f332d" stroke-width="2"><ellipse cx="130" cy="262" rx="42" ry="36" fill="#2c3136"/><ellipse cx="216" cy="246" rx="46" ry="40" fill="#3b6f8f"/><ellipse cx="298" cy="272" rx="44" ry="36" fill="#2c3136"/><ellipse cx="178" cy="296" rx="48" ry="32" fill="#c9c3b4"/><rect x="240" y="286" width="60" height="34" fill="#b98a52"/></g><path d="M124 226l8-14 8 14M210 206l7-15 8 15M292 236l7-14 8 14" fill="#2c3136"/>`) },
  { id: "banjir", id_title: "Saluran tersumbat", en_title: "Blocked drain", caption: "Air meluap ke jalan",
    svg: scene(["#7f95a3", "#c5d0d6"], houses("#d8d3c8", "#8a4b3b") + road("#5e646a") +
      `<path d="M0 236q60-14 120 0t120 0 120 0 120 0v124H0z" fill="#8c7a5c" opacity=".93"/><path d="M20 262q30-8 60 0M200 280q34-9 68 0M340 258q30-8 60 0M90 318q34-9 68 0M300 326q30-8 60 0" stroke="#c9b891" stroke-width="4" fill="none"/><path d="M250 300l34-12 30 14-28 12z" fill="#7a9a4c"/><g stroke="#e6edf1" stroke-width="2" opacity=".7"><path d="M60 20l-8 26M150 34l-8 26M250 12l-8 26M340 40l-8 26M430 18l-8 26M100 80l-8 26M300 84l-8 26"/></g>`) },
];

/** A drawn scene as JPEG bytes in base64, as a camera would give it. */
export async function photograph(picture) {
  const image = new Image();
  image.src = pictureUrl(picture);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 720 });
  canvas.getContext("2d").drawImage(image, 0, 0, 960, 720);
  return canvas.toDataURL("image/jpeg", 0.86).split(",")[1];
}

export const pictureUrl = (picture) => `data:image/svg+xml,${encodeURIComponent(picture.svg)}`;

// A made-up neighbourhood; the map in the phone spans these bounds.
export const bounds = { north: -6.385, south: -6.415, west: 106.805, east: 106.845 };
export const places = [
  { name: "Jl. Melati No. 15", address: "RT 02 RW 05, Kelurahan Sukamaju", latitude: -6.3952, longitude: 106.8163 },
  { name: "Pasar Sukamaju", address: "Jl. Raya Sukamaju", latitude: -6.4003, longitude: 106.8255 },
  { name: "SDN Sukamaju 3", address: "Jl. Kenanga", latitude: -6.3904, longitude: 106.8338 },
  { name: "Taman Situ Indah", address: "Jl. Situ Indah", latitude: -6.4082, longitude: 106.8141 },
  { name: "Kantor Kelurahan", address: "Jl. Merdeka No. 1", latitude: -6.4055, longitude: 106.8352 },
];

export const firstMessages = [
  "Selamat pagi, saya mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05 Kelurahan Sukamaju, sudah banyak motor jatuh",
  "Halo",
  "Syarat bikin KTP baru apa ya?",
  "Gimana status laporan saya?",
  "Saya mau bicara dengan petugas",
];
