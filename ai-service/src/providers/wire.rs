//! HTTP to a model: takes [`Outgoing`] bodies and nothing else, reads answers of a bounded size, logs no text.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode, multipart};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::{Failure, Trust};
use crate::privacy::outgoing::Outgoing;

/// The longest answer that is read. Vectors of a batch are the largest.
const LARGEST: usize = 8 * 1024 * 1024;
/// No call lasts longer than this, whatever its share.
const LONGEST: Duration = Duration::from_mins(2);

/// One provider's address and key.
#[derive(Debug, Clone)]
pub struct Wire {
    client: Client,
    base: Url,
    headers: HeaderMap,
}

impl Wire {
    /// `key` is a header and its secret value.
    pub fn new(base: &Url, key: Option<(HeaderName, &str, &SecretString)>) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some((name, prefix, secret)) = key {
            let mut value = HeaderValue::from_str(&format!("{prefix}{}", secret.expose_secret()))
                .map_err(|_| anyhow::anyhow!("a model's key holds characters that can't stand in a header"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(Self { client: platform::http::client::outside(LONGEST)?, base: base.clone(), headers })
    }

    /// Asks. `path` is the program's and the operator's words.
    pub async fn post<A: DeserializeOwned>(&self, path: &str, body: &Outgoing, within: Duration) -> Result<A, Failure> {
        let request = self.client.post(self.url(path)?).headers(self.headers.clone()).json(body);
        answer(request, within).await
    }

    /// Sends a file; called for trusted providers only.
    pub async fn upload<A: DeserializeOwned>(
        &self,
        path: &str,
        form: multipart::Form,
        _trust: Trust,
        within: Duration,
    ) -> Result<A, Failure> {
        answer(self.client.post(self.url(path)?).headers(self.headers.clone()).multipart(form), within).await
    }

    /// Sends JSON that holds a sound; called for trusted providers only.
    pub async fn post_recording<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        _trust: Trust,
        within: Duration,
    ) -> Result<A, Failure> {
        answer(self.client.post(self.url(path)?).headers(self.headers.clone()).json(body), within).await
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/{path}")).map_err(|_| Failure::Away)
    }
}

async fn answer<A: DeserializeOwned>(request: reqwest::RequestBuilder, within: Duration) -> Result<A, Failure> {
    let whole = async {
        let response = request.send().await.map_err(|error| away(&error))?;
        let status = response.status();
        if status.is_success() {
            let bytes = read(response).await?;
            return serde_json::from_slice(&bytes).map_err(|_| Failure::Garbage);
        }
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS => Failure::RateLimited,
            status if status.is_client_error() => Failure::Refused(status.as_u16()),
            status => Failure::Broken(status.as_u16()),
        })
    };
    tokio::time::timeout(within, whole).await.unwrap_or(Err(Failure::Deadline))
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| away(&error))? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Failure::Garbage);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn away(error: &reqwest::Error) -> Failure {
    if error.is_timeout() { Failure::Deadline } else { Failure::Away }
}
