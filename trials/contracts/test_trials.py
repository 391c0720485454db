"""The helpers of the trials of contracts, without bartizan and beyond loopback."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

import graphql  # noqa: E402
import report  # noqa: E402
import service  # noqa: E402
from client import Answer, Client, Unreachable  # noqa: E402
from crowd import play, visits  # noqa: E402
from guard import free_port  # noqa: E402
from stage import Book, Interrupted, Person, World  # noqa: E402
from trial import APPLICATIONS, Trial, bare, in_force  # noqa: E402

SCRATCH = Path(tempfile.gettempdir())


def trial_of(test, name, seed=1):
    it = Trial(name, seed, 26, SCRATCH)
    test.addCleanup(it.serving.stop)
    it.begin()
    return it


class Attacks(unittest.TestCase):
    def test_every_attack_does_harm_where_nothing_stands_in_front(self):
        for name in APPLICATIONS:
            for seed in (1, 2):
                with self.subTest(name, seed=seed):
                    self.assertEqual([what for what, harm in bare(name, seed, SCRATCH).items() if not harm], [])

    def test_there_are_more_than_forty_and_each_has_a_name_of_its_own(self):
        names = [(name, it.name) for name in APPLICATIONS for it in trial_of(self, name).module.attacks]
        self.assertGreater(len(names), 40)
        self.assertEqual(len(names), len(set(names)))


class People(unittest.TestCase):
    def test_ordinary_people_see_what_they_expect_in_both_versions(self):
        for name in APPLICATIONS:
            with self.subTest(name):
                it = trial_of(self, name)
                play(visits(it.people, it.random, 0, 3), 4)
                it.app.version = 2
                for person in it.people:
                    person.version, person.locale = 2, "el"
                play(visits(it.people, it.random, 0, 3), 4)
                self.assertEqual(it.book.odd, [])
                self.assertEqual(it.book.told()["phases"]["learning"]["refused"], {})

    def test_other_seeds_give_other_people_identifiers_and_tokens(self):
        for name in APPLICATIONS:
            with self.subTest(name):
                one, other, again = (trial_of(self, name, seed) for seed in (1, 2, 1))
                self.assertNotEqual(one.app.secret, other.app.secret)
                self.assertEqual(one.app.secret, again.app.secret)
                known = [vars(it.people[0])["account"] for it in (one, other, again)]
                self.assertNotEqual(known[0], known[1])
                self.assertEqual(known[0], known[2])

    def test_a_refusal_and_a_mask_are_hurt_and_an_odd_status_is_not(self):
        book = Book()
        person = Person(World(None, ("127.0.0.1", 1), 1, book), 7)
        problem = json.dumps({"decision_id": "x", "code": "shape.undeclared_field"}).encode()
        answers = [Answer(400, {"content-type": "application/problem+json"}, problem), Answer(500, {}, b"")]
        person.client.call = lambda *_, **__: answers.pop(0)
        for _ in range(2):
            self.assertRaises(Interrupted, person, "GET", "/x")
        person.sees("x***", "x123", "own name")
        refused = book.told()["phases"]["learning"]["refused"]
        self.assertEqual(refused, {"seen masked": {"calls": 1, "subjects": 1}, "shape.undeclared_field": {"calls": 1, "subjects": 1}})
        self.assertEqual((len(book.odd), book.hurt_of(7), book.hurt_of(8)), (1, 2, 0))

    def test_who_is_refused_for_what_is_new_goes_on_with_the_old_client(self):
        person = Person(World(None, ("127.0.0.1", 1), 1, Book()), 7)
        person.NEW, sent = {"new"}, []

        def call(method, target, value, **_):
            sent.append(value)
            problem = {"content-type": "application/problem+json"}, b'{"decision_id": "x", "code": "shape.undeclared_field"}'
            return Answer(400, *problem) if "new" in value["a"][0] else Answer(200, {}, b'"done"')

        person.client.call = call
        self.assertEqual(person("POST", "/x", {"a": [{"new": 1, "old": 2}]}), "done")
        self.assertEqual(sent, [{"a": [{"new": 1, "old": 2}]}, {"a": [{"old": 2}]}])

    def test_what_nobody_answers_is_no_refusal(self):
        self.assertRaises(Unreachable, Client(("127.0.0.1", free_port())).call, "GET", "/")


class Services(unittest.TestCase):
    def test_a_token_with_another_signature_is_nobodys(self):
        token = service.make_token(b"k", {"sub": "a"})
        self.assertEqual(service.read_token(b"k", token), {"sub": "a"})
        self.assertIsNone(service.read_token(b"other", token))

    def test_whatever_is_sent_is_taken_at_any_depth(self):
        self.assertEqual(service.merge({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}, "d": 4}), {"a": {"b": 1, "c": 3}, "d": 4})

    def test_a_connection_is_kept(self):
        it = trial_of(self, "clinic")
        client = it.people[0].client
        client.call("GET", "/practices/seaview/doctors")
        kept = client.connection.sock
        client.call("GET", "/practices/seaview/doctors")
        self.assertIs(client.connection.sock, kept)


class Documents(unittest.TestCase):
    ROOTS = {"query": {"issue": lambda id: {"id": id, "tags": [{"name": "a"}, {"name": "b"}]}}, "mutation": {"set": lambda input: input}}

    def check(self, text, variables, expected):
        self.assertEqual(graphql.execute(text, variables, self.ROOTS).get("data"), expected)

    def test_variables_aliases_and_lists_are_resolved(self):
        self.check("query Q($i: ID!) { issue(id: $i) { id } }", {"i": "x"}, {"issue": {"id": "x"}})
        self.check('{ a: issue(id: "1") { id } b: issue(id: "2") { id tags { name } } }', None,
                   {"a": {"id": "1"}, "b": {"id": "2", "tags": [{"name": "a"}, {"name": "b"}]}})

    def test_fragments_and_objects_are_resolved(self):
        self.check("query { issue(id: 1) { ...F } } fragment F on I { id }", None, {"issue": {"id": 1}})
        self.check("mutation M($v: Int) { set(input: {a: $v, b: [1, 2.5], c: {d: true}}) { a b } }", {"v": 3}, {"set": {"a": 3, "b": [1, 2.5]}})

    def test_what_is_not_valid_is_an_error(self):
        for text in ("{", "query {", "{ nothing }", "{ issue(id: 1) { nothing } }", "{ issue(id: 1) { id }", "é"):
            with self.subTest(text):
                self.assertIn("errors", graphql.execute(text, {}, self.ROOTS))


def attack(**other):
    return {"application": "bank", "name": "n", "kind": "k", "harm": "h", "harm_done": False, "fault": None, "undisturbed": True, "status": 403,
            "method": "GET", "target": "/x", "in_force": [], "refused_by": "provenance.foreign", "harms_when_bare": True} | other


class Reports(unittest.TestCase):
    TRIAL = {"application": "bank", "poisoned": False, "seconds": 1, "habits_applied": 2, "release": {"withdrawn": [], "again": 0},
             "learning": {"harm_clauses": 3, "enforced": 3, "settled_s": 4, "poison_calls": 0},
             "scenarios": [attack(), attack(harm_done=True, status=200, refused_by=None), attack(fault="KeyError x", harm_done=None)],
             "people": {"examples": {}, "unexpected": [], "hurt": {
                 "new version": {"provenance.foreign": [7], "shape.undeclared_field": [8]}, "peak": {"provenance.foreign": [7, 9]}}, "phases": {
                 "peak": {"calls": 500, "subjects": 30, "unanswered": 0, "refused": {"provenance.foreign": {"calls": 2, "subjects": 2}}},
                 "new version": {"calls": 1000, "subjects": 30, "unanswered": 0, "refused": {
                     "provenance.foreign": {"calls": 1, "subjects": 1}, "shape.undeclared_field": {"calls": 1, "subjects": 1}}},
                 "learning": {"calls": 9, "subjects": 3, "unanswered": 0, "refused": {"shape.x": {"calls": 9, "subjects": 3}}}}}}

    def test_an_attack_counts_as_stopped_only_without_its_harm(self):
        self.assertEqual([report.outcome(it) for it in self.TRIAL["scenarios"]], ["stopped", "not stopped", "not tried"])

    def test_harm_and_habit_are_counted_apart_and_learning_is_not_judged(self):
        it = report.summary([self.TRIAL])
        self.assertEqual((it["hurt_by_harm_clauses"], it["refused_by_habit_calls"], it["judged_calls"]), (2, 1, 1500))
        self.assertEqual((it["stopped"], it["not_stopped"], it["not_tried"]), (1, 1, 1))

    def test_what_was_not_stopped_has_a_reason(self):
        done = {"harm_done": True, "status": 200, "refused_by": None}
        self.assertEqual(report.reason(attack(**done)), "nothing is in force at this endpoint")
        self.assertIn("nothing about owners", report.reason(attack(**done, in_force=["shape.read_only"])))
        self.assertIn("saw nothing wrong: ownership.answer", report.reason(attack(**done, in_force=["ownership.answer", "shape.type"])))
        self.assertIn("had done it by then", report.reason(attack(**done | {"refused_by": "ownership.foreign_object", "status": 403})))

    def test_clauses_of_an_endpoint_are_found_by_its_template(self):
        clause = {"path": "/a/{id}", "method": "GET", "force": "enforce", "clause": "c"}
        for method, target, expected in (("GET", "/a/7?x=1", ["c"]), ("HEAD", "/a/7", ["c"]), ("PUT", "/a/7", []), ("GET", "/a/7/b", []), ("GET", "/b/7", [])):
            with self.subTest(target):
                self.assertEqual(in_force([clause], method, target), expected)
        self.assertEqual(in_force([clause | {"force": "observe"}], "GET", "/a/7"), [])

    def test_the_tables_name_what_was_not_stopped(self):
        text = report.markdown([self.TRIAL], "seed 1")
        self.assertIn("200, the harm was done", text)
        self.assertIn("| attacks stopped at the first harmful exchange | all | 1 of 3 |", text)


if __name__ == "__main__":
    unittest.main()
