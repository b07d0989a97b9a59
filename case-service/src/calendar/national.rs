//! The nation's days off, as the three ministers' joint decrees name them: holidays and the days off that go with them
//! (cuti bersama). Years without a decree here have the holidays whose date the law fixes; an office adds the others.

use chrono::NaiveDate;

/// One day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NationalDay {
    pub day: NaiveDate,
    pub name: &'static str,
    /// A day off that goes with a holiday.
    pub cuti_bersama: bool,
}

/// Holidays on the same date every year.
const FIXED: [(u32, u32, &str); 5] = [
    (1, 1, "Tahun Baru Masehi"),
    (5, 1, "Hari Buruh Internasional"),
    (6, 1, "Hari Lahir Pancasila"),
    (8, 17, "Proklamasi Kemerdekaan"),
    (12, 25, "Kelahiran Yesus Kristus"),
];

/// The years of [`MOVING`].
const DECREED: [i32; 2] = [2025, 2026];

/// The days of decreed years that fall on another date each year: year, month, day, name, cuti bersama.
const MOVING: [(i32, u32, u32, &str, bool); 43] = [
    (2025, 1, 27, "Isra Mikraj Nabi Muhammad", false),
    (2025, 1, 28, "Cuti bersama Tahun Baru Imlek", true),
    (2025, 1, 29, "Tahun Baru Imlek 2576 Kongzili", false),
    (2025, 3, 28, "Cuti bersama Hari Suci Nyepi", true),
    (2025, 3, 29, "Hari Suci Nyepi", false),
    (2025, 3, 31, "Idulfitri 1446 Hijriah", false),
    (2025, 4, 1, "Idulfitri 1446 Hijriah", false),
    (2025, 4, 2, "Cuti bersama Idulfitri", true),
    (2025, 4, 3, "Cuti bersama Idulfitri", true),
    (2025, 4, 4, "Cuti bersama Idulfitri", true),
    (2025, 4, 7, "Cuti bersama Idulfitri", true),
    (2025, 4, 18, "Wafat Yesus Kristus", false),
    (2025, 4, 20, "Kebangkitan Yesus Kristus (Paskah)", false),
    (2025, 5, 12, "Hari Raya Waisak 2569 BE", false),
    (2025, 5, 13, "Cuti bersama Waisak", true),
    (2025, 5, 29, "Kenaikan Yesus Kristus", false),
    (2025, 5, 30, "Cuti bersama Kenaikan Yesus Kristus", true),
    (2025, 6, 6, "Iduladha 1446 Hijriah", false),
    (2025, 6, 9, "Cuti bersama Iduladha", true),
    (2025, 6, 27, "Tahun Baru Islam 1447 Hijriah", false),
    (2025, 8, 18, "Cuti bersama Proklamasi Kemerdekaan", true),
    (2025, 9, 5, "Maulid Nabi Muhammad", false),
    (2025, 12, 26, "Cuti bersama Kelahiran Yesus Kristus", true),
    (2026, 1, 16, "Isra Mikraj Nabi Muhammad", false),
    (2026, 2, 16, "Cuti bersama Tahun Baru Imlek", true),
    (2026, 2, 17, "Tahun Baru Imlek 2577 Kongzili", false),
    (2026, 3, 18, "Cuti bersama Hari Suci Nyepi", true),
    (2026, 3, 19, "Hari Suci Nyepi", false),
    (2026, 3, 20, "Cuti bersama Idulfitri", true),
    (2026, 3, 21, "Idulfitri 1447 Hijriah", false),
    (2026, 3, 22, "Idulfitri 1447 Hijriah", false),
    (2026, 3, 23, "Cuti bersama Idulfitri", true),
    (2026, 3, 24, "Cuti bersama Idulfitri", true),
    (2026, 4, 3, "Wafat Yesus Kristus", false),
    (2026, 4, 5, "Kebangkitan Yesus Kristus (Paskah)", false),
    (2026, 5, 14, "Kenaikan Yesus Kristus", false),
    (2026, 5, 15, "Cuti bersama Kenaikan Yesus Kristus", true),
    (2026, 5, 27, "Iduladha 1447 Hijriah", false),
    (2026, 5, 28, "Cuti bersama Iduladha", true),
    (2026, 5, 31, "Hari Raya Waisak 2570 BE", false),
    (2026, 6, 16, "Tahun Baru Islam 1448 Hijriah", false),
    (2026, 8, 25, "Maulid Nabi Muhammad", false),
    (2026, 12, 24, "Cuti bersama Kelahiran Yesus Kristus", true),
];

/// Whether the decree of this year is known here.
pub fn is_decreed(year: i32) -> bool {
    DECREED.contains(&year)
}

/// The days off of a year, in order.
pub fn of(year: i32) -> Vec<NationalDay> {
    let fixed = FIXED.iter().map(|(month, day, name)| (*month, *day, *name, false));
    let moving =
        MOVING.iter().filter(|entry| entry.0 == year).map(|(_, month, day, name, off)| (*month, *day, *name, *off));
    let mut days: Vec<NationalDay> = fixed
        .chain(moving)
        .filter_map(|(month, day, name, cuti_bersama)| {
            Some(NationalDay { day: NaiveDate::from_ymd_opt(year, month, day)?, name, cuti_bersama })
        })
        .collect();
    days.sort_by_key(|day| day.day);
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_list_is_a_day_and_stands_once() {
        for year in DECREED {
            let days = of(year);
            let moving = MOVING.iter().filter(|entry| entry.0 == year).count();
            assert_eq!(days.len(), FIXED.len() + moving, "{year}");
            assert!(days.windows(2).all(|pair| pair[0].day < pair[1].day), "{year}");
        }
        // The decree for 2026: 17 holidays and 8 days off with them.
        assert_eq!(of(2026).iter().filter(|day| !day.cuti_bersama).count(), 17);
        assert_eq!(of(2026).iter().filter(|day| day.cuti_bersama).count(), 8);
    }

    #[test]
    fn a_year_without_a_decree_has_the_fixed_holidays() {
        assert_eq!(of(2031).len(), FIXED.len());
        assert!(!is_decreed(2031));
    }
}
