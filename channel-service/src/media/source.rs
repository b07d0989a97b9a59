//! Where files come from, and where a token may go.
//!
//! The token is sent to the Graph API's own address as configured, and over https to the configured media hosts if their
//! names lead to public addresses. No redirect is followed, so that it goes nowhere else; whatever other address a
//! payload names is not called at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use http::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::{Host, Url};

use crate::Config;
use crate::inbound::parse::digest_of;

/// A question about a file.
const LOOK_UP: Duration = Duration::from_secs(10);
/// The whole file; a hundred megabytes over a slow line take their time.
const DOWNLOAD: Duration = Duration::from_mins(10);
/// Nothing for this long, and the line is dead.
const SILENCE: Duration = Duration::from_secs(20);

/// Fetches files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Source {
    graph: Url,
    version: String,
    hosts: Vec<String>,
    asks: reqwest::Client,
    own: reqwest::Client,
    outside: reqwest::Client,
}

/// What the media node says.
#[derive(Debug)]
pub struct Located {
    pub url: String,
    pub mime_type: Option<String>,
    pub sha256: Option<[u8; 32]>,
    pub size: Option<u64>,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum NoFile {
    /// WhatsApp does not have it: the id is unknown or too old.
    #[error("WhatsApp does not have the file any more")]
    Gone,
    /// An address that no token may go to.
    #[error("the file's address is not one of WhatsApp's")]
    Elsewhere,
    /// The address is too old: another one must be asked for.
    #[error("the file's address is not good any more")]
    Stale,
    #[error("{0}")]
    Later(String),
}

impl Source {
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let own = platform::http::client::outside(DOWNLOAD)?;
        let outside = reqwest::Client::builder()
            .timeout(DOWNLOAD)
            .read_timeout(SILENCE)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .https_only(true)
            .dns_resolver(Arc::new(PublicOnly))
            .build()?;
        Ok(Self {
            graph: config.whatsapp_graph_url.clone(),
            version: config.whatsapp_graph_version.clone(),
            hosts: config.whatsapp_media_hosts.iter().map(|host| host.trim().to_ascii_lowercase()).collect(),
            asks: platform::http::client::outside(LOOK_UP)?,
            own,
            outside,
        })
    }

    /// Asks where a file lies now.
    pub async fn look_up(&self, id: &str, number: &str, token: &SecretString) -> Result<Located, NoFile> {
        let mut url = self.graph.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            // As a segment, whatever an id holds.
            path.pop_if_empty().push(&self.version).push(id);
        }
        url.query_pairs_mut().append_pair("phone_number_id", number);
        let answer =
            self.asks.get(url).bearer_auth(token.expose_secret()).send().await.map_err(|error| later(&error))?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or(Value::Null);
        if status.is_success() {
            let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
            let url = text("url").ok_or_else(|| NoFile::Later("the media node names no address".to_owned()))?;
            let size = body.get("file_size").and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok()));
            return Ok(Located {
                url,
                mime_type: text("mime_type"),
                sha256: text("sha256").and_then(|d| digest_of(&d)),
                size,
            });
        }
        let code = body.pointer("/error/code").and_then(Value::as_i64);
        match (status, code) {
            // 100 also says that the token may not see it: a token can be mended, and until then the ladder waits.
            (_, Some(100)) => Err(NoFile::Later("the media node does not show it to this token".to_owned())),
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) | (_, Some(131_052)) => Err(NoFile::Gone),
            _ => Err(NoFile::Later(format!("the media node answers {status}, code {}", code.unwrap_or(0)))),
        }
    }

    /// Opens the file at an address.
    pub async fn open(
        &self,
        url: &str,
        token: &SecretString,
    ) -> Result<BoxStream<'static, Result<Bytes, reqwest::Error>>, NoFile> {
        let url: Url = url.parse().map_err(|_| NoFile::Elsewhere)?;
        let client = self.client_for(&url).ok_or(NoFile::Elsewhere)?;
        let answer = client.get(url).bearer_auth(token.expose_secret()).send().await.map_err(|error| later(&error))?;
        match answer.status() {
            StatusCode::OK => Ok(answer.bytes_stream().boxed()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(NoFile::Stale),
            status => Err(NoFile::Later(format!("the file's address answers {status}"))),
        }
    }

    /// Who may call an address with a token, if anybody.
    fn client_for(&self, url: &Url) -> Option<&reqwest::Client> {
        if is_same_place(&self.graph, url) {
            return Some(&self.own);
        }
        let host = url.host_str()?.to_ascii_lowercase();
        let named = matches!(url.host(), Some(Host::Domain(_))) && self.hosts.contains(&host);
        let plain = url.username().is_empty() && url.password().is_none();
        (url.scheme() == "https" && url.port().is_none() && named && plain).then_some(&self.outside)
    }
}

fn later(error: &reqwest::Error) -> NoFile {
    // The address holds the number's and the file's ids: not for logs.
    NoFile::Later(if error.is_timeout() { "no answer in time".to_owned() } else { "not reached".to_owned() })
}

/// The Graph API's own scheme, host and port; the names of this machine are one.
fn is_same_place(graph: &Url, url: &Url) -> bool {
    let is_here = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    graph.scheme() == url.scheme()
        && graph.port_or_known_default() == url.port_or_known_default()
        && url.username().is_empty()
        && (graph.host() == url.host() || (is_here(graph) && is_here(url)))
}

/// Names that lead to private addresses lead nowhere.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|address| is_public(address.ip())).collect();
            if found.is_empty() {
                return Err(format!("{} leads to no public address", name.as_str()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Not this machine, not this network, not a machine of the cloud's own.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public_v4(ip),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let reserved = a == 0 || a >= 240 || (a == 198 && (18..20).contains(&b)) || (a == 192 && b == 0 && c == 0);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || shared
        || reserved)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let first = ip.segments()[0];
    let unique_local = first & 0xfe00 == 0xfc00;
    let link_local = first & 0xffc0 == 0xfe80;
    // 64:ff9b::/96 and 2002::/16 carry an IPv4 address that may be a private one.
    let carries_v4 = first == 0x2002 || (first == 0x64 && ip.segments()[1] == 0xff9b);
    !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || unique_local || link_local || carries_v4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(graph: &str) -> Source {
        let client = platform::http::client::outside(LOOK_UP).expect("a client");
        Source {
            graph: graph.parse().expect("an address"),
            version: "v25.0".to_owned(),
            hosts: vec!["lookaside.fbsbx.com".to_owned(), "127.0.0.2".to_owned()],
            asks: client.clone(),
            own: client.clone(),
            outside: client,
        }
    }

    #[test]
    fn a_token_goes_to_whatsapp_and_nowhere_else() {
        let real = source("https://graph.facebook.com");
        let may = |source: &Source, url: &str| source.client_for(&url.parse().expect("an address")).is_some();
        assert!(may(&real, "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"));
        assert!(may(&real, "https://graph.facebook.com/v25.0/1"));
        for url in [
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://lookaside.fbsbx.com.example.org/x",
            "https://a@lookaside.fbsbx.com/x",
            "https://evil.example/lookaside.fbsbx.com",
            "https://127.0.0.1/x",
            "http://127.0.0.1:3099/x",
            "http://169.254.169.254/latest/meta-data",
            "https://127.0.0.2/x",
            "https://[::1]/x",
            "file:///etc/passwd",
        ] {
            assert!(!may(&real, url), "{url}");
        }
        let simulator = source("http://127.0.0.1:3099");
        assert!(may(&simulator, "http://127.0.0.1:3099/whatsapp_business/attachments/?mid=1"));
        assert!(may(&simulator, "http://localhost:3099/x"));
        for url in
            ["http://127.0.0.1:5432/", "https://127.0.0.1:3099/", "http://10.0.0.1:3099/", "http://u@127.0.0.1:3099/"]
        {
            assert!(!may(&simulator, url), "{url}");
        }
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for ip in [
            "10.1.2.3",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!is_public(ip.parse().expect("an address")), "{ip}");
        }
        for ip in ["157.240.1.1", "8.8.8.8", "2a03:2880:f003::1"] {
            assert!(is_public(ip.parse().expect("an address")), "{ip}");
        }
    }
}
