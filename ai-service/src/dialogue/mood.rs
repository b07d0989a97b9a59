//! What lies in a text beside its meaning: anger, and matters that are not this office's.
//!
//! What must stay true: a stray dog is no insult, and a stolen manhole cover is a complaint.

use std::sync::LazyLock;

use regex::Regex;

use super::Turn;
use crate::understanding::normalize;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static INSULT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(anjg|anjing (lo|lu|kau|kamu|kalian|emang|banget|nih|sia|semua)|dasar anjing|bangsat|bajingan|goblok|goblog|tolol|kontol|memek|jancok|jancuk",
        r"|diancok|cok|asu (kowe|kabeh|tenan)|brengsek|sialan|kampret|babi (lo|lu|kau|kamu|kalian)|bego|idiot|bodoh|dungu|setan|keparat|tai|taik|ngentot|pantek|pukimak",
        r"|fuck\w*|shit|bullshit|stupid|useless)\b|^anjing$",
    ))
});

static FED_UP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(muak|kesal sekali|kesel|jengkel|emosi|kecewa (berat|sekali|banget)|tidak becus|gak becus|ga becus|makan gaji buta|percuma (lapor|ngelapor)|omong kosong|pembohong|bohong (semua|terus|melulu)|robot (bodoh|bego)|bot (bodoh|bego|tolol))\b",
    )
});

/// How angry a text is: 0 calm, 1 upset, 2 insulting in capitals.
pub fn anger(turn: &Turn) -> u8 {
    if turn.choice().is_some() {
        return 0;
    }
    let line = normalize::line(&turn.text);
    let words = INSULT.is_match(&line) || FED_UP.is_match(&line);
    let loud = shouts(&turn.text);
    u8::from(words) + u8::from(loud)
}

/// Capitals throughout, with exclamation marks: capitals alone are how some people write.
fn shouts(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    letters >= 12 && capitals * 10 >= letters * 9 && (text.contains("!!") || text.contains("??"))
}

/// Whose matter it is instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The inspectorate's.
    Corruption,
    /// The police's.
    Crime,
    /// A court's.
    Court,
}

static CORRUPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(korupsi|dikorupsi|koruptor|suap|disuap|menyuap|gratifikasi|sogok\w*|disogok|nyogok|mark up|penyelewengan|menyelewengkan|diselewengkan|corruption|bribe\w*",
        r"|(pungli|pungutan liar|pemalakan|palak|dipalak|minta uang|dimintai uang|dipungli|minta duit|dimintai duit|uang pelicin)",
        r" .{0,40}\b(aparat\w*|pegawai|oknum|lurah|camat|kades|kepala desa|kelurahan|kecamatan|pns|asn|satpol|dinas|polisi|perangkat)",
        r"|(aparat\w*|pegawai|oknum|lurah|camat|kades|kepala desa|pns|asn|satpol|polisi|perangkat desa|petugas (kelurahan|kecamatan|dinas|kantor)) .{0,40}(pungli|pungutan liar|minta uang|dimintai uang|minta duit|uang pelicin))\b",
    ))
});

static CRIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(maling|kemalingan|pencuri|pencurian|dicuri|kecurian|perampok\w*|dirampok|rampok|begal|dibegal|pembegalan|jambret|dijambret|copet|kecopetan|pembunuhan|dibunuh",
        r"|penganiayaan|dianiaya|dikeroyok|pengeroyokan|pemerkosaan|diperkosa|pelecehan seksual|dilecehkan|narkoba|sabu sabu|pengedar|kdrt|penculikan|diculik|penipuan|ditipu",
        r"|curanmor|pemerasan|diperas|penggelapan|robbed|robbery|stolen|burglar\w*|raped|murder\w*|drug dealer\w*)\b",
    ))
});
/// Before such a word these make it a worry or a number; what belongs to the street makes it a complaint.
static NO_CRIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(rawan|takut|khawatir|jangan sampai|supaya|agar|mengundang|memancing|bisa|potensi|tempat|dijadikan|kabel|tutup|besi|lampu|pju|tiang|rambu|meteran|pagar|plat|grill|baut|cctv|penutup|pipa)\b",
    )
});

static COURT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(pengadilan|peradilan|hakim|jaksa|kejaksaan|putusan (sidang|hakim|perkara)|persidangan|sidang (perkara|cerai|pidana|perdata)|kasasi|gugatan|menggugat|court case|lawsuit)\b",
    )
});

/// Whose matter a text is, when it is not the office's.
pub fn beyond_us(turn: &Turn) -> Option<Authority> {
    if turn.choice().is_some() {
        return None;
    }
    let line = normalize::line(&turn.text);
    if CORRUPTION.is_match(&line) {
        Some(Authority::Corruption)
    } else if CRIME.is_match(&line) && !NO_CRIME.is_match(&line) {
        Some(Authority::Crime)
    } else if COURT.is_match(&line) {
        Some(Authority::Court)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::builtin::Builtin;

    fn turn(text: &str) -> Turn {
        Turn::words(text, Builtin::shipped().read(text))
    }

    #[test]
    fn insults_are_told_from_stray_dogs() {
        for (text, expected) in [
            ("GOBLOK SEMUA KALIAN!!!", 2),
            ("dasar bangsat", 1),
            ("pelayanan kalian gak becus", 1),
            ("KAPAN DIPERBAIKI WOYYY!!", 1),
            ("ada anjing liar di jl mawar", 0),
            ("LAMPU JALAN MATI DI JL MAWAR", 0),
            ("makasih pak", 0),
        ] {
            assert_eq!(anger(&turn(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_the_offices_is_told_from_what_is() {
        for (text, expected) in [
            ("lurah kami korupsi dana desa", Some(Authority::Corruption)),
            ("ada oknum pegawai kelurahan minta uang 500 ribu", Some(Authority::Corruption)),
            ("pungli di pasar oleh preman", None),
            ("motor saya dicuri semalam", Some(Authority::Crime)),
            ("tutup got dicuri orang", None),
            ("lampu mati jadi rawan begal", None),
            ("saya mau tanya putusan hakim soal tanah saya", Some(Authority::Court)),
            ("jalan rusak parah", None),
        ] {
            assert_eq!(beyond_us(&turn(text)), expected, "{text}");
        }
    }
}
