//! 投递结果. What is known after an attempt; what is not known is said too.

/// 投递结果.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// 已发: the other side took it; what it said.
    Sent(String),
    /// 稍后再发: certainly not taken, and it may be next time.
    Later(String),
    /// 拒收: certainly not taken, and never will be.
    Refused(String),
    /// 待核实: it left, and no answer came.
    Unsure(String),
}
