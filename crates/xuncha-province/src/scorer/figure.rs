//! One figure of the notice: its exact value and how it is printed.

use serde_json::{Value, json};

use super::exact::Fraction;

/// 数值: one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// A count.
    Count(usize),
    /// An exact value and the decimals to print.
    Exact(Fraction, usize),
    /// Names.
    List(Vec<String>),
    /// Why there is none.
    Missing(&'static str),
}

impl Figure {
    /// As the notice prints it.
    pub fn printed(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Exact(value, places) => value.printed(*places),
            Self::List(names) => names.join("、"),
            Self::Missing(why) => (*why).to_owned(),
        }
    }

    /// The exact value, for whoever wants to look behind the print.
    pub fn value(&self) -> Value {
        match self {
            Self::Count(count) => json!({"count": count}),
            Self::Exact(value, _) => {
                json!({"exact": {"numerator": value.top() as i64, "denominator": value.bottom() as i64}})
            }
            Self::List(names) => json!({"list": names}),
            Self::Missing(why) => json!({"missing": why}),
        }
    }
}
