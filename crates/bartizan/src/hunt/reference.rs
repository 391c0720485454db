//! The text of `docs/hunting.md`.

use super::ledger;
use bartizan_hunt::saved::{Saved, shipped};

/// What stands in front of the reference.
const GUIDE: &str = "\
# Hunting

<!-- Written by `hunt::reference` from the definitions of views and saved hunts: change those, not this file. -->

`bartizan hunt` asks what is kept, in SQL, of a running bartizan or of a stopped one. What was recorded a moment ago is
there: sealed segments and the journal behind them are one table.

```console
bartizan hunt @refused_by_code --since 24h
bartizan hunt \"SELECT endpoint, count(*) AS calls FROM exchanges WHERE status >= 500 GROUP BY endpoint\"
bartizan hunt \"SELECT * FROM exchanges WHERE id = '01a2007c-5611-7cc8-959e-a13d309dcfa3'\" -o json
bartizan hunt @value_spread -o csv > fields.csv
```

The dialect is that of Apache DataFusion, which is close to PostgreSQL's. A hunt is one `SELECT` and only reads: there
are no files, tables or settings but the views below. It ends after `--timeout` (60 s) or `--rows` (10,000), and holds at
most 384 MiB; what is larger fails and says so. `--since 7d` leaves out what began earlier, and segments that hold
nothing else are not even opened. So do comparisons of `time` with a moment. A single value of `subject`, `session`, `client`,
`trace` or `value` is looked up by bloom filters, an `id` by its time.

`-o csv` puts an apostrophe in front of texts that a spreadsheet would take for a formula. Whole numbers beyond
2^53 are text in JSON.

Functions that make much of little are missing: `repeat`, `lpad`, `rpad`, `replace`, `regexp_replace`, `translate`,
`overlay`, `range`, `generate_series`, `array_repeat`, `array_resize`, `array_to_string`, `string_agg`, `to_char`,
`arrow_cast` and their kin; so is `WITH RECURSIVE`.

## Views

";

/// The text of `docs/hunting.md`, from the definitions of views and saved hunts.
pub fn reference() -> String {
    let mut text = GUIDE.to_owned();
    text.push_str(&bartizan_hunt::views::reference());
    text.push_str(&ledger::reference());
    text.push_str(
        "## Saved hunts\n\n`bartizan hunt --list` lists them, `bartizan hunt @NAME` asks one. Those below are built in. Your \
         own are files `NAME.sql` in `hunts/` of the data directory, or in `--hunts DIR`; one with the name of a \
         built-in hunt takes its place:\n\n```sql\n-- title: What it is called\n-- says: What it finds.\nSELECT \
         ...\n```\n\n",
    );
    for it in shipped() {
        let Saved { name, title, says, sql } = it;
        text.push_str(&format!("### `@{name}`: {title}\n\n{says}\n\n```sql\n{sql}\n```\n\n"));
    }
    format!("{}\n", text.trim_end())
}
