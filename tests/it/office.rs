//! A workspace with gates and people who have keys: what tests of decisions stand on.

use std::process::Command;

use crate::sandbox::{Run, Sandbox};

/// The starter with gates, built.
#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) sandbox: Sandbox,
}

/// The gates of the starter, and who approves at each.
pub(crate) const APPROVERS: [(&str, &str); 5] = [
    ("legal:launch/northlight", "shah"),
    ("legal:launch/fernway", "kim"),
    ("ops:launch", "novak"),
    ("analytics:launch", "silva"),
    ("brand:launch/email", "moreau"),
];

/// Before the window of the starter freezes.
pub(crate) const NOON: &str = "2097-03-08T12:00:00Z";
pub(crate) const NAMESPACE: &str = "throughline-approval-v1";

pub(crate) const GATES: &str = r#"
[roles.legal]
principals = ["shah@rewards.example", "kim@rewards.example"]
[roles.ops]
principals = ["novak@rewards.example"]
[roles.analytics]
principals = ["silva@rewards.example"]
[roles.brand]
principals = ["moreau@rewards.example"]

[people]
"shah@rewards.example" = ["p.shah"]
"moreau@rewards.example" = ["maria.chen"]

[[gates]]
id = "legal"
role = "legal"
scope = "{campaign}/{partner}"
watches = ["commercial", "legal"]
sticky = "facets"
ttl = "14d"

[[gates]]
id = "ops"
role = "ops"
scope = "{campaign}"
watches = ["technical"]
sticky = "facets"

[[gates]]
id = "analytics"
role = "analytics"
scope = "{campaign}"
watches = ["link.url"]
sticky = "facets"

[[gates]]
id = "brand"
role = "brand"
scope = "{campaign}/{channel}"
artifacts = ["email/**"]
watches = ["creative"]
sticky = "bytes"
not_author = false
"#;

impl Office {
    /// With these gates.
    pub(crate) fn with(gates: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.run(&["init"]).expect_code(0);
        // A release is judged by the clock as well, so what is decided here must lie ahead of it.
        for file in ["briefs/launch.md", "partners/offers.csv"] {
            sandbox.write(file, sandbox.read(file).replace("2027-", "2097-"));
        }
        sandbox.write("rules/gates.toml", gates);
        sandbox.write("rules/allowed_signers", "");
        let office = Self { sandbox };
        office.build();
        office
    }

    pub(crate) fn new() -> Self {
        let office = Self::with(GATES);
        for who in ["shah", "kim", "novak", "silva", "moreau"] {
            office.hire(who);
        }
        office
    }

    #[track_caller]
    pub(crate) fn build(&self) {
        self.sandbox.run(&["build"]).expect_code(0);
    }

    /// Makes a key, and writes down whose it is.
    pub(crate) fn hire(&self, who: &str) {
        self.make_key(who);
        self.allow(&format!("{who}@rewards.example"), "", who);
    }

    pub(crate) fn make_key(&self, name: &str) {
        let key = self.key(name);
        std::fs::create_dir_all(self.sandbox.path("keys")).unwrap();
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", &key])
            .status();
        assert!(made.unwrap().success());
    }

    pub(crate) fn key(&self, name: &str) -> String {
        self.sandbox.path(&format!("keys/{name}")).to_str().unwrap().to_owned()
    }

    /// Adds a line to `rules/allowed_signers`.
    pub(crate) fn allow(&self, principal: &str, options: &str, key: &str) {
        let public = self.sandbox.read(&format!("keys/{key}.pub"));
        let known = self.sandbox.read("rules/allowed_signers");
        let line = format!("{known}{principal} {options} {public}");
        self.sandbox.write("rules/allowed_signers", line.replace("  ", " "));
    }

    /// `GATE:SCOPE@DIGEST` of a scope as it is now.
    #[track_caller]
    pub(crate) fn subject(&self, name: &str) -> String {
        let run = self.sandbox.run(&["review", name, "--format", "short", "--as-of", NOON]);
        run.expect_code(0).stdout.trim().to_owned()
    }

    /// Decides.
    pub(crate) fn decide(&self, word: &str, what: &str, who: &str, more: &[&str]) -> Run {
        let key = self.key(who);
        let mut arguments = vec![word, what, "--key", &key, "--at", NOON];
        arguments.extend(more);
        self.sandbox.run(&arguments)
    }

    #[track_caller]
    pub(crate) fn approve(&self, name: &str, who: &str) {
        self.decide("approve", &self.subject(name), who, &[]).expect_code(0);
    }

    /// Approves at all gates of the starter, and releases.
    #[track_caller]
    pub(crate) fn release_approved(&self) {
        for (gate, who) in APPROVERS {
            self.approve(gate, who);
        }
        self.sandbox.run(&["release", "--by", "nightly", "--as-of", NOON]).expect_code(0);
    }

    /// How a gate stands, and why.
    #[track_caller]
    pub(crate) fn state(&self, name: &str, at: &str) -> (String, String) {
        let run = self.sandbox.run(&["review", name, "--format", "json", "--as-of", at]);
        let lines = run.expect_code(0).json_lines();
        let gate = lines.into_iter().find(|line| line["kind"] == "gate").unwrap();
        let text = |key: &str| gate[key].as_str().unwrap().to_owned();
        (text("status"), text("because"))
    }

    /// Fails unless a gate stands so, and for a reason in which a text stands.
    #[track_caller]
    pub(crate) fn expect(&self, name: &str, status: &str, why: &str) {
        let (found, because) = self.state(name, NOON);
        assert_eq!(found, status, "{name}: {because}");
        assert!(because.contains(why), "{name} is {found} because: {because}");
    }

    /// The decisions, by their files' names.
    pub(crate) fn decisions(&self) -> Vec<String> {
        let files = self.sandbox.files("decisions/approvals");
        files.into_iter().filter(|one| one.strip_suffix(".json").is_some()).collect()
    }

    /// What plain OpenSSH says of a decision.
    pub(crate) fn openssh(&self, file: &str, who: &str, more: &[&str]) -> bool {
        let path = |one: &str| self.sandbox.path(one).to_str().unwrap().to_owned();
        let file = format!("decisions/approvals/{file}");
        let verified = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-n", NAMESPACE, "-f", &path("rules/allowed_signers")])
            .args(["-I", &format!("{who}@rewards.example"), "-s", &path(&format!("{file}.sig"))])
            .args(more)
            .stdin(std::fs::File::open(path(&file)).unwrap())
            .output()
            .unwrap();
        verified.status.success()
    }
}
