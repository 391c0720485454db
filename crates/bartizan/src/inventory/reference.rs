//! The reference of posture, of which the list of flaws is made from the code.

use bartizan_learn::posture;

/// As Markdown.
pub fn reference() -> String {
    format!("{ABOVE}{}{BELOW}", posture::reference())
}

const ABOVE: &str = "\
# Posture

What is weak about each endpoint, told from its traffic: why, how bartizan can hold it now, and how to mend it for good.

```console
bartizan inventory posture
bartizan inventory posture --service shop -o json
bartizan inventory posture --trend
```

The console shows the same under *Posture*, and for one endpoint under *Inventory*.

A weakness says on how many calls or messages it rests. Its risk is the weight below, up to 15 more where personal or secret
data passes and that matters, a third less where fewer than one call in ten showed it. The risk of an endpoint is that of
at least one of its weaknesses doing harm, were each of them independent: a rank, not a probability.

";

const BELOW: &str = "
Flaws whose name begins with `baseline_` are what an endpoint lacks of what its API owes ([discovery](discovery.md)); where another flaw says
the same, the risk of an endpoint counts the graver of the two. `past_sunset` counts calls after the last day of an endpoint that goes.

`internal_fields` rests on names that frameworks and applications give to what is their own (`passwordHash`, `isAdmin`, `internal_note`, `__v`, `_id` beside
`id`), and on fields that were always null, or always the same, in 200 messages that at least 20 subjects got. Names that tell answers apart
(`type`, `status`, `version`) are left out of the latter. It says where to look: a field that never differs may yet be needed. `chosen_urls` rests on the hosts that
several clients named in one place ([third parties](discovery.md#third-parties)).

`--trend` tells how it went: once a day (UTC), and when it starts, a running instance keeps how many endpoints it has, how many of them are weak, at risk (30 or
more) and have which flaw, of all services together and for 400 days (`posture.json`). The first minute of a day writes the day before. Days on which nothing ran are missing.

What the source of traffic did not tell is *unknown*, never absent: an access log tells neither credentials nor the heads
and bodies of answers, so that nothing is said of either. Of exchanges that pass through bartizan, heads of answers are looked
at where facts are kept: the first 200 of an endpoint, then one in sixteen.

Of [copies of requests](discovery.md#copies-of-requests) it is told what was asked (clear text where a proxy says so, passwords and
tokens, credentials in URLs), never what was accepted: `outcomes` is unknown there.

What it misses:

- whether a caller had a right to what it got, and most fields that no client needs;
- what people know and traffic does not show: that an endpoint is meant for everybody, that a token is public;
- data whose class is not told ([classification](classification.md)), and what follows the first 16 KiB of an answer;
- log-ins under unusual names: callers get credentials there, so that calls without one are right.
";
