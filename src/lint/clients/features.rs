//! Which features are looked for, and by what they are known.
//!
//! Only those whose absence changes what can be read: a mail whose corners are square or whose
//! style for phones is dropped still says what it says. What stands in an at-rule is an addition
//! by its nature and is not looked at.

/// By what a feature is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lint) enum Sign<'a> {
    /// A property of a style.
    Property(&'a str),
    /// A property with this value.
    Value(&'a str, &'a str),
    /// A function in a value.
    Function(&'a str),
    /// A unit of a number.
    Unit(&'a str),
    /// An at-rule.
    AtRule(&'a str),
    /// A pseudo-class.
    Pseudo(&'a str),
    /// An element.
    Element(&'a str),
    /// The type of an `<input>`.
    Input(&'a str),
}

use Sign::{AtRule, Element, Function, Input, Property, Pseudo, Unit, Value};

/// Features by their names on caniemail.com.
pub(super) const FEATURES: &[(&str, &[Sign<'static>])] = &[
    ("css-aspect-ratio", &[Property("aspect-ratio")]),
    ("css-at-import", &[AtRule("import")]),
    ("css-block-inline-size", &[Property("block-size"), Property("inline-size")]),
    ("css-clip-path", &[Property("clip-path")]),
    ("css-column-count", &[Property("column-count"), Property("columns")]),
    ("css-display-flex", &[Value("display", "flex"), Value("display", "inline-flex")]),
    ("css-display-grid", &[Value("display", "grid"), Value("display", "inline-grid")]),
    ("css-filter", &[Property("filter")]),
    ("css-function-clamp", &[Function("clamp")]),
    ("css-function-light-dark", &[Function("light-dark")]),
    ("css-function-max", &[Function("max")]),
    ("css-function-min", &[Function("min")]),
    ("css-gap", &[Property("column-gap"), Property("gap"), Property("row-gap")]),
    ("css-inset", &[Property("inset")]),
    ("css-margin-block-start-end", &[Property("margin-block-end"), Property("margin-block-start")]),
    ("css-margin-inline-block", &[Property("margin-block"), Property("margin-inline")]),
    (
        "css-margin-inline-start-end",
        &[Property("margin-inline-end"), Property("margin-inline-start")],
    ),
    ("css-mix-blend-mode", &[Property("mix-blend-mode")]),
    ("css-modern-color", &[Function("lab"), Function("lch"), Function("oklab"), Function("oklch")]),
    ("css-object-fit", &[Property("object-fit")]),
    (
        "css-padding-block-start-end",
        &[Property("padding-block-end"), Property("padding-block-start")],
    ),
    ("css-padding-inline-block", &[Property("padding-block"), Property("padding-inline")]),
    (
        "css-padding-inline-start-end",
        &[Property("padding-inline-end"), Property("padding-inline-start")],
    ),
    (
        "css-position",
        &[Value("position", "absolute"), Value("position", "fixed"), Value("position", "sticky")],
    ),
    ("css-pseudo-class-checked", &[Pseudo("checked")]),
    ("css-pseudo-class-has", &[Pseudo("has")]),
    ("css-pseudo-class-target", &[Pseudo("target")]),
    ("css-transform", &[Property("transform")]),
    ("css-unit-calc", &[Function("calc")]),
    ("css-unit-ch", &[Unit("ch")]),
    ("css-unit-rem", &[Unit("rem")]),
    ("css-unit-vh", &[Unit("vh")]),
    ("css-unit-vmax", &[Unit("vmax")]),
    ("css-unit-vmin", &[Unit("vmin")]),
    ("css-unit-vw", &[Unit("vw")]),
    ("css-variables", &[Function("var")]),
    ("css-writing-mode", &[Property("writing-mode")]),
    ("html-audio", &[Element("audio")]),
    ("html-base", &[Element("base")]),
    ("html-button-submit", &[Element("button")]),
    ("html-dialog", &[Element("dialog")]),
    ("html-form", &[Element("form")]),
    ("html-image-maps", &[Element("map")]),
    ("html-input-checkbox", &[Input("checkbox")]),
    ("html-input-radio", &[Input("radio")]),
    ("html-input-submit", &[Input("submit")]),
    ("html-input-text", &[Input("text")]),
    ("html-marquee", &[Element("marquee")]),
    ("html-meter", &[Element("meter")]),
    ("html-object", &[Element("object")]),
    ("html-progress", &[Element("progress")]),
    ("html-select", &[Element("select")]),
    ("html-svg", &[Element("svg")]),
    ("html-textarea", &[Element("textarea")]),
    ("html-video", &[Element("video")]),
];
