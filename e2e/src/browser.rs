//! Chromium without a window, its console watched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Caller, client};
use crate::process::Program;
use crate::{ports, until, within};

/// A browser with one window. Driver and browser end with it.
#[derive(Debug)]
pub struct Browser {
    pub client: Client,
    session: String,
    driver: Caller,
    // In this order: the processes, then their folder.
    _program: Program,
    _folder: TempDir,
}

impl Browser {
    /// A fresh browser.
    pub async fn open() -> Result<Self> {
        let chrome = find("CHROME", &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])?;
        let chromedriver = find("CHROMEDRIVER", &["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver"])?;
        let folder = tempfile::Builder::new().prefix("govconnect-browser-").tempdir()?;
        let [port]: [u16; 1] = ports::free(1)?.try_into().ok().context("one port")?;
        let mut program = start_driver(chromedriver, port, folder.path())?;
        let address = format!("http://127.0.0.1:{port}");
        let driver = Caller::new(client()?, address.clone());
        until("chromedriver answers", async || {
            if let Some(why) = program.ended() {
                bail!(why);
            }
            let status = driver.get("/status").await?.json()?;
            Ok((status["value"]["ready"] == true).then_some(()))
        })
        .await?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&chrome, folder.path())?)
            .connect(&address)
            .await
            .context("chromedriver opens no window")?;
        let session = client.session_id().await?.context("a session has an id")?;
        Ok(Self { client, session, driver, _program: program, _folder: folder })
    }

    pub async fn go(&self, url: &str) -> Result<()> {
        self.client.goto(url).await.with_context(|| url.to_owned())
    }

    /// The element with this CSS selector, once it is there.
    pub async fn see(&self, css: &str) -> Result<Element> {
        within(Duration::from_secs(20), &format!("the page shows {css}"), async || {
            Ok(self.client.find_all(Locator::Css(css)).await?.into_iter().next())
        })
        .await
    }

    /// Clicks an element, once it is there. A page that draws itself anew meanwhile is asked again.
    pub async fn press(&self, css: &str) -> Result<()> {
        within(Duration::from_secs(20), &format!("{css} can be clicked"), async || {
            let Some(element) = self.client.find_all(Locator::Css(css)).await?.into_iter().next() else {
                return Ok(None);
            };
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// The element with this `data-testid`, once it is there.
    pub async fn part(&self, testid: &str) -> Result<Element> {
        self.see(&format!("[data-testid=\"{testid}\"]")).await
    }

    /// Waits until the page is taken over by its script.
    pub async fn is_hydrated(&self) -> Result<()> {
        self.see("body[data-hydrated=\"true\"]").await.map(drop)
    }

    /// Waits until the page's text has these words.
    pub async fn reads(&self, css: &str, words: &str) -> Result<()> {
        until(&format!("{css} reads {words:?}"), async || {
            let element = self.client.find(Locator::Css(css)).await?;
            let text = element.text().await?;
            ensure!(text.contains(words), "it reads {text:?}");
            Ok(Some(()))
        })
        .await
    }

    /// What the page's console holds since the last look, errors only.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let path = format!("/session/{}/se/log", self.session);
        let log = self.driver.post(&path, &json!({"type": "browser"})).await?.json()?;
        let entries = log["value"].as_array().with_context(|| format!("no browser log: {log}"))?;
        Ok(entries.iter().filter(|entry| entry["level"] == "SEVERE").map(Value::to_string).collect())
    }

    /// Keeps a picture if `E2E_SCREENSHOTS` names a folder.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let Some(folder) = std::env::var_os("E2E_SCREENSHOTS").map(PathBuf::from) else { return Ok(()) };
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await?)?;
        Ok(())
    }

    /// Closes the window and ends the browser.
    pub async fn close(self) -> Result<()> {
        self.client.clone().close().await.context("the window can't be closed")
    }
}

fn start_driver(path: PathBuf, port: u16, folder: &Path) -> Result<Program> {
    let environment: BTreeMap<String, String> = ["PATH", "LANG"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .chain([("HOME".to_owned(), folder.display().to_string()), ("TMPDIR".to_owned(), folder.display().to_string())])
        .collect();
    let mut program = Program::new("chromedriver", path, environment, folder.join("chromedriver.log"))
        .with_arguments(vec![format!("--port={port}"), "--allowed-ips=127.0.0.1".to_owned()]);
    program.start()?;
    Ok(program)
}

fn capabilities(chrome: &Path, folder: &Path) -> Result<serde_json::Map<String, Value>> {
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1360,900",
        "--lang=id-ID",
        &profile,
    ];
    let wanted = json!({
        "goog:chromeOptions": {"binary": chrome, "args": arguments},
        "goog:loggingPrefs": {"browser": "ALL"},
    });
    wanted.as_object().cloned().context("an object")
}

fn find(variable: &str, usual: &[&str]) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    usual.iter().map(PathBuf::from).find(|path| path.is_file()).with_context(|| {
        format!("there is no {variable}: install Debian's chromium and chromium-driver, or use `cargo xtask test`")
    })
}
