"""Tests of what `compare` reads from schemas and bodies."""

import unittest

import compare


def schema(root, named=None):
    return compare.Schema({"components": {"schemas": named or {}}}).read(root)


class Schemas(unittest.TestCase):
    def check(self, root, types, required=(), named=None):
        read = schema(root, named)
        self.assertEqual({compare._text(at): set(kinds) for at, kinds in read.types.items()}, types)
        self.assertEqual({compare._text(at) for at in read.required}, set(required))

    def test_members_and_items_have_places(self):
        self.check({"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "items": {"type": ["string", "null"]}}}},
                   {"$": {"object"}, "a": {"array"}, "a[]": {"string", "null"}}, ["a"])

    def test_an_alternative_demands_only_what_all_objects_demand(self):
        one = {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
        other = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
        self.check({"anyOf": [one, other, {"type": "null"}]}, {"$": {"object", "null"}, "a": {"string", "integer"}, "b": {"string"}}, ["a"])

    def test_a_reference_to_itself_ends(self):
        node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
        read = schema({"$ref": "#/components/schemas/Node"}, {"Node": node})
        self.assertEqual(read.at(("next", "next")), "open")

    def test_names_that_a_map_chooses_are_one_place(self):
        read = schema({"type": "object", "additionalProperties": {"type": "object", "properties": {"n": {"type": "integer"}}}})
        self.assertEqual(read.at(("any", "n")), ("*", "n"))
        self.assertIsNone(read.at(("any", "m")))


class Bodies(unittest.TestCase):
    def test_always_there_means_in_every_object_that_could_have_it(self):
        seen = compare.Seen()
        seen.read({"items": [{"a": 1}, {"a": None, "b": 2}]})
        seen.read({})
        always = {compare._text(at) for at in seen.types if at and at[-1] != "[]" and seen.always(at)}
        self.assertEqual(always, {"items[].a"})

    def test_much_is_cut(self):
        self.assertFalse(compare._is_cut([0] * 64))
        self.assertTrue(compare._is_cut([0] * 65))
        self.assertTrue(compare._is_cut("x" * 16384))


class Shapes(unittest.TestCase):
    def test_a_variable_that_spans_segments_is_as_long_as_the_call(self):
        own = compare.Description({"basePath": "/", "paths": {"/c/{path}": {"get": {}}, "/c/{path}/points": {"get": {}}}}, ["path"])
        found = own.find("GET", "/c/a/b/points")
        self.assertEqual(found, ("GET", "/c/{path}/points"))
        self.assertEqual(compare.shaped(found, "/c/a/b/points", ["path"])[1], "GET /c/{path}/{path}/points")


if __name__ == "__main__":
    unittest.main()
