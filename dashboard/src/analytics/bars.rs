//! Numbers as bars: drawings of the server's, beside a table that says the same in words.

use chrono::NaiveDate;
use leptos::prelude::*;

/// A day's column and the gap after it.
const STEP: i64 = 12;
const COLUMN: i64 = 9;
const HEIGHT: i64 = 96;

/// A table of counts with a bar each.
#[component]
pub fn Counts(
    caption: &'static str,
    kind: &'static str,
    /// What is counted, in words.
    unit: &'static str,
    rows: Vec<(String, i64)>,
    testid: &'static str,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <div class="stat">
                <h3>{caption}</h3>
                <p class="muted">"Belum ada data pada rentang ini."</p>
            </div>
        }
        .into_any();
    }
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
    let total: i64 = rows.iter().map(|(_, count)| *count).sum();
    view! {
        <div class="stat">
            <table class="stat-table" data-testid=testid>
                <caption>{caption}</caption>
                <thead class="visually-hidden">
                    <tr><th scope="col">{kind}</th><th scope="col">{unit}</th><th scope="col">"Bagian"</th></tr>
                </thead>
                <tbody>
                    {rows.into_iter().map(|(name, count)| view! {
                        <tr>
                            <th scope="row">{name}</th>
                            <td class="stat-number">{count}</td>
                            <td class="stat-share">
                                <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                                    <rect class="bar-ground" width="100" height="8"></rect>
                                    <rect class="bar-value" width=(count * 100 / most).max(1) height="8"></rect>
                                </svg>
                                <span class="muted">{format!("{} %", percent(count, total))}</span>
                            </td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One column per day; the same as a table is its child.
#[component]
pub fn Days(
    caption: &'static str,
    unit: &'static str,
    days: Vec<(NaiveDate, i64)>,
    testid: &'static str,
    children: Children,
) -> impl IntoView {
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
    let width = i64::try_from(days.len()).unwrap_or(1).max(1) * STEP;
    let total: i64 = days.iter().map(|(_, count)| *count).sum();
    let label = format!("{caption}: {total} {unit}, paling banyak {most} sehari");
    let ends = days.first().zip(days.last()).map(|(first, last)| (short(first.0), short(last.0)));
    view! {
        <figure class="stat days" data-testid=testid>
            <figcaption>{caption}</figcaption>
            <svg class="columns" viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
                {days.into_iter().zip(0_i64..).map(|((day, count), n)| {
                    let height = if count == 0 { 1 } else { (count * HEIGHT / most).max(2) };
                    view! {
                        <rect class=if count == 0 { "bar-ground" } else { "bar-value" } x=n * STEP y=HEIGHT - height width=COLUMN height=height rx="1">
                            <title>{format!("{}: {count} {unit}", short(day))}</title>
                        </rect>
                    }
                }).collect_view()}
            </svg>
            {ends.map(|(first, last)| view! { <p class="days-ends muted"><span>{first}</span><span>{last}</span></p> })}
            {children()}
        </figure>
    }
}

/// Days as rows, the newest first, behind a word to open them.
#[component]
pub fn DayTable(head: Vec<&'static str>, rows: Vec<(NaiveDate, Vec<String>)>) -> impl IntoView {
    view! {
        <details>
            <summary class="muted">"Lihat sebagai tabel"</summary>
            <div class="stat-wide">
                <table class="stat-table">
                    <thead>
                        <tr>
                            <th scope="col">"Tanggal"</th>
                            {head.into_iter().map(|name| view! { <th scope="col" class="stat-number">{name}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.into_iter().rev().map(|(day, values)| view! {
                            <tr>
                                <th scope="row">{short(day)}</th>
                                {values.into_iter().map(|value| view! { <td class="stat-number">{value}</td> }).collect_view()}
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </details>
    }
}

/// `20 Nov`
fn short(day: NaiveDate) -> String {
    use chrono::Datelike as _;
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
    format!("{} {}", day.day(), MONTHS.get(day.month0() as usize).copied().unwrap_or_default())
}

fn percent(count: i64, total: i64) -> i64 {
    if total == 0 { 0 } else { (count * 200 + total) / (total * 2) }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_rounded_and_never_divided_by_nothing() {
        assert_eq!([percent(1, 3), percent(2, 3), percent(5, 5), percent(0, 0)], [33, 67, 100, 0]);
    }
}
