//! Gates: who is asked again, and who is not.

use crate::office::{NOON, Office};

/// All gates of the starter, approved.
fn approved() -> Office {
    let office = Office::new();
    office.approve("legal:launch/northlight", "shah");
    office.approve("legal:launch/fernway", "kim");
    office.approve("ops:launch", "novak");
    office.approve("analytics:launch", "silva");
    office.approve("brand:launch/email", "moreau");
    for gate in ALL {
        office.expect(gate, "holds", "");
    }
    office
}

const ALL: [&str; 5] = [
    "legal:launch/northlight",
    "legal:launch/fernway",
    "ops:launch",
    "analytics:launch",
    "brand:launch/email",
];

/// Fails unless just these gates are asked.
#[track_caller]
fn only_asked(office: &Office, asked: &[&str]) {
    for gate in ALL {
        let (status, why) = office.state(gate, NOON);
        let wanted = if asked.contains(&gate) { "asked" } else { "holds" };
        assert_eq!(status, wanted, "{gate}: {why}");
    }
}

#[test]
fn a_row_of_another_partner_asks_for_that_partner_alone() {
    let office = approved();
    office.sandbox.edit("partners/offers.csv", "amount_off,25.00", "amount_off,20.00");
    office.build();
    only_asked(&office, &["legal:launch/fernway", "brand:launch/email"]);
    office.expect("legal:launch/fernway", "asked", "offers:fernway-bedding.value (25 -> 20)");
}

#[test]
fn a_comment_in_a_template_asks_nobody() {
    let office = approved();
    let file = "templates/landing/offer.html";
    let text = office.sandbox.read(file);
    office.sandbox.write(file, format!("{{# for whoever reads this #}}{text}"));
    office.build();
    only_asked(&office, &[]);
}

#[test]
fn the_tracking_code_asks_operations_and_analytics_and_not_legal() {
    let office = approved();
    office.sandbox.edit("briefs/launch.md", "code = \"2097-launch\"", "code = \"2097-march\"");
    office.build();
    // Brand approved bytes, and the address of a tracked link is none of them.
    only_asked(&office, &["ops:launch", "analytics:launch"]);
}

#[test]
fn the_terms_ask_legal_and_show_what_changed() {
    let office = approved();
    office.sandbox.edit("legal/standard.md", "not exchangeable", "never exchangeable");
    office.build();
    let legal = ["legal:launch/northlight", "legal:launch/fernway"];
    only_asked(&office, &legal);
    let packet = office.sandbox.run(&["review", legal[0], "--as-of", NOON]).expect_code(0).stdout;
    assert!(packet.contains("- | For members of this program"), "{packet}");
    assert!(packet.contains("never exchangeable for cash"), "{packet}");
    assert!(!packet.contains("offers:northlight-beans.value"), "{packet}");
}

#[test]
fn an_artifact_that_joins_is_asked_alone() {
    let office = approved();
    office.sandbox.edit(
        "partners/offers.csv",
        "fernway-bedding,fernway,",
        "fernway-lamp,fernway,amount_off,5.00,USD,,A lamp for late readers,,Oak.,See it,,,standard,/lamp,2097-03-01T00:00,2097-03-31T23:59,active\nfernway-bedding,fernway,",
    );
    office.sandbox.edit("briefs/launch.md", "slots = 3", "slots = 2");
    office.build();
    let packet = office.sandbox.run(&["review", "legal:launch/fernway", "--as-of", NOON]);
    let packet = packet.expect_code(0).stdout;
    assert!(packet.contains("new      landing/launch/fernway-lamp.pending.html"), "{packet}");
    assert!(!packet.contains("landing/launch/fernway-bedding.pending.html"), "{packet}");
    let rest = "nothing else that was approved has changed: 1 of 2 as they were";
    assert!(packet.contains(rest), "{packet}");
    office.expect(
        "legal:launch/fernway",
        "asked",
        "landing/launch/fernway-lamp.pending.html is new (1 of 2)",
    );
    // Only what is new is decided on, and everything else keeps its approval.
    office.approve("legal:launch/fernway", "shah");
    office.expect("legal:launch/fernway", "holds", "");
    let last = office.decisions().into_iter().find(|file| {
        office.sandbox.read(&format!("decisions/approvals/{file}")).contains("fernway-lamp")
    });
    let last = office.sandbox.read(&format!("decisions/approvals/{}", last.unwrap()));
    assert!(!last.contains("fernway-bedding.pending"), "{last}");
}

#[test]
fn rows_and_lines_may_move() {
    let office = approved();
    let text = office.sandbox.read("partners/offers.csv");
    let mut rows: Vec<&str> = text.lines().collect();
    rows[1..].reverse();
    office.sandbox.write("partners/offers.csv", rows.join("\r\n") + "\r\n");
    office.build();
    only_asked(&office, &[]);
}

#[test]
fn what_is_not_built_has_no_bytes_to_approve() {
    let office = approved();
    office.sandbox.edit("templates/email/offer.html", "&middot;", "&bull;");
    office.expect("brand:launch/email", "asked", "is not built as the sources say now");
    let what = office.subject("brand:launch/email");
    let run = office.decide("approve", &what, "moreau", &[]).expect_code(1);
    assert!(run.stderr.contains("is not built"), "{}", run.stderr);
    office.build();
    office.expect("brand:launch/email", "asked", "bytes");
}

#[test]
fn a_time_to_live_ends_and_a_packet_of_yesterday_is_stale() {
    let office = approved();
    office.expect("legal:launch/northlight", "holds", "");
    let later = "2097-03-22T12:00:01Z";
    let (status, why) = office.state("legal:launch/northlight", later);
    assert_eq!(status, "asked", "{why}");
    assert!(why.contains("what shah@rewards.example approved ended 2097-03-22T12:00:00Z"), "{why}");
    // Not decided yet at a time before it was decided.
    let (status, _) = office.state("legal:launch/northlight", "2097-03-08T11:59:59Z");
    assert_eq!(status, "asked");
    let seen = office.subject("legal:launch/northlight");
    office.sandbox.edit("partners/offers.csv", "pct_off,20", "pct_off,25");
    office.build();
    let run = office.decide("approve", &seen, "shah", &[]).expect_code(4);
    assert!(run.stderr.contains("not what you looked at any more"), "{}", run.stderr);
}

#[test]
fn a_changed_rule_asks_again_and_more_people_only_ask_more_people() {
    let office = approved();
    office.sandbox.edit("rules/gates.toml", "ttl = \"14d\"", "ttl = \"14d\"\nneeds = 2");
    office.build();
    office.expect("legal:launch/northlight", "asked", "1 of 2 have approved");
    office.approve("legal:launch/northlight", "kim");
    office.expect("legal:launch/northlight", "holds", "");
    office.sandbox.edit(
        "rules/gates.toml",
        "watches = [\"commercial\", \"legal\"]",
        "watches = [\"commercial\"]",
    );
    office.build();
    office.expect("legal:launch/northlight", "asked", "");
}

#[test]
fn no_flag_forces_a_gate() {
    let office = Office::new();
    for command in [
        "approve", "reject", "revoke", "review", "build", "apply", "plan", "swap", "release",
        "rollback",
    ] {
        let help = office.sandbox.run(&[command, "--help"]).expect_code(0).stdout;
        for word in ["--force", "--override", "--skip", "--no-verify", "--admin"] {
            assert!(!help.contains(word), "{command} has {word}");
        }
    }
    let text = office.sandbox.read("rules/gates.toml");
    office.sandbox.write("rules/gates.toml", text.replace("ttl = \"14d\"", "force = true"));
    let run = office.sandbox.run(&["check", "--format", "short"]).expect_code(1);
    assert!(run.stdout.contains("unknown key `force`"), "{}", run.stdout);
}

#[test]
fn a_plan_says_which_approvals_a_change_costs_and_it_is_so() {
    let office = approved();
    office.sandbox.edit("partners/offers.csv", "pct_off,20", "pct_off,25");
    let plan = office.sandbox.run(&["plan", "--as-of", NOON, "--format", "json"]).expect_code(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    let approvals = &plan["approvals"];
    assert_eq!(
        approvals["lost"],
        serde_json::json!(["brand:launch/email", "legal:launch/northlight"])
    );
    let kept = serde_json::json!(["analytics:launch", "legal:launch/fernway", "ops:launch"]);
    assert_eq!(approvals["kept"], kept);
    let mut changes = plan["changes"].as_array().unwrap().iter();
    let mail = changes.find(|one| one["id"] == "email/launch/hello.html").unwrap();
    assert_eq!(mail["gates"], approvals["lost"]);
    let text = office.sandbox.run(&["plan", "--as-of", NOON]).expect_code(0).stdout;
    assert!(text.contains("-> asks brand:launch/email and 1 other gate"), "{text}");
    assert!(text.contains("approval  kept      3 gates as they are"), "{text}");
    assert!(text.contains("approval  lost      legal:launch/northlight: offers:northlight-beans.value (20 -> 25) changed"), "{text}");
    office.build();
    only_asked(&office, &["brand:launch/email", "legal:launch/northlight"]);
}

#[test]
fn a_block_is_watched_as_it_is_rendered() {
    let gates = crate::office::GATES
        .replace("watches = [\"commercial\", \"legal\"]", "watches = [\"block:terms\"]");
    let office = Office::with(&gates);
    office.hire("shah");
    let page = "templates/landing/offer.html";
    let text = office.sandbox.read(page);
    let place = text.find("{{ terms.text").expect("the page shows the terms");
    let end = place + text[place..].find("}}").unwrap() + 2;
    let marked = format!(
        "{}{{% block terms %}}{}{{% endblock %}}{}",
        &text[..place],
        &text[place..end],
        &text[end..]
    );
    office.sandbox.write(page, &marked);
    office.build();
    office.approve("legal:launch/northlight", "shah");
    office.sandbox.edit("partners/offers.csv", "pct_off,20", "pct_off,25");
    office.build();
    office.expect("legal:launch/northlight", "holds", "");
    office.sandbox.write(page, marked.replace("{% block terms %}", "{% block terms %}Or not. "));
    office.build();
    office.expect("legal:launch/northlight", "asked", "block:terms");
}
