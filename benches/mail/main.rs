//! `make bench`: finishes and checks some thousand mails of about 20 KB, against the bare inliner on
//! the same mails and against what people use instead, in the same run.
//!
//! It never fails because of a time, only if a mail is not finished.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock, runs programs and prints"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::Parser;
use rayon::prelude::*;
use throughline::dialect::Dialect;
use throughline::lint::{self, Clients, Facts, Market, Picture, Rules, check_mail, client_names};
use throughline::mail::{Draft, Inliner, Mail, Mailbox, Settings, finish};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the finishing of mails.
#[derive(Parser)]
struct Arguments {
    /// Mails.
    #[arg(default_value_t = 3000)]
    mails: usize,
    /// Runs of each kind; the median is shown.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Threads of the parallel runs.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Cargo says this when it runs benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

const SHEET: &str = "body{margin:0;padding:0;background-color:#f4f1ea}\
    table{border-collapse:collapse;mso-table-lspace:0;mso-table-rspace:0}\
    img{display:block;border:0;outline:none;text-decoration:none}\
    .wrap{width:600px;margin:0 auto;background-color:#ffffff}\
    .pad{padding:24px 32px 24px 32px}\
    h1{margin:0 0 12px 0;font-family:Georgia,serif;font-size:30px;line-height:36px;color:#14213d}\
    h2{margin:0 0 8px 0;font-family:Georgia,serif;font-size:20px;line-height:26px;color:#14213d}\
    p{margin:0 0 12px 0;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px}\
    .price{font-weight:bold;color:#b3261e}.was{text-decoration:line-through;color:#6b6b6b}\
    .button a{display:inline-block;padding:12px 24px;background-color:#14213d;color:#ffffff;\
    text-decoration:none;border-radius:4px;font-family:Arial,Helvetica,sans-serif}\
    .card{border:1px solid #e4dfd5;padding:16px}.foot p{font-size:12px;line-height:18px}\
    .never-used{color:red}.neither .this{color:blue}\
    a:hover{text-decoration:underline}\
    @media (max-width:600px){.wrap{width:100%!important}.card{display:block!important}}\
    @media (prefers-color-scheme:dark){.wrap{background-color:#1b1b1b!important}}\
    [data-ogsc] .card{border-color:#555555}.ExternalClass{width:100%}";

/// Words that a copywriter would use, by number.
const WORDS: [&str; 24] = [
    "warm", "winter", "lamp", "wool", "gift", "silver", "garden", "kettle", "blanket", "café",
    "candle", "oak", "linen", "morning", "set", "classic", "small", "travel", "kitchen", "bright",
    "evening", "soft", "paper", "stone",
];

fn words(mut seed: usize, count: usize) -> String {
    let mut text = String::new();
    for at in 0..count {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = WORDS.get((seed >> 33) % WORDS.len()).copied().unwrap_or("gift");
        text.push_str(if at > 0 { " " } else { "" });
        text.push_str(word);
    }
    text
}

/// A mail as a template would make it. Of some partners the offers have no code, so that there are
/// several kinds of structure.
fn mail(number: usize) -> Result<String> {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>{SHEET}</style>\n</head>\n<body>\n<!--[if mso]><table width=\"600\"><tr><td>\
         <![endif]-->\n<table role=\"presentation\" class=\"wrap\" width=\"600\">\n",
        words(number, 4)
    );
    for slot in 0..12 {
        let seed = number * 100 + slot;
        let url = format!(
            "https://shop.example/p/{seed}?utm_source=newsletter&amp;utm_medium=email&amp;\
             utm_campaign=2026-black-friday&amp;utm_id=bf26&amp;utm_content=digest.{slot}.{seed}.a"
        );
        write!(
            html,
            "  <tr>\n    <td class=\"pad card\" style=\"border-top:2px solid #{:06x};\">\n\
             \x20     <a href=\"{url}\"><img src=\"https://static.example/{seed}.jpg\" width=\"536\" \
             height=\"240\" alt=\"{}\"></a>\n      <h2>{}</h2>\n      <p>{}</p>\n\
             \x20     <p><span class=\"was\">${}.99</span> <span class=\"price\">${}.50</span></p>\n",
            seed * 7919 % 0x00ff_ffff,
            words(seed, 5),
            words(seed + 1, 6),
            words(seed + 2, 95),
            seed % 90 + 10,
            seed % 70 + 5,
        )?;
        if !(number + slot).is_multiple_of(4) {
            writeln!(html, "      <p>Code <b>SAVE{seed}</b> at checkout.</p>")?;
        }
        write!(
            html,
            "      <table role=\"presentation\">\n        <tr>\n          <td class=\"button\">\
             <a href=\"{url}\">{}</a></td>\n        </tr>\n      </table>\n    </td>\n  </tr>\n",
            words(seed + 3, 2)
        )?;
    }
    html.push_str(
        "  <tr>\n    <td class=\"pad foot\">\n      <p>Northwind, 1 Example Street, Springfield. \
         <a href=\"{% unsubscribe_link %}\">Unsubscribe</a> &middot; hello \
         {{ first_name|default:'friend' }}</p>\n    </td>\n  </tr>\n</table>\n</body>\n</html>\n",
    );
    Ok(html)
}

const SUBJECT: &str = "Black Friday starts now, {{ first_name|default:'friend' }}";
const PREHEADER: &str = "Twelve offers from brands you know";

fn finished(html: &str, settings: &Settings, inliner: &Inliner) -> Result<Mail> {
    let draft = Draft {
        html,
        text: None,
        subject: SUBJECT,
        preheader: PREHEADER,
        dialect: Dialect::Klaviyo,
    };
    finish(&draft, settings, inliner).map_err(|faults| anyhow!("not finished: {faults:?}"))
}

/// All checks, for all mail clients and two markets; what is found has to be the same each time.
fn check(mail: &Mail, clients: &Clients) -> usize {
    let picture = |_: &str| Some(Picture { bytes: 40_000, height: Some(480), moves: false });
    let rules = Rules::default();
    let markets = [Market::Canada, Market::EuropeanUnion];
    let facts = Facts {
        rules: &rules,
        dialect: Some(Dialect::Klaviyo),
        clients,
        markets: Some(&markets),
        sender: "Northwind",
        partners: &[],
        days: None,
        lang: "en-US",
        dir: "ltr",
        picture: &picture,
    };
    let checked = lint::Mail {
        html: &mail.html,
        text: Some(&mail.text),
        subject: SUBJECT,
        preheader: Some(PREHEADER),
        finished: true,
        derived_text: true,
    };
    check_mail(&checked, &facts).len()
}

/// The median of some runs.
fn median(runs: usize, mut run: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("no run")
}

/// What npm's juice and html-to-text take for the first mails, where Node and both are there.
fn peer(drafts: &[String]) -> Result<Option<(Duration, usize)>> {
    let folder = Path::new("target/peers");
    if !folder.join("node_modules/juice").is_dir() {
        return Ok(None);
    }
    let some = drafts.get(..drafts.len().min(300)).context("no mails")?;
    fs::write(folder.join("mails.json"), serde_json::to_vec(some)?)?;
    let done = Command::new("node").arg("benches/mail/peer.js").arg(folder).output();
    let Ok(done) = done else { return Ok(None) };
    ensure!(done.status.success(), "peer.js: {}", String::from_utf8_lossy(&done.stderr));
    let milliseconds: f64 = String::from_utf8(done.stdout)?.trim().parse()?;
    Ok(Some((Duration::from_secs_f64(milliseconds / 1000.0), some.len())))
}

fn show(name: &str, time: Duration, mails: usize, floor: f64) -> f64 {
    let each = time.as_secs_f64() * 1e6 / f64::from(u32::try_from(mails).unwrap_or(u32::MAX));
    let against = if floor > 0.0 { each / floor } else { 1.0 };
    println!("| {name} | {each:.1} | {against:.2} |");
    each
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let drafts = (0..arguments.mails).map(mail).collect::<Result<Vec<_>>>()?;
    let settings = Settings {
        from: Some(Mailbox::new("news@northwind.example")),
        unsubscribe: Some("https://northwind.example/u".to_owned()),
        date: 1_795_000_000,
        ..Settings::default()
    };
    let bytes: usize = drafts.iter().map(String::len).sum();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build()?;
    let bare = css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .keep_at_rules(true)
        .remove_inlined_selectors(true)
        .build();
    let bare_run = |html: &String| -> Result<()> {
        ensure!(!bare.inline(html)?.is_empty(), "nothing came out");
        Ok(())
    };
    let all = |inliner: &Inliner| -> Result<()> {
        drafts.iter().try_for_each(|html| finished(html, &settings, inliner).map(drop))
    };
    println!(
        "{} mails of {:.1} KB; medians of {} runs; {} threads where it says so\n",
        drafts.len(),
        f64::from(u32::try_from(bytes / drafts.len().max(1))?) / 1000.0,
        arguments.runs,
        arguments.threads
    );
    println!("| what | µs a mail | / bare inliner |\n|---|---:|---:|");
    let floor = median(arguments.runs, || drafts.iter().try_for_each(bare_run))?;
    let floor = show("bare css-inline, one thread", floor, drafts.len(), 0.0);
    let one = median(arguments.runs, || all(&Inliner::new()))?;
    show("all finishing, one thread", one, drafts.len(), floor);
    let clients = Clients::of(client_names());
    let both = |html: &String, inliner: &Inliner| -> Result<usize> {
        Ok(check(&finished(html, &settings, inliner)?, &clients))
    };
    let mut found = 0;
    let checked = median(arguments.runs, || {
        let inliner = Inliner::new();
        found = drafts.iter().map(|html| both(html, &inliner)).sum::<Result<usize>>()?;
        Ok(())
    })?;
    show("all finishing and all checks, one thread", checked, drafts.len(), floor);
    let each = median(arguments.runs, || {
        let fresh = |html: &String| finished(html, &settings, &Inliner::new()).map(drop);
        drafts.iter().try_for_each(fresh)
    })?;
    show("all finishing, nothing remembered, one thread", each, drafts.len(), floor);
    let many = median(arguments.runs, || {
        let shared = Inliner::new();
        let run = |html: &String| both(html, &shared);
        let again = pool.install(|| drafts.par_iter().map(run).sum::<Result<usize>>())?;
        ensure!(again == found, "{again} findings on several threads, {found} on one");
        Ok(())
    })?;
    let ours = show("all finishing and all checks, several threads", many, drafts.len(), floor);
    match peer(&drafts)? {
        Some((time, mails)) => {
            let theirs = show("npm juice and html-to-text, warm", time, mails, floor);
            println!("\nnpm's take {:.0} times as long as ours on several threads", theirs / ours);
        }
        None => println!("\nnpm's are not there: scripts/peers brings them"),
    }
    let kinds = Inliner::new();
    all(&kinds)?;
    println!("{} kinds of structure, {found} findings", kinds.remembered());
    Ok(())
}
