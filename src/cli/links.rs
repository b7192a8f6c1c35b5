//! `links`: the rows of links.csv, filtered.

use std::borrow::Cow;
use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};

use super::args::LinksArgs;
use super::console::Console;
use super::exit::Exit;
use super::explain::note_errors;
use super::prepare::{Ids, Outcome, Prepared, prepare, report_unprepared};
use crate::artifact::{SheetWriter, link_columns, link_row};
use crate::diag::{Diagnostics, did_you_mean};
use crate::link::MadeLink;
use crate::report::{Format, count};

/// What people see unless they choose.
const FOR_PEOPLE: [&str; 6] = ["link_id", "channel", "partner", "offer", "role", "short_url"];

/// `FIELD=VALUE` or `FIELD!=VALUE`.
struct Condition<'t> {
    column: usize,
    value: &'t str,
    is: bool,
}

impl Condition<'_> {
    fn holds(&self, row: &Row<'_>) -> bool {
        row.get(self.column).is_some_and(|cell| *cell == self.value) == self.is
    }
}

pub(super) fn run(root: &Path, args: &LinksArgs, console: &mut Console) -> Result<Exit> {
    let read = read_conditions(args).and_then(|all| Ok((all, read_columns(args, console.format)?)));
    let (conditions, columns) = match read {
        Ok(read) => read,
        Err(sentence) => {
            console.error(&sentence);
            return Ok(Exit::Usage);
        }
    };
    let mut diagnostics = Diagnostics::new();
    let prepared = match prepare(root, None, Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let all = rows(&prepared);
    let wanted: Vec<&Row<'_>> =
        all.iter().filter(|row| conditions.iter().all(|one| one.holds(row))).collect();
    write(&wanted, &columns, console)?;
    if wanted.is_empty() {
        console.note(&nothing(&all, &conditions));
    } else if console.format == Format::Human {
        console.note(&count(wanted.len(), "link"));
    }
    note_errors(&diagnostics, console);
    Ok(Exit::Done)
}

/// A row of links.csv.
type Row<'p> = Vec<Cow<'p, str>>;

/// Every link that can be built, by id: as links.csv has them.
fn rows(prepared: &Prepared) -> Vec<Row<'_>> {
    let Prepared { documents, facts, links, .. } = prepared;
    let all = links.made(documents, facts).iter();
    let whole = all.filter(|link| !links.broken.contains(&link.placement));
    let mut order: Vec<MadeLink<'_>> = whole.collect();
    order.sort_by(|a, b| a.id.as_str().cmp(&b.id));
    let row = |link| Some(link_row(documents, facts, link)?.collect());
    order.into_iter().filter_map(row).collect()
}

fn read_conditions(args: &LinksArgs) -> Result<Vec<Condition<'_>>, String> {
    args.conditions
        .iter()
        .map(|text| {
            let Some((name, value)) = text.split_once('=') else {
                return Err(format!(
                    "--where takes FIELD=VALUE or FIELD!=VALUE, such as partner=lumen, not `{text}`"
                ));
            };
            let (name, is) = name.strip_suffix('!').map_or((name, true), |name| (name, false));
            Ok(Condition { column: position(name)?, value: value.trim(), is })
        })
        .collect()
}

fn read_columns(args: &LinksArgs, format: Format) -> Result<Vec<usize>, String> {
    if !args.columns.is_empty() {
        return args.columns.iter().map(|name| position(name)).collect();
    }
    match format {
        Format::Human => FOR_PEOPLE.iter().map(|name| position(name)).collect(),
        Format::Short => Ok(vec![position("url")?]),
        Format::Csv | Format::Json | Format::Sarif => Ok((0..link_columns().count()).collect()),
    }
}

fn position(name: &str) -> Result<usize, String> {
    let name = name.trim();
    link_columns().position(|known| known == name).ok_or_else(|| {
        let help = did_you_mean(name, link_columns());
        let all = || format!("use one of: {}", link_columns().collect::<Vec<_>>().join(", "));
        format!("links have no column `{name}`; {}", help.unwrap_or_else(all))
    })
}

fn write(rows: &[&Row<'_>], columns: &[usize], console: &mut Console) -> Result<()> {
    let names: Row<'_> = link_columns().map(Cow::Borrowed).collect();
    let header: Vec<&str> = cells(&names, columns).collect();
    match console.format {
        Format::Csv => {
            let mut sheet = SheetWriter::new(header);
            for row in rows {
                sheet.cells(cells(row, columns));
                sheet.end_row();
            }
            console.bytes(&sheet.finish())?;
        }
        Format::Json | Format::Sarif => {
            for row in rows {
                let pairs = header.iter().zip(cells(row, columns));
                let object: Map<String, Value> =
                    pairs.map(|(name, cell)| ((*name).to_owned(), cell.into())).collect();
                console.line(&Value::Object(object).to_string())?;
            }
        }
        Format::Short => {
            for row in rows {
                console.line(&cells(row, columns).collect::<Vec<_>>().join("\t"))?;
            }
        }
        Format::Human => {
            for line in table(&header, rows, columns) {
                console.line(&line)?;
            }
        }
    }
    Ok(())
}

fn cells<'a>(row: &'a Row<'_>, columns: &'a [usize]) -> impl Iterator<Item = &'a str> {
    columns.iter().map(|at| row.get(*at).map_or("", |cell| &**cell))
}

fn table(header: &[&str], rows: &[&Row<'_>], columns: &[usize]) -> Vec<String> {
    let mut widths: Vec<usize> = header.iter().map(|name| name.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(cells(row, columns)) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&mut header.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut cells(row, columns))));
    lines
}

/// Why no row is there: a value that no link has, or values that none has together.
fn nothing(all: &[Row<'_>], conditions: &[Condition<'_>]) -> String {
    let alone = conditions.iter().find(|one| !all.iter().any(|row| one.holds(row)));
    let Some(one) = alone.filter(|one| one.is) else {
        return "no link is like that".to_owned();
    };
    let name = link_columns().nth(one.column).unwrap_or("");
    let values = all.iter().filter_map(|row| row.get(one.column).map(|cell| &**cell));
    let help = did_you_mean(one.value, values).map(|help| format!("; {help}"));
    format!("no link has the {name} `{}`{}", one.value, help.unwrap_or_default())
}
