//! 轮次结果: everything a round came to, put together from its rows by the core, without judging anew.

use std::collections::BTreeMap;

use xuncha_core::judge::Judgement;
use xuncha_core::registry::TargetId;
use xuncha_core::results::Results;
use xuncha_core::review::Review;
use xuncha_core::round::Round;

use crate::{Result, Store, StoreError};

impl Store {
    /// Results of a round from what is stored.
    pub async fn results(&self, round: &Round) -> Result<Results> {
        let sample = self.sample(&round.id).await?;
        let sample = sample.ok_or(StoreError::Refused("这一轮还没有抽样"))?;
        let previous = self.earlier_rounds(&round.id).await?;
        let mut judgements: BTreeMap<TargetId, Vec<Judgement>> = BTreeMap::new();
        for one in self.judgements(&round.id, None).await? {
            judgements.entry(one.target.clone()).or_default().push(one);
        }
        let mut reviews: BTreeMap<TargetId, Vec<Review>> = BTreeMap::new();
        for one in self.reviews(&round.id).await? {
            reviews.entry(one.target.clone()).or_default().push(one);
        }
        let subjects = self.subjects(&round.id).await?;
        let judged = subjects.into_iter().map(|subject| {
            let id = subject.target.id().clone();
            let own = judgements.remove(&id).unwrap_or_default();
            (subject, own, reviews.remove(&id).unwrap_or_default())
        });
        Ok(Results::reckon(
            round.clone(),
            sample,
            previous,
            judged.collect(),
        ))
    }
}
