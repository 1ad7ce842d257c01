//! 对外请求. The one room from which the program asks services of the office: nothing of inspected sites goes through it.

mod http;
mod id_token;
pub mod oidc;
