"""Operators, carriers and the plan, with rows made here. The long proof is check.py."""

import base64
import gzip
import json
import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

import check  # noqa: E402
import corpus  # noqa: E402
import markup_operators  # noqa: E402
import mutate  # noqa: E402
import shell_operators  # noqa: E402
import sql_operators  # noqa: E402
import sql_text  # noqa: E402
from message import Impossible, Message, row_of  # noqa: E402
from operators import EVERY, VALUE  # noqa: E402


def operator(name):
    return next(it for it in mutate.OPERATORS if it.name == name)


def changes(name, text, times=30):
    return {operator(name).apply(text, random.Random(seed)) for seed in range(times)}


def attack(at, kind, text, placement="query"):
    row = {"id": f"made-{at}", "source": "made", "group": "made", "class": kind, "label": "attack", "method": "GET", "path_and_query": "/find?lang=en&q=" + "".join(f"%{it:02x}" for it in text.encode()),
           "headers": [["Host", "api.shop.example"]], "body_b64": "", "placement": "query", "key": f"k{at}", "skel": f"s{at}"}
    if placement == "json":
        row |= {"method": "POST", "path_and_query": "/find", "headers": [["Host", "a"], ["Content-Type", "application/json"]], "placement": "json",
                "body_b64": base64.b64encode(json.dumps({"lang": "en", "q": text}).encode()).decode()}
    return row


ROWS = [attack(at, kind, text, ("query", "json")[at % 2]) for at, (kind, text) in enumerate(
    [("sqli", f"{n}' or {n}={n} union select 1,'ab{n}' from t{n} -- ") for n in range(12)] + [("xss", f"<img src=x{n} onerror=alert({n})>") for n in range(12)]
    + [("cmdi", f"; cat /etc/file{n}") for n in range(12)] + [("ssrf", f"http://127.0.0.1:80{n}/") for n in range(10, 20)])]


def folder_with(test, rows):
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    with gzip.open(Path(folder.name) / "made.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(it) + "\n" for it in rows)
    return folder.name


class Operators(unittest.TestCase):
    def test_there_are_more_than_thirty_with_names_of_their_own(self):
        names = [it.name for it in mutate.OPERATORS]
        self.assertGreater(len(names), 30)
        self.assertEqual(len(names), len(set(names)))

    def test_every_operator_is_for_classes_that_exist(self):
        for it in mutate.OPERATORS:
            self.assertTrue(it.classes and it.classes <= set(corpus.LOOKS), it.name)

    def test_the_same_seed_gives_the_same_text(self):
        for it in mutate.OPERATORS:
            if it.stage <= VALUE:
                for text in ("1' or 1=1 -- ", "; cat /etc/passwd", "<img src=x onerror=alert(1)>", "../../../../../etc/passwd", "{{7*7}}"):
                    self.assertEqual(it.apply(text, random.Random(4)), it.apply(text, random.Random(4)), it.name)

    def test_text_without_an_attack_is_left_alone_by_operators_of_the_text(self):
        for it in mutate.OPERATORS:
            if it.stage < VALUE:
                self.assertIsNone(it.apply("anna", random.Random(1)), it.name)


class Sql(unittest.TestCase):
    def test_tokens_are_the_text(self):
        for text in ("1' or 'a'='a", "1) and (2=2", "x\" union select 1,2 -- -", "1 or 1=1#"):
            self.assertEqual(sql_text.joined(sql_text.tokens(text)), text)

    def test_a_quote_in_front_ends_the_victims_literal(self):
        self.assertEqual(sql_text.tokens("ab' or 1=1")[0].kind, "lead")
        self.assertEqual(sql_text.tokens("1 or 'a'='a'")[0].kind, "number")

    def test_case_changes_in_keywords_and_not_in_strings(self):
        for it in changes("sql-keyword-case", "1' or 'abc'='abc' union select name from tab -- "):
            self.assertIn("'abc'='abc'", it)
            self.assertIn("name", it)
            self.assertIn(" tab -- ", it)

    def test_nothing_is_put_into_a_comment_at_the_end(self):
        for it in changes("sql-newline", "1 or 1=1 -- a b c"):
            self.assertTrue(it.endswith("-- a b c"))

    def test_the_order_by_position_is_not_calculated_with(self):
        self.assertEqual(changes("sql-arithmetic", "1 order by 3 -- "), {None})
        self.assertEqual(changes("sql-scientific", "1 union select 3,4 -- "), {None})

    def test_a_string_beside_a_number_is_not_written_as_a_number(self):
        self.assertEqual(changes("sql-hex-string", "1 or 0='abc'"), {None})
        self.assertNotEqual(changes("sql-hex-string", "1 or 'abc'='abc'"), {None})

    def test_a_text_for_one_database_is_not_written_for_another(self):
        self.assertEqual(sql_text.dialects("1; waitfor delay '0:0:5'--"), frozenset(("mssql",)))
        it = mutate.Child("sqli", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), "1 or 1=1; waitfor delay '0:0:5'--"))
        self.assertFalse(it.take(operator("sql-versioned-comment"), random.Random(1)))

    def test_operators_of_different_databases_do_not_meet(self):
        it = mutate.Child("sqli", Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), "x' or 'abc'='abc' -- "))
        self.assertTrue(it.take(operator("sql-plus-concatenation"), random.Random(1)))
        self.assertEqual(it.victims, frozenset(("mssql",)))
        self.assertFalse(it.take(operator("sql-tail-hash"), random.Random(1)))


class Shell(unittest.TestCase):
    def test_the_victims_quotes_stay(self):
        self.assertEqual(shell_operators.split("'; id; '"), ("'", "; id; ", "'"))

    def test_a_reader_behind_a_pipe_is_not_given_other_input(self):
        self.assertEqual(changes("shell-base64", "| sort"), {None})
        self.assertNotEqual(changes("shell-base64", "| id"), {None})

    def test_an_assignment_does_not_go_behind_a_pipe(self):
        self.assertEqual(changes("shell-variables", "| whoami"), {None})

    def test_commands_of_windows_are_not_written_for_a_posix_shell(self):
        self.assertEqual(shell_operators.victims("& dir c:\\"), frozenset(("cmd",)))


class Markup(unittest.TestCase):
    def test_what_looks_like_a_tag_in_a_script_is_left_alone(self):
        for it in changes("html-tag-case", "<script>x='<b>'</script>"):
            self.assertIn("x='<b>'", it)

    def test_a_slash_does_not_go_behind_a_value_without_quotes(self):
        self.assertEqual(changes("html-slash-for-blank", "<img src=x onerror=alert(1)>"), {"<img/src=x onerror=alert(1)>"})

    def test_entities_decode_to_the_same_handler(self):
        for it in changes("html-entities", "<img src=x onerror=alert(1)>"):
            self.assertIn(("onerror", "alert(1)"), check.runs_of(it))


class Carriers(unittest.TestCase):
    def test_a_reader_of_the_request_finds_the_value_again(self):
        for value in check.VALUES:
            for message in check.messages(value):
                try:
                    written = row_of(message)
                except Impossible:
                    continue
                self.assertIn(value, check.texts_of(written), message.place)

    def test_what_cannot_stand_in_a_header_is_not_put_there(self):
        with self.assertRaises(Impossible):
            row_of(Message("GET", "/", (), (), "none", None, ("header", "X-A"), "a\r\nb"))

    def test_members_that_stand_twice_stay_in_their_order(self):
        message = Message("POST", "/", (), (), "json", {"a": 1, "q": ""}, ("json", "q"), "bad")
        body = row_of(operator("parameter-before").apply(message, random.Random(1)))[3]
        self.assertEqual(json.loads(body, object_pairs_hook=list), [("a", 1), ("q", "all"), ("q", "bad")])

    def test_a_split_value_is_joined_to_the_same_statement(self):
        message = Message("GET", "/", (("q", ""),), (), "none", None, ("query", 0), "1 union select")
        target = row_of(operator("parameter-split").apply(message, random.Random(1)))[1]
        values = [check.percent(it.partition("=")[2]) for it in target.partition("?")[2].split("&")]
        self.assertIn(",".join(values), ("1/*,*/union select", "1 union/*,*/select"))


class Corpora(unittest.TestCase):
    def test_the_value_that_is_rare_in_its_place_is_the_attack(self):
        found = {row["id"]: message.value for row, message in corpus.parents(folder_with(self, ROWS))}
        self.assertEqual(found["made-0"], "0' or 0=0 union select 1,'ab0' from t0 -- ")
        self.assertEqual(found["made-13"], "<img src=x1 onerror=alert(1)>")

    def test_benign_rows_and_lines_of_scripts_are_no_parents(self):
        rows = [attack(1, "ssti", "import os; {{x}}"), attack(2, "sqli", "' or 1=1") | {"label": "benign"}]
        self.assertEqual(list(corpus.parents(folder_with(self, rows))), [])


class Plan(unittest.TestCase):
    def test_one_seed_gives_one_result_and_another_another(self):
        folder = folder_with(self, ROWS)
        one, again, other = (mutate.written_rows(folder, seed, 120, 40)[1] for seed in (1, 1, 2))
        self.assertEqual(one, again)
        self.assertNotEqual(one, other)

    def test_children_name_their_parent_and_are_at_most_three_deep(self):
        originals, made = mutate.written_rows(folder_with(self, ROWS), 1, 120, 40)
        self.assertEqual(len(made), 120)
        known = {it["id"]: it for it in originals}
        for it in made:
            self.assertEqual(it["class"], known[it["parent"]]["class"])
            self.assertIn(len(it["operators"]), (1, 2, 3))
            self.assertEqual(it["skel"], known[it["parent"]]["skel"])

    def test_shares_are_even_where_there_are_enough(self):
        self.assertEqual(mutate.even_shares({"a": 100, "b": 3, "c": 100}, 43), {"a": 20, "b": 3, "c": 20})

    def test_no_two_children_are_the_same_request(self):
        made = mutate.written_rows(folder_with(self, ROWS), 1, 120, 40)[1]
        self.assertEqual(len({json.dumps([it["path_and_query"], it["headers"], it["body_b64"]]) for it in made}), 120)


class Checks(unittest.TestCase):
    def test_an_operator_that_changes_what_is_read_is_caught(self):
        tally = check.Tally()
        tally.add("x", "way", False, "a", "b")
        self.assertIn("x", tally.examples)

    def test_a_short_round_of_statements_shows_nothing_different(self):
        tally = check.Tally()
        check.check_sql(tally, random.Random(3), 2)
        self.assertEqual(tally.examples, {})
        self.assertGreater(sum(tally.same.values()), 100)

    def test_every_victim_of_a_class_is_told_from_the_text(self):
        self.assertEqual(mutate.victims_of("xss", "<b>"), EVERY)
        self.assertTrue(sql_operators.ALL and markup_operators.ALL)


if __name__ == "__main__":
    unittest.main()
