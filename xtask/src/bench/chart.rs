//! The verifications as bars, in an SVG that is legible on light and on dark pages.

use super::report::{FLOOR, OURS, Report, Row};
use super::table::{ratio, time};

/// Where the bars begin, and how long the longest of a group is.
const NAMES: f64 = 270.0;
const BARS: f64 = 340.0;
const WIDTH: f64 = 760.0;
const LINE: f64 = 20.0;
/// Between two groups, for the title of the lower one.
const GAP: f64 = 34.0;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#424a53}\
.title{font-weight:600}\
.floor{fill:#8c959f}.ours{fill:#0969da}.peer{fill:#bf8700}\
@media(prefers-color-scheme:dark){text{fill:#c9d1d9}.ours{fill:#58a6ff}.peer{fill:#d29922}}";

/// A group for each algorithm, a bar for each Rust library.
pub(super) fn svg(report: &Report) -> String {
    let mut body = String::new();
    let mut y = 0.0;
    for algorithm in report.algorithms("verify") {
        let rows: Vec<&Row> = report
            .rows
            .iter()
            .filter(|row| row.operation == "verify" && row.algorithm == algorithm)
            .filter(|row| !row.is_foreign())
            .collect();
        y += GAP;
        text(&mut body, (0.0, y - 10.0), "title", algorithm);
        let longest = rows.iter().map(|row| row.nanos.median).fold(1.0, f64::max);
        for row in rows {
            bar(&mut body, y, row, longest);
            y += LINE;
        }
    }
    let height = y + 10.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>Time of one verification, and its multiple of the primitive</title>\n\
         <style>{STYLE}</style>\n{body}</svg>\n"
    )
}

fn bar(body: &mut String, y: f64, row: &Row, longest: f64) {
    let class = match row.library.as_str() {
        OURS => "ours",
        FLOOR => "floor",
        _ => "peer",
    };
    let nanos = row.nanos.median;
    // Thinner than this it would vanish.
    let length = (nanos / longest * BARS).max(1.5);
    text(body, (0.0, y + 14.0), "name", &row.name);
    rect(body, (NAMES, y + 3.0), (length, LINE - 6.0), class);
    let label = format!("{} · {}", time(nanos), ratio(row.ratio.median));
    text(body, (NAMES + length + 6.0, y + 14.0), "value", &label);
}

fn rect(body: &mut String, (x, y): (f64, f64), (width, height): (f64, f64), class: &str) {
    let shape = format!("width=\"{width:.1}\" height=\"{height}\"");
    append(body, &format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" {shape} rx=\"2\"/>"));
}

fn text(body: &mut String, (x, y): (f64, f64), class: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    append(body, &format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y}\">{text}</text>"));
}

fn append(body: &mut String, element: &str) {
    body.push_str(element);
    body.push('\n');
}
