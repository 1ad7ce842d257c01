//! 身份令牌. Whether a token of a provider of identities (OpenID Connect Core, 3.1.3.7) says what it says: signed by a key of the provider,
//! for us, now, and for the question that we asked. Signatures are RS256 and ES256; anything else, `none` above all, is refused.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// How far the clocks of both machines may be apart.
const LEEWAY_S: i64 = 60;

/// 公钥. A key of the provider, as its list gives it.
#[derive(Debug, Deserialize)]
pub struct Key {
    kty: String,
    #[serde(default)]
    kid: String,
    #[serde(default, rename = "use")]
    purpose: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

/// 公钥表.
#[derive(Debug, Deserialize)]
pub struct Keys {
    /// All keys.
    pub keys: Vec<Key>,
}

/// What the token has to be for.
pub struct Expected<'a> {
    /// Who signs.
    pub issuer: &'a str,
    /// For whom.
    pub client: &'a str,
    /// The question that it answers.
    pub nonce: &'a str,
    /// Now, in seconds since 1970.
    pub now_s: i64,
}

/// 声明. What a token says of a person, once it is believed.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Claims {
    iss: String,
    /// Number of the person at the provider.
    pub sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: String,
    /// Login of the person there.
    #[serde(default)]
    pub preferred_username: String,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    /// Extensions that must be understood: we understand none.
    #[serde(default)]
    crit: Vec<String>,
}

/// What a token says, where it is signed by one of the keys and for what is expected.
pub fn believe(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims> {
    let parts: Vec<&str> = token.split('.').collect();
    let [head, body, signature] = parts.as_slice() else {
        bail!("身份令牌不是三段");
    };
    let header: Header = part(head).context("身份令牌的头读不了")?;
    ensure!(header.crit.is_empty(), "身份令牌用了不认识的扩展");
    let signed = format!("{head}.{body}");
    let signature = decoded(signature)?;
    let of_kid = |key: &&Key| header.kid.is_empty() || key.kid.is_empty() || key.kid == header.kid;
    let candidates = keys.keys.iter().filter(of_kid);
    let is_signed = candidates
        .filter(|key| matches!(key.purpose.as_str(), "" | "sig"))
        .any(|key| is_signed_by(key, &header.alg, signed.as_bytes(), &signature));
    ensure!(is_signed, "身份令牌的签名不对（{}）", header.alg);
    let claims: Claims = part(body).context("身份令牌的内容读不了")?;
    hold(&claims, expected)?;
    Ok(claims)
}

fn hold(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    ensure!(claims.iss == expected.issuer, "身份令牌由别人签发");
    let (is_for_us, is_for_others) = match &claims.aud {
        Audience::One(one) => (one == expected.client, false),
        Audience::Many(all) => (
            all.iter().any(|one| one == expected.client),
            all.iter().any(|one| one != expected.client),
        ),
    };
    ensure!(is_for_us && !is_for_others, "身份令牌是给别人的");
    let is_ours = |azp: &String| azp == expected.client;
    ensure!(
        claims.azp.as_ref().is_none_or(is_ours),
        "身份令牌是给别人的"
    );
    ensure!(claims.exp > expected.now_s - LEEWAY_S, "身份令牌已经过期");
    let is_begun = claims
        .nbf
        .is_none_or(|from| from <= expected.now_s + LEEWAY_S);
    ensure!(is_begun, "身份令牌还没有生效");
    ensure!(
        !expected.nonce.is_empty() && claims.nonce == expected.nonce,
        "身份令牌答的不是这次请求"
    );
    ensure!(!claims.sub.is_empty(), "身份令牌没有编号");
    Ok(())
}

fn is_signed_by(key: &Key, alg: &str, signed: &[u8], signature: &[u8]) -> bool {
    match (alg, key.kty.as_str()) {
        ("RS256", "RSA") => {
            let (Ok(n), Ok(e)) = (decoded(&key.n), decoded(&key.e)) else {
                return false;
            };
            let public = RsaPublicKeyComponents { n, e };
            let how = &RSA_PKCS1_2048_8192_SHA256;
            public.verify(how, signed, signature).is_ok()
        }
        ("ES256", "EC") if key.crv == "P-256" => {
            let (Ok(x), Ok(y)) = (decoded(&key.x), decoded(&key.y)) else {
                return false;
            };
            // An uncompressed point: 4, x, y.
            let point = [&[4], x.as_slice(), &y].concat();
            let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            public.verify(signed, signature).is_ok()
        }
        _ => false,
    }
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).context("身份令牌的编码不对")
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_json::from_slice(&decoded(text)?)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::{Value, json};

    const NOW_S: i64 = 1_775_000_000;

    struct Signer {
        pair: EcdsaKeyPair,
        keys: Keys,
    }

    impl Signer {
        fn new() -> Signer {
            let random = SystemRandom::new();
            let how = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let document = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(how, document.as_ref(), &random).unwrap();
            let point = pair.public_key().as_ref().to_vec();
            let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            let key = json!({
                "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig",
                "x": encode(&point[1..33]), "y": encode(&point[33..]),
            });
            Signer {
                pair,
                keys: serde_json::from_value(json!({ "keys": [key] })).unwrap(),
            }
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", encode(header), encode(claims));
            let random = SystemRandom::new();
            let signature = self.pair.sign(&random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        }
    }

    fn claims() -> Value {
        json!({
            "iss": "https://id.example", "sub": "s-1", "aud": "xuncha", "exp": NOW_S + 300,
            "nonce": "n", "preferred_username": "wang",
        })
    }

    fn ask(signer: &Signer, token: &str) -> Result<Claims> {
        let expected = Expected {
            issuer: "https://id.example",
            client: "xuncha",
            nonce: "n",
            now_s: NOW_S,
        };
        believe(token, &signer.keys, &expected)
    }

    #[test]
    fn a_token_is_believed_for_what_was_asked_only() {
        let signer = Signer::new();
        let header = json!({ "alg": "ES256", "kid": "k1" });
        let good = ask(&signer, &signer.token(&header, &claims())).unwrap();
        assert_eq!(
            (good.sub.as_str(), good.preferred_username.as_str()),
            ("s-1", "wang")
        );
        for (name, value, why) in [
            ("iss", json!("https://evil.example"), "由别人签发"),
            ("aud", json!("other"), "给别人"),
            ("aud", json!(["xuncha", "other"]), "给别人"),
            ("aud", json!([]), "给别人"),
            ("azp", json!("other"), "给别人"),
            ("exp", json!(NOW_S - 61), "过期"),
            ("nbf", json!(NOW_S + 61), "还没有生效"),
            ("nonce", json!("other"), "不是这次请求"),
            ("nonce", json!(""), "不是这次请求"),
            ("sub", json!(""), "没有编号"),
        ] {
            let mut changed = claims();
            changed[name] = value.clone();
            let error = ask(&signer, &signer.token(&header, &changed)).unwrap_err();
            assert!(error.to_string().contains(why), "{name} {value}: {error}");
        }
        let mut many = claims();
        many["aud"] = json!(["xuncha"]);
        assert!(ask(&signer, &signer.token(&header, &many)).is_ok());
    }

    #[test]
    fn a_signature_is_of_a_key_of_the_provider() {
        let signer = Signer::new();
        let other = Signer::new();
        let header = json!({ "alg": "ES256", "kid": "k1" });
        let token = signer.token(&header, &claims());
        let refused = |token: &str| ask(&signer, token).unwrap_err().to_string();
        assert!(refused(&other.token(&header, &claims())).contains("签名不对"));
        for alg in ["none", "HS256", "RS256", "ES384", "es256"] {
            let header = json!({ "alg": alg, "kid": "k1" });
            let said = refused(&signer.token(&header, &claims()));
            assert!(said.contains("签名不对"), "{alg}: {said}");
        }
        let unknown = json!({ "alg": "ES256", "kid": "k2" });
        assert!(refused(&signer.token(&unknown, &claims())).contains("签名不对"));
        let critical = json!({ "alg": "ES256", "kid": "k1", "crit": ["x"] });
        assert!(refused(&signer.token(&critical, &claims())).contains("扩展"));
        // Another content under the same signature, no signature, and what is no token.
        let parts: Vec<&str> = token.split('.').collect();
        let mut forged = claims();
        forged["sub"] = json!("s-2");
        let body = URL_SAFE_NO_PAD.encode(forged.to_string());
        assert!(refused(&format!("{}.{body}.{}", parts[0], parts[2])).contains("签名不对"));
        assert!(refused(&format!("{}.{}.", parts[0], parts[1])).contains("签名不对"));
        for text in ["", "a.b", "a.b.c.d", "!.!.!"] {
            assert!(ask(&signer, text).is_err(), "{text}");
        }
        let encrypts = json!({ "alg": "ES256", "kid": "k1" });
        let mut keys = Signer::new();
        keys.keys.keys[0].purpose = "enc".to_owned();
        assert!(ask(&keys, &keys.token(&encrypts, &claims())).is_err());
    }
}
