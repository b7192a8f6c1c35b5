//! What was not approved as it is does not go live, and what is taken back does not come back.

use crate::office::{APPROVERS, NOON, Office};
use crate::sandbox::Run;
use crate::strikes::{Fault, Whose, calls, stride, strike};

fn approved() -> Office {
    let office = Office::new();
    for (gate, who) in APPROVERS {
        office.approve(gate, who);
    }
    office
}

fn release(office: &Office, at: &str) -> Run {
    office.sandbox.run(&["release", "--by", "nightly", "--as-of", at])
}

fn live(office: &Office) -> (u64, String) {
    let pointer = office.sandbox.read("releases/env/production/current.json");
    let pointer: serde_json::Value = serde_json::from_str(&pointer).unwrap();
    (pointer["seq"].as_u64().unwrap(), pointer["release"].as_str().unwrap().to_owned())
}

#[test]
fn an_open_gate_refuses_and_says_who_is_asked() {
    let office = Office::new();
    let run = release(&office, NOON).expect_code(3);
    assert!(run.stdout.contains("open: legal:launch/northlight: nobody has decided yet; kim@rewards.example, shah@rewards.example may decide"), "{}", run.text());
    assert!(!office.sandbox.path("releases/env").exists());
    for (gate, who) in APPROVERS {
        office.approve(gate, who);
    }
    release(&office, NOON).expect_code(0);
    let (_, root) = live(&office);
    let gates = office.sandbox.read(&format!("releases/{root}/gates.json"));
    let gates: serde_json::Value = serde_json::from_str(&gates).unwrap();
    assert_eq!(gates["gates"].as_array().unwrap().len(), 5);
    assert!(gates["gates"].as_array().unwrap().iter().all(|gate| gate["status"] == "holds"));
    assert!(
        gates["inputs"].as_array().unwrap().iter().any(|one| one["path"] == "rules/gates.toml")
    );
    // What was decided goes with it, and anybody can check it there.
    let kept = office.sandbox.files(&format!("releases/{root}/approvals"));
    assert_eq!(kept.len(), 10, "{kept:?}");
    for file in office.decisions() {
        assert_eq!(
            office.sandbox.read(&format!("releases/{root}/approvals/{file}")),
            office.sandbox.read(&format!("decisions/approvals/{file}"))
        );
    }
    // And it ends: the same build is not published anew on approvals that are over.
    office.sandbox.edit("partners/partners.csv", "#7A3E1D", "#7A3E1E");
    office.build();
    let late = release(&office, "2097-03-22T12:00:01Z").expect_code(3);
    assert!(late.stdout.contains("ended 2097-03-22T12:00:00Z"), "{}", late.stdout);
    assert_eq!(live(&office).0, 1);
}

#[test]
fn what_is_built_and_not_decided_on_does_not_go_out() {
    let office = approved();
    release(&office, NOON).expect_code(0);
    office.sandbox.edit("partners/offers.csv", "pct_off,20", "pct_off,25");
    // Not even where the output is still the approved one: it is not what the sources say.
    office.sandbox.edit("briefs/launch.md", "A few good things", "Some good things");
    office.build();
    let run = release(&office, NOON).expect_code(3);
    assert!(
        run.stdout.contains("offers:northlight-beans.value (20 -> 25) changed"),
        "{}",
        run.stdout
    );
    assert_eq!(live(&office).0, 1);
    office.approve("legal:launch/northlight", "kim");
    office.approve("brand:launch/email", "moreau");
    release(&office, NOON).expect_code(0);
    assert_eq!(live(&office).0, 2);
}

#[test]
fn an_approval_that_is_taken_back_keeps_the_old_release_from_coming_back() {
    let office = approved();
    release(&office, NOON).expect_code(0);
    let (_, first) = live(&office);
    let legal = office.decisions().into_iter().find(|file| file.contains("northlight")).unwrap();
    office.sandbox.edit("partners/offers.csv", "pct_off,20", "pct_off,25");
    office.build();
    office.approve("legal:launch/northlight", "shah");
    office.approve("brand:launch/email", "moreau");
    release(&office, NOON).expect_code(0);
    let back = |at: &str| {
        let why = ["--because", "wrong value", "--by", "j.reyes", "--as-of", at];
        office.sandbox.run(&[&["rollback", "1"], &why[..]].concat())
    };
    // The sources are others by now: what was decided then is judged again, now.
    let run = back("2097-03-22T12:00:01Z").expect_code(3);
    assert!(run.stdout.contains("legal:launch/fernway"), "{}", run.stdout);
    office.decide("revoke", &legal, "kim", &["--because", "the edition was wrong"]).expect_code(0);
    let run = back(NOON).expect_code(3);
    assert!(run.stdout.contains("open: legal:launch/northlight"), "{}", run.stdout);
    assert_eq!(live(&office).0, 2);
    let revocation = office.decisions().into_iter().find(|file| {
        office.sandbox.read(&format!("decisions/approvals/{file}")).contains("\"revoke\"")
    });
    let path = format!("decisions/approvals/{}", revocation.unwrap());
    office.sandbox.remove(&path);
    back(NOON).expect_code(0);
    assert_eq!(live(&office), (3, first));
}

#[test]
fn no_earlier_time_hides_a_no() {
    let office = approved();
    office
        .decide("reject", &office.subject("legal:launch/fernway"), "shah", &["--because", "x"])
        .expect_code(0);
    // The clock of this machine is earlier than the decision: it counts at the later of the two.
    let run = release(&office, NOON).expect_code(3);
    assert!(run.stdout.contains("shah@rewards.example said no"), "{}", run.stdout);
    let gates = Office::new();
    for (gate, who) in APPROVERS {
        let what = gates.subject(gate);
        let key = gates.key(who);
        let early = ["approve", &what, "--key", &key, "--at", "2026-01-02T00:00:00Z"];
        gates.sandbox.run(&early).expect_code(0);
    }
    // Approved for 14 days, long ago: a time back then does not bring that back.
    let run = release(&gates, "2026-01-03T00:00:00Z").expect_code(3);
    assert!(
        run.stdout.contains("legal:launch/northlight: what shah@rewards.example approved ended"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_part_goes_out_on_its_own_approvals_and_the_rest_on_those_it_had() {
    let office = approved();
    release(&office, NOON).expect_code(0);
    // Two changes; only one of them is to go out now, and only that one is asked about.
    build_a_part(&office);
    release(&office, NOON).expect_code(0);
    assert_eq!(live(&office).0, 2);
    // A value that was promised is asked about, in a part as in the whole.
    office.sandbox.edit("partners/offers.csv", "amount_off,25.00", "amount_off,20.00");
    let plan = ["plan", "--only", "partner:fernway", "-o", "part.plan"];
    office.sandbox.run(&plan).expect_code(0);
    office.sandbox.run(&["apply", "part.plan"]).expect_code(0);
    let run = release(&office, NOON).expect_code(3);
    assert!(run.stdout.contains("legal:launch/fernway"), "{}", run.stdout);
    assert!(!run.stdout.contains("legal:launch/northlight"), "{}", run.stdout);
    assert_eq!(live(&office).0, 2);
}

#[test]
fn a_part_of_what_was_never_released_does_not_go_out() {
    let office = approved();
    build_a_part(&office);
    let run = release(&office, NOON).expect_code(3);
    assert!(run.stdout.contains("was never released"), "{}", run.stdout);
}

/// Two partners' texts change, and one page of them is built.
fn build_a_part(office: &Office) {
    let offers = "partners/offers.csv";
    office.sandbox.edit(offers, "Stoneware, made by hand.", "Stoneware, made by one.");
    office.sandbox.edit(offers, "Linen and cotton, all sizes.", "Linen only, all sizes.");
    let page = "artifact:landing/launch/fernway-bedding.html";
    office.sandbox.run(&["plan", "--only", page, "-o", "part.plan"]).expect_code(0);
    office.sandbox.run(&["apply", "part.plan"]).expect_code(0);
}

/// A sample in `make test`.
const USUAL: usize = 11;

#[test]
fn nothing_is_half_decided_whatever_happens_to_an_approval() {
    let office = Office::new();
    let what = office.subject("legal:launch/northlight");
    let key = office.key("shah");
    let arguments = ["approve", &what, "--key", &key, "--at", NOON];
    let changes = calls(&office.sandbox, (&arguments, Whose::Own));
    let faults = [Fault::Kill, Fault::Error("ENOSPC"), Fault::Error("EIO")];
    let strikes = changes.iter().flat_map(|call| faults.map(|fault| (call, fault)));
    let mut struck = 0;
    for (call, fault) in strikes.step_by(stride(USUAL)) {
        let _ = std::fs::remove_dir_all(office.sandbox.path("decisions"));
        let why = format!("{fault:?} at {call:?}");
        let came = strike(&office.sandbox, (&arguments, Whose::Own), (&call.name, call.at), fault);
        assert!(came.hit, "{why}: it was not reached");
        struck += 1;
        if fault == Fault::Kill {
            assert_ne!(came.code, Some(0), "{why}");
        } else {
            assert!(matches!(came.code, Some(0 | 5)), "{why}: {}", came.said);
        }
        // A decision that is there is whole: both programs take it.
        for file in office.decisions() {
            assert!(office.openssh(&file, "shah", &[]), "{why}: {file}");
        }
        let said = office.sandbox.run(&["review", "--as-of", NOON]).expect_code(0);
        assert!(!said.stderr.contains("TL0812"), "{why}: {}", said.stderr);
        if came.code == Some(0) {
            office.expect("legal:launch/northlight", "holds", "");
        }
        let again = office.sandbox.run(&arguments);
        assert_eq!(again.code, 0, "{why}: {}", again.text());
        office.expect("legal:launch/northlight", "holds", "");
        let left = office.sandbox.files("decisions/approvals");
        let litter = left.iter().filter(|one| one.strip_suffix(".new").is_some()).count();
        assert_eq!(litter, 0, "{why}: {left:?}");
    }
    eprintln!("struck {struck} times");
    assert!(struck >= 60 / stride(USUAL), "{struck}");
}
