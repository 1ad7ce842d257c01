//! 对外请求. The one room from which the program asks services of the office: nothing of inspected sites goes through it.

pub mod delivery;
pub mod guard;
pub mod http;
mod id_token;
pub mod mail;
pub mod oidc;
pub mod opinion;
pub mod robot;
