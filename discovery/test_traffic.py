"""Tests of the traffic a small document gives: what the README promises of every line."""

import json
import unittest

import bodies
import compare
import documents
import patterns
from random import Random
from traffic import Product, Traffic

DOCUMENT = documents.Document("small", "npm", "none", "0", "none", "none.json", "", "integer")


def _answers(schema):
    return {"200": {"content": {"application/json": {"schema": schema}}}}


def _at_path(*names):
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


PARSED = {
    "servers": [{"url": "https://{place}.small.example/api/{version}/",
                 "variables": {"place": {"default": "eu"}, "version": {"default": "v2"}}}],
    "paths": {
        "/users/me": {"get": {"responses": _answers({"$ref": "#/components/schemas/User"})}},
        "/users/{username}": {
            "parameters": _at_path("username"),
            "get": {"responses": _answers({"$ref": "#/components/schemas/User"})},
            "delete": {"responses": {"204": {}}},
        },
        "/teams/{id}": {"get": {"parameters": _at_path("id"), "responses": _answers(
            {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}})}},
        "/kinds/{kind}": {"get": {
            "parameters": [{"name": "kind", "in": "path", "schema": {"type": "string", "enum": ["fast", "slow"]}}],
            "responses": _answers({"type": "array", "items": {"$ref": "#/components/schemas/Tree"}})}},
        "/users": {"post": {
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}},
            "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}}}}},
        "/compare/{base}...{head}": {"get": {"parameters": _at_path("base", "head"), "responses": _answers({})}},
    },
    "components": {"schemas": {
        "User": {"allOf": [{"type": "object", "required": ["username"],
                            "properties": {"username": {"type": "string"}, "age": {"type": "integer"}}}]},
        # Refers to itself and has nothing that ends the recursion but the depth limit.
        "Tree": {"type": "object", "required": ["name", "children"], "properties": {
            "name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
    }},
}


def exchanges(seed=1, count=3000):
    return list(Traffic(Product(DOCUMENT, PARSED, seed), seed).exchanges(count))


class Lines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lines = exchanges()

    def test_a_seed_gives_the_same_lines_again_and_another_seed_gives_others(self):
        self.assertEqual(json.dumps(self.lines[:300]), json.dumps(exchanges(count=300)))
        self.assertNotEqual(self.lines[:300], exchanges(seed=2, count=300))

    def test_lines_are_in_order_of_time(self):
        times = [line["t"] for line in self.lines]
        self.assertEqual(times, sorted(times))

    def test_the_base_path_of_the_server_is_part_of_path_and_truth(self):
        served = [line for line in self.lines if line["endpoint"]]
        self.assertTrue(all(line["path"].startswith("/api/v2/") for line in served))
        self.assertTrue(all(" /api/v2/" in line["endpoint"] for line in served))
        self.assertEqual({line["host"] for line in self.lines}, {"eu.small.example"})

    def test_every_good_answer_has_a_truth_that_fits_its_path(self):
        for line in self.lines:
            if line["status"] < 400:
                truth, path = compare.shape(line["endpoint"]), line["path"].partition("?")[0].split("/")[1:]
                self.assertEqual(truth[0], line["method"])
                self.assertEqual(len(truth) - 1, len(path), line)

    def test_no_user_is_called_like_the_literal_beside_users(self):
        truths = {line["endpoint"] for line in self.lines if line["path"] == "/api/v2/users/me"}
        self.assertLessEqual(truths, {"GET /api/v2/users/me", None})

    def test_enum_values_are_the_only_ones_of_their_parameter(self):
        kinds = {line["path"].split("/")[-1] for line in self.lines
                 if (line["endpoint"] or "").endswith("{kind}") and line["status"] < 400}
        self.assertEqual(kinds, {"fast", "slow"})

    def test_about_three_percent_are_refused_and_one_percent_are_scans(self):
        refused = sum(line["status"] >= 400 for line in self.lines) / len(self.lines)
        self.assertTrue(0.025 < refused < 0.055, refused)
        self.assertTrue(all(line["status"] == 404 for line in self.lines if line["endpoint"] is None))

    def test_ids_in_answers_are_those_of_the_path(self):
        seen = 0
        for line in self.lines:
            if line["endpoint"] == "GET /api/v2/teams/{id}" and line["status"] == 200:
                self.assertEqual(line["response_body"]["id"], line["path"].split("/")[-1])
                seen += 1
        self.assertGreater(seen, 20)

    def test_bodies_stay_below_their_limit_even_when_schemas_never_end(self):
        for line in self.lines:
            size = len(json.dumps(line["response_body"], ensure_ascii=False).encode())
            self.assertLessEqual(size, bodies.BODY_BYTES_MAX)


class Patterns(unittest.TestCase):
    def test_values_fit_the_pattern_they_are_made_for(self):
        for pattern in (r"^[0-9a-f]{8}$", r"^AC[0-9a-fA-F]{32}$", r"^\d{4}-(0[1-9]|1[0-2])$", r"^[a-z]+(?:-[a-z0-9]+)*$",
                        r"^[^/]+$", r"^(main|v\d+\.\d+)$"):
            for seed in range(20):
                value = patterns.matching(pattern, Random(seed))
                self.assertTrue(value and patterns.fits(pattern, value), (pattern, value))

    def test_patterns_that_cannot_be_read_give_nothing(self):
        for pattern in (r"^(?=a)b$", r"(", r"^a{500}$", r"^(a)\1$"):
            self.assertIsNone(patterns.matching(pattern, Random(1)))


if __name__ == "__main__":
    unittest.main()
