"""Tests of the comparison of enumerations: a document of one endpoint, and what could be learnt of it."""

import unittest

import documents
import enumerations
from traffic import Product

DOCUMENT = documents.Document("tiny", "npm", "none", "1", "MIT", "none", "", "integer")
PARSED = {
    "servers": [{"url": "https://tiny.example"}],
    "paths": {"/jobs/{id}": {"get": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {
            "state": {"type": "string", "enum": ["open", "done"]},
            "note": {"type": "string"},
            "done": {"type": "boolean"},
            "steps": {"type": "array", "items": {"type": "object", "properties": {
                "kind": {"type": "string", "enum": ["a", "b", "c"]}}}}}}}}}}}}},
}


def exchanges(count=60, subjects=6):
    for at in range(count):
        body = {"state": ("open", "done")[at % 2], "note": f"n{at % 2}", "done": True,
                "steps": [{"kind": "abc"[at % 3]}, {"kind": "never looked at"}]}
        yield {"endpoint": "GET /jobs/{id}", "status": 200, "subject": f"u{at % subjects}",
               "request_body": None, "response_body": body}


def field(place, values, endpoint="GET /jobs/{jobId}"):
    return {"endpoint": endpoint, "side": "answer", "place": place, "values": values}


class Enumerations(unittest.TestCase):
    def check(self, learnt, expected, wrong=(), **traffic):
        counts, found = enumerations.compare(Product(DOCUMENT, PARSED, 1), exchanges(**traffic), learnt)
        self.assertEqual(tuple(counts[name] for name in ("learnt", "right", "findable", "found")), expected)
        self.assertEqual(len(found), len(wrong))
        for text, part in zip(found, wrong):
            self.assertIn(part, text)

    def test_what_is_declared_is_right_and_what_is_not_is_wrong(self):
        learnt = [field("$.state", 2), field("$.steps[*].kind", 3), field("$.note", 2)]
        self.check(learnt, (3, 2, 2, 2), ["$.note"])

    def test_what_was_not_learnt_is_missed(self):
        self.check([field("$.state", None), field("$.steps[*].kind", 3)], (1, 1, 2, 1))

    def test_what_was_met_too_rarely_need_not_be_found(self):
        self.check([], (0, 0, 0, 0), count=49)
        self.check([], (0, 0, 0, 0), subjects=4)

    def test_truths_and_fields_of_other_endpoints_do_not_count(self):
        self.check([field("$.done", 2), field("$.state", 2, "GET /jobs/{a}/{b}")], (0, 0, 2, 0))


if __name__ == "__main__":
    unittest.main()
