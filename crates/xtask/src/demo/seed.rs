//! A few weeks of complaints for Kelurahan Sukamaju, made through case-service's own API as everybody else makes them.
//! Each call carries an `Idempotency-Key`, so that a seeding that was cut off goes on where it stopped.

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::environment::local;
use super::settings::Settings;
use crate::{http, process};

/// One complaint of `seed.json`, with where it stands and the words for getting there.
#[derive(Debug, Deserialize)]
struct Seed {
    status: String,
    /// Remark, question or reason, as the status wants it.
    text: Option<String>,
    agency: Option<String>,
    #[serde(flatten)]
    complaint: Map<String, Value>,
}

fn seeds() -> Result<Vec<Seed>> {
    serde_json::from_str(include_str!("seed.json")).context("seed.json is damaged")
}

/// Makes them all; gives their number.
pub fn run(settings: &Settings) -> Result<usize> {
    let base = format!("{}/internal/complaints", local(settings.ports.case));
    let seeds = seeds()?;
    for (number, seed) in seeds.iter().enumerate() {
        process::stop_if_interrupted()?;
        let mut complaint = seed.complaint.clone();
        complaint.insert("kelurahan".into(), json!("Sukamaju"));
        // A dozen citizens, some of whom write more than once.
        complaint.insert("wa_user_id".into(), json!(format!("62812340000{:02}", number % 12 + 10)));
        complaint.insert("reported_at".into(), json!(reported_at(settings.made_at, number, seeds.len())));
        let made = call(settings, "POST", &base, &format!("seed-{number}"), &Value::Object(complaint))?;
        let id = made["complaint_id"].as_str().context("case-service gave no complaint_id")?;
        for (step, update) in steps(seed)?.into_iter().enumerate() {
            call(settings, "PUT", &format!("{base}/{id}"), &format!("seed-{number}-{step}"), &update)?;
        }
    }
    Ok(seeds.len())
}

/// Spread over the weeks before the demo was made, about two a day, not all at the same minute.
fn reported_at(made_at: i64, number: usize, of: usize) -> Option<DateTime<Utc>> {
    const APART: i64 = 45_000;
    let place = i64::try_from(of - number).ok()?;
    DateTime::from_timestamp(made_at - place * APART + place * 7_919 % 14_400, 0)
}

/// The moves that lead to the seed's status.
fn steps(seed: &Seed) -> Result<Vec<Value>> {
    let text = seed.text.as_deref();
    let verified = json!({"status": "terverifikasi"});
    let working = json!({"status": "diproses"});
    Ok(match seed.status.as_str() {
        "baru" => vec![],
        "terverifikasi" => vec![verified],
        "diproses" => vec![verified, working],
        "selesai" => vec![verified, working, json!({"status": "selesai", "remark": text})],
        "menunggu_warga" => vec![verified, json!({"status": "menunggu_warga", "question": text})],
        "dialihkan" => vec![verified, json!({"status": "dialihkan", "reason": text, "agency": seed.agency})],
        "ditolak" => vec![json!({"status": "ditolak", "reason": text})],
        other => bail!("seed.json has the unknown status {other}"),
    })
}

/// A call to one of our services, once however often it is made under its key.
pub(super) fn call(settings: &Settings, method: &str, url: &str, key: &str, body: &Value) -> Result<Value> {
    let headers = [("x-internal-api-key", settings.internal_api_key.as_str()), ("idempotency-key", key)];
    let answer = http::call(method, url, &headers, Some(&body.to_string()))?;
    if !(200..300).contains(&answer.status) {
        bail!("{method} {url} answered {}: {}", answer.status, process::last_lines(answer.body.trim(), 3));
    }
    Ok(serde_json::from_str(&answer.body)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_fill_the_weeks_before_and_nothing_lies_ahead() {
        let made_at = 1_800_000_000;
        let times: Vec<i64> = (0..40).map(|n| reported_at(made_at, n, 40).unwrap().timestamp()).collect();
        assert!(times.iter().all(|at| *at < made_at));
        assert!(times[0] < made_at - 14 * 86_400, "{}", made_at - times[0]);
        assert!(times.is_sorted());
    }

    #[test]
    fn every_seed_has_what_its_status_needs() {
        let seeds = seeds().unwrap();
        assert!(seeds.len() >= 40);
        for seed in &seeds {
            let complaint = &seed.complaint;
            for field in ["kategori", "alamat", "deskripsi"] {
                assert!(complaint[field].as_str().is_some_and(|text| !text.is_empty()), "{complaint:?}");
            }
            let last = steps(seed).unwrap().pop();
            if let Some(Value::Object(update)) = last {
                assert!(update.values().all(|value| !value.is_null()), "{update:?} of {complaint:?}");
            }
        }
    }
}
