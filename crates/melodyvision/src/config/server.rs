//! The configuration of a server: one TOML file, and `MV_*` variables over it. Written down in `docs/configuration.md`.

use super::variable;
use mv_api::ApiConfig;
use mv_core::address::is_public;
use mv_core::jobs::Class;
use mv_core::paid_call::Funding;
use mv_core::plan::Plan;
use mv_jobs::{MailSettings, PostHog, Settings, Way};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Value;
use url::Url;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerConfig {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) database_url: Option<Secret>,
    pub(crate) postgres_programs: Option<PathBuf>,
    pub(crate) keys: Option<Secret>,
    pub(crate) s3: Option<S3Config>,
    pub(crate) mail: Option<MailConfig>,
    pub(crate) services: ServicesConfig,
    pub(crate) billing: BillingConfig,
    pub(crate) analytics: AnalyticsConfig,
    pub(crate) worker: WorkerConfig,
    pub(crate) api: ApiConfig,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            data: PathBuf::from("melodyvision-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database_url: None,
            postgres_programs: None,
            keys: None,
            s3: None,
            mail: None,
            services: ServicesConfig::default(),
            billing: BillingConfig::default(),
            analytics: AnalyticsConfig::default(),
            worker: WorkerConfig::default(),
            api: ApiConfig::default(),
        }
    }
}

/// A text that never shows in logs.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct S3Config {
    pub(crate) bucket: String,
    #[serde(default = "region")]
    pub(crate) region: String,
    #[serde(default)]
    pub(crate) endpoint: Option<Url>,
    #[serde(default)]
    pub(crate) public_endpoint: Option<Url>,
    #[serde(default)]
    pub(crate) path_style: bool,
    pub(crate) access_key: String,
    pub(crate) secret_key: Secret,
}

fn region() -> String {
    "auto".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailConfig {
    #[serde(default)]
    pub(crate) smtp: Option<Secret>,
    #[serde(default)]
    pub(crate) resend_key: Option<Secret>,
    #[serde(default)]
    pub(crate) resend_webhook_secrets: Vec<Secret>,
    #[serde(default)]
    pub(crate) resend_api_base: Option<Url>,
    pub(crate) from: String,
}

impl MailConfig {
    /// By what mails leave.
    fn way(&self) -> Result<Way, String> {
        match (&self.smtp, &self.resend_key) {
            (Some(smtp), None) => Ok(Way::Smtp { url: smtp.expose().to_owned() }),
            (None, Some(key)) => {
                let base = self.resend_api_base.as_ref().map_or("https://api.resend.com", Url::as_str);
                Ok(Way::Resend { base: base.to_owned(), key: key.expose().to_owned() })
            }
            (None, None) => {
                Err("`mail` names a sender and no way to send: set `mail.smtp` or `mail.resend_key`".into())
            }
            (Some(_), Some(_)) => {
                Err("mails leave one way: set `mail.smtp` or `mail.resend_key`, not both".into())
            }
        }
    }
}

/// The outside services.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServicesConfig {
    pub(crate) models: Option<PathBuf>,
    pub(crate) keys: BTreeMap<String, Secret>,
    pub(crate) paid_by: PaidBy,
    pub(crate) webhooks: Switch,
    pub(crate) webhook_url: Option<Url>,
    pub(crate) usual: UsualConfig,
    pub(crate) webhook_patience_seconds: Option<u64>,
}

impl ServicesConfig {
    /// Who pays for what the operator's keys buy.
    pub(crate) fn funding(&self) -> Funding {
        match self.paid_by {
            PaidBy::House => Funding::House,
            PaidBy::Credits => Funding::Credits,
        }
    }
}

/// Plans, and how they are paid.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BillingConfig {
    pub(crate) plans: Option<PathBuf>,
    pub(crate) least_plan: Option<Plan>,
    pub(crate) prices: BTreeMap<String, String>,
    pub(crate) stripe: Option<StripeConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StripeConfig {
    pub(crate) secret_key: Secret,
    #[serde(default)]
    pub(crate) webhook_secrets: Vec<Secret>,
    #[serde(default)]
    pub(crate) automatic_tax: Switch,
    #[serde(default)]
    pub(crate) api_base: Option<Url>,
}

/// On unless somebody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Switch(pub(crate) bool);

impl Default for Switch {
    fn default() -> Self {
        Self(true)
    }
}

/// Models that are used where nobody names one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UsualConfig {
    pub(crate) image: Option<String>,
    pub(crate) vision: Option<String>,
}

/// Who pays for what the operator's keys buy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PaidBy {
    #[default]
    House,
    Credits,
}

/// What is counted of what people do.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AnalyticsConfig {
    pub(crate) enabled: Switch,
    pub(crate) keep_months: Option<u32>,
    pub(crate) posthog_key: Option<Secret>,
    pub(crate) posthog_host: Option<Url>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WorkerConfig {
    /// Jobs of each class at once in this process.
    pub(crate) at_once: BTreeMap<Class, usize>,
    /// Jobs of each class at once in all processes.
    pub(crate) at_once_everywhere: BTreeMap<Class, u32>,
    /// Jobs of each class that begin in a minute, in all processes; 0 lifts the limit.
    pub(crate) per_minute: BTreeMap<Class, f64>,
    pub(crate) drain_seconds: Option<u64>,
    pub(crate) keep_gib: Option<u64>,
    pub(crate) keep_months: Option<u32>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("`{}` cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("`{}` is not a configuration: {detail}", path.display())]
    Syntax { path: PathBuf, detail: String },
    #[error("the configuration is wrong: {0}")]
    Meaning(String),
}

/// Every setting, as `docs/configuration.md` lists them: path, what it is without being set, what it is for.
pub(crate) const SETTINGS: &[(&str, &str, &str)] = &[
    ("data", "`melodyvision-data`", "Folder of the private database, the files and the keys."),
    ("listen", "`127.0.0.1:8080`", "Address and port that the server listens on."),
    (
        "database_url",
        "a private PostgreSQL in `data`",
        "Another PostgreSQL, 15 or newer. `DATABASE_URL` sets it too. **Secret.**",
    ),
    (
        "postgres_programs",
        "where systems install them",
        "Folder with `initdb` and `postgres`. `MV_PG_BIN` sets it too.",
    ),
    (
        "keys",
        "a file in `data`, made at the first start",
        "Keys that seal secrets, `ID:HEX` with 64 hex digits, the current one first, between commas. The same on every node. **Secret.**",
    ),
    ("s3.bucket", "files in `data`", "Bucket for all files; with it the next settings count."),
    ("s3.region", "`auto`", "Region; `auto` for R2."),
    ("s3.endpoint", "AWS", "Address of another S3 server."),
    ("s3.public_endpoint", "as `s3.endpoint`", "How people reach it, where that differs."),
    ("s3.path_style", "`false`", "`https://HOST/BUCKET/…` instead of `https://BUCKET.HOST/…`."),
    ("s3.access_key", "", "Access key."),
    ("s3.secret_key", "", "Secret key. **Secret.**"),
    (
        "mail.smtp",
        "links go to the log",
        "`smtps://USER:PASSWORD@HOST:465` or `smtp://HOST:587?tls=required`. **Secret.**",
    ),
    ("mail.resend_key", "none", "Key of Resend, in place of `mail.smtp`. **Secret.**"),
    (
        "mail.resend_webhook_secrets",
        "none",
        "Secrets of Resend's webhook (`whsec_…`), the new one beside the old while they change: bounces and complaints are heard at `/api/webhooks/resend`. **Secret.**",
    ),
    ("mail.resend_api_base", "`https://api.resend.com`", "Another address of Resend's API."),
    ("mail.from", "", "Sender: `MelodyVision <films@example.com>`."),
    (
        "services.models",
        "the built-in list",
        "TOML file of AI services and models of your own, on top of the built-in list. `MV_MODELS` sets it too.",
    ),
    (
        "services.keys.NAME",
        "none",
        "Key of a service, such as `gemini`, `fal`, `kling` (`ACCESS:SECRET`), `runway`, `together`. `MV_KEY_NAME` sets it too. **Secret.**",
    ),
    (
        "services.paid_by",
        "`house`",
        "Who pays for what these keys buy: `house`, the operator, or `credits`, out of people's credits. What people buy with keys of their own, they pay.",
    ),
    (
        "services.webhooks",
        "`true`",
        "Whether services are asked to say when a job is done. They are asked after all the same.",
    ),
    (
        "services.webhook_url",
        "`api.public_url`, where that is an `https` address on the Internet",
        "Where services reach this server, where that differs: the address of a tunnel, say.",
    ),
    (
        "services.usual.image",
        "the built-in maker",
        "Model that makes characters' test pictures where nobody names one, such as `nano-banana`.",
    ),
    (
        "services.usual.vision",
        "nobody",
        "Model that describes characters' photos where nobody names one, such as `gemini-flash`. Photos then leave this server.",
    ),
    (
        "services.webhook_patience_seconds",
        "`900`",
        "How long the webhook of a service that cannot be asked is waited for after its answer to a call was lost.",
    ),
    (
        "billing.plans",
        "the built-in plans",
        "TOML file of what plans cost, allow and bring in credits: `melodyvision admin billing plans` prints the built-in one.",
    ),
    (
        "billing.least_plan",
        "`team`, which unlocks everything; `free` once people can pay",
        "The plan that everybody has at the least: `free`, `indie`, `pro` or `team`.",
    ),
    (
        "billing.prices.NAME",
        "as in the file of plans",
        "Stripe's id of a price: `indie_monthly`, `indie_yearly`, `pro_monthly` …, `pack_500`. What has none is not sold.",
    ),
    (
        "billing.stripe.secret_key",
        "nobody pays",
        "Key of Stripe, `sk_…` or a restricted `rk_…`. With it, people can pay for plans and credits. **Secret.**",
    ),
    (
        "billing.stripe.webhook_secrets",
        "none: events are refused",
        "Secrets of the endpoint of webhooks, `[\"whsec_…\"]`: the current one, and the one before while it is changed. **Secret.**",
    ),
    (
        "billing.stripe.automatic_tax",
        "`true`",
        "Whether Stripe Tax works out and collects taxes. It must be switched on in Stripe's dashboard first.",
    ),
    ("billing.stripe.api_base", "`https://api.stripe.com`", "Address of a counterpart, for tests."),
    (
        "analytics.enabled",
        "`true`",
        "Whether it is counted what people do, in this server's own database. Whoever says no in their settings is not counted.",
    ),
    ("analytics.keep_months", "`13`", "Months that single events are kept; numbers of days stay."),
    (
        "analytics.posthog_key",
        "nothing leaves",
        "Key of a PostHog project. With it and the next setting events are passed on, under pseudonyms. **Secret.**",
    ),
    ("analytics.posthog_host", "nothing leaves", "Where it is: `https://eu.i.posthog.com`, say."),
    (
        "worker.at_once.CLASS",
        "video 3, clip 3, image 10, mail 5, webhook 5, render one a core, analysis 2, cleaning 2, analytics 1",
        "Jobs of a class at once in this process; 0 leaves the class to others.",
    ),
    ("worker.at_once_everywhere.CLASS", "no limit", "Jobs of a class at once in all processes together."),
    (
        "worker.per_minute.CLASS",
        "video 10, clip 10, image 50",
        "Jobs of a class that begin in a minute in all processes together; 0 lifts the limit.",
    ),
    (
        "worker.drain_seconds",
        "`25`",
        "How long running jobs may take to end when the process is told to stop.",
    ),
    ("worker.keep_gib", "`20`", "Files kept at hand in `data`, in GiB."),
    ("worker.keep_months", "`24`", "Months that orders and audit logs are kept."),
    (
        "api.public_url",
        "`http://localhost:PORT`",
        "Where people reach the server: links in mails, cookies, redirects.",
    ),
    ("api.allowed_origins", "none", "Other origins whose pages may call the API."),
    ("api.trusted_proxies", "none", "Proxies whose `X-Forwarded-For` is believed, as networks."),
    (
        "api.signing_keys",
        "made from `keys`",
        "Keys that sign sessions, `NAME:SECRET`; the first signs. **Secret.**",
    ),
    ("api.open_sign_up", "`true`", "Whether strangers may sign up."),
    (
        "api.webhooks_to_loopback",
        "`false`",
        "Lets people's webhooks go to this machine's own loopback addresses, over plain HTTP too: to try them out.",
    ),
    (
        "api.redis_url",
        "PostgreSQL and memory",
        "Redis or Valkey for limits. `REDIS_URL` sets it too. **Secret.**",
    ),
    ("api.metrics_token", "this machine and admins only", "Lets a scraper read `/metrics`. **Secret.**"),
    (
        "api.limits.requests_per_hour",
        "`{ free = 100, indie = 1000, pro = 5000, team = 5000 }`",
        "Requests an hour by a person's API keys, by plan.",
    ),
    (
        "api.limits.session_requests_per_hour",
        "`5000`",
        "Requests an hour by a person in a browser, on every plan that does not allow more.",
    ),
    (
        "api.limits.anonymous_reads_per_hour",
        "`1000`",
        "What pages read in an hour for people at one address who are not signed in.",
    ),
    (
        "api.limits.anonymous_requests_per_hour",
        "`100`",
        "Whatever else comes from that address in an hour, such as signing in.",
    ),
    (
        "api.limits.auth_attempts",
        "`5`",
        "Tries to sign in, sign up or reset a password, by address and by account.",
    ),
    ("api.limits.auth_window_minutes", "`15`", "The minutes these tries are counted over."),
    ("api.limits.sockets", "`20`", "WebSockets that a person may have open at once on one node."),
    ("api.passwords.memory_kib", "`19456`", "Memory that one guess at a password takes, in KiB (Argon2id)."),
    ("api.passwords.passes", "`2`", "Passes over that memory."),
    ("api.passwords.at_once", "`2`", "Passwords checked at once; others wait."),
    ("api.google.client_id", "off", "The registration with Google."),
    ("api.google.client_secret", "", "Its secret. **Secret.**"),
    ("api.github.client_id", "off", "The registration with GitHub."),
    ("api.github.client_secret", "", "Its secret. **Secret.**"),
    ("api.github.issuer", "`https://github.com`", "The site, for GitHub Enterprise."),
    ("api.github.api_url", "`https://api.github.com`", "Its API, for GitHub Enterprise."),
    (
        "api.github.allow_private_addresses",
        "`false`",
        "Lets the provider be on a private address; `api.google` has the same.",
    ),
];

/// The page `docs/configuration.md`.
pub(crate) fn page() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         A server needs none: `melodyvision serve` starts with what stands here. To change something, write a TOML file \
         and name it with `--config FILE` (or `MV_CONFIG`), or set a variable: `MV_` and the setting's path in capitals, \
         with two underscores for each dot. `MV_WORKER__AT_ONCE__RENDER=4` is `worker.at_once.render = 4`. Variables win \
         over the file. Secrets are never written to logs.\n\n\
         | Setting | Without it | What it is |\n| --- | --- | --- |\n",
    );
    for (path, default, text) in SETTINGS {
        page.push_str("| `");
        page.push_str(path);
        page.push_str("` | ");
        page.push_str(default);
        page.push_str(" | ");
        page.push_str(text);
        page.push_str(" |\n");
    }
    page.push_str("\nThis page is written by `melodyvision config`.\n");
    page
}

/// Reads the file, if one is named, and the environment over it.
pub(crate) fn load(file: Option<&Path>) -> Result<ServerConfig, ConfigError> {
    let mut tree = match file {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
            text.parse::<toml::Table>().map_err(|error| ConfigError::Syntax {
                path: path.to_owned(),
                // The parser's own text shows the line, which may hold a secret.
                detail: error.message().to_owned(),
            })?
        }
        None => toml::Table::new(),
    };
    for (name, value) in super::variables() {
        let usual = match name.as_str() {
            "DATABASE_URL" => Some("database_url".to_owned()),
            "REDIS_URL" => Some("api__redis_url".to_owned()),
            "MV_PG_BIN" => Some("postgres_programs".to_owned()),
            "MV_MODELS" => Some("services__models".to_owned()),
            key if key.starts_with("MV_KEY_") => None,
            _ => name.strip_prefix("MV_").map(str::to_ascii_lowercase),
        };
        if let Some(path) = usual.filter(|path| is_setting(path)) {
            put(&mut tree, &path, &value);
        }
    }
    for (provider, key) in super::service_keys() {
        // Not through `put`: a key that looks like a number is a text all the same.
        let services = tree.entry("services").or_insert_with(|| Value::Table(toml::Table::new()));
        let keys = services
            .as_table_mut()
            .map(|services| services.entry("keys").or_insert_with(|| Value::Table(toml::Table::new())));
        if let Some(keys) = keys.and_then(Value::as_table_mut) {
            keys.insert(provider, Value::String(key));
        }
    }
    let port_only = tree.get("api").is_none_or(|api| api.get("public_url").is_none());
    let mut config: ServerConfig = Value::Table(tree)
        .try_into()
        .map_err(|error: toml::de::Error| ConfigError::Meaning(error.message().to_owned()))?;
    if let Some(mail) = &config.mail {
        mail.way().map_err(ConfigError::Meaning)?;
        let secrets = mail.resend_webhook_secrets.iter();
        config.api.resend_webhook_secrets =
            secrets.map(|secret| mv_api::config::Secret::new(secret.expose())).collect();
    }
    if port_only {
        let local = format!("http://localhost:{}", config.listen.port());
        config.api.public_url = local.parse().map_err(|error| ConfigError::Meaning(format!("{error}")))?;
    }
    Ok(config)
}

/// Whether a variable's path begins with a setting: `MV_LOG` and `MV_LANG` are others.
fn is_setting(path: &str) -> bool {
    let first = path.split("__").next().unwrap_or_default();
    SETTINGS.iter().any(|(setting, _, _)| setting.split('.').next() == Some(first))
}

/// Puts a value into the tree; a word that is no TOML value is a text.
fn put(tree: &mut toml::Table, path: &str, value: &str) {
    let parsed =
        format!("value = {value}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    let mut value = parsed.unwrap_or_else(|| Value::String(value.to_owned()));
    let mut names: Vec<&str> = path.split("__").collect();
    let Some(last) = names.pop() else { return };
    // Addresses and keys that look like numbers are texts all the same.
    if !matches!(
        value,
        Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::Array(_) | Value::Table(_)
    ) {
        value = Value::String(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let mut at = tree;
    for name in names {
        let entry = at.entry(name).or_insert_with(|| Value::Table(toml::Table::new()));
        if !entry.is_table() {
            *entry = Value::Table(toml::Table::new());
        }
        let Value::Table(next) = entry else { return };
        at = next;
    }
    at.insert(last.to_owned(), value);
}

impl ServerConfig {
    /// The worker's settings; `only` leaves out every other class.
    pub(crate) fn jobs(&self, only: &[Class]) -> Settings {
        let mut settings = Settings::new(self.data.join("work"));
        for (class, count) in &self.worker.at_once {
            settings.at_once.insert(*class, *count);
        }
        settings.at_once.retain(|class, count| *count > 0 && (only.is_empty() || only.contains(class)));
        settings.at_once_everywhere.clone_from(&self.worker.at_once_everywhere);
        settings.per_minute.extend(self.worker.per_minute.clone());
        settings.per_minute.retain(|_, rate| *rate > 0.0);
        if let Some(seconds) = self.worker.drain_seconds {
            settings.drain = Duration::from_secs(seconds);
        }
        if let Some(gib) = self.worker.keep_gib {
            settings.keep_bytes = gib << 30;
        }
        if let Some(months) = self.worker.keep_months {
            settings.keep_months = months;
        }
        settings.public_url = self.api.public_url.to_string();
        settings.mail = self.mail();
        settings.webhook_url = self.webhook_url();
        settings.webhooks.to_loopback = self.api.webhooks_to_loopback;
        if let Some(months) = self.analytics.keep_months {
            settings.analytics.keep_months = months;
        }
        settings.analytics.posthog = self.posthog();
        settings
    }

    /// Where services can call this server back, if they can.
    fn webhook_url(&self) -> Option<String> {
        let own = &self.services;
        let public =
            Some(&self.api.public_url).filter(|url| url.scheme() == "https" && is_on_the_internet(url));
        let url = own.webhook_url.as_ref().or(public).filter(|_| own.webhooks.0)?;
        Some(url.as_str().trim_end_matches('/').to_owned())
    }

    /// Where events are passed on to, if anywhere.
    fn posthog(&self) -> Option<PostHog> {
        let AnalyticsConfig {
            enabled: Switch(true), posthog_key: Some(key), posthog_host: Some(host), ..
        } = &self.analytics
        else {
            return None;
        };
        Some(PostHog { host: host.to_string(), key: key.expose().to_owned() })
    }

    /// How mails are sent, if they are.
    pub(crate) fn mail(&self) -> Option<MailSettings> {
        let mail = self.mail.as_ref()?;
        // Looked at when it was read.
        Some(MailSettings { way: mail.way().ok()?, from: mail.from.clone() })
    }
}

/// Whether a name or an address is one that services elsewhere can find.
fn is_on_the_internet(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => is_public(address.into()),
        Some(url::Host::Ipv6(address)) => is_public(address.into()),
        Some(url::Host::Domain(name)) => {
            let last = name.rsplit('.').next().unwrap_or_default();
            name.contains('.')
                && !matches!(last, "localhost" | "local" | "internal" | "lan" | "home" | "test")
        }
        None => false,
    }
}

/// The file that `--config` or `MV_CONFIG` names.
pub(crate) fn file(given: Option<&Path>) -> Option<PathBuf> {
    given.map(Path::to_owned).or_else(|| variable("MV_CONFIG").map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_the_one_in_the_docs() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
        let written = std::fs::read_to_string(docs).unwrap();
        assert!(written == page(), "run `melodyvision config > docs/configuration.md`");
    }

    #[test]
    fn variables_reach_into_tables() {
        let mut tree: toml::Table = "listen = \"0.0.0.0:80\"\n[worker]\nkeep_gib = 3".parse().unwrap();
        put(&mut tree, "worker__at_once__render", "4");
        put(&mut tree, "data", "/srv/films");
        put(&mut tree, "api__open_sign_up", "false");
        let config: ServerConfig = Value::Table(tree).try_into().unwrap();
        assert_eq!(config.worker.at_once[&Class::Render], 4);
        assert_eq!((config.data.to_str(), config.worker.keep_gib), (Some("/srv/films"), Some(3)));
        assert!(!config.api.open_sign_up);
        let jobs = config.jobs(&[Class::Render]);
        assert_eq!(jobs.at_once.len(), 1);
        assert_eq!(jobs.at_once[&Class::Render], 4);
    }

    #[test]
    fn services_call_back_where_they_can_find_the_server() {
        let url = |text: &str| {
            let config: ServerConfig = Value::Table(text.parse::<toml::Table>().unwrap()).try_into().unwrap();
            config.jobs(&[]).webhook_url
        };
        let public = |address: &str| url(&format!("api.public_url = \"{address}\""));
        assert_eq!(public("https://films.example.com/"), Some("https://films.example.com".into()));
        assert_eq!(public("https://203.1.113.9"), Some("https://203.1.113.9".into()));
        for hidden in
            ["http://films.example.com", "https://localhost", "https://studio.local", "https://10.0.0.2"]
        {
            assert_eq!(public(hidden), None, "{hidden}");
        }
        let tunnel = "services.webhook_url = \"https://tunnel.example/mv/\"";
        assert_eq!(url(tunnel), Some("https://tunnel.example/mv".into()));
        assert_eq!(url(&format!("services.webhooks = false\n{tunnel}")), None);
    }

    #[test]
    fn secrets_do_not_show() {
        let config: ServerConfig =
            "database_url = \"postgres://u:hunter2@h/d\"".parse::<toml::Table>().unwrap().try_into().unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn mails_leave_one_way() {
        let way = |text: &str| {
            let table: toml::Table = format!("mail.from = \"films@example.com\"\n{text}").parse().unwrap();
            let config: ServerConfig = Value::Table(table).try_into().unwrap();
            config.mail.as_ref().unwrap().way()
        };
        assert!(matches!(way("mail.smtp = \"smtp://localhost\""), Ok(Way::Smtp { .. })));
        let resend = way("mail.resend_key = \"re_hunter2\"").unwrap();
        assert!(matches!(&resend, Way::Resend { base, .. } if base == "https://api.resend.com"));
        assert!(!format!("{resend:?}").contains("hunter2"));
        assert!(way("").is_err() && way("mail.smtp = \"smtp://h\"\nmail.resend_key = \"re_1\"").is_err());
    }

    #[test]
    fn what_is_not_a_setting_is_refused() {
        let wrong: Result<ServerConfig, _> = "lisen = 1".parse::<toml::Table>().unwrap().try_into();
        assert!(wrong.unwrap_err().to_string().contains("lisen"));
        assert!(!is_setting("log") && is_setting("worker__at_once__mail"));
    }
}
