//! What the Graph API's error codes mean, as one table: what becomes of the message, and what staff read.
//!
//! Logic is built on the code and never on title or HTTP status: throttling comes as 400.

use std::time::Duration;

use serde_json::Value;

/// What to do with a message after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Try again soon, with growing pauses, this many times at most.
    Retry { times: u32 },
    /// Try again after a long pause.
    Wait(Duration),
    /// The request is wrong: no try will help until it is mended.
    Fix,
    /// The account or its token is at fault, not the message.
    Account(Reach),
    /// The citizen's side: final for this message.
    User,
}

/// How much of what a number sends an account's fault concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of it: the number stops and its messages stay queued.
    Number,
    /// This sort of message (marketing, calls, payments): it fails, the others go on.
    Message,
}

/// One code.
#[derive(Debug, Clone, Copy)]
pub struct Meaning {
    pub class: Class,
    /// For staff, in Indonesian: what happened and what to do.
    pub explanation: &'static str,
    /// Whether a person's retry of the same message may help.
    pub revivable: bool,
}

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

const FEW: Class = Class::Retry { times: 3 };
const ONCE: Class = Class::Retry { times: 1 };
const MANY: Class = Class::Retry { times: 12 };
const STOP: Class = Class::Account(Reach::Number);
const THIS_SORT: Class = Class::Account(Reach::Message);

/// First code, last code, class, whether a retry by a person may help, what staff read.
type Row = (i64, i64, Class, bool, &'static str);

/// The table, by code.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    (0, 0, STOP, true, "Token WhatsApp tidak dikenali. Ganti token nomor ini di pengaturan."),
    (1, 1, FEW, true, "WhatsApp gagal memproses permintaan. Silakan coba kirim ulang."),
    (2, 2, MANY, true, "Layanan WhatsApp sedang terganggu. Pesan dicoba kembali secara otomatis."),
    (3, 3, STOP, true, "Aplikasi belum diizinkan mengirim pesan. Periksa izin aplikasi di Meta."),
    (4, 4, Class::Wait(HOUR), true, "Batas panggilan aplikasi tercapai. Pesan dicoba kembali dalam satu jam."),
    (10, 10, STOP, true, "Izin aplikasi dicabut. Periksa izin aplikasi di Meta."),
    (33, 33, STOP, true, "Nomor kantor sudah dihapus dari WhatsApp Business."),
    (100, 100, Class::Fix, false, "Isi pesan tidak diterima WhatsApp. Perbaiki isinya lalu kirim sebagai pesan baru."),
    (190, 190, STOP, true, "Token WhatsApp kedaluwarsa atau tidak berlaku. Ganti token nomor ini di pengaturan."),
    (200, 299, STOP, true, "Token tidak punya izin mengirim dari nomor ini. Periksa izin di Meta."),
    (368, 368, STOP, true, "Akun WhatsApp Business dibatasi karena pelanggaran kebijakan. Ajukan banding di Meta."),
    (80_007, 80_007, Class::Wait(HOUR), true, "Batas panggilan akun tercapai. Pesan dicoba kembali dalam satu jam."),
    (130_403, 130_403, Class::User, false, "Warga ini diblokir di WhatsApp Business kantor."),
    (130_429, 130_429, MANY, true, "Terlalu banyak pesan sekaligus. Pesan dicoba kembali secara otomatis."),
    (130_472, 130_472, Class::User, false, "WhatsApp tidak mengirim pesan promosi kepada warga ini (uji coba Meta). Gunakan jalur lain."),
    (130_497, 130_497, Class::User, false, "Akun ini tidak boleh mengirim pesan ke negara tersebut."),
    (130_501, 130_501, Class::Fix, false, "Jenis pesan ini tidak dapat dikirim ke grup."),
    (131_000, 131_000, FEW, true, "WhatsApp gagal mengirim pesan. Silakan coba kirim ulang."),
    (131_005, 131_005, STOP, true, "Akses ditolak. Periksa izin token di Meta."),
    (131_008, 131_008, Class::Fix, false, "Ada bagian pesan yang kurang. Lengkapi lalu kirim sebagai pesan baru."),
    (131_009, 131_009, Class::Fix, false, "Ada nilai yang tidak diterima WhatsApp (mungkin pesan yang ditanggapi sudah lebih dari 30 hari)."),
    (131_014, 131_014, ONCE, true, "WhatsApp tidak dapat mengambil berkas. Periksa berkasnya lalu coba kirim ulang."),
    (131_016, 131_016, MANY, true, "Layanan WhatsApp sedang tidak tersedia. Pesan dicoba kembali secara otomatis."),
    (131_020, 131_020, Class::Fix, false, "Alamat tujuan tidak cocok: grup dikira perorangan atau sebaliknya."),
    (131_021, 131_021, Class::Fix, false, "Nomor tujuan sama dengan nomor kantor."),
    (131_026, 131_026, Class::User, true, "Pesan tidak dapat disampaikan: nomor warga tidak memakai WhatsApp, atau aplikasinya terlalu lama."),
    (131_030, 131_030, Class::Fix, true, "Nomor kantor masih nomor uji dan warga ini belum ada di daftar penerimanya."),
    (131_031, 131_031, STOP, true, "Akun WhatsApp Business dikunci. Periksa pemberitahuan di Meta."),
    (131_037, 131_037, STOP, true, "Nama tampilan nomor belum disetujui Meta."),
    (131_042, 131_042, STOP, true, "Ada masalah pembayaran pada akun WhatsApp Business. Periksa penagihan di Meta."),
    (131_044, 131_044, THIS_SORT, true, "Ada masalah pembayaran untuk panggilan WhatsApp. Periksa penagihan di Meta."),
    (131_045, 131_045, STOP, true, "Pendaftaran nomor bermasalah. Daftarkan kembali nomor ini di Meta."),
    (131_047, 131_047, Class::User, true, "Sudah lebih dari 24 jam sejak warga terakhir menulis. Kirim pesan templat."),
    (131_048, 131_048, STOP, true, "WhatsApp membatasi nomor ini karena banyak dilaporkan sebagai spam. Periksa mutu nomor di Meta."),
    (131_049, 131_049, Class::Wait(DAY), true, "WhatsApp menahan pesan promosi untuk warga ini. Pesan dicoba kembali besok."),
    (131_050, 131_050, Class::User, false, "Warga tidak mau menerima pesan promosi dari kantor."),
    (131_051, 131_051, Class::Fix, false, "Jenis pesan ini tidak didukung WhatsApp."),
    (131_052, 131_052, Class::Fix, false, "Berkas dari warga tidak dapat diunduh dari WhatsApp."),
    (131_053, 131_053, ONCE, true, "Berkas tidak diterima WhatsApp. Periksa jenis dan ukurannya lalu coba kirim ulang."),
    (131_055, 131_055, Class::Fix, false, "Jalur ini hanya menerima templat promosi."),
    (131_056, 131_056, MANY, true, "Terlalu banyak pesan kepada satu warga. Pesan dicoba kembali secara otomatis."),
    (131_057, 131_057, Class::Wait(MINUTE), true, "Nomor sedang dirawat WhatsApp. Pesan dicoba kembali sebentar lagi."),
    (131_060, 131_060, Class::Fix, false, "Isi pesan warga tidak tersedia bagi sistem; hanya terlihat di aplikasi WhatsApp Business."),
    (131_062, 131_062, Class::Fix, false, "Templat ini hanya dapat dikirim ke nomor telepon, sedangkan warga hanya punya nama pengguna."),
    (131_063, 131_063, THIS_SORT, true, "Akun ini tidak boleh mengirim pesan promosi lewat jalur ini."),
    (131_064, 131_064, Class::Wait(HOUR), true, "Pengiriman templat dibatasi karena kategorinya keliru. Periksa templat di Meta."),
    (132_000, 132_000, Class::Fix, false, "Jumlah isian templat tidak cocok."),
    (132_001, 132_001, Class::Fix, true, "Templat atau bahasanya tidak ada, atau belum disetujui Meta."),
    (132_005, 132_005, Class::Fix, false, "Teks templat menjadi terlalu panjang setelah diisi."),
    (132_007, 132_007, Class::Fix, false, "Isi templat melanggar kebijakan WhatsApp."),
    (132_008, 132_008, Class::Fix, false, "Bentuk isian templat tidak cocok."),
    (132_012, 132_012, Class::Fix, false, "Bentuk isian templat tidak cocok."),
    (132_015, 132_015, Class::Wait(HOUR), true, "Templat sedang dijeda WhatsApp karena mutunya rendah. Perbaiki templat di Meta."),
    (132_016, 132_016, Class::Fix, false, "Templat dinonaktifkan WhatsApp untuk seterusnya. Buat templat baru."),
    (132_018, 132_018, Class::Fix, false, "Isian templat tidak sah."),
    (132_068, 132_068, Class::Fix, true, "Formulir (Flow) diblokir WhatsApp. Periksa di Meta."),
    (132_069, 132_069, Class::Wait(HOUR), true, "Formulir (Flow) dibatasi WhatsApp: 10 pesan per jam."),
    (133_000, 133_000, STOP, true, "Pencabutan pendaftaran nomor belum selesai. Ulangi di Meta."),
    (133_004, 133_004, MANY, true, "Server WhatsApp sedang tidak tersedia. Pesan dicoba kembali secara otomatis."),
    (133_005, 133_005, Class::Fix, false, "PIN nomor tidak cocok."),
    (133_006, 133_006, STOP, true, "Nomor harus diverifikasi kembali di Meta."),
    (133_008, 133_009, Class::Wait(HOUR), true, "Terlalu banyak percobaan PIN. Tunggu sebelum mencoba lagi."),
    (133_010, 133_010, STOP, true, "Nomor belum terdaftar di WhatsApp Cloud API."),
    (133_015, 133_015, Class::Wait(Duration::from_mins(5)), true, "Nomor baru saja dihapus. Pesan dicoba kembali dalam beberapa menit."),
    (133_016, 133_016, Class::Wait(HOUR), true, "Nomor terlalu sering didaftarkan ulang. Tunggu beberapa saat."),
    (134_011, 134_011, THIS_SORT, true, "Ketentuan pembayaran WhatsApp belum disetujui."),
    (134_100, 134_100, Class::Fix, false, "Templat ini bukan templat promosi."),
    (134_101, 134_101, Class::Wait(Duration::from_mins(10)), true, "Templat sedang disiapkan WhatsApp. Pesan dicoba kembali dalam 10 menit."),
    (134_102, 134_102, THIS_SORT, true, "Jalur pesan promosi tidak tersedia untuk akun ini."),
    (135_000, 135_000, Class::Fix, false, "WhatsApp tidak menerima permintaan ini."),
    (137_000, 137_000, Class::User, true, "Identitas warga berubah. Pastikan orangnya, lalu kirim ulang."),
    (2_494_100, 2_494_100, MANY, true, "Nomor sedang dirawat WhatsApp. Pesan dicoba kembali secara otomatis."),
];

const UNKNOWN: Meaning = Meaning { class: Class::Fix, explanation: "WhatsApp menolak pesan ini.", revivable: true };

/// Whether the table has a word for this code.
pub fn known(code: i64) -> Option<Meaning> {
    TABLE
        .iter()
        .find(|(first, last, ..)| (*first..=*last).contains(&code))
        .map(|(_, _, class, revivable, explanation)| Meaning { class: *class, explanation, revivable: *revivable })
}

/// What an error means. An object that the token can't see (100 with subcode 33) is the number itself: nothing of it
/// will go out.
pub fn meaning(code: i64, subcode: Option<i64>) -> Meaning {
    match (code, subcode) {
        (100, Some(33)) => Meaning {
            class: STOP,
            explanation: "Nomor ini tidak dikenal, atau tokennya tidak berhak atas nomor ini. Periksa token nomor.",
            revivable: true,
        },
        _ => known(code).unwrap_or(UNKNOWN),
    }
}

/// The code of a failure that WhatsApp reported after it had accepted a message, if it is the number's.
pub fn stops_number(errors: &Value) -> Option<(i64, &'static str)> {
    let code = errors.get(0)?.get("code")?.as_i64()?;
    let meaning = known(code)?;
    (meaning.class == STOP).then_some((code, meaning.explanation))
}

/// What becomes of a message that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Back in the queue; `long`: those behind it need not wait.
    Later {
        pause: Duration,
        long: bool,
    },
    /// Back in the queue until its number goes on.
    StopNumber,
    Fail,
}

/// Tries after a long pause.
const WAITS: u32 = 3;
/// Nobody waits behind a message for longer than this.
const LONG: Duration = Duration::from_mins(2);

/// Decides, after so many refusals of this message (this one included).
pub fn decide(class: Class, refusals: u32) -> Verdict {
    match class {
        Class::Retry { times } if refusals <= times => Verdict::Later { pause: pause(refusals), long: false },
        Class::Wait(pause) if refusals <= WAITS => Verdict::Later { pause, long: pause > LONG },
        Class::Account(Reach::Number) => Verdict::StopNumber,
        _ => Verdict::Fail,
    }
}

/// The pause before try `attempt` (from 1): 4^x seconds as WhatsApp asks, five minutes at most.
pub fn pause(attempt: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(attempt.saturating_sub(1)).min(300))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Meta's list, as the reference for it has it: R retry, W wait, F fix, A account, U user.
    #[rustfmt::skip]
    const REFERENCE: &[(i64, char)] = &[
        (0, 'A'), (1, 'R'), (2, 'R'), (3, 'A'), (4, 'W'), (10, 'A'), (33, 'A'), (100, 'F'), (190, 'A'), (200, 'A'), (250, 'A'),
        (299, 'A'), (368, 'A'), (80_007, 'W'), (130_403, 'U'), (130_429, 'R'), (130_472, 'U'), (130_497, 'U'), (130_501, 'F'),
        (131_000, 'R'), (131_005, 'A'), (131_008, 'F'), (131_009, 'F'), (131_014, 'R'), (131_016, 'R'), (131_020, 'F'),
        (131_021, 'F'), (131_026, 'U'), (131_030, 'F'), (131_031, 'A'), (131_037, 'A'), (131_042, 'A'), (131_044, 'A'),
        (131_045, 'A'), (131_047, 'U'), (131_048, 'A'), (131_049, 'W'), (131_050, 'U'), (131_051, 'F'), (131_053, 'R'),
        (131_055, 'F'), (131_056, 'R'), (131_057, 'W'), (131_062, 'F'), (131_063, 'A'), (131_064, 'W'), (132_000, 'F'),
        (132_001, 'F'), (132_005, 'F'), (132_007, 'F'), (132_008, 'F'), (132_012, 'F'), (132_015, 'W'), (132_016, 'F'),
        (132_018, 'F'), (132_068, 'F'), (132_069, 'W'), (133_000, 'A'), (133_004, 'R'), (133_005, 'F'), (133_006, 'A'),
        (133_008, 'W'), (133_009, 'W'), (133_010, 'A'), (133_015, 'W'), (133_016, 'W'), (134_011, 'A'), (134_100, 'F'),
        (134_101, 'W'), (134_102, 'A'), (135_000, 'F'), (137_000, 'U'), (2_494_100, 'R'), (999_999, 'F'),
    ];

    #[test]
    fn every_code_has_the_class_that_whatsapp_gives_it() {
        for (code, letter) in REFERENCE {
            let class = match meaning(*code, None).class {
                Class::Retry { .. } => 'R',
                Class::Wait(_) => 'W',
                Class::Fix => 'F',
                Class::Account(_) => 'A',
                Class::User => 'U',
            };
            assert_eq!(class, *letter, "{code}");
        }
    }

    #[test]
    fn no_code_stands_twice_and_each_is_explained() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{} and {}", pair[0].1, pair[1].0);
        }
        assert!(TABLE.iter().all(|(.., explanation)| explanation.ends_with('.')));
    }

    #[test]
    fn a_number_that_the_token_can_not_see_is_no_fault_of_the_message() {
        assert_eq!(meaning(100, Some(33)).class, STOP);
        assert_eq!(meaning(100, Some(2_018_001)).class, Class::Fix);
    }

    #[test]
    fn tries_end_and_the_account_stops_at_once() {
        assert_eq!(decide(FEW, 3), Verdict::Later { pause: Duration::from_secs(16), long: false });
        assert_eq!(decide(FEW, 4), Verdict::Fail);
        assert_eq!(decide(Class::Wait(DAY), 1), Verdict::Later { pause: DAY, long: true });
        assert_eq!(decide(Class::Wait(DAY), 4), Verdict::Fail);
        assert_eq!(decide(STOP, 1), Verdict::StopNumber);
        assert_eq!(
            (decide(THIS_SORT, 1), decide(Class::User, 1), decide(Class::Fix, 1)),
            (Verdict::Fail, Verdict::Fail, Verdict::Fail)
        );
    }

    #[test]
    fn pauses_grow_as_whatsapp_asks() {
        assert_eq!([1, 2, 3, 9].map(|attempt| pause(attempt).as_secs()), [1, 4, 16, 300]);
    }
}
