//! A new configuration for the running daemon: read aside, taken only if it is without error.

use std::os::fd::{AsFd, OwnedFd};

use crate::config::problem::{Problems, Severity};
use crate::config::{Config, Loaded};
use crate::daemon::load;
use crate::machine::Instant;
use crate::sys::clock;
use crate::wire::ipc::{ToChild, ToParent};

use super::Parent;
use super::child::Heard;
use super::control::ClientId;

/// A configuration that was sent to the child, and not confirmed yet.
#[derive(Debug)]
pub(super) struct Pending {
    generation: u32,
    config: Config,
    text: OwnedFd,
    /// Commands that wait to hear what becomes of it.
    clients: Vec<ClientId>,
}

/// What a command is told when the configuration was not taken.
const REFUSED: u8 = 5;
/// What it is told when the daemon could not do it.
const FAILED: u8 = 4;

impl Parent {
    /// Read the configuration again, for a signal or for a command that waits for the answer.
    pub(super) fn reload(&mut self, now: Instant, client: Option<ClientId>) {
        if self.stopping.is_some() {
            return self.answer(client, FAILED, "the daemon is stopping\n");
        }
        log::info!("reading {} again", self.settings.file);
        let fresh = match load::fresh(&self.settings) {
            Ok(fresh) => fresh,
            Err(error) => {
                log::error!("no room for the configuration ({error})");
                return self.refuse(client, FAILED, &format!("no room for it ({error})\n"));
            }
        };
        let Loaded { config, problems, names, failed } = fresh.loaded;
        if let Some(error) = failed {
            let text = load::failure(&self.settings.file, error);
            log::error!("{text}");
            return self.refuse(client, FAILED, &format!("{text}\n"));
        }
        log_problems(&problems, &names);
        let text = problems.text(&names);
        if problems.sorted().iter().any(|one| one.severity == Severity::Error) {
            return self.refuse(client, REFUSED, &text);
        }
        self.say(client, &text);
        self.generation = self.generation.wrapping_add(1);
        let generation = self.generation;
        let clients = client.into_iter().collect();
        let pending = Pending { generation, config, text: fresh.text, clients };
        self.take(now, pending);
    }

    /// A command has left without its answer.
    pub(super) fn forget(&mut self, client: ClientId) {
        if let Some(pending) = &mut self.pending {
            pending.clients.retain(|waits| *waits != client);
        }
    }

    fn take(&mut self, now: Instant, mut pending: Pending) {
        if let Some(before) = self.pending.take() {
            // The child takes one after the other: what becomes of the last one is the answer to
            // all.
            pending.clients.extend(before.clients);
        }
        let load = ToChild::Load { generation: pending.generation };
        if self.vrrp.is_alive() {
            let sent = self.vrrp.tell(load, Some(pending.text.as_fd()));
            self.pending = Some(pending);
            if !sent {
                self.settle_pending(false);
            }
            return;
        }
        self.begin_with(now, pending);
    }

    /// No child runs: the next one begins with this configuration.
    pub(super) fn begin_with(&mut self, now: Instant, pending: Pending) {
        self.config = pending.config;
        self.text = pending.text;
        if self.wants_vrrp() && self.vrrp.start_at.is_none() {
            self.vrrp.start_at = Some(now);
        }
        log::info!("the configuration is in force");
        self.answer_all(&pending.clients, 0, "");
    }

    fn refuse(&mut self, client: Option<ClientId>, code: u8, text: &str) {
        log::error!("the configuration is not taken, the one before stays in force");
        self.answer(client, code, text);
    }

    /// What the child says.
    pub(super) fn hear_child(&mut self) {
        loop {
            match self.vrrp.hear() {
                Heard::Message(ToParent::Ready { generation }) => self.settle(generation, true),
                Heard::Message(ToParent::Refused { generation }) => self.settle(generation, false),
                Heard::Message(ToParent::Reported { .. }) => {}
                Heard::Nothing => return,
                // The end would be told again and again; SIGCHLD says how it ended.
                Heard::Gone => return self.vrrp.unwatch(&self.poll),
                Heard::Nonsense => {
                    log::error!("the VRRP child speaks another language: killed");
                    self.vrrp.unwatch(&self.poll);
                    return self.vrrp.kill();
                }
            }
        }
    }

    fn settle(&mut self, generation: u32, taken: bool) {
        if self.pending.as_ref().is_some_and(|pending| pending.generation == generation) {
            self.settle_pending(taken);
        }
    }

    /// The configuration that was sent is in force, or never will be.
    pub(super) fn settle_pending(&mut self, taken: bool) {
        let Some(pending) = self.pending.take() else { return };
        if !taken {
            log::error!("the configuration was not taken, the one before stays in force");
            return self.answer_all(&pending.clients, FAILED, "the VRRP child did not take it\n");
        }
        self.config = pending.config;
        self.text = pending.text;
        log::info!("the configuration is in force");
        if !self.wants_vrrp() {
            self.vrrp.tell(ToChild::Stop, None);
        }
        self.answer_all(&pending.clients, 0, "");
        self.vrrp.start_at = self.vrrp.start_at.map(|at| at.max(clock::now()));
    }

    fn answer_all(&mut self, clients: &[ClientId], code: u8, text: &str) {
        for &client in clients {
            self.answer(Some(client), code, text);
        }
    }
}

/// Log what is wrong, a line each.
pub(super) fn log_problems(problems: &Problems, names: &[Box<str>]) {
    problems.lines(names, &mut |severity, line| {
        let level = match severity {
            Severity::Note => log::Level::Info,
            Severity::Caution | Severity::Warning => log::Level::Warn,
            Severity::Error | Severity::Script => log::Level::Error,
        };
        log::log!(level, "{line}");
    });
}
