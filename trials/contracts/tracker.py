"""A project tracker: GraphQL with variables and JSON-RPC, cookies for sessions, teams that share their projects.

Who logs in again gets another cookie, and goes on with the issue that lies open: it is not listed again.
"""

import json

import graphql
from service import Application, Refused, Reply, route
from stage import EXPOSURE, LIST, MASS, OBJECT, TENANT, UNDECLARED, Person, Scenarios

TEAM = 4

HOME = "query Home { viewer { id name team { id name } projects { id title } } }"
PROJECT = "query Project($id: ID!) { project(id: $id) { id title issues { id title state } } }"
ISSUE = "query Issue($id: ID!) { issue(id: $id) { id title body state author { id name } labels { name color } comments { id text author { name } } } }"
ISSUE_2 = ("query Issue($id: ID!) { issue(id: $id) { id title body state priority author { id name } labels { name color } "
           "comments { id text author { name } } } }")
CREATE = "mutation Create($input: IssueInput!) { createIssue(input: $input) { id title state labels { name color } } }"
UPDATE = "mutation Update($id: ID!, $input: IssueChange!) { updateIssue(id: $id, input: $input) { id title body state } }"
COMMENT = "mutation Comment($issue: ID!, $text: String!) { addComment(issue: $issue, text: $text) { id text } }"
SEARCH = "query Search($text: String!) { search(text: $text) { id title } }"


class Tracker(Application):
    def __init__(self, seed):
        super().__init__(seed)
        self.members, self.teams, self.projects, self.issues, self.comments, self.entries, self.cookies = {}, {}, {}, {}, {}, {}, {}

    def name_it(self, kind):
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        return f"{kind}_{''.join(self.random.choice(letters) for _ in range(11))}"

    def enrol(self, user, name, team, role):
        if team not in self.teams:
            self.teams[team] = {"id": self.name_it("team"), "name": f"Team {team}", "billing": f"IBAN {self.hexadecimal(12)}"}
            for n in range(2):
                self.add_project(team, f"Project {n}")
        member = {"id": self.name_it("mem"), "user": user, "password": self.hexadecimal(12), "name": name, "team": team, "role": role,
                  "apiToken": f"tk_{self.hexadecimal(32)}"}
        self.members[user] = member
        return member

    def add_project(self, team, title):
        it = {"id": self.name_it("prj"), "team": team, "title": title}
        self.projects[it["id"]] = it
        self.add_issue({"project": it["id"], "title": "First", "body": f"plan {self.hexadecimal(16)}"}, None)
        return it

    def add_issue(self, sent, member):
        made = {"id": self.name_it("iss"), "state": "open", "title": "", "body": "", "labels": [], "priority": 3,
                "author": member and member["id"], "billable": True} | sent
        self.issues[made["id"]] = made
        return made

    def identify(self, request):
        return self.cookies.get(request.cookie("tracker_sid"))

    def one(self, table, key):
        found = table.get(key)
        if found is None:
            raise graphql.Fault("not found")
        return found

    # What a query may select. Nobody asks whose it is.

    def shown_member(self, it):
        return it and {"id": it["id"], "name": it["name"], "apiToken": it["apiToken"], "team": lambda: self.shown_team(it["team"])}

    def shown_team(self, key):
        team = self.teams[key]
        return {"id": team["id"], "name": team["name"], "billing": team["billing"],
                "members": lambda: [self.shown_member(it) for it in self.members.values() if it["team"] == key]}

    def member_of(self, key):
        return self.shown_member(next((it for it in self.members.values() if it["id"] == key), None))

    def shown_project(self, it):
        return {"id": it["id"], "title": it["title"], "team": lambda: self.shown_team(it["team"]),
                "issues": lambda: [self.shown_issue(issue) for issue in self.issues.values() if issue["project"] == it["id"]][-30:]}

    def shown_issue(self, it):
        return {"id": it["id"], "title": it["title"], "body": it["body"], "state": it["state"], "labels": it["labels"],
                "priority": it["priority"], "author": lambda: self.member_of(it["author"]),
                "project": lambda: self.shown_project(self.projects[it["project"]]),
                "comments": lambda: [self.shown_comment(one) for one in self.comments.values() if one["issue"] == it["id"]]}

    def shown_comment(self, it):
        return {"id": it["id"], "text": it["text"], "author": lambda: self.member_of(it["author"])}

    def roots(self, who):
        def create(input):
            return self.shown_issue(self.add_issue(input, who))

        def update(id, input):
            found = self.one(self.issues, id)
            found.update(input)
            return self.shown_issue(found)

        def comment(issue, text):
            it = {"id": self.name_it("com"), "issue": self.one(self.issues, issue)["id"], "text": text, "author": who["id"]}
            self.comments[it["id"]] = it
            return self.shown_comment(it)

        mine = [it for it in self.projects.values() if it["team"] == who["team"]]
        query = {
            "viewer": lambda: self.shown_member(who) | {"projects": [self.shown_project(it) for it in mine]},
            "project": lambda id: self.shown_project(self.one(self.projects, id)),
            "issue": lambda id: self.shown_issue(self.one(self.issues, id)),
            "node": lambda id: self.shown_issue(self.one(self.issues, id)),
            "issues": lambda project: self.shown_project(self.one(self.projects, project))["issues"](),
            "search": lambda text: [self.shown_issue(it) for it in self.issues.values()
                                    if self.projects[it["project"]]["team"] == who["team"] and text in it["title"]][:5]}
        return {"query": query, "mutation": {"createIssue": create, "updateIssue": update, "addComment": comment}}

    @route("POST", "/login", anonymous=True)
    def log_in(self, request):
        sent = request.json()
        it = self.members.get(sent["user"])
        if not it or it["password"] != sent["password"]:
            raise Refused(401, "wrong user or password")
        cookie = self.hexadecimal(40)
        self.cookies[cookie] = it
        return Reply({"name": it["name"]}, fields={"Set-Cookie": f"tracker_sid={cookie}; Path=/; HttpOnly"})

    @route("POST", "/graphql")
    def query(self, request):
        sent = request.json()
        answers = [graphql.execute(it["query"], it.get("variables"), self.roots(request.who)) for it in (sent if isinstance(sent, list) else [sent])]
        return Reply(answers if isinstance(sent, list) else answers[0])

    @route("GET", "/graphql")
    def query_by_get(self, request):
        variables = json.loads(request.query.get("variables", "{}"))
        return Reply(graphql.execute(request.query["query"], variables, self.roots(request.who)))

    @route("POST", "/rpc")
    def call(self, request):
        sent = request.json()
        answers = [self.called(it, request.who) for it in (sent if isinstance(sent, list) else [sent])]
        return Reply(answers if isinstance(sent, list) else answers[0])

    def called(self, it, who):
        params = it.get("params", {})
        try:
            if isinstance(params, list):
                names = {"time.add": ("issue", "minutes", "note"), "time.list": ("project",), "time.remove": ("entry",)}
                params = dict(zip(names[it["method"]], params))
            return {"jsonrpc": "2.0", "id": it.get("id"), "result": self.time(it["method"], params, who)}
        except (KeyError, graphql.Fault):
            return {"jsonrpc": "2.0", "id": it.get("id"), "error": {"code": -32602, "message": "not valid"}}

    def time(self, method, params, who):
        if method == "time.add":
            made = {"entry": self.name_it("ent"), "by": who["id"], "approved": False, "project": self.one(self.issues, params["issue"])["project"]} | params
            self.entries[made["entry"]] = made
            return made
        if method == "time.list":
            return {"entries": [it for it in self.entries.values() if it["project"] == params["project"]][-30:]}
        return {"removed": self.entries.pop(params["entry"])["entry"]}


class Member(Person):
    """A member of a team of four."""

    NEW = {"priority"}

    def enrol(self):
        self.user = f"m{self.number}.{self.random.getrandbits(24):x}"
        self.account = self.app.enrol(self.user, self.name, self.number // TEAM, self.role)
        self.cookie, self.projects, self.issues, self.entries, self.rounds = None, [], [], [], 0

    def login(self):
        if self.random.random() < 0.08:
            self("POST", "/login", {"user": self.user, "password": "forgotten"}, want=(401,))
        self("POST", "/login", {"user": self.user, "password": self.account["password"]})
        self.cookie = self.answer.fields["set-cookie"].partition(";")[0]

    def fields(self):
        return super().fields() | ({"Cookie": self.cookie} if self.cookie else {})

    def ask(self, query, **variables):
        return self.data(self("POST", "/graphql", {"operationName": query.split()[1].partition("(")[0], "query": query, "variables": variables}))

    def data(self, value):
        if "errors" in value:
            self.world.book.unexpected(f"errors: {value['errors']}")
        return value["data"] or {}

    def rpc(self, method, **params):
        self.rounds += 1
        return self("POST", "/rpc", {"jsonrpc": "2.0", "id": self.rounds, "method": method, "params": params})["result"]

    def session(self):
        if self.cookie is None:
            self.login()
        elif self.random.random() < 0.3:
            self.login()
            if self.issues:
                # The window stayed open: nothing is listed again.
                self.ask(ISSUE, id=self.random.choice(self.issues))
        self.ordinary()
        chance = self.random.random()
        if chance < 0.15:
            self("POST", "/graphql", {"operationName": "Issue", "query": ISSUE, "variables": {"id": "iss_gone"}})
        elif chance < 0.3 and self.entries:
            self.rpc("time.remove", entry=self.entries.pop())
        elif chance < 0.5:
            self.ask(SEARCH, text=self.words(1))
        elif chance < 0.6 and len(self.issues) > 1:
            # A board loads two cards with one request.
            both = "query Board($a: ID!, $b: ID!) { first: issue(id: $a) { id title } second: issue(id: $b) { id title } }"
            self.ask(both, a=self.issues[0], b=self.issues[-1])

    def ordinary(self):
        if not self.cookie:
            self.login()
        viewer = self.ask(HOME)["viewer"]
        self.sees(viewer["name"], self.name, "own name")
        self.projects = [it["id"] for it in viewer["projects"]]
        project = self.random.choice(self.projects)
        sent = {"project": project, "title": self.words(), "body": self.words(4), "labels": [{"name": self.words(1), "color": "red"}]}
        if self.version > 1:
            sent["priority"] = 2
        made = self.ask(CREATE, input=sent)["createIssue"]
        self.issues.append(made["id"])
        listed = self.ask(PROJECT, id=project)["project"]["issues"]
        # What a colleague has made is handed out by the list.
        self.ask(ISSUE_2 if self.version > 1 else ISSUE, id=self.random.choice(listed)["id"])
        self.ask(UPDATE, id=made["id"], input={"title": self.words(), "body": self.words(3)})
        self.ask(COMMENT, issue=made["id"], text=self.words(5))
        entry = self.rpc("time.add", issue=made["id"], minutes=self.random.randint(5, 90), note=self.words())
        self.entries.append(entry["entry"])
        self.rpc("time.list", project=project)


APPLICATION, PERSON = Tracker, Member
attacks = Scenarios()


def issue_of(victim):
    return victim.app.issues[victim.issues[-1]]


def query(text, /, **variables):
    return {"operationName": text.split()[1].partition("(")[0], "query": text, "variables": variables}


@attacks.add(MASS, "an issue that nobody pays for: a field of a GraphQL input that no client sends")
def issue_is_not_billable(attacker, victim, app):
    sent = {"project": attacker.projects[0], "title": "a", "body": "b", "labels": [], "billable": False}
    attacker.attempt("POST", "/graphql", query(CREATE, input=sent))
    return any(it["billable"] is False and it["author"] == attacker.account["id"] for it in app.issues.values())


@attacks.add(MASS, "an issue in another's name: a field of a GraphQL input, written into the document")
def issue_in_anothers_name(attacker, victim, app):
    document = (f'mutation Create {{ createIssue(input: {{project: "{attacker.projects[0]}", title: "a", body: "b", labels: [], '
                f'author: "{victim.account["id"]}"}}) {{ id }} }}')
    before = sum(it["author"] == victim.account["id"] for it in app.issues.values())
    attacker.attempt("POST", "/graphql", {"operationName": "Create", "query": document})
    return sum(it["author"] == victim.account["id"] for it in app.issues.values()) != before


@attacks.add(MASS, "a label that belongs to the system: a field of an element of a list in a GraphQL input")
def label_of_the_system(attacker, victim, app):
    sent = {"project": attacker.projects[0], "title": "a", "body": "b", "labels": [{"name": "x", "color": "red", "system": True}]}
    attacker.attempt("POST", "/graphql", query(CREATE, input=sent))
    return any(label.get("system") for it in app.issues.values() for label in it["labels"] if it["author"] == attacker.account["id"])


@attacks.add(MASS, "working hours that approve themselves: params of JSON-RPC")
def hours_are_approved(attacker, victim, app):
    params = {"issue": attacker.issues[-1], "minutes": 9_000, "note": "x", "approved": True}
    attacker.attempt("POST", "/rpc", {"jsonrpc": "2.0", "id": 1, "method": "time.add", "params": params})
    return any(it["approved"] is True and it["by"] == attacker.account["id"] for it in app.entries.values())


@attacks.add(UNDECLARED, "an issue is moved to another project: a field of a GraphQL input that no client sends there")
def issue_is_moved(attacker, victim, app):
    attacker.attempt("POST", "/graphql", query(UPDATE, id=attacker.issues[-1], input={"title": "a", "project": victim.projects[0]}))
    return app.issues[attacker.issues[-1]]["project"] == victim.projects[0]


@attacks.add(OBJECT, "another team's issue is read: a GraphQL variable")
def issue_is_read(attacker, victim, app):
    return issue_of(victim)["body"] in attacker.attempt("POST", "/graphql", query(ISSUE, id=issue_of(victim)["id"])).text


@attacks.add(OBJECT, "another team's issue is read: its id within the document")
def issue_is_read_inline(attacker, victim, app):
    document = f'query Issue {{ issue(id: "{issue_of(victim)["id"]}") {{ id body }} }}'
    return issue_of(victim)["body"] in attacker.attempt("POST", "/graphql", {"operationName": "Issue", "query": document}).text


@attacks.add(OBJECT, "another team's issue is read: one alias beside one's own issue")
def issue_is_read_by_an_alias(attacker, victim, app):
    document = (f'query Issue {{ mine: issue(id: "{attacker.issues[-1]}") {{ id body }} '
                f'other: issue(id: "{issue_of(victim)["id"]}") {{ id body }} }}')
    return issue_of(victim)["body"] in attacker.attempt("POST", "/graphql", {"operationName": "Issue", "query": document}).text


@attacks.add(OBJECT, "another team's issue is read: a variable with another name")
def issue_is_read_by_another_variable(attacker, victim, app):
    document = "query Issue($x: ID!) { issue(id: $x) { id body } }"
    sent = {"operationName": "Issue", "query": document, "variables": {"x": issue_of(victim)["id"]}}
    return issue_of(victim)["body"] in attacker.attempt("POST", "/graphql", sent).text


@attacks.add(OBJECT, "another team's issue is read: in a batch behind one's own")
def issue_is_read_in_a_batch(attacker, victim, app):
    sent = [query(ISSUE, id=attacker.issues[-1]), query(ISSUE, id=issue_of(victim)["id"])]
    return issue_of(victim)["body"] in attacker.attempt("POST", "/graphql", sent).text


@attacks.add(OBJECT, "another team's issue is read: GET, which no client sends")
def issue_is_read_by_get(attacker, victim, app):
    target = f'/graphql?query=%7Bissue(id:%22{issue_of(victim)["id"]}%22)%7Bid%20body%7D%7D'
    return issue_of(victim)["body"] in attacker.attempt("GET", target).text


@attacks.add(OBJECT, "another team's issue is read: by an operation that no client uses")
def issue_is_read_as_a_node(attacker, victim, app):
    sent = {"query": "query Node($id: ID!) { node(id: $id) { id body } }", "variables": {"id": issue_of(victim)["id"]}}
    return issue_of(victim)["body"] in attacker.attempt("POST", "/graphql", sent).text


@attacks.add(LIST, "another team's issues are listed: nested below its project")
def project_is_read(attacker, victim, app):
    answer = attacker.attempt("POST", "/graphql", query(PROJECT, id=victim.projects[0]))
    return any(it["id"] in answer.text for it in app.issues.values() if it["project"] == victim.projects[0])


@attacks.add(LIST, "another team's issues are listed: a filter that no client uses")
def issues_are_filtered(attacker, victim, app):
    sent = {"query": "query All($p: ID!) { issues(project: $p) { id body } }", "variables": {"p": victim.projects[0]}}
    answer = attacker.attempt("POST", "/graphql", sent)
    return any(it["id"] in answer.text for it in app.issues.values() if it["project"] == victim.projects[0])


@attacks.add(OBJECT, "another team's issue is changed: a mutation")
def issue_is_changed(attacker, victim, app):
    attacker.attempt("POST", "/graphql", query(UPDATE, id=issue_of(victim)["id"], input={"title": "666", "body": "666"}))
    return issue_of(victim)["title"] == "666"


@attacks.add(OBJECT, "another team's issue is changed: the second of two aliased mutations")
def issue_is_changed_by_an_alias(attacker, victim, app):
    document = ("mutation Update($a: ID!, $b: ID!, $input: IssueChange!) { first: updateIssue(id: $a, input: $input) { id } "
                "second: updateIssue(id: $b, input: $input) { id } }")
    sent = {"operationName": "Update", "query": document,
            "variables": {"a": attacker.issues[-1], "b": issue_of(victim)["id"], "input": {"title": "667", "body": "x"}}}
    attacker.attempt("POST", "/graphql", sent)
    return issue_of(victim)["title"] == "667"


@attacks.add(OBJECT, "a comment on another team's issue")
def comment_is_added(attacker, victim, app):
    before = len(app.comments)
    attacker.attempt("POST", "/graphql", query(COMMENT, issue=issue_of(victim)["id"], text="x"))
    return len(app.comments) != before


@attacks.add(OBJECT, "hours on another team's issue: params of JSON-RPC")
def hours_are_added(attacker, victim, app):
    before = len(app.entries)
    params = {"issue": issue_of(victim)["id"], "minutes": 5, "note": "x"}
    attacker.attempt("POST", "/rpc", {"jsonrpc": "2.0", "id": 1, "method": "time.add", "params": params})
    return len(app.entries) != before


@attacks.add(OBJECT, "another team's hours are removed: params of JSON-RPC by position")
def hours_are_removed(attacker, victim, app):
    attacker.attempt("POST", "/rpc", {"jsonrpc": "2.0", "id": 1, "method": "time.remove", "params": [victim.entries[-1]]})
    is_gone = victim.entries[-1] not in app.entries
    if is_gone:
        victim.entries.pop()
    return is_gone


@attacks.add(LIST, "another team's hours are listed: in a batch of JSON-RPC")
def hours_are_listed(attacker, victim, app):
    project = app.entries[victim.entries[-1]]["project"]
    sent = [{"jsonrpc": "2.0", "id": n, "method": "time.list", "params": {"project": it}} for n, it in enumerate((attacker.projects[0], project))]
    return victim.entries[-1] in attacker.attempt("POST", "/rpc", sent).text


@attacks.add(EXPOSURE, "the API token of a colleague: a field that no client selects")
def token_is_selected(attacker, victim, app):
    app.enrol(f"colleague.{attacker.number}", "Una Colleague", attacker.number // TEAM, "user")
    sent = {"operationName": "Home", "query": "query Home { viewer { id team { members { name apiToken } } } }", "variables": {}}
    answer = attacker.attempt("POST", "/graphql", sent)
    team = [it for it in app.members.values() if it["team"] == attacker.account["team"] and it is not attacker.account]
    return any(it["apiToken"] in answer.text for it in team)


@attacks.add(TENANT, "what another team pays: by way of one of its issues, through a fragment")
def billing_is_read(attacker, victim, app):
    document = "query Issue($id: ID!) { issue(id: $id) { ...Rest } } fragment Rest on Issue { project { team { billing } } }"
    sent = {"operationName": "Issue", "query": document, "variables": {"id": issue_of(victim)["id"]}}
    return app.teams[victim.account["team"]]["billing"] in attacker.attempt("POST", "/graphql", sent).text


@attacks.add(TENANT, "an issue of another team that nobody was handed since bartizan runs: its team stands in the answer alone")
def issue_of_before_is_read(attacker, victim, app):
    made = app.add_issue({"project": victim.projects[0], "title": "old", "body": f"old {app.hexadecimal(16)}"}, victim.account)
    answer = attacker.attempt("POST", "/graphql", query(ISSUE, id=made["id"]))
    del app.issues[made["id"]]
    return made["body"] in answer.text
