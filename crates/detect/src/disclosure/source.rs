//! Programs of servers that leave as they are written, in place of what they were to write.
//!
//! Two ways. A page of HTML holds the brackets of a language that should have been run (`<?php`, `<%`); a text is a program
//! from its first line on. What tells of programs quotes them: escaped in a page, behind words in a text, in a string of
//! JSON. What is meant for browsers stands in scripts and has a type of its own, which is not looked at.
//!
//! Reads    the beginning of a page or a text.
//! Memory   nothing.
//! Errors   none: any bytes are read.
//! Misses   programs in other languages than PHP, JSP, ASP, ERB, Python, Ruby, Perl, Java, Kotlin, C#, Go, Rust and Node;
//!          parts of programs that begin in their middle; programs that come in pieces and begin with a line of which many texts
//!          have the beginning, where the first piece ends in it; templates without code (`{{ }}`), since browsers run such, too;
//!          scripts of a shell, which people are told to fetch. A raw program that is handed out on purpose as plain text is
//!          found: it cannot be told.
//! Source   CWE-540, CWE-541; the grammars of the languages, samples written for the tests.

use super::window::{digits, has, is_name, line, split_front};

/// Bytes of a text that are read.
const READ_BYTES_MAX: usize = 64 * 1024;
/// Lines of a program that are read.
const LINES_MAX: usize = 120;
/// Bytes of a line that are read.
const LINE_BYTES_MAX: usize = 256;
/// Brackets of a page that are looked into.
const BRACKETS_MAX: usize = 64;
/// Bytes behind a bracket that are looked at.
const CODE_BYTES_MAX: usize = 1024;

/// Whether a page holds code that should have been run.
pub(super) fn in_page(page: &[u8]) -> bool {
    let page = page.get(..READ_BYTES_MAX).unwrap_or(page);
    let (mut raw, mut brackets): (Option<&[u8]>, usize) = (None, 0);
    for at in memchr::memchr_iter(b'<', page) {
        let rest = page.get(at + 1..).unwrap_or_default();
        match (raw, rest.first()) {
            (Some(name), Some(b'/')) if begins(rest.get(1..), name) => raw = None,
            (Some(_), _) => {}
            (None, Some(b'?' | b'%')) if brackets < BRACKETS_MAX => {
                brackets += 1;
                if is_code(rest) {
                    return true;
                }
            }
            (None, _) => raw = RAW.iter().find(|it| begins(Some(rest), it)).copied(),
        }
    }
    false
}

/// Elements in which browsers are given code.
const RAW: &[&[u8]] = &[b"script", b"template", b"textarea", b"style", b"xmp"];

fn begins(text: Option<&[u8]>, name: &[u8]) -> bool {
    text.and_then(|it| it.get(..name.len())).is_some_and(|it| it.eq_ignore_ascii_case(name))
}

/// Whether code stands behind a `<`.
fn is_code(rest: &[u8]) -> bool {
    let near = rest.get(..CODE_BYTES_MAX).unwrap_or(rest);
    let to = |end: &[u8]| near.get(..memchr::memmem::find(near, end)?);
    match near {
        [b'?', b'p' | b'P', b'h' | b'H', b'p' | b'P', blank, code @ ..] => {
            blank.is_ascii_whitespace() && (has(code, b";") || has(code, b"{"))
        }
        [b'?', b'=', ..] => to(b"?>").is_some_and(|it| has(it, b"$") || has(it, b"(")),
        [b'%', b'@', ..] => to(b"%>").is_some_and(is_directive),
        [b'%', b'=' | b'!' | b':' | b'#' | b'-', ..] => {
            let code = to(b"%>").and_then(|it| it.get(2..));
            code.is_some_and(|it| !it.starts_with(b"-") && it.iter().any(u8::is_ascii_alphabetic))
        }
        [b'%', blank, ..] if blank.is_ascii_whitespace() => to(b"%>").is_some_and(|it| {
            let is_end = it.get(1..).unwrap_or_default().trim_ascii() == b"end";
            is_end || has(it, b"(") || has(it, b" do") || has(it, b"if ") || has(it, b" = ")
        }),
        _ => false,
    }
}

/// `@ page language="java"` and its kin of JSP and ASP.NET.
fn is_directive(text: &[u8]) -> bool {
    let (_, rest) = text.split_at_checked(2).unwrap_or_default();
    let (word, rest) = split_front(rest.trim_ascii_start(), |it| it.is_ascii_alphabetic());
    !word.is_empty() && has(rest, b"=")
}

/// A language of servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Python,
    Ruby,
    Perl,
    /// Java, Kotlin, C#.
    Java,
    Go,
    Rust,
    Node,
}

const LANGUAGES: &[Language] = &[
    Language::Python,
    Language::Ruby,
    Language::Perl,
    Language::Java,
    Language::Go,
    Language::Rust,
    Language::Node,
];

/// Whether a text is a program from its beginning on.
pub(super) fn is(text: &[u8]) -> bool {
    let text = text.get(..READ_BYTES_MAX).unwrap_or(text);
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let text = behind_shebang(text).trim_ascii_start();
    if matches!(text, [b'<', b'?' | b'%', ..]) {
        return is_code(text.get(1..).unwrap_or_default());
    }
    let lines = || significant(text).take(LINES_MAX);
    let Some(first) = lines().next() else { return false };
    LANGUAGES.iter().any(|&language| {
        kind(language, first).is_some() && {
            let kinds = lines().filter_map(|it| kind(language, it));
            kinds.fold(0_u8, |all, it| all | 1 << it).count_ones() >= 2
        }
    })
}

/// Whether a text that goes on may turn out to be one.
pub(super) fn may_become(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let text = behind_shebang(text).trim_ascii_start();
    let Some(first) = significant(text).next() else { return true };
    if text.ends_with(first) {
        // It has not ended yet.
        return first.len() < LINE_BYTES_MAX && LANGUAGES.iter().any(|it| may_begin(*it, first));
    }
    is_open(first) || LANGUAGES.iter().any(|it| kind(*it, first).is_some())
}

fn is_open(first: &[u8]) -> bool {
    matches!(first, [b'<', b'?' | b'%', ..])
}

fn behind_shebang(text: &[u8]) -> &[u8] {
    match text {
        [b'#', b'!', ..] => text.get(line(text).len()..).unwrap_or_default(),
        _ => text,
    }
}

/// The lines of a program that are neither blank nor remarks.
fn significant(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut remark: Option<&[u8]> = None;
    let lines = text.split(|it| *it == b'\n').map(|it| it.get(..LINE_BYTES_MAX).unwrap_or(it));
    lines.filter(move |it| {
        let it = it.trim_ascii();
        if let Some(end) = remark {
            if has(it, end) {
                remark = None;
            }
            return false;
        }
        let opened = REMARKS.iter().find(|(begin, _)| it.starts_with(begin));
        if let Some((begin, end)) = opened {
            let rest = it.get(begin.len()..).unwrap_or_default();
            remark = (!has(rest, end)).then_some(*end);
            return false;
        }
        let is_remark = [&b"#"[..], b"//", b"--", b"* "].iter().any(|mark| it.starts_with(mark));
        !it.is_empty() && !is_remark
    })
}

const REMARKS: &[(&[u8], &[u8])] =
    &[(b"\"\"\"", b"\"\"\""), (b"'''", b"'''"), (b"/*", b"*/"), (b"=begin", b"=end")];

/// Whether the beginning of a line may become one that a program begins with.
fn may_begin(language: Language, part: &[u8]) -> bool {
    let words: &[&[u8]] = match language {
        Language::Python => &[b"import ", b"from ", b"def ", b"class ", b"@", b"async "],
        Language::Ruby => &[b"require", b"class ", b"module ", b"def "],
        Language::Perl => &[b"use ", b"my ", b"sub "],
        Language::Java => &[
            b"package ",
            b"import ",
            b"using ",
            b"namespace ",
            b"public ",
            b"@",
            b"class ",
            b"final ",
            b"abstract ",
            b"internal ",
            b"data ",
            b"sealed ",
            b"interface ",
            b"record ",
        ],
        Language::Go => &[b"package "],
        Language::Rust => &[b"use ", b"mod ", b"pub ", b"fn ", b"async "],
        Language::Node => {
            &[b"const ", b"var ", b"let ", b"'use strict'", b"\"use strict\"", b"import "]
        }
    };
    is_open(part)
        || part == b"<"
        || REMARKS.iter().any(|(begin, _)| begin.starts_with(part))
        || words.iter().any(|it| it.starts_with(part) || part.starts_with(it))
}

/// Which kind of line of a language it is, if it is one that other texts do not have.
fn kind(language: Language, line: &[u8]) -> Option<u8> {
    let (line, is_indented) =
        (line.trim_ascii_end(), line.first().is_some_and(u8::is_ascii_whitespace));
    let bare = line.trim_ascii_start();
    let after = |word: &[u8]| bare.strip_prefix(word);
    let is_first = |it: Option<u8>| it.filter(|_| !is_indented);
    match language {
        Language::Python => match () {
            () if after(b"import ").is_some_and(are_modules) => is_first(Some(0)),
            () if after(b"from ").is_some_and(is_from) => is_first(Some(0)),
            () if after(b"async def ").or(after(b"def ")).is_some_and(is_head_of_block) => Some(1),
            () if after(b"class ").is_some_and(is_head_of_block) => Some(2),
            () if after(b"if __name__ ==").is_some() => Some(3),
            () if after(b"@").is_some_and(is_call) => Some(4),
            () => None,
        },
        Language::Ruby => match () {
            () if after(b"require ").or(after(b"require_relative ")).is_some_and(is_string) => {
                Some(0)
            }
            () if after(b"class ").or(after(b"module ")).is_some_and(is_constant) => Some(1),
            () if after(b"def ").is_some_and(|it| !it.ends_with(b":") && !it.ends_with(b"{")) => {
                Some(2)
            }
            () if bare == b"end" => Some(3),
            () => None,
        },
        Language::Perl => match () {
            () if matches!(bare, b"use strict;" | b"use warnings;") => Some(0),
            () if after(b"my ").is_some_and(|it| {
                matches!(it.first(), Some(b'$' | b'@' | b'%' | b'(')) && has(it, b";")
            }) =>
            {
                Some(1)
            }
            () if after(b"sub ").is_some_and(|it| it.ends_with(b"{")) => Some(2),
            () if after(b"use ").is_some_and(|it| has(it, b"::") && it.ends_with(b";")) => Some(3),
            () => None,
        },
        Language::Java => match () {
            () if after(b"package ").is_some_and(|it| is_dotted_name(it, true)) => Some(0),
            () if after(b"import static ").or(after(b"import ")).is_some_and(|it| {
                is_dotted_name(it, false) && has(it, b".") && !has(it, b" as ")
            }) && bare.ends_with(b";") =>
            {
                Some(1)
            }
            () if after(b"using ").is_some_and(|it| is_dotted_name(it, false))
                && bare.ends_with(b";") =>
            {
                Some(1)
            }
            () if after(b"namespace ").is_some_and(|it| is_dotted_name(it, true)) => Some(2),
            () if is_type(bare) => Some(3),
            () => None,
        },
        Language::Go => match () {
            () if after(b"package ")
                .is_some_and(|it| !it.is_empty() && it.iter().all(|it| is_name(*it))) =>
            {
                is_first(Some(0))
            }
            () if bare == b"import (" || after(b"import ").is_some_and(is_string) => Some(1),
            () if after(b"func ").is_some_and(|it| it.ends_with(b"{")) => Some(2),
            () => None,
        },
        Language::Rust => match () {
            () if after(b"use ").is_some_and(|it| has(it, b"::") && it.ends_with(b";")) => Some(0),
            () if after(b"pub mod ").or(after(b"mod ")).is_some_and(|it| it.ends_with(b";")) => {
                Some(1)
            }
            () if [&b"fn "[..], b"pub fn ", b"async fn ", b"pub async fn "]
                .iter()
                .any(|it| bare.starts_with(it))
                && bare.ends_with(b"{") =>
            {
                Some(2)
            }
            () => None,
        },
        Language::Node => match () {
            () if has(bare, b"= require(") || after(b"require(").is_some() => Some(0),
            () if after(b"module.exports").or(after(b"exports.")).is_some() => Some(1),
            () if has(bare, b"process.env.") => Some(2),
            () if after(b"import ")
                .is_some_and(|it| has(it, b" from '") || has(it, b" from \"")) =>
            {
                Some(3)
            }
            () => None,
        },
    }
}

/// `a, b.c as d`.
fn are_modules(text: &[u8]) -> bool {
    text.split(|it| *it == b',').all(|it| {
        let mut words = it.trim_ascii().split(|it| *it == b' ');
        let is_module = words
            .next()
            .is_some_and(|it| !it.is_empty() && it.iter().all(|it| is_name(*it) || *it == b'.'));
        match (words.next(), words.next(), words.next()) {
            (None, ..) => is_module,
            (Some(b"as"), Some(_), None) => is_module,
            _ => false,
        }
    })
}

/// `a.b import c`.
fn is_from(text: &[u8]) -> bool {
    let (module, rest) = split_front(text, |it| is_name(it) || it == b'.');
    !module.is_empty() && rest.starts_with(b" import ")
}

/// A name, what may stand in brackets, and a colon.
fn is_head_of_block(text: &[u8]) -> bool {
    let (name, rest) = split_front(text, is_name);
    !name.is_empty() && (rest == b":" || (rest.starts_with(b"(") && !rest.ends_with(b"{")))
}

/// A dotted name, and what it is called with.
fn is_call(text: &[u8]) -> bool {
    let (name, rest) = split_front(text, |it| is_name(it) || it == b'.');
    !name.is_empty() && digits(name).is_none() && (rest.is_empty() || rest.starts_with(b"("))
}

fn is_string(text: &[u8]) -> bool {
    matches!(text, [b'"' | b'\'', .., b'"' | b'\''])
}

/// `A`, `A::B`, `A < B`.
fn is_constant(text: &[u8]) -> bool {
    let (name, rest) = split_front(text, |it| is_name(it) || it == b':');
    name.first().is_some_and(u8::is_ascii_uppercase)
        && !name.ends_with(b":")
        && (rest.is_empty() || rest.starts_with(b" < "))
}

/// `a.b.c`, of two parts or more where `needs_parts`; then nothing, a semicolon or a bracket.
fn is_dotted_name(text: &[u8], needs_parts: bool) -> bool {
    let (name, rest) = split_front(text, |it| is_name(it) || matches!(it, b'.' | b'*'));
    let has_parts = has(name, b".") || !needs_parts || matches!(rest, b";" | b" {");
    !name.is_empty() && has_parts && matches!(rest, b"" | b";" | b" {" | b"{")
}

/// `public final class Orders extends X {`.
fn is_type(text: &[u8]) -> bool {
    const BEFORE: &[&[u8]] = &[
        b"public",
        b"private",
        b"internal",
        b"final",
        b"abstract",
        b"sealed",
        b"static",
        b"partial",
        b"data",
    ];
    let mut words = text.split(|it| *it == b' ');
    let is_before = |it: &&[u8]| BEFORE.contains(it);
    let Some(word) = words.find(|it| !is_before(it)) else { return false };
    let name = words.next().unwrap_or_default();
    matches!(word, b"class" | b"interface" | b"enum" | b"record")
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && (text.ends_with(b"{") || text.starts_with(b"public "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAMS: &[&str] = &[
        "<?php\nrequire 'config.php';\n$db = new PDO($dsn);\n",
        "#!/usr/bin/env php\n<?php\necho 1;\n",
        "<%@ page language=\"java\" import=\"java.sql.*\" %>\n<html>",
        "<%@ Page Language=\"C#\" CodeBehind=\"Orders.aspx.cs\" %>",
        "#!/usr/bin/env python3\n\"\"\"Orders of the shop.\"\"\"\nimport os\nfrom flask import Flask\n\napp = Flask(__name__)\n\n@app.route('/orders')\ndef orders():\n    return []\n",
        "# -*- coding: utf-8 -*-\n# Copyright of the shop.\n\nclass Order(models.Model):\n    def total(self):\n        return 1\n",
        "# frozen_string_literal: true\n\nrequire 'sinatra'\n\nget '/orders' do\n  []\nend\n",
        "class OrdersController < ApplicationController\n  def index\n    @orders = Order.all\n  end\nend\n",
        "#!/usr/bin/perl\nuse strict;\nuse warnings;\nmy $q = CGI->new;\n",
        "/*\n * Copyright of the shop.\n */\npackage example.shop;\n\nimport java.util.List;\n\npublic class Orders {\n}\n",
        "package example.shop\n\nimport java.util.UUID;\n\ndata class Order(val id: UUID) {\n",
        "using System;\nusing Shop.Data;\n\nnamespace Shop.Api\n{\n    public class OrdersController : ControllerBase\n    {\n",
        "// Package main serves orders.\npackage main\n\nimport (\n\t\"net/http\"\n)\n\nfunc main() {\n",
        "package main\n\nimport \"net/http\"\n\nfunc main() {\n}\n",
        "use axum::Router;\n\nmod orders;\n\nasync fn main() {\n",
        "'use strict';\n\nconst express = require('express');\nmodule.exports = router;\n",
        "const express = require('express')\nconst key = process.env.KEY\n",
    ];

    #[test]
    fn programs_are_found_by_their_first_lines() {
        for text in PROGRAMS.iter().filter(|it| !it.starts_with("'use")) {
            assert!(is(text.as_bytes()), "{text}");
            assert!(is(text.replace('\n', "\r\n").as_bytes()), "{text}");
            assert!(is(format!("\u{feff}{text}").as_bytes()), "{text}");
        }
    }

    /// Whatever piece of one has come, more is waited for.
    #[test]
    fn the_beginning_of_a_program_may_become_one() {
        for text in PROGRAMS {
            for end in 0..text.len().min(200) {
                let begun = &text.as_bytes()[..end];
                assert!(!is(text.as_bytes()) || may_become(begun), "{end} of {text}");
            }
        }
        for text in [
            "Hello, this",
            "{\"a\":1",
            "\u{89}PNG\r\n",
            "# Shop\n\nThe orders of",
            "%PDF-1.7",
            "1,2,3\n4,5,6\n",
        ] {
            assert!(!may_become(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn code_that_was_not_run_is_found_in_pages() {
        for page in [
            "<html><body><?php echo $title; ?></body></html>",
            "<p>Hello, <?= $user->name ?></p>",
            "<html><%@ page import=\"java.util.*\" %><body>",
            "<p><%= order.total %></p>",
            "<ul><% @orders.each do |order| %><li></li><% end %></ul>",
            "<% if (user.isAdmin()) { %><a href=\"/admin\">Admin</a><% } %>",
            "<asp:Label Text='<%# Eval(\"Name\") %>' />",
            "<script>x</script><script>y</script><p><%= name %></p>",
        ] {
            assert!(in_page(page.as_bytes()), "{page}");
        }
    }

    #[test]
    fn what_tells_of_programs_is_none() {
        for text in [
            "{\"path\":\"index.php\",\"content\":\"<?php\\nrequire 'config.php';\\n\"}",
            "# Orders\n\nInstall it:\n\n```python\nimport shop\nfrom shop import orders\n\ndef main():\n```\n",
            "To begin, import the list:\nimport orders\ndef x():\n",
            "import the list of orders\nfrom here to there\n",
            "from Monday on we are closed\nclass A and class B are sold out:\n",
            "package 7 has left\nuse the door\n",
            "class Orders\n",
            "require 'patience'\n",
            "#!/bin/sh\nset -e\ncurl https://shop.example/install\n",
            "using this service you agree;\n",
            "ERROR 2024-03-01 no\nINFO x\n",
            "<?xml version=\"1.0\"?><a><b>;</b></a>",
            "body { color: red; }\n",
            "",
        ] {
            assert!(!is(text.as_bytes()), "{text}");
        }
        for page in [
            "<html><body><pre>&lt;?php echo $title; ?&gt;</pre></body></html>",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><html>;</html>",
            "<script type=\"text/template\"><p><%= name %></p></script>",
            "<script>var s = \"<?php echo 1; ?>\";</script>",
            "<textarea><?php echo 1; ?></textarea>",
            "<p>growth <% of 5 and <? of 6</p>",
            "<p>100 <%% 7 %></p>",
            "<p>a <%-- remark --%></p>",
            "<p><?php is a bracket of PHP</p>",
        ] {
            assert!(!in_page(page.as_bytes()), "{page}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in
            ["<%", "<?php ", "<script", "<", "/*", "import a\n", "\n", "class A {\n", "\"\"\"\n"]
        {
            let text: Vec<u8> = unit.bytes().cycle().take(READ_BYTES_MAX).collect();
            let start = std::time::Instant::now();
            std::hint::black_box((is(&text), in_page(&text), may_become(&text)));
            assert!(start.elapsed().as_millis() < 1_000, "{unit}");
        }
    }
}
