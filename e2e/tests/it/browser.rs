//! Staff and a newcomer in a real browser.

use anyhow::{Result, ensure};
use e2e::browser::Browser;
use e2e::{Phone, Service, World, until};
use fantoccini::Locator;

use crate::journey::COMPLAINT;

#[tokio::test(flavor = "multi_thread")]
async fn browser() {
    let world = World::start_with_browser_half().await.unwrap_or_else(|error| panic!("no world: {error:?}"));
    crate::tell(&world, async |world| {
        let browser = Browser::open().await?;
        staff_see_a_complaint_come_and_move_it_on(world, &browser).await?;
        a_newcomer_plays_a_citizen_in_the_simulator(world, &browser).await?;
        browser.close().await
    })
    .await;
}

async fn staff_see_a_complaint_come_and_move_it_on(world: &World, browser: &Browser) -> Result<()> {
    let dashboard = world.environment.url(Service::Dashboard);
    browser.go(&format!("{dashboard}/login")).await?;
    browser.picture("dashboard-login").await?;
    browser.part("login-username").await?.send_keys("admin").await?;
    browser.part("login-password").await?.send_keys(&world.environment.admin_password).await?;
    browser.press("[data-testid=\"login-submit\"]").await?;
    browser.part("viewer-name").await?;
    browser.go(&format!("{dashboard}/complaints")).await?;
    browser.is_hydrated().await?;
    browser.see("[data-testid=\"live-state\"][data-state=\"connected\"]").await?;

    // It comes by itself: a mark on the page would be gone after a reload.
    browser.client.execute("window.neverReloaded = true", vec![]).await?;
    let citizen = Phone::new(world, "6281255560001");
    let (number, replies) = citizen.complain(COMPLAINT).await?;
    browser.see(&format!("[data-testid=\"complaint-row\"][data-complaint-id=\"{number}\"]")).await?;
    let mark = browser.client.execute("return window.neverReloaded === true", vec![]).await?;
    ensure!(mark == true, "the list showed the complaint only after a reload");
    browser.picture("dashboard-complaints").await?;

    // Its number leads to it, without the server's help.
    browser.press(&format!("[data-complaint-id=\"{number}\"] a")).await?;
    browser.see(&format!("[data-testid=\"complaint\"][data-complaint-id=\"{number}\"]")).await?;
    browser.part("status-select").await?.select_by_value("terverifikasi").await?;
    browser.picture("dashboard-complaint").await?;
    browser.press("[data-testid=\"status-submit\"]").await?;
    browser.see("[data-testid=\"complaint\"][data-status=\"terverifikasi\"]").await?;
    let mark = browser.client.execute("return window.neverReloaded === true", vec![]).await?;
    ensure!(mark == true, "a server function answers in the page, without a reload");
    browser.picture("dashboard-complaint-moved").await?;

    let news = citizen.reply(replies + 1).await?;
    ensure!(news.text.contains(&number), "{number} is in {}", news.text);
    world.is_quiet(e2e::until::PATIENCE).await?;
    assert_eq!(citizen.replies().await?.len(), replies + 1, "told once");
    no_errors(browser, "the dashboard").await
}

async fn a_newcomer_plays_a_citizen_in_the_simulator(world: &World, browser: &Browser) -> Result<()> {
    browser.go(&world.environment.url(Service::Simulator)).await?;
    browser.press("#people [role=\"tab\"]").await?;
    browser.see("#text").await?.send_keys(COMPLAINT).await?;
    browser.press("#compose button[type=\"submit\"]").await?;
    browser.see("#chat .row.theirs").await?;
    browser.press("#chat .taps button").await?;
    browser.reads("#chat", "LAP-").await?;
    until("the trace shows the way to the reply", async || {
        let lit = browser.client.find_all(Locator::Css("#pipe li.done[data-stage=\"reply\"]")).await?;
        let steps = browser.client.find_all(Locator::Css("#journeys .journey .steps li")).await?;
        ensure!(steps.len() >= 4, "{} steps", steps.len());
        Ok((!lit.is_empty()).then_some(()))
    })
    .await?;
    browser.picture("simulator").await?;
    no_errors(browser, "the simulator").await
}

async fn no_errors(browser: &Browser, page: &str) -> Result<()> {
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "{page} has errors in its console: {}", errors.join("\n"));
    Ok(())
}
