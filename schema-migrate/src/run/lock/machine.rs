use std::sync::OnceLock;

/// The machine that this process runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) host: String,
    /// Tells the running kernel from every other one, also from the same machine's before it was
    /// started again. All containers of a machine have the same. Empty where there is none.
    pub(super) boot: String,
}

impl Machine {
    pub(super) fn this() -> &'static Self {
        static THIS: OnceLock<Machine> = OnceLock::new();
        THIS.get_or_init(|| Self { host: host(), boot: boot() })
    }

    /// Whether the kernel's locks of one are seen by the other. A container that is started again has
    /// another host name and the same kernel; a machine that is, the same name and another kernel.
    pub(super) fn shares_locks_with(&self, host: &str, boot: &str) -> bool {
        (!boot.is_empty() && self.boot == boot) || self.host.eq_ignore_ascii_case(host)
    }
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().trim().to_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

fn boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_is_started_again_shares_its_locks_and_another_machine_does_not() {
        let this = Machine { host: "app-1".to_owned(), boot: "kernel-1".to_owned() };
        assert!(this.shares_locks_with("app-2", "kernel-1"), "another container of this machine");
        assert!(this.shares_locks_with("APP-1", "kernel-2"), "this machine, started again");
        assert!(!this.shares_locks_with("app-2", "kernel-2"));
        let without = Machine { host: "mac".to_owned(), boot: String::new() };
        assert!(!without.shares_locks_with("other", ""));
    }
}
