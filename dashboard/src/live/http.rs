//! `GET /api/live`: server-sent events of the viewer's office, for as long as the session runs.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use contracts::OfficeId;
use futures_util::Stream;
use platform::http::Problem;
use prometheus::IntGauge;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::hub::{Seat, is_notice, notice};
use super::{CHAT, FRAME, RESYNC};
use crate::Server;
use crate::live_chat::feed::Said;
use crate::sessions::http::SessionState;
use crate::sessions::store;
use crate::sessions::token::TokenHash;

/// Proxies close what is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// An ended session stops hearing within this time.
const SESSION_CHECK: Duration = Duration::from_secs(30);
/// How soon the browser comes back after the connection broke.
const RETRY: Duration = Duration::from_secs(1);

/// The feed.
pub async fn live(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
) -> Result<Response, Problem> {
    let signed = match state {
        SessionState::Signed(signed) => signed,
        SessionState::Nobody => return Err(Problem::unauthorized("sign in first")),
        SessionState::Unavailable => return Err(Problem::unavailable("the database is away: try again later")),
    };
    let mut check = interval(SESSION_CHECK);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    check.reset();
    let listener = Listener {
        seat: server.hub.seat(),
        said: server.chat.seat(),
        me: signed.viewer.user_id.to_string(),
        office: signed.viewer.office.office_id,
        token: signed.token.hash(),
        check,
        greeted: false,
        _counted: Counted::new(server.metrics.live_browsers.clone()),
        server,
    };
    Ok(Sse::new(stream(listener)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

/// One browser that listens.
struct Listener {
    seat: Seat,
    said: broadcast::Receiver<Said>,
    me: String,
    office: OfficeId,
    token: TokenHash,
    check: Interval,
    greeted: bool,
    _counted: Counted,
    server: Server,
}

fn stream(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(listener, |mut listener| async move { Some((Ok(listener.next().await?), listener)) })
}

impl Listener {
    /// The next event for this browser; `None` ends the feed, and the browser comes back.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            // The first bytes: the browser knows that it is connected.
            self.greeted = true;
            return Some(Event::default().retry(RETRY).comment("connected"));
        }
        let shutdown = self.server.ctx.tasks.shutdown().clone();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return None,
                _ = self.check.tick() => {
                    if !self.session_runs().await {
                        return None;
                    }
                }
                gap = self.seat.gaps.changed() => {
                    gap.ok()?;
                    return Some(self.resync("broker"));
                }
                said = self.said.recv() => match said {
                    Ok(Said::News(office, json)) if office == self.office => {
                        return Some(Event::default().event(CHAT).data(&*json));
                    }
                    Ok(Said::Standing(office, standing)) if office == self.office => {
                        if let Ok(sse) = Event::default().event(FRAME).json_data(standing.frame(&self.me)) {
                            return Some(sse);
                        }
                    }
                    Ok(Said::News(..) | Said::Standing(..)) => {}
                    Ok(Said::Gap) => return Some(self.resync("chat")),
                    Err(RecvError::Lagged(_)) => return Some(self.resync("slow")),
                    Err(RecvError::Closed) => return None,
                },
                event = self.seat.events.recv() => match event {
                    // An office never hears of another's. Conversations have a feed of their own.
                    Ok(event) if event.attributes.office_id == Some(self.office) && is_notice(&event.routing_key) => {
                        if let Ok(sse) = Event::default().event(&event.routing_key).json_data(notice(&event)) {
                            return Some(sse);
                        }
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some(self.resync("slow")),
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    }

    fn resync(&self, reason: &str) -> Event {
        self.server.metrics.live_resyncs.with_label_values(&[reason]).inc();
        Event::default().event(RESYNC).data("{}")
    }

    /// While the database is away nobody is turned out.
    async fn session_runs(&self) -> bool {
        let look = async {
            let mut tx = self.server.ctx.db.all_offices("session").await?;
            let runs = store::runs(&mut tx, &self.token, self.office, self.server.ctx.clock.now()).await?;
            tx.commit().await?;
            Ok::<_, sqlx::Error>(runs)
        };
        look.await.unwrap_or(true)
    }
}

/// Counts a browser for as long as it listens.
struct Counted(IntGauge);

impl Counted {
    fn new(gauge: IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
