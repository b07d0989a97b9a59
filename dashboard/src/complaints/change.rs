//! The form that moves a complaint on: only the moves that are possible, each with what it needs.
//!
//! It works without script: style rules show the fields of the chosen move, the server checks them.

use contracts::{ComplaintNumber, ComplaintStatus};
use leptos::html::Form;
use leptos::prelude::*;

use super::api::MoveComplaint;
use super::moves::{Need, needs};
use crate::error::AppError;

/// The form, or why there is none.
#[component]
pub fn ChangeForm(
    number: ComplaintNumber,
    version: i64,
    moves: Vec<ComplaintStatus>,
    may_change: bool,
    change: ServerAction<MoveComplaint>,
    form: NodeRef<Form>,
) -> impl IntoView {
    let body = if !may_change {
        view! { <p class="muted">"Anda dapat membaca laporan ini, tetapi tidak mengubahnya."</p> }.into_any()
    } else if moves.is_empty() {
        view! { <p class="muted">"Laporan ini sudah selesai ditangani; tidak ada langkah berikutnya."</p> }.into_any()
    } else {
        view! { <MoveForm number version moves change form/> }.into_any()
    };
    view! {
        <section class="card padded" aria-labelledby="ubah">
            <h2 id="ubah">"Ubah status"</h2>
            <Outcome change number/>
            {body}
        </section>
    }
}

/// How the last try ended.
#[component]
fn Outcome(change: ServerAction<MoveComplaint>, number: ComplaintNumber) -> impl IntoView {
    move || match change.value().get() {
        Some(Ok(())) => Some(
            view! { <p class="banner banner-good" role="status" data-testid="status-done">"Status sudah diubah."</p> }
                .into_any(),
        ),
        Some(Err(error)) => {
            let reload = (error == AppError::Changed).then(|| {
                view! { <p><a href=format!("/complaints/{number}") rel="external" data-testid="status-reload">"Muat ulang"</a></p> }
            });
            Some(
                view! {
                    <div class="banner banner-error" role="alert" data-testid="status-error">
                        <p>{error.to_string()}</p>
                        {reload}
                    </div>
                }
                .into_any(),
            )
        }
        None => None,
    }
}

#[component]
fn MoveForm(
    number: ComplaintNumber,
    version: i64,
    moves: Vec<ComplaintStatus>,
    change: ServerAction<MoveComplaint>,
    form: NodeRef<Form>,
) -> impl IntoView {
    let chosen = RwSignal::new(moves.first().copied());
    let needed = move |need: Need| chosen.get().and_then(needs) == Some(need);
    let choose = move |event| chosen.set(event_target_value(&event).parse().ok());
    let pending = change.pending();
    view! {
        <ActionForm action=change node_ref=form attr:class="stack move">
            <input type="hidden" name="change[complaint_id]" value=number.to_string()/>
            <input type="hidden" name="change[version]" value=version data-testid="status-version"/>
            <label class="field">
                <span>"Status baru"</span>
                <select name="change[status]" data-testid="status-select" on:change=choose>
                    {moves.into_iter().map(|status| view! { <option value=status.as_str()>{status.label()}</option> }).collect_view()}
                </select>
            </label>
            <label class="field for-menunggu_warga">
                <span>"Pertanyaan untuk warga"</span>
                <textarea name="change[question]" rows="3" maxlength="1000" required=move || needed(Need::Question)
                    data-testid="status-question"></textarea>
            </label>
            <label class="field for-dialihkan">
                <span>"Dialihkan kepada"</span>
                <input type="text" name="change[agency]" maxlength="200" required=move || needed(Need::Agency) data-testid="status-agency"/>
            </label>
            <label class="field for-duplikat">
                <span>"Nomor laporan asli"</span>
                <input type="text" name="change[of]" maxlength="24" placeholder="LAP-20261120-001" autocapitalize="characters"
                    required=move || needed(Need::Original) data-testid="status-of"/>
            </label>
            <label class="field for-ditolak for-dibuka_kembali for-dialihkan">
                <span>"Alasan"</span>
                <textarea name="change[reason]" rows="3" maxlength="1000" required=move || needed(Need::Reason)
                    data-testid="status-reason"></textarea>
            </label>
            <label class="field">
                <span>"Catatan untuk warga"<small class="muted optional">" (boleh kosong)"</small></span>
                <textarea name="change[remark]" rows="3" maxlength="1000" required=move || needed(Need::Remark)
                    data-testid="status-remark"></textarea>
                <small class="muted">"Dikirim kepada warga bersama status barunya."</small>
            </label>
            <button class="button button-primary button-wide" type="submit" disabled=move || pending.get() data-testid="status-submit">
                {move || if pending.get() { "Menyimpan…" } else { "Simpan" }}
            </button>
        </ActionForm>
    }
}
