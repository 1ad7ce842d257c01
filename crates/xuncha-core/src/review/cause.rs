//! 驳回原因: why a finding is not so, from a closed list, so that what machines get wrong can be counted.

/// 驳回原因.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectCause {
    /// 机器误判.
    Misread,
    /// 复看正常.
    WorksNow,
    /// 不在检查范围.
    OutOfScope,
    /// 与其他问题重复.
    Duplicate,
    /// 证据不足.
    Unproven,
    /// 有备案说明.
    Explained,
    /// 其他.
    Other,
}

/// What stands between the cause and the words of the person, in a review's reason.
const MARK: &str = "：";

impl RejectCause {
    /// Every cause, in the order of the form.
    pub const ALL: [RejectCause; 7] = [
        RejectCause::Misread,
        RejectCause::WorksNow,
        RejectCause::OutOfScope,
        RejectCause::Duplicate,
        RejectCause::Unproven,
        RejectCause::Explained,
        RejectCause::Other,
    ];

    /// Its word in forms.
    pub fn word(self) -> &'static str {
        match self {
            RejectCause::Misread => "misread",
            RejectCause::WorksNow => "works_now",
            RejectCause::OutOfScope => "out_of_scope",
            RejectCause::Duplicate => "duplicate",
            RejectCause::Unproven => "unproven",
            RejectCause::Explained => "explained",
            RejectCause::Other => "other",
        }
    }

    /// The cause of a word.
    pub fn of_word(word: &str) -> Option<RejectCause> {
        RejectCause::ALL
            .into_iter()
            .find(|cause| cause.word() == word)
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            RejectCause::Misread => "机器误判",
            RejectCause::WorksNow => "复看正常",
            RejectCause::OutOfScope => "不在检查范围",
            RejectCause::Duplicate => "与其他问题重复",
            RejectCause::Unproven => "证据不足",
            RejectCause::Explained => "有备案说明",
            RejectCause::Other => "其他",
        }
    }

    /// The reason of a review that rejects for this cause. It stays one text, as every review has it, and reads well by itself.
    pub fn reason(self, words: &str) -> String {
        match words.trim() {
            "" => self.zh().to_owned(),
            words => format!("{}{MARK}{words}", self.zh()),
        }
    }

    /// The cause that a reason begins with.
    pub fn of_reason(reason: &str) -> Option<RejectCause> {
        let first = reason.split(MARK).next().unwrap_or_default();
        RejectCause::ALL
            .into_iter()
            .find(|cause| cause.zh() == first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_gives_its_cause_back() {
        for cause in RejectCause::ALL {
            assert_eq!(RejectCause::of_word(cause.word()), Some(cause));
            for words in ["", "看过：正常", "  "] {
                let reason = cause.reason(words);
                assert_eq!(RejectCause::of_reason(&reason), Some(cause), "{reason}");
            }
        }
        assert_eq!(RejectCause::of_reason("打开核对，确为失效链接"), None);
    }
}
