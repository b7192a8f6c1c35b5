//! Every text comes back as it went in.

use proptest::prelude::*;

use super::*;

/// Texts made of signs, so that tokens and halves of tokens are frequent.
fn signs() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "{{{",
            "}}}",
            "[[",
            "]]",
            "[*",
            "*]",
            "*|",
            "|*",
            "%%",
            "%%[",
            "]%%",
            "%%=",
            "=%%",
            "<%",
            "%>",
            "<%--",
            "--%>",
            "{{!--",
            "--}}",
            "__",
            "_",
            "CID",
            "ad.id",
            "lpurl",
            "'",
            "\"",
            " ",
            "|",
            "${",
            "x",
            ":",
            "%20",
            "raw",
            "endraw",
            "comment",
            "endcomment",
            "{% raw %}",
            "{% endraw %}",
            "é",
            "\n",
            "{% comment %}",
            "{% endcomment %}",
            "zt0n",
            "zt1n0e",
            "ZT2",
            "%7B",
            "%7D",
            "+2",
            "#if",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop::sample::select(Dialect::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn masks_come_back(text in signs(), dialect in dialects()) {
        let masked = mask(&text, dialect);
        prop_assert_eq!(masked.unmask(masked.text()), Ok(text.clone()));
        prop_assert!(masked.tokens().iter().copied().eq(scan(&text, dialect).map(|one| one.text)));
        // What stands around makes up no word.
        let around = format!("zt{}zt0", masked.text());
        prop_assert!(masked.unmask(&around).is_ok());
    }

    #[test]
    fn a_dropped_token_is_noticed(text in signs(), dialect in dialects()) {
        let masked = mask(&text, dialect);
        if !masked.tokens().is_empty() {
            let doubled = format!("{0}{0}", masked.text());
            prop_assert!(masked.unmask("").is_err());
            prop_assert!(masked.unmask(&doubled).is_err());
        }
    }

    #[test]
    fn tokens_are_apart_and_read_as_they_stand(text in signs(), dialect in dialects()) {
        let mut last = 0;
        for token in scan(&text, dialect) {
            prop_assert!(token.range.start >= last && !token.range.is_empty());
            prop_assert_eq!(&text[token.range.clone()], token.text);
            last = token.range.end;
        }
    }

    #[test]
    fn findings_are_apart(text in signs(), dialect in dialects()) {
        for allowed in [None, Some(dialect)] {
            let mut last = 0;
            for one in foreign(&text, allowed) {
                prop_assert!(one.range.start >= last && !one.range.is_empty(), "{:?}", one);
                prop_assert!(text.get(one.range.clone()).is_some());
                prop_assert!(!one.message.contains('\n') && !one.help.ends_with('.'));
                last = one.range.end;
            }
        }
        if let Some(seen) = scan_any(&text) {
            prop_assert!(text.get(seen.range).is_some() && !seen.dialects.is_empty());
        }
    }
}

/// Reading that is not linear would take hours, or many minutes for the short ones.
#[test]
fn reading_is_linear() {
    for unit in ["{{{{{{", "%%%%%", "*|*|*|", "<%<%"] {
        read_all(&unit.repeat(1_000_000 / unit.len()));
    }
    for unit in [
        "{{ '",
        "{{ \"{{ '",
        "{{ ' {{ \" ",
        "{% {{ ",
        "{%'{{\"",
        "{% raw %}",
        "{% comment %}",
        "{% raw %}{{'",
        "{# ",
        "{{!--",
        "{{!",
        "<%--",
        "%%[",
        "%%=",
        "%%a",
        "{a:",
        "{a:{b:}",
        "[[",
        "[[a",
        "[*a",
        "*|a",
        "__A",
        "__",
        "_A",
        "_CID_",
        "{a",
        "%7B",
        "zt0n",
        "{{x}}",
        "{{ \"}}{{\" ",
        "{{${a ",
        "}}",
        "{% {{x}} ",
        "{{ x",
        "{{\"\"''",
        "{{{x",
        "{{~",
        "%%x",
        "{{ x' }}",
        "{% 'a' {{ \" ",
        "{%{{'}}\"%}",
    ] {
        read_all(&unit.repeat(50_000 / unit.len()));
    }
}

fn read_all(text: &str) {
    for dialect in Dialect::ALL {
        assert!(scan(text, dialect).count() <= text.len());
    }
    let masked = mask(text, Dialect::Braze);
    assert!(masked.unmask(masked.text()).is_ok_and(|whole| whole == text));
    scan_any(text);
    foreign(text, None);
}

#[test]
fn taken_stems_are_found_in_one_pass() {
    let taken: Vec<String> = (0..100_000).map(|number| format!("zt{number}n")).collect();
    let text = format!("{} {{{{x}}}}", taken.join(" "));
    assert!(mask(&text, Dialect::Klaviyo).text().ends_with("zt100000n0e"));
}
