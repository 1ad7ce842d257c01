//! `xuncha-gather`: the one door to inspected sites and accounts.
//!
//! It asks politely over HTTP/1.1 on sockets of its own ([`client`], [`politeness`]), crawls a site in an order that is the same on
//! every run (`crawl.rs`), visits it on a schedule ([`schedule`]), records what the network says of it (`network.rs`), and hands every exchange to an [`sink::EvidenceSink`] before
//! anything is concluded from it. A whole round is [`round::gather_round`], one site now is [`check::check_site`], addresses known from earlier are [`again::ask_again`].
//!
//! It never judges, never writes a file or a database itself, never executes what it reads, never asks a private address that was
//! not named, and never asks a host faster than promised. Reading pages is the work of `xuncha_core::facts`.
//!
//! Start reading at [`client::Client::fetch`] (one question and all that can go wrong), then [`state::SiteState`] (what a crawl
//! remembers and how it is rebuilt from records), then [`round::gather_round`].

mod account;
pub mod again;
pub mod body;
pub mod browser;
mod candidates;
mod certificate;
pub mod check;
pub mod client;
pub mod clock;
mod connection;
mod crawl;
mod desk;
mod dial;
pub mod documents;
mod doubt;
pub mod exchange;
mod gatherer;
pub mod guard;
pub mod hello;
pub mod http1;
mod jar;
mod legacy;
mod manner;
mod message;
mod network;
mod opened;
mod opinion;
pub mod outside;
mod patience;
pub mod phases;
pub mod pictures;
pub mod politeness;
pub mod reduced;
mod render;
pub mod report;
mod resolve;
pub mod robots;
pub mod round;
pub mod schedule;
pub mod settings;
mod shelf;
pub mod sink;
mod sitemaps;
pub mod state;
mod task;
mod tls;
pub mod traps;
mod unread;
mod visit;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether this build can read pages of servers that only speak TLS 1.0, 1.1 or RSA key exchange.
pub const READS_LEGACY_TLS: bool = legacy::IS_BUILT_IN;

/// Locks even where another thread panicked while holding it: our guarded values are never left half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
