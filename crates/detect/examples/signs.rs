//! What recognisers see in labelled requests: `signs FILE [ATTACK STRENGTH benign|SOURCE CLASS]`.
//!
//! Reads    a file of requests with their decoded values, as `content_corpora DIR dump FILE` writes it: a line each,
//!          with tabs between source, group, class, label, placement, key, id, and the values in hexadecimal with `n:`
//!          (a name) or `v:` before each and blanks between.
//! Writes   for each class and source of attacks the share of requests in which the recogniser of that class has a
//!          certain sign, a likely one at least, or any; and for each benign group the requests in which any
//!          recogniser does. With further arguments: the requests themselves, in which `ATTACK` has a sign of that
//!          strength exactly (`none` too).

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool that prints what it measured"
)]

use bartizan_detect::content::attack::Attack;
use bartizan_detect::content::sign::{Signs, Strength};
use bartizan_detect::content::signs;
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

struct Sample<'a> {
    source: &'a str,
    group: &'a str,
    class: &'a str,
    is_attack: bool,
    placement: &'a str,
    id: &'a str,
    values: Vec<(bool, Vec<u8>)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((file, rest)) = words.split_first() else { return Err("a file".into()) };
    let text = std::fs::read_to_string(file)?;
    let samples: Vec<Sample<'_>> = text.lines().filter_map(sample).collect();
    match rest {
        [] => tables(&samples),
        [attack, strength, "benign"] => list(&samples, attack, strength, |it| !it.is_attack),
        [attack, strength, source, class] => {
            list(&samples, attack, strength, |it| it.source == *source && it.class == *class);
        }
        _ => return Err("signs FILE [ATTACK certain|likely|hint|none benign|SOURCE CLASS]".into()),
    }
    Ok(())
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let mut parts = line.split('\t');
    let mut next = || parts.next();
    let (source, group, class) = (next()?, next()?, next()?);
    let (is_attack, placement, _, id) = (next()? == "attack", next()?, next()?, next()?);
    let values = next()?.split(' ').filter_map(value).collect();
    Some(Sample { source, group, class, is_attack, placement, id, values })
}

fn value(text: &str) -> Option<(bool, Vec<u8>)> {
    let (kind, hex) = text.split_once(':')?;
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    Some((kind == "n", hex.as_bytes().chunks(2).filter_map(byte).collect()))
}

fn of_class(class: &str) -> Option<&'static str> {
    Some(match class {
        "sqli" => "sql",
        "xss" => "script",
        "cmdi" => "command",
        "path-traversal" => "traversal",
        "ssti" => "template",
        "nosqli" => "nosql",
        "xxe" => "xml",
        "ldap" => "ldap",
        "xpath" => "xpath",
        "ssrf" => "server_request",
        "crlf" => "line",
        "deserialization" => "object",
        "log4shell" => "lookup",
        "prototype-pollution" => "prototype",
        "graphql" => "graphql",
        "scanner" => "scanner",
        _ => return None,
    })
}

fn seen(it: &Sample<'_>, of: Option<&str>) -> Option<Strength> {
    let all = it.values.iter().flat_map(|(is_name, text)| signs(text, *is_name));
    all.filter(|it| of.is_none_or(|of| it.0.name() == of))
        .filter_map(|(attack, signs)| signs.strength(attack.signs()))
        .max()
}

fn tables(samples: &[Sample<'_>]) {
    type Counts = [u32; 4];
    let (mut attacks, mut benign) =
        (BTreeMap::<_, Counts>::new(), BTreeMap::<_, (Counts, BTreeMap<String, u32>)>::new());
    let started = Instant::now();
    for it in samples {
        if it.is_attack {
            let any = seen(it, None);
            let own = of_class(it.class).map_or(any, |of| seen(it, Some(of)));
            let counts = attacks.entry((it.class, it.source)).or_default();
            for (n, strength) in
                [Strength::Hint, Strength::Likely, Strength::Certain].iter().enumerate()
            {
                counts[n + 1] += u32::from(own.is_some_and(|own| own >= *strength));
            }
            counts[0] += 1;
        } else {
            let (counts, by) = benign.entry((it.source, it.group)).or_default();
            counts[0] += 1;
            let any = seen(it, None);
            for (n, strength) in
                [Strength::Hint, Strength::Likely, Strength::Certain].iter().enumerate()
            {
                counts[n + 1] += u32::from(any.is_some_and(|any| any >= *strength));
            }
            for attack in Attack::ALL {
                if let Some(strength) =
                    seen(it, Some(attack.name())).filter(|it| *it > Strength::Hint)
                {
                    *by.entry(format!("{}-{strength:?}", attack.name())).or_default() += 1;
                }
            }
        }
    }
    println!("attacks                                   requests  certain   likely+     hint+");
    for ((class, source), [all, hint, likely, certain]) in attacks {
        let share = |part: u32| f64::from(part) * 100.0 / f64::from(all);
        let name = format!("{class} {source}");
        println!(
            "{name:40} {all:9} {:8.1} {:9.1} {:9.1}",
            share(certain),
            share(likely),
            share(hint)
        );
    }
    println!("\nbenign                                    requests  certain   likely+     hint+");
    for ((source, group), ([all, hint, likely, certain], by)) in benign {
        let name = format!("{source} {group}");
        println!("{name:40} {all:9} {certain:8} {likely:9} {hint:9}  {by:?}");
    }
    println!("\n{:?} for {} requests", started.elapsed(), samples.len());
}

fn list(
    samples: &[Sample<'_>],
    attack: &str,
    strength: &str,
    is_asked: impl Fn(&Sample<'_>) -> bool,
) {
    let asked = match strength {
        "certain" => Some(Strength::Certain),
        "likely" => Some(Strength::Likely),
        "hint" => Some(Strength::Hint),
        _ => None,
    };
    for it in samples.iter().filter(|it| is_asked(it)) {
        if seen(it, Some(attack)) != asked {
            continue;
        }
        println!("{} {} {} {}", it.source, it.group, it.placement, it.id);
        for (is_name, text) in &it.values {
            let own = signs(text, *is_name).find(|it| it.0.name() == attack);
            let is_shown = own.is_some() || (asked.is_none() && text.len() > 2 && !is_name);
            if is_shown {
                let text: String = String::from_utf8_lossy(text).chars().take(400).collect();
                println!("    {} {text:?}", own.map_or(String::new(), |it| names(it.0, it.1)));
            }
        }
    }
}

fn names(attack: Attack, signs: Signs) -> String {
    let seen = attack.signs().iter().enumerate().filter(|(n, _)| signs.has(*n));
    seen.map(|it| it.1.name).collect::<Vec<_>>().join("+")
}
