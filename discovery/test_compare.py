"""Tests of what `compare` counts, on small cases made by hand."""

import json
import tempfile
import unittest
from pathlib import Path

import compare

ENOUGH = compare.SEEN_MIN


def compared(*rows):
    """Each row: `(true endpoint, learnt endpoint, times)`, or with a status at the end; `{few}` takes three values."""
    exchanges, learnt = [], {}
    for truth, template, times, *status in rows:
        for time in range(times):
            line = len(exchanges) + 1
            path = (truth or "GET /none").partition(" ")[2].replace("{x}", str(time)).replace("{few}", str(time % 3))
            exchanges.append((line, status[0] if status else 200, truth, path))
            if template is not None:
                learnt[line] = template
    return compare.compare(exchanges, learnt)


class Templates(unittest.TestCase):
    def check(self, rows, **expected):
        counts = compared(*rows)
        self.assertEqual({name: getattr(counts, name) for name in expected}, expected)

    def test_the_same_template_under_other_names_is_exact(self):
        self.check([("GET /a/{x}", "GET /a/{y}", ENOUGH)], endpoints=1, exact=1, merged=0, split=0)

    def test_endpoints_seen_too_seldom_are_not_counted(self):
        self.check([("GET /a", "GET /a", ENOUGH - 1)], endpoints=0)
        self.check([("GET /a", "GET /a", ENOUGH)], endpoints=1)

    def test_failed_exchanges_and_unknown_paths_are_not_counted(self):
        self.check([("GET /a", None, ENOUGH, 404), (None, "GET /b", ENOUGH, 200)], endpoints=0)
        self.check([("GET /a", "GET /a", ENOUGH), ("GET /a", None, 5, 400)], endpoints=1, exact=1, unassigned=0)
        self.check([("GET /a", "GET /a", ENOUGH, 399)], endpoints=1)

    def test_a_variable_where_the_truth_is_literal_is_not_exact(self):
        self.check([("GET /a/b", "GET /a/{x}", ENOUGH)], exact=0, merged=0, split=0)

    def test_one_exchange_without_a_template_is_enough_to_miss(self):
        self.check([("GET /a", "GET /a", ENOUGH), ("GET /a", None, 1)], exact=0, unassigned=1, split=0)

    def test_two_templates_for_one_endpoint_are_a_split(self):
        rows = [("GET /a/{x}", "GET /a/{x}", ENOUGH), ("GET /a/{x}", "GET /a/jane", 1)]
        self.check(rows, exact=0, split=1, merged=0)

    def test_two_names_for_one_template_are_no_split(self):
        self.check([("GET /a/{x}", "GET /a/{x}", ENOUGH), ("GET /a/{x}", "GET /a/{y}", 1)], exact=1, split=0)

    def test_two_endpoints_in_one_template_are_both_merged(self):
        rows = [("GET /a/{x}", "GET /a/{x}", ENOUGH), ("GET /a/me", "GET /a/{x}", ENOUGH)]
        self.check(rows, endpoints=2, exact=1, merged=2, absorbing=0)

    def test_taking_in_a_rare_endpoint_is_told_apart_from_merging(self):
        rows = [("GET /a/{x}", "GET /a/{x}", ENOUGH), ("GET /a/me", "GET /a/{x}", 1)]
        self.check(rows, endpoints=1, exact=1, merged=0, absorbing=1)

    def test_methods_are_endpoints_of_their_own(self):
        self.check([("GET /a", "GET /a", ENOUGH), ("PUT /a", "PUT /a", ENOUGH)], endpoints=2, exact=2, merged=0)
        self.check([("GET /a", "GET /a", ENOUGH), ("PUT /a", "GET /a", ENOUGH)], endpoints=2, exact=1, merged=2)

    def test_true_endpoints_that_differ_in_names_only_are_one(self):
        rows = [("GET /a/{x}", "GET /a/{q}", ENOUGH // 2), ("GET /a/{y}", "GET /a/{q}", ENOUGH // 2)]
        self.check(rows, endpoints=1, exact=1, merged=0)

    def test_a_segment_with_a_variable_in_it_is_a_variable(self):
        for truth in ("GET /c/{a}...{b}", "GET /c/{id}.json", "GET /c/{id}:cancel"):
            self.check([(truth, "GET /c/{x}", ENOUGH)], exact=1)
        self.check([("GET /c/items:cancel", "GET /c/{x}", ENOUGH)], exact=0)
        self.check([("GET /c/items:cancel", "GET /c/items:cancel", ENOUGH)], exact=1)

    def test_a_variable_seen_with_three_values_is_thin_and_with_four_it_is_not(self):
        self.check([("GET /a/{few}", "GET /a/{x}", ENOUGH)], exact=1, thin=1)
        self.check([("GET /a/{few}", "GET /a/{x}", ENOUGH), ("GET /a/{x}", "GET /a/{x}", 4)], exact=1, thin=0)
        self.check([("GET /a/b", "GET /a/b", ENOUGH)], exact=1, thin=0)

    def test_slashes_at_the_end_and_escapes_do_not_matter_but_case_does(self):
        self.check([("GET /a/b%20c/", "GET /a/b c", ENOUGH)], exact=1)
        self.check([("GET /A", "GET /a", ENOUGH)], exact=0)


class Names(unittest.TestCase):
    def check(self, before, truth, right, wrong=()):
        for learnt in right:
            self.assertTrue(compare.right_name(truth, learnt, before), (before, truth, learnt))
        for learnt in wrong:
            self.assertFalse(compare.right_name(truth, learnt, before), (before, truth, learnt))

    def test_case_and_separators_do_not_matter(self):
        self.check("x", "merchantId", ["merchant_id", "MerchantID", "merchant-id"])

    def test_an_id_is_named_by_the_collection_before_it(self):
        self.check("customers", "id", ["customer", "customerId", "customer_id", "CustomerUUID"], ["user", "order_id"])
        self.check("customers", "customer", ["id", "customer_id"], ["customer_order", "cust"])
        self.check("categories", "category_id", ["id", "category"])
        self.check("addresses", "id", ["address_id"])

    def test_a_handle_is_the_same_resource_as_its_id(self):
        self.check("issues", "issue_number", ["issue", "issueId", "number", "id"], ["comment_number"])
        self.check("secrets", "secret_name", ["secret", "name", "secret_id"])

    def test_a_handle_may_be_written_without_a_joint(self):
        self.check("users", "username", ["user_name", "userId", "id", "user"], ["group", "name_of_owner"])
        self.check("people", "user_id", ["username"], ["hostname"])
        self.check("", "username", ["user"], ["name", "id"])

    def test_one_handle_or_another_is_a_handle_and_so_is_a_numbered_one(self):
        self.check("issue", "issueIdOrKey", ["issue", "issueId", "issue_key"], ["comment"])
        self.check("clients", "client", ["clientId2"], ["client2"])

    def test_a_handle_may_begin_a_name(self):
        self.check("boards", "idBoard", ["board", "boardId", "board_id", "id"], ["card", "idCard"])

    def test_a_collection_of_several_words_is_named_by_all_or_the_last(self):
        self.check("customer-groups", "group_id", ["customer_group", "customerGroupId", "id"], ["customer"])

    def test_without_a_literal_before_it_only_the_name_itself_counts(self):
        self.check("", "repo", ["repo", "repo_id", "repoName"], ["owner", "id"])

    def test_names_are_counted_for_exact_endpoints_only(self):
        counts = compared(("GET /u/{user}/k/{kid}", "GET /u/{user}/k/{other}", ENOUGH), ("GET /b", "GET /c", ENOUGH))
        self.assertEqual((counts.names, counts.names_right, counts.names_same), (2, 1, 1))

    def test_either_name_of_an_indistinguishable_pair_is_right(self):
        counts = compared(("GET /a/{x}", "GET /a/{y}", ENOUGH), ("GET /a/{y}", "GET /a/{y}", 1))
        self.assertEqual((counts.names, counts.names_right), (1, 1))


class Thresholds(unittest.TestCase):
    def test_each_threshold_includes_its_own_value(self):
        good = {"endpoints": 200, "exact": 194, "merged": 1, "names": 10, "names_right": 9}
        self.assertTrue(compare.Counts(**good).good())
        for missed in ({"exact": 193}, {"merged": 2}, {"names_right": 8}, {"endpoints": 0, "exact": 0, "merged": 0}):
            self.assertFalse(compare.Counts(**{**good, **missed}).good(), missed)


class Results(unittest.TestCase):
    def read(self, entries):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.json"
            path.write_text(json.dumps(entries), encoding="utf-8")
            return compare.read_result(path)

    def test_null_entries_and_null_endpoints_are_no_assignment(self):
        entries = [None, {"line": 2, "endpoint": None}, {"line": 3, "endpoint": "GET /a"}]
        self.assertEqual(self.read(entries), {3: "GET /a"})

    def test_lines_counted_from_zero_or_given_twice_are_refused(self):
        for entries in ([{"line": 0, "endpoint": "GET /a"}], [{"line": 1, "endpoint": "GET /a"}] * 2):
            with self.assertRaises(ValueError):
                self.read(entries)


if __name__ == "__main__":
    unittest.main()
