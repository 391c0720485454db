"""The parts of the trial of injection, without bartizan and without tools."""

import http.client
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

sys.dont_write_bytecode = True

import app  # noqa: E402
import contexts  # noqa: E402
import people  # noqa: E402
import process  # noqa: E402
import prose  # noqa: E402
import report  # noqa: E402
import stage  # noqa: E402
import words  # noqa: E402
from tap import Count, Tap  # noqa: E402

WORD = "mqzvwxk"
MARK = re.compile(WORD.encode() + rb"\d\dk")
LASTS_S = 60
STOLEN = "(SELECT mark FROM accounts WHERE id = 7)"


class Started(unittest.TestCase):
    """With an application behind."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="injection-test-")
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        cls.scratch.chmod(0o755)
        cls.app = stage.Application(sys.executable, f"sqlite:{cls.scratch / 'app'}", WORD, cls.scratch / "app", LASTS_S)
        cls.addClassCleanup(cls.app.stop)

    def setUp(self):
        self.app.be("careless")

    def ask(self, method, target, body=None, fields=None, address=None):
        it = http.client.HTTPConnection(*(address or self.app.address), timeout=10)
        try:
            it.request(method, target, body, fields or {})
            answer = it.getresponse()
            return answer.status, answer.read().decode()
        finally:
            it.close()


class Application(Started):
    # What each context gives away, as text of the answer or as one of two answers.
    TAKES = {
        "string": ("GET", "/products?name=" + quote(f"x' UNION SELECT 1, {STOLEN}, 3 --"), None, {}),
        "number": ("GET", "/products/of?category=" + quote(f"9 UNION SELECT 1, {STOLEN}, 3"), None, {}),
        "like": ("GET", "/search?q=" + quote(quote(f"x' UNION SELECT 1, {STOLEN}, 3 --")), None, {}),
        "json": ("POST", "/log-in", json.dumps({"login": f"x' UNION SELECT 1, {STOLEN} --"}), {}),
        "cookie": ("GET", "/account", None, {"Cookie": "session=" + quote(f"x' UNION SELECT {STOLEN} --")}),
        "path": ("GET", "/products/" + quote(f"99 UNION SELECT 1, {STOLEN}, 3"), None, {}),
    }

    def test_a_pasted_value_gives_a_secret_away(self):
        for name, call in self.TAKES.items():
            with self.subTest(name):
                self.assertIn(f"{WORD}07k", self.ask(*call)[1])

    def test_a_bound_value_does_not(self):
        self.app.be("careful")
        for name, call in self.TAKES.items():
            with self.subTest(name):
                status, said = self.ask(*call)
                self.assertEqual((status, WORD in said), (200, False))

    def test_where_nothing_is_shown_one_answer_still_differs_from_another(self):
        asks = {"order": lambda holds: ("GET", "/products/sorted?by=" + quote(f"(CASE WHEN {holds} THEN id ELSE -id END)")),
                "insert": lambda holds: ("POST", "/reviews", "words=" + quote(f"x'||(SELECT 'y' WHERE {holds})||'")),
                "header": lambda holds: ("GET", "/welcome", None, {"User-Agent": f"x'||(SELECT 'y' WHERE {holds})||'"})}
        for name, ask in asks.items():
            with self.subTest(name):
                self.assertNotEqual(self.ask(*ask("1=1")), self.ask(*ask("1=2")))

    def test_every_context_is_one_of_these(self):
        self.assertEqual({*self.TAKES, "order", "insert", "header"}, {it.name for it in contexts.CONTEXTS})

    def test_the_other_weaknesses_are_there_and_go_away(self):
        calls = {"/lookup?host=": "x;cat ../secrets/keys.txt", "/documents?file=": "../secrets/keys.txt", "/fetch?url=": f"http://2130706433:{self.app.inside}/"}
        for path, value in calls.items():
            with self.subTest(path):
                self.app.be("careless")
                self.assertIn(f"{WORD}40k", self.ask("GET", path + quote(value))[1])
                self.app.be("careful")
                self.assertNotIn(WORD, self.ask("GET", path + quote(value))[1])

    def test_a_template_is_evaluated(self):
        self.assertEqual(self.ask("GET", "/greeting?words=" + quote("{{ 6*7 }}")), (200, "42"))

    def test_a_page_reflects(self):
        self.assertIn("<b>", self.ask("GET", "/page?name=%3Cb%3E")[1])

    def test_a_command_that_does_not_end_is_ended(self):
        since = time.monotonic()
        self.assertEqual(self.ask("GET", "/lookup?host=" + quote("x;sleep 60"))[0], 200)
        self.assertLess(time.monotonic() - since, app.COMMAND_S + 3)

    def test_nobody_is_fetched_from_elsewhere(self):
        for url in ("http://192.0.2.1/", "http://example.com/", "file:///etc/passwd", "http://[2001:db8::1]/", "ftp://127.0.0.1/"):
            self.assertFalse(app.is_loopback(url), url)
        for url in ("http://127.0.0.1/", "http://0x7f000001/", "http://localhost:1/", "http://[::1]/", "http://127.1/"):
            self.assertTrue(app.is_loopback(url), url)


class PostgreSQL(unittest.TestCase):
    def test_it_starts_with_fewer_rights_on_a_socket_alone_and_ends(self):
        if not stage.binaries():
            self.skipTest("PostgreSQL is not installed")
        with tempfile.TemporaryDirectory(prefix="injection-test-") as scratch:
            Path(scratch).chmod(0o755)
            it = stage.PostgreSQL(Path(scratch) / "pg", LASTS_S)
            try:
                self.assertTrue((Path(scratch) / "pg/.s.PGSQL.5432").is_socket())
            finally:
                it.stop()
            self.assertFalse((Path(scratch) / "pg/.s.PGSQL.5432").exists())


class Refusing(BaseHTTPRequestHandler):
    """Passes every other call, and refuses the rest."""

    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

    def do_GET(self):
        is_refused = "bad" in self.path
        body = b'{"code":"content.sqli"}' if is_refused else WORD.encode() + b"07k " + b"x" * 3000
        self.send_response_only(403 if is_refused else 200)
        if not is_refused:
            self.send_header("X-Victim", "1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Taps(unittest.TestCase):
    def setUp(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def calls(self, targets):
        with Tap(self.server.server_address, MARK) as tap:
            it = http.client.HTTPConnection("127.0.0.1", tap.port, timeout=10)
            for target in targets:
                it.request("GET", target)
                it.getresponse().read()
            it.close()
        return tap.count

    def test_calls_on_one_connection_are_counted_each(self):
        count = self.calls(["/", "/bad", "/", "/bad", "/bad"])
        self.assertEqual((count.calls, count.refused, dict(count.codes)), (5, 3, {"content.sqli": 3}))
        self.assertEqual(count.marks, {WORD.encode() + b"07k"})

    def test_so_are_more_than_are_kept_at_once(self):
        count = self.calls(["/"] * 500 + ["/bad"] * 20)
        self.assertEqual((count.calls, count.refused), (520, 20))

    def test_files_and_reflected_tags_are_told_from_others(self):
        count, head = Count(), b"HTTP/1.1 200 OK\r\nX-Victim: 1\r\n\r\n"
        count.add(head + b"<!doctype html><!--in--><svg onload=a><!--out-->" + head + b"<!--in-->a < b<!--out-->" + head + b"root:x:0:0:root", MARK)
        self.assertEqual((count.calls, count.tags, count.files, count.marks), (3, 1, 1, set()))


class Processes(unittest.TestCase):
    def test_one_that_does_not_end_is_ended_with_its_children(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "pid"
            self.assertEqual(process.run(["sh", "-c", f"sleep 99 & echo $! > {kept}; wait"], 1, Path(folder) / "log"), 124)
            child = int(kept.read_text())
            process.until("it is gone", lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text(), 5)

    def test_whoever_waits_is_told_that_all_is_over(self):
        self.addCleanup(process.OVER.clear)
        threading.Timer(0.3, process.OVER.set).start()
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(process.Interrupted):
            process.run(["sleep", "30"], 30, Path(folder) / "log")


class Harmless(Started):
    def test_one_seed_gives_one_text_and_another_another(self):
        self.assertEqual(prose.values(3, 200), prose.values(3, 200))
        self.assertNotEqual(prose.values(3, 200), prose.values(4, 200))

    def test_every_field_is_written_into(self):
        self.assertEqual({name for name, _ in prose.values(1, 2000)}, set(prose.FIELDS))
        self.assertLessEqual({it.name for it in contexts.CONTEXTS}, set(prose.FIELDS))

    def test_it_looks_like_what_it_is_not(self):
        text = "\n".join(value for _, value in prose.values(1, 5000))
        for it in ("select", "union", "drop", "O'Neil", "--", ";", "{{name}}", "```sql", "<b>", "C:\\", "&&", "' or", "1=1"):
            self.assertIn(it.lower(), text.lower())

    def test_a_careful_application_takes_all_of_it(self):
        self.app.be("careful")
        told = people.send(self.app.address, prose.values(5, 400), 9)
        self.assertEqual((told["sent"], told["refused"]), (400, []))

    def test_who_is_refused_is_told_with_the_value(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        told = people.send(server.server_address, [("like", "bad chair"), ("like", "chair")], 9)
        self.assertEqual(told, {"sent": 2, "refused": [{"field": "like", "value": "bad chair", "code": "content.sqli"}]})


class Words(Started):
    def test_some_of_each_kind_get_through_to_a_careless_application(self):
        paths = {"/documents?file=": words.traversal(self.app.folder), "/lookup?host=": words.shell(self.app.folder)[:12], "/fetch?url=": words.inside(self.app.inside)[:4]}
        for path, ones in paths.items():
            with self.subTest(path):
                self.assertTrue(any(WORD in self.ask("GET", path + it)[1] for it in ones))

    def test_no_word_stands_twice_or_breaks_a_line(self):
        for ones in (words.traversal("/f"), words.shell("/f"), words.template("/f"), words.page("/f"), words.inside(1)):
            self.assertEqual(len(ones), len(set(ones)))
            self.assertTrue(all(it.isascii() and "\n" not in it and " " not in it for it in ones))
            self.assertTrue(all(unquote(it) for it in ones))


def run_of(rows, **other):
    return {"tamper": "", "is_run": True, "rows": rows, "found": bool(rows), "in_time": True, "calls": 10, "refused": 4, "codes": {}, "seconds": 1.0} | other


def told_of(without=app.MARKS, through=0, refused=(), tool=0, planned=9, is_run=True):
    part = {"is_run": True, "marks": 0, "files": 0, "tags": 0, "calls": 5, "refused": 1}
    return {"sqlite": {"fault": None, "contexts": {"string": {"without": [run_of(without)], "with": [run_of(through), run_of(0)]}},
                       "tools": [{"tool": "ffuf", "weakness": "template", "by": "marks", "without": part | {"marks": 40}, "with": part | {"marks": tool, "is_run": is_run}}],
                       "planned": planned,
                       "harmless": [{"sent": 9, "refused": list(refused)}]}}


class Reports(unittest.TestCase):
    def missed(self, **what):
        return list(report.goals(told_of(**what)))

    def test_goals_are_met_when_nothing_gets_out_and_nobody_is_refused(self):
        self.assertEqual(self.missed(), [])

    def test_each_goal_can_be_missed(self):
        refused = [{"field": "like", "code": "content.sqli", "value": "a|b\nc"}]
        for what in ({"without": 39}, {"through": 1}, {"tool": 1}, {"refused": refused}, {"planned": 10}, {"is_run": False}):
            with self.subTest(what):
                self.assertEqual(len(self.missed(**what)), 1)

    def test_what_was_refused_is_listed_and_what_was_skipped_stands_first(self):
        about = {"version": "x", "content": "y", "seed": 1, "quick": False, "seconds": 1, "skipped": ["PostgreSQL is not installed"]}
        text, missed = report.markdown(told_of(refused=[{"field": "like", "code": "content.sqli", "value": "a|b\nc"}]), about)
        self.assertEqual(len(missed), 1)
        self.assertIn("**Skipped**: PostgreSQL", text)
        self.assertIn("a\\|b⏎c", text)

    def test_wrong_use_says_so(self):
        run = [sys.executable, "-B", str(stage.HERE / "run.py"), "--bartizan", "/nowhere", "--folder", "/tmp"]
        self.assertEqual(subprocess.run(run, capture_output=True, timeout=20, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
