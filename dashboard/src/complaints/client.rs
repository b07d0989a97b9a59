//! What the screens need of case-service, asked in the viewer's name and for their office.

use chrono::Duration;
use contracts::dto::Page;
use contracts::dto::case::{ComplaintDetail, ComplaintStats, ComplaintView, UpdateComplaint};
use contracts::{ComplaintNumber, ComplaintStatus};
use leptos::prelude::use_context;
use platform::clock::jakarta_day;
use platform::http::client::{Call, CallError};
use tracing::{error, warn};

use super::moves::Move;
use super::{Detail, Filter, List, Row, is_late};
use crate::Server;
use crate::activity;
use crate::error::AppError;
use crate::overview::{Counts, Overview};
use crate::sessions::Viewer;
use crate::sessions::http::{back_to, by, call_as, signed_in};
use crate::staff::UPDATE_COMPLAINTS;

/// How far back the overview counts.
const COUNTED_DAYS: i64 = 365;

/// How many complaints the overview shows.
const NEWEST: u32 = 8;

/// Counts and the newest complaints of the viewer's office.
pub async fn overview() -> Result<Overview, AppError> {
    let cases = Cases::of_viewer()?;
    let newest = cases.list(&Filter::default(), NEWEST).await?;
    Ok(Overview { counts: cases.counts().await?, newest: newest.rows })
}

/// A move as its form was sent.
pub async fn make_move(change: &Move) -> Result<(), AppError> {
    let (number, update) = change.read().map_err(AppError::Invalid)?;
    Cases::of_viewer()?.change(number, change.version, &update).await?;
    back_to(&format!("/complaints/{number}"));
    Ok(())
}

/// case-service, in one viewer's name.
#[derive(Debug, Clone)]
pub struct Cases {
    server: Server,
    viewer: Viewer,
}

impl Cases {
    /// For whoever is signed in.
    pub fn of_viewer() -> Result<Self, AppError> {
        let viewer = signed_in()?;
        Ok(Self { server: use_context::<Server>().ok_or(AppError::Internal)?, viewer })
    }

    /// A page of the office's complaints.
    pub async fn list(&self, filter: &Filter, limit: u32) -> Result<List, AppError> {
        let limit = limit.to_string();
        let mut more = vec![("limit", limit.as_str())];
        if filter.late {
            more.push(("sla", "late"));
        }
        let page: Page<ComplaintView> =
            self.get(&format!("/internal/complaints{}", filter.query_string(&more))).await?;
        let now = self.server.ctx.clock.now();
        Ok(List {
            rows: page.data.into_iter().map(|view| Row::new(view, now)).collect(),
            next_cursor: page.next_cursor,
        })
    }

    /// One complaint. What is no number can't be found.
    pub async fn detail(&self, id: &str) -> Result<Detail, AppError> {
        let number: ComplaintNumber = id.parse().map_err(|_| AppError::NotFound)?;
        let complaint: ComplaintDetail = self.get(&format!("/internal/complaints/{number}")).await?;
        let late = is_late(&complaint.complaint, self.server.ctx.clock.now());
        Ok(Detail { complaint, late, may_change: self.viewer.may(UPDATE_COMPLAINTS) })
    }

    /// Changes a complaint that still has the version that the person saw.
    pub async fn change(
        &self,
        number: ComplaintNumber,
        version: i64,
        update: &UpdateComplaint,
    ) -> Result<(), AppError> {
        if !self.viewer.may(UPDATE_COMPLAINTS) {
            return Err(AppError::Forbidden);
        }
        let call = self.call()?.if_match(version);
        let result: Result<serde::de::IgnoredAny, _> =
            self.server.cases.put(&format!("/internal/complaints/{number}"), update, &call).await;
        result.map_err(|error| explain(&error))?;
        self.log(number, update).await;
        Ok(())
    }

    /// How the office's complaints stand. `None`: case-service does not count.
    pub async fn counts(&self) -> Result<Option<Counts>, AppError> {
        let now = self.server.ctx.clock.now();
        let from = (now - Duration::days(COUNTED_DAYS)).date_naive();
        let stats: Result<ComplaintStats, _> = self
            .server
            .cases
            .get(&format!("/internal/complaints/stats?from={from}&group_by=status"), &self.call()?)
            .await;
        let stats = match stats {
            Ok(stats) => stats,
            Err(error) if error.status() == Some(404) => return Ok(None),
            Err(error) => return Err(explain(&error)),
        };
        let of = |statuses: &[ComplaintStatus]| -> u64 {
            let counts =
                stats.by_status.iter().filter(|count| statuses.iter().any(|status| status.as_str() == count.key));
            counts.map(|count| u64::try_from(count.count).unwrap_or_default()).sum()
        };
        let new = of(&[ComplaintStatus::Baru]);
        let in_work = of(&[
            ComplaintStatus::Terverifikasi,
            ComplaintStatus::Diproses,
            ComplaintStatus::MenungguWarga,
            ComplaintStatus::DibukaKembali,
        ]);
        let late = u64::try_from(stats.late).unwrap_or_default();
        Ok(Some(Counts { new, in_work, late, done_today: self.done_today().await? }))
    }

    /// Those closed today in Jakarta, among the last that changed.
    async fn done_today(&self) -> Result<u64, AppError> {
        let today = self.server.ctx.clock.today_jakarta();
        let path = "/internal/complaints?status=selesai&sort=-updated_at&limit=200";
        let page: Page<ComplaintView> = self.get(path).await?;
        let done = page.data.iter().filter(|view| view.closed_at.is_some_and(|at| jakarta_day(at) == today)).count();
        Ok(u64::try_from(done).unwrap_or_default())
    }

    async fn get<A: serde::de::DeserializeOwned>(&self, path: &str) -> Result<A, AppError> {
        self.server.cases.get(path, &self.call()?).await.map_err(|error| explain(&error))
    }

    /// The viewer's office, and a fresh token in their name.
    fn call(&self) -> Result<Call, AppError> {
        call_as(&self.server, &self.viewer)
    }

    /// The complaint's own timeline is case-service's; this is the office's log of who worked.
    async fn log(&self, number: ComplaintNumber, update: &UpdateComplaint) {
        let entry = activity::Activity {
            details: serde_json::json!({ "status": update.status }),
            ..by(&self.viewer, "complaint.changed", Some(number.to_string()))
        };
        let added = async {
            let mut tx = self.server.ctx.db.office(self.viewer.office.office_id).await?;
            activity::store::add(&mut tx, &entry, self.server.ctx.clock.now()).await?;
            tx.commit().await
        };
        if let Err(error) = added.await {
            warn!(
                error = &error as &dyn std::error::Error,
                "an activity is missing in the log; the complaint's timeline has it"
            );
        }
    }
}

/// In words for the person; the rest goes to the log.
fn explain(error: &CallError) -> AppError {
    match error {
        CallError::Unavailable { .. } => {
            warn!(error = error as &dyn std::error::Error, "case-service is away");
            AppError::Unavailable
        }
        CallError::Refused { status, problem, .. } => match status {
            400 | 422 => AppError::Invalid(problem.errors.iter().map(|bad| field_message(&bad.field)).collect()),
            403 => AppError::Forbidden,
            404 => AppError::NotFound,
            409 => {
                let allowed = problem.allowed.iter().flatten().filter_map(|status| status.parse().ok()).collect();
                AppError::NotAllowed(allowed)
            }
            412 => AppError::Changed,
            _ => {
                error!(error = error as &dyn std::error::Error, "case-service refused what it should not");
                AppError::Internal
            }
        },
        CallError::Unreadable { .. } => {
            error!(error = error as &dyn std::error::Error, "case-service can't be understood");
            AppError::Internal
        }
    }
}

/// What is wrong with a field, for the person who filled it in.
fn field_message(field: &str) -> String {
    use super::moves::Need;
    match field {
        "remark" => Need::Remark.message().to_owned(),
        "reason" => Need::Reason.message().to_owned(),
        "question" => Need::Question.message().to_owned(),
        "agency" => Need::Agency.message().to_owned(),
        "of" => "Nomor laporan asli tidak ditemukan, atau tidak dapat dipakai.".to_owned(),
        "status" => "Status itu tidak dapat dipilih.".to_owned(),
        other => format!("Isian \"{other}\" tidak dapat diterima."),
    }
}
