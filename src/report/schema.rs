//! A table's contract as JSON Schema (2020-12), for editors, forms and partners' own checks.
//!
//! A row is an object of its filled-in cells, all of them text. What JSON Schema cannot say stands
//! under keys that begin with `x-`.

use serde_json::{Map, Value, json};

use crate::source::Taxonomy;
use crate::source::table::{Column, ColumnKind, Condition, Contract, EDITION, Rule, RuleKind};

/// The schema of one row.
pub fn table_schema(contract: &Contract, taxonomy: &Taxonomy, strict: bool) -> Value {
    let mut properties = Map::new();
    for column in &contract.columns {
        properties.insert(column.name.clone(), column_schema(column, taxonomy));
    }
    let required = contract.columns.iter().filter(|column| column.required);
    let key = contract.key.iter().filter_map(|at| contract.column(*at));
    let conditions = contract.rules.iter().filter_map(condition_schema);
    let others = contract.rules.iter().filter_map(other_rule);
    let table = &contract.table;
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://throughline.dev/contract/v{EDITION}/{table}"),
        "title": format!("one row of `{table}`"),
        "type": "object",
        "properties": properties,
        "patternProperties": { "^[a-z0-9_]+@[a-z0-9-]+$": { "type": "string" } },
        "required": required.map(|column| &column.name).collect::<Vec<_>>(),
        "additionalProperties": !strict,
        "allOf": conditions.collect::<Vec<_>>(),
        "x-key": key.map(|column| &column.name).collect::<Vec<_>>(),
        "x-rules": others.collect::<Vec<_>>(),
    });
    if let Some(object) = schema.as_object_mut() {
        // An empty list of conditions is not allowed.
        object.retain(|key, value| {
            key != "allOf" || value.as_array().is_some_and(|all| !all.is_empty())
        });
    }
    if let (Some(version), Some(object)) = (contract.version, schema.as_object_mut()) {
        object.insert("x-version".to_owned(), json!(version));
    }
    schema
}

const DATETIME: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?$";

/// What a value of a type looks like, written plainly.
fn pattern(kind: ColumnKind) -> Option<&'static str> {
    match kind {
        ColumnKind::Slug => Some("^[a-z0-9][a-z0-9-]{0,62}$"),
        ColumnKind::Url => Some("^https://[a-z0-9.-]+(/[!-~]*|\\?[!-~]*)?$"),
        ColumnKind::Hosts => Some("^[a-z0-9.-]+( *; *[a-z0-9.-]+)*$"),
        ColumnKind::Money => Some("^[0-9]+(\\.[0-9]{1,4})?$"),
        ColumnKind::Decimal => Some("^[0-9]+(\\.[0-9]{1,9})?$"),
        ColumnKind::Percent | ColumnKind::Amount => Some("^[0-9]+(\\.[0-9]{1,9})? ?%?$"),
        ColumnKind::Datetime => Some(DATETIME),
        ColumnKind::Color => Some("^#[0-9A-Fa-f]{6}$"),
        ColumnKind::Int => Some("^(0|-?[1-9][0-9]*)$"),
        ColumnKind::Path => Some("^/([!-~]*)$"),
        ColumnKind::Text
        | ColumnKind::Name
        | ColumnKind::Copy
        | ColumnKind::Bool
        | ColumnKind::Enum
        | ColumnKind::Asset => None,
    }
}

fn column_schema(column: &Column, taxonomy: &Taxonomy) -> Value {
    let mut schema = Map::new();
    let mut put = |key: &str, value: Value| {
        schema.insert(key.to_owned(), value);
    };
    put("type", json!("string"));
    put("minLength", json!(1));
    put("x-type", json!(column.type_name()));
    if let Some(pattern) = pattern(column.kind) {
        put("pattern", json!(pattern));
    }
    // A column's own pattern is as strict as its type's, or stricter.
    if let Some(own) = &column.pattern {
        put("pattern", json!(format!("^(?:{})$", own.written)));
    } else if let Some(digits) = column.digits {
        put("pattern", json!(format!("^[0-9]{{{digits}}}$")));
    }
    if let Some(longest) = column.max_length {
        put("maxLength", json!(longest));
    }
    if column.kind == ColumnKind::Bool {
        put("enum", json!(["yes", "no", "true", "false", "y", "n"]));
    } else if !column.values.is_empty() {
        put("enum", json!(column.values));
    } else if let Some(terms) =
        column.vocabulary.as_ref().and_then(|name| taxonomy.dimensions.get(name))
    {
        let words: Vec<&str> = terms.terms.iter().map(|term| term.value.value.as_str()).collect();
        put("enum", json!(words));
    }
    if let Some(table) = &column.references {
        put("x-references", json!(table));
    }
    if column.unique {
        put("x-unique", json!(true));
    }
    Value::Object(schema)
}

/// `{"if": …, "then": …}`.
fn condition_schema(rule: &Rule) -> Option<Value> {
    let then = match &rule.kind {
        RuleKind::Required(column) => json!({ "required": [column] }),
        RuleKind::Empty(column) => json!({ "not": { "required": [column] } }),
        RuleKind::ExactlyOne(columns) => {
            let one = columns.iter().map(|column| json!({ "required": [column] }));
            json!({ "oneOf": one.collect::<Vec<_>>() })
        }
        RuleKind::After { .. } | RuleKind::Percentage(_) => return None,
    };
    let Some(condition) = &rule.condition else { return Some(then) };
    let Condition { column, values, unless } = condition;
    let holds = json!({ "properties": { column: { "enum": values } }, "required": [column] });
    let holds = if *unless { json!({ "not": holds }) } else { holds };
    Some(json!({ "if": holds, "then": then }))
}

/// Rules that JSON Schema has no words for.
fn other_rule(rule: &Rule) -> Option<Value> {
    let mut object = match &rule.kind {
        RuleKind::After { later, earlier } => json!({ "after": [later, earlier] }),
        RuleKind::Percentage(column) => json!({ "percentage": column }),
        RuleKind::Required(_) | RuleKind::Empty(_) | RuleKind::ExactlyOne(_) => return None,
    };
    if let (Some(condition), Some(fields)) = (&rule.condition, object.as_object_mut()) {
        let name = if condition.unless { "unless" } else { "when" };
        fields.insert(name.to_owned(), json!({ &condition.column: condition.values }));
    }
    Some(object)
}
