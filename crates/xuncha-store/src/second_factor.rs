//! 二次验证: the secret of a person's code generator (TOTP), offered first and in force once a code of it was shown, with the recovery
//! codes that stand in for a lost one. Only hashes of recovery codes are stored.

use crate::audit::{AuditAction, AuditEntry};
use crate::login::hash;
use crate::person::object;
use crate::sql;
use crate::{Result, Store};

/// 验证密钥. What is known of a person's second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactor {
    /// In force; in Base32.
    pub secret: Option<String>,
    /// Offered and not yet shown to work.
    pub offered: Option<String>,
    /// Recovery codes that are left.
    pub codes_left: u64,
}

impl Store {
    /// The second factor of a person.
    pub async fn second_factor(&self, number: i64) -> Result<SecondFactor> {
        let sql = "SELECT totp_secret, totp_offered, \
             (SELECT COUNT(*) FROM recovery_codes c WHERE c.person = p.number) AS codes_left FROM persons p WHERE number = ?";
        let Some(row) = sql::row(self.read(), sql, vec![number.into()]).await? else {
            return Ok(SecondFactor::default());
        };
        let codes_left: i64 = row.try_get_by("codes_left")?;
        Ok(SecondFactor {
            secret: row.try_get_by("totp_secret")?,
            offered: row.try_get_by("totp_offered")?,
            codes_left: codes_left as u64,
        })
    }

    /// Keeps a secret until a code of it was shown.
    pub async fn offer_second_factor(&self, number: i64, secret: &str) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "UPDATE persons SET totp_offered = ? WHERE number = ?";
        sql::run(
            &transaction.inner,
            sql,
            vec![sql::text(secret), number.into()],
        )
        .await?;
        transaction.commit().await
    }

    /// Puts the offered secret in force: a code of `step` was shown. `false` where another one is offered meanwhile.
    pub async fn set_second_factor(
        &self,
        number: i64,
        secret: &str,
        step: i64,
        codes: &[String],
    ) -> Result<bool> {
        let transaction = self.begin().await?;
        let sql = "UPDATE persons SET totp_secret = totp_offered, totp_offered = NULL, totp_step = ? WHERE number = ? AND totp_offered = ?";
        let values = vec![step.into(), number.into(), sql::text(secret)];
        if sql::run(&transaction.inner, sql, values).await? == 0 {
            return Ok(false);
        }
        let delete = "DELETE FROM recovery_codes WHERE person = ?";
        sql::run(&transaction.inner, delete, vec![number.into()]).await?;
        let rows = codes
            .iter()
            .map(|code| vec![number.into(), sql::text(&hash(code))]);
        let columns = ["person", "code_sha256"];
        sql::insert(
            &transaction.inner,
            "recovery_codes",
            &columns,
            rows.collect(),
            "",
        )
        .await?;
        let entry = AuditEntry::new(AuditAction::SecondFactorSet, object(number));
        transaction.audit(&[entry]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes the second factor away, with its recovery codes.
    pub async fn remove_second_factor(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "UPDATE persons SET totp_secret = NULL, totp_offered = NULL, totp_step = 0 WHERE number = ?";
        sql::run(&transaction.inner, sql, vec![number.into()]).await?;
        let delete = "DELETE FROM recovery_codes WHERE person = ?";
        sql::run(&transaction.inner, delete, vec![number.into()]).await?;
        let entry = AuditEntry::new(AuditAction::SecondFactorRemoved, object(number));
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }
}
