//! 统一身份认证. Signing in through a provider of identities (OpenID Connect): authorization code with PKCE. The provider is asked for its
//! addresses and keys anew at each sign-in, so that changed keys need no restart; its answer comes over TLS, and is believed by
//! `id_token` only.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::Request;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use url::Url;
use xuncha_web::{Departure, Identity, SignOn, SignOnAnswer};

use super::http::Client;
use super::id_token::{Expected, Keys, believe};
use crate::cli::OidcArgs;

/// 身份提供方. What an administrator said of it.
#[derive(Clone)]
pub struct Provider {
    settings: Arc<Settings>,
}

struct Settings {
    name: String,
    issuer: String,
    client: String,
    secret: Option<String>,
    back: String,
    http: Client,
}

/// What the provider says of itself.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    /// From the command line; `None` where no provider is named.
    pub fn of(arguments: &OidcArgs, address: &str) -> Result<Option<Provider>> {
        let (Some(issuer), Some(client)) = (&arguments.oidc_issuer, &arguments.oidc_client) else {
            return Ok(None);
        };
        let own = Url::parse(address).context("--address 不是地址")?;
        let back = own.join(xuncha_web::SIGN_ON_BACK)?.to_string();
        let settings = Settings {
            name: arguments.oidc_name.clone(),
            issuer: issuer.clone(),
            client: client.clone(),
            secret: secret(arguments.oidc_secret_file.as_ref())?,
            back,
            http: Client::new(arguments.oidc_ca.as_deref())?,
        };
        Ok(Some(Provider {
            settings: Arc::new(settings),
        }))
    }
}

fn secret(file: Option<&PathBuf>) -> Result<Option<String>> {
    let Some(path) = file else {
        return Ok(None);
    };
    let read = std::fs::read_to_string(path);
    let text = read.with_context(|| format!("密钥文件 {} 读不了", path.display()))?;
    Ok(Some(text.trim().to_owned()))
}

impl Settings {
    async fn read<T: DeserializeOwned>(&self, request: Request<Vec<u8>>) -> Result<T> {
        let address = request.uri().to_string();
        let answer = self.http.send(request).await?;
        ensure!(
            answer.status().is_success(),
            "{address} 答 {}",
            answer.status()
        );
        serde_json::from_slice(answer.body()).with_context(|| format!("{address} 的应答读不了"))
    }

    async fn metadata(&self) -> Result<Metadata> {
        let start = self.issuer.trim_end_matches('/');
        let address = format!("{start}/.well-known/openid-configuration");
        let request = Request::get(address).body(Vec::new())?;
        let metadata: Metadata = self.read(request).await?;
        // Who speaks for another issuer could have tokens of that one believed here.
        ensure!(
            metadata.issuer == self.issuer,
            "身份提供方自称 {}，不是 {}",
            metadata.issuer,
            self.issuer
        );
        Ok(metadata)
    }

    async fn begin(&self) -> Result<Departure> {
        let metadata = self.metadata().await?;
        let [state, nonce, verifier] = [(); 3].map(|()| xuncha_web::random_token());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut address = Url::parse(&metadata.authorization_endpoint)?;
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("client_id", &self.client),
            ("redirect_uri", &self.back),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok(Departure {
            address: address.to_string(),
            state,
            nonce,
            verifier,
        })
    }

    async fn finish(&self, code: &str, departure: &Departure) -> Result<Identity> {
        if code.is_empty() {
            bail!("身份提供方没有给授权码");
        }
        let metadata = self.metadata().await?;
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.back),
            ("code_verifier", &departure.verifier),
        ];
        let mut request = Request::post(&metadata.token_endpoint)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json");
        match &self.secret {
            Some(secret) => {
                // As RFC 6749, 2.3.1 wants it: both written as in a form, then as a user with a password.
                let [client, secret] = [&self.client, secret]
                    .map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
                let both = STANDARD.encode(format!("{client}:{secret}"));
                request = request.header("Authorization", format!("Basic {both}"));
            }
            None => pairs.push(("client_id", &self.client)),
        }
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        let tokens: Tokens = self.read(request.body(form.into_bytes())?).await?;
        let keys: Keys = self
            .read(Request::get(&metadata.jwks_uri).body(Vec::new())?)
            .await?;
        let expected = Expected {
            issuer: &self.issuer,
            client: &self.client,
            nonce: &departure.nonce,
            now_s: jiff::Timestamp::now().as_second(),
        };
        let claims = believe(&tokens.id_token, &keys, &expected)?;
        Ok(Identity {
            subject: format!("{} {}", self.issuer, claims.sub),
            login: claims.preferred_username,
        })
    }
}

impl SignOn for Provider {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn begin(&self) -> SignOnAnswer<Departure> {
        let settings = self.settings.clone();
        Box::pin(async move {
            let begun = settings.begin().await;
            begun.map_err(|error| format!("{error:#}"))
        })
    }

    fn finish(&self, code: String, departure: Departure) -> SignOnAnswer<Identity> {
        let settings = self.settings.clone();
        Box::pin(async move {
            let finished = settings.finish(&code, &departure).await;
            finished.map_err(|error| format!("{error:#}"))
        })
    }
}
