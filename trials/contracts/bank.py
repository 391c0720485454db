"""A bank: numbers in paths, queries and bodies; forms and JSON Patch; the token names a person, objects name a customer number.

Field names count in any case, the query adds to the body, a method may be overridden, and numbers of deleted payees are given
again. A partner with an API key reads the accounts of customers that agreed; clerks look customers up.
"""

from service import Application, Refused, Reply, merge, route
from stage import EXPOSURE, LIST, LOST, MASS, MISSING, OBJECT, RANGE, TENANT, UNDECLARED, Person, Scenarios

BANKS = ("north", "south")
SHOPS = tuple(range(500_003, 500_403, 31))


def number(text):
    """A number, however it is written."""
    return int(float(text)) if isinstance(text, str) and not text.isdigit() else int(text)


class Bank(Application):
    ISSUER = "https://login.bank.test"

    def __init__(self, seed):
        super().__init__(seed)
        self.customers, self.accounts, self.transfers, self.payees, self.orders, self.keys = {}, {}, {}, {}, {}, {}
        self.next = {"owner": self.random.randint(5_000, 9_000), "account": self.random.randint(100_000, 400_000),
                     "transfer": self.random.randint(10**6, 5 * 10**6), "payee": 700 + self.random.randint(0, 90), "order": 40_000}
        self.free = []

    def take(self, what):
        self.next[what] += self.random.randint(1, 3)
        return self.next[what]

    def enrol(self, user, bank, role):
        it = {"user": user, "pin": self.hexadecimal(6), "no": self.take("owner"), "bank": bank, "role": role}
        it["settings"] = {"language": "en", "notify": "mail", "daily_limit": 1000, "verified": False, "owner": it["no"]}
        self.customers[user] = it
        for _ in range(2 if role == "user" else 0):
            account = self.take("account")
            self.accounts[account] = {"account": account, "owner": it["no"], "bank": bank, "balance": 5000.0, "currency": "EUR",
                                      "card": f"4000-{self.hexadecimal(12)}"}
        return it

    def partner(self):
        key = self.hexadecimal(40)
        self.keys[key] = {"sub": "ledgerly", "bank": "north", "role": "partner"}
        return key

    def identify(self, request):
        return self.keys.get(request.field("X-Api-Key")) or super().identify(request)

    def routed(self, request):
        request.method = request.field("X-HTTP-Method-Override") or request.method
        return super().routed(request)

    def me(self, request):
        return self.customers[request.who["sub"]]

    def sent(self, request):
        """Body and query as one, names in small letters."""
        body = request.form() if "form" in request.field("Content-Type") else request.json()
        return {name.lower(): it for name, it in {**body, **request.query}.items()}

    def of(self, table, key):
        found = table.get(number(key))
        if found is None:
            raise Refused(404, "unknown")
        return found

    def shown(self, account):
        out = {name: it for name, it in account.items() if name != "card"}
        return out | ({"alias": ""} if self.version > 1 else {})

    def rows(self, account):
        return [{"transfer": it["transfer"], "amount": it["amount"], "text": it["text"]}
                for it in self.transfers.values() if account in (it["from"], it["to"])][-20:]

    @route("POST", "/api/login", anonymous=True)
    def log_in(self, request):
        sent = request.form()
        it = self.customers.get(sent["user"])
        if not it or it["pin"] != sent.get("pin", it["pin"]):
            # As many do: a refusal with status 200.
            return Reply({"ok": False, "reason": "wrong user or PIN"})
        return Reply({"ok": True, "token": self.token(sub=it["user"], bank=it["bank"], role=it["role"])})

    @route("GET", "/api/rates", anonymous=True)
    def rates(self, request):
        return Reply({"eur_czk": 24.9, "eur_pln": 4.3})

    @route("GET", "/api/accounts")
    def list_accounts(self, request):
        if request.who["role"] == "partner":
            return Reply({"accounts": [self.shown(it) for it in self.accounts.values() if it["bank"] == "north"][:60]})
        owner = number(request.query["customer"]) if "customer" in request.query else self.me(request)["no"]
        return Reply({"accounts": [self.shown(it) for it in self.accounts.values() if it["owner"] == owner]})

    @route("GET", "/api/accounts/{account}")
    def read_account(self, request, account):
        return Reply(self.shown(self.of(self.accounts, account)))

    @route("GET", "/api/cards")
    def list_cards(self, request):
        owner = number(request.query.get("owner", self.me(request)["no"]))
        return Reply({"cards": [{"card": it["card"], "account": it["account"], "owner": owner}
                                for it in self.accounts.values() if it["owner"] == owner]})

    @route("GET", "/api/transactions")
    def list_transactions(self, request):
        account = self.of(self.accounts, request.query["account"])
        return Reply({"account": account["account"], "owner": account["owner"], "balance": account["balance"],
                      "rows": self.rows(account["account"])})

    @route("POST", "/api/transfers")
    def transfer(self, request):
        sent = self.sent(request)
        source = self.of(self.accounts, sent["from"])
        if float(sent["amount"]) <= 0:
            raise Refused(422, "amount")
        made = {"transfer": self.take("transfer"), "from": 0, "to": 0, "amount": 0, "text": "", "fee": 0.5, "status": "booked",
                "owner": source["owner"]} | sent
        made["from"], made["to"] = source["account"], number(made["to"])
        source["balance"] -= float(made["amount"]) + float(made["fee"])
        self.transfers[made["transfer"]] = made
        return Reply(made, 201)

    @route("GET", "/api/transfers/{transfer}")
    def read_transfer(self, request, transfer):
        return Reply(self.of(self.transfers, transfer))

    @route("GET", "/api/payees")
    def list_payees(self, request):
        return Reply({"payees": [it for it in self.payees.values() if it["owner"] == self.me(request)["no"]]})

    @route("POST", "/api/payees")
    def add_payee(self, request):
        sent = self.sent(request)
        made = {"payee": self.free.pop() if self.free else self.take("payee"), "owner": self.me(request)["no"], "trusted": False,
                "name": sent["name"], "account": sent["account"]} | sent
        self.payees[made["payee"]] = made
        return Reply(made, 201)

    @route("PUT", "/api/payees/{payee}")
    def change_payee(self, request, payee):
        return Reply(merge(self.of(self.payees, payee), self.sent(request)))

    @route("DELETE", "/api/payees/{payee}")
    def drop_payee(self, request, payee):
        self.of(self.payees, payee)
        del self.payees[number(payee)]
        self.free.append(number(payee))
        return Reply(status=204)

    @route("POST", "/api/orders")
    def add_order(self, request):
        sent = self.sent(request)
        source = self.of(self.accounts, sent["from"])
        made = {"order": self.take("order"), "owner": source["owner"], "from": source["account"], "amount": sent["amount"],
                "every": sent["every"], "approved": True}
        self.orders[made["order"]] = made
        return Reply(made, 201)

    @route("GET", "/api/orders")
    def list_orders(self, request):
        return Reply({"orders": [it for it in self.orders.values() if it["owner"] == self.me(request)["no"]]})

    @route("GET", "/api/receipts")
    def receipt(self, request):
        found = self.of(self.orders, request.query["order"])
        return Reply({"order": found["order"], "owner": found["owner"], "amount": found["amount"], "text": f"every {found['every']}"})

    @route("PATCH", "/api/orders/{order}")
    def change_order(self, request, order):
        """JSON Patch (RFC 6902), the operation `replace`."""
        found = self.of(self.orders, order)
        for it in request.json():
            found[it["path"].lstrip("/")] = it["value"]
        return Reply(found)

    @route("POST", "/api/statements")
    def statements(self, request):
        found = [self.of(self.accounts, it) for it in request.json()["accounts"]]
        return Reply({"statements": [{"account": it["account"], "owner": it["owner"], "balance": it["balance"],
                                      "rows": self.rows(it["account"])} for it in found]})

    @route("POST", "/api/settings")
    def set_settings(self, request):
        return Reply(merge(self.me(request)["settings"], self.sent(request)))


class Customer(Person):
    """A customer, a clerk (`staff`), or the partner with its key (`partner`)."""

    NEW = {"category", "theme"}

    def enrol(self):
        self.bank = BANKS[self.number % len(BANKS)]
        self.user = f"{self.name.lower().replace(' ', '.').replace(chr(39), '')}.{self.number}.{self.random.getrandbits(16):x}"
        self.key = self.app.partner() if self.role == "partner" else None
        self.account = None if self.key else self.app.enrol(self.user, self.bank, self.role)
        self.token, self.accounts, self.payees, self.orders, self.transfers = None, [], [], [], []
        self.landlord = 600_000 + self.random.randint(0, 300_000)

    @property
    def paid(self):
        """Whom one pays: a number from a bill or a friend, which the bank handed to others, if to anybody."""
        chance = self.random.random()
        if chance < 0.5:
            return self.random.choice(SHOPS)
        return self.landlord if chance < 0.8 else self.random.choice(list(self.app.accounts))

    def login(self):
        form = {"user": self.user, "pin": self.account["pin"]}
        if self.random.random() < 0.08:
            self("POST", "/api/login", form=form | {"pin": "0000"})
        self.token = self("POST", "/api/login", form=form)["token"]

    def fields(self):
        if self.key:
            return super().fields() | {"X-Api-Key": self.key}
        return super().fields() | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def session(self):
        if self.role == "partner":
            return self.collect()
        if self.token is None or self.random.random() < 0.3:
            self.login()
        return self.counter() if self.role == "staff" else self.visit()

    def collect(self):
        """The partner reads accounts of many customers."""
        listed = self("GET", "/api/accounts")["accounts"]
        for it in self.random.sample(listed, min(4, len(listed))):
            self("GET", f"/api/accounts/{it['account']}")
            self("GET", f"/api/transactions?account={it['account']}")

    def counter(self):
        """A clerk looks up whoever stands there, by the number on the card."""
        people = [it for it in self.app.customers.values() if it["role"] == "user" and it["bank"] == self.bank]
        for it in self.random.sample(people, min(3, len(people))):
            listed = self("GET", f"/api/accounts?customer={it['no']}")["accounts"]
            self("GET", f"/api/accounts/{listed[0]['account']}")

    def visit(self):
        self.ordinary()
        if self.random.random() < 0.4:
            self("GET", "/api/rates")
        if self.random.random() < 0.5:
            cards = self("GET", "/api/cards")["cards"]
            self.sees(cards[0]["card"], self.app.accounts[self.accounts[0]]["card"], "own card")
        chance = self.random.random()
        if chance < 0.08:
            self("GET", f"/api/transfers/{self.random.randint(10, 99)}", want=(404,))
        elif chance < 0.16:
            self("POST", "/api/transfers", self.order(0) | {"amount": 0}, want=(422,))
        elif chance < 0.3 and self.transfers:
            self("GET", f"/api/transfers/{self.transfers[-1]}", device=(second := self.device()))
            second.close()
        elif chance < 0.45 and self.payees:
            self("DELETE", f"/api/payees/{self.payees.pop()}", want=(204,))
        elif chance > 0.85:
            self.logged_out("/api/accounts", f"/api/accounts/{self.accounts[0]}", f"/api/transactions?account={self.accounts[0]}")
        if self.random.random() < 0.4:
            self("POST", "/api/settings", form=self.settings())

    def settings(self):
        out = {"language": self.locale, "notify": self.random.choice(("mail", "post"))}
        return out | ({"theme": "dark"} if self.version > 1 else {})

    def order(self, which):
        out = {"from": self.accounts[which], "to": self.paid, "amount": self.random.randint(100, 9_000) / 100, "text": self.words()}
        return out | ({"category": "rent"} if self.version > 1 else {})

    def ordinary(self):
        if not self.token:
            self.login()
        listed = self("GET", "/api/accounts")["accounts"]
        self.accounts = [it["account"] for it in listed]
        self("GET", f"/api/accounts/{self.random.choice(self.accounts)}")
        self("GET", f"/api/transactions?account={self.random.choice(self.accounts)}")
        made = self("POST", "/api/transfers", self.order(self.random.randint(0, 1)), want=(201,))
        self.transfers.append(made["transfer"])
        self("GET", f"/api/transfers/{made['transfer']}")
        self("POST", "/api/statements", {"accounts": self.accounts[:self.random.randint(1, 2)]})
        self.payees = [it["payee"] for it in self("GET", "/api/payees")["payees"]][-9:]
        if len(self.payees) < 3:
            self.payees.append(self("POST", "/api/payees", {"name": self.words(), "account": self.paid}, want=(201,))["payee"])
        self("PUT", f"/api/payees/{self.random.choice(self.payees)}", {"name": self.words(), "account": self.paid})
        self.orders = [it["order"] for it in self("GET", "/api/orders")["orders"]][:9]
        if len(self.orders) < 2:
            made = self("POST", "/api/orders", {"from": self.accounts[0], "amount": 12.5, "every": "month"}, want=(201,))
            self.orders.append(made["order"])
        self.change(self.random.choice(self.orders))
        self("GET", f"/api/receipts?order={self.random.choice(self.orders)}")

    def change(self, order):
        change = [{"op": "replace", "path": "/amount", "value": self.random.randint(1, 9_000)}]
        self("PATCH", f"/api/orders/{order}", change, kind="application/json-patch+json")


APPLICATION, PERSON = Bank, Customer
attacks = Scenarios()


def own(attacker):
    return attacker.account["no"]


def account_of(victim):
    return victim.accounts[0]


def is_leaked(answer, victim):
    """The customer number of somebody else, in an answer with accounts."""
    return answer.is_good and str(victim.account["no"]) in answer.text


@attacks.add(MASS, "a customer raises the own daily limit: a form")
def limit_is_raised(attacker, victim, app):
    attacker.attempt("POST", "/api/settings", form={"language": "en", "notify": "mail", "daily_limit": "1000000"})
    return attacker.account["settings"]["daily_limit"] != 1000


@attacks.add(MASS, "a customer raises the own daily limit: the name in other letters, in a form")
def limit_is_raised_in_other_letters(attacker, victim, app):
    attacker.attempt("POST", "/api/settings", form={"language": "en", "notify": "mail", "Daily_LIMIT": "1000000"})
    return attacker.account["settings"]["daily_limit"] != 1000


@attacks.add(MASS, "a transfer without a fee")
def fee_is_waived(attacker, victim, app):
    answer = attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"fee": 0})
    return answer.is_good and attacker_transfers(attacker, app)[-1]["fee"] == 0


def attacker_transfers(attacker, app):
    return [it for it in app.transfers.values() if it["owner"] == own(attacker)]


@attacks.add(MASS, "a transfer without a fee: the name in other letters")
def fee_is_waived_in_other_letters(attacker, victim, app):
    answer = attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"FEE": 0})
    return answer.is_good and attacker_transfers(attacker, app)[-1]["fee"] == 0


@attacks.add(MASS, "a transfer without a fee: in the query, which the application adds to the body")
def fee_is_waived_in_the_query(attacker, victim, app):
    answer = attacker.attempt("POST", "/api/transfers?fee=0", attacker.order(0))
    return answer.is_good and float(attacker_transfers(attacker, app)[-1]["fee"]) == 0


@attacks.add(MASS, "a payee becomes trusted")
def payee_is_trusted(attacker, victim, app):
    attacker.attempt("PUT", f"/api/payees/{attacker.payees[-1]}", {"name": "x", "account": attacker.paid, "trusted": True})
    return app.payees[attacker.payees[-1]]["trusted"] is True


@attacks.add(MASS, "the owner of a standing order is changed: JSON Patch with a path that nobody uses")
def order_changes_hands(attacker, victim, app):
    change = [{"op": "replace", "path": "/owner", "value": victim.account["no"]}]
    attacker.attempt("PATCH", f"/api/orders/{attacker.orders[0]}", change, kind="application/json-patch+json")
    return app.orders[attacker.orders[0]]["owner"] == victim.account["no"]


@attacks.add(RANGE, "a transfer of far more than anybody ever sent")
def account_is_overdrawn(attacker, victim, app):
    attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"amount": 1e9})
    return any(app.accounts[it]["balance"] < -1e8 for it in attacker.accounts)


@attacks.add(MISSING, "a log-in without a PIN, which the application does not miss: a field that everybody sends is not there")
def pin_is_left_out(attacker, victim, app):
    answer = attacker.attempt("POST", "/api/login", form={"user": victim.user})
    return bool((answer.value or {}).get("token"))


@attacks.add(OBJECT, "money of another's account is sent: a number in the body")
def money_is_sent(attacker, victim, app):
    before = app.accounts[account_of(victim)]["balance"]
    attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"from": account_of(victim)})
    return app.accounts[account_of(victim)]["balance"] != before


@attacks.add(OBJECT, "money of another's account is sent: the name twice, the second counts")
def money_is_sent_by_a_second_name(attacker, victim, app):
    before = app.accounts[account_of(victim)]["balance"]
    attacker.attempt("POST", "/api/transfers", text=f'{{"from":{attacker.accounts[0]},"to":{attacker.paid},"amount":5,'
                                                    f'"text":"x","from":{account_of(victim)}}}')
    return app.accounts[account_of(victim)]["balance"] != before


@attacks.add(OBJECT, "money of another's account is sent: the number as text, with a zero before it")
def money_is_sent_from_a_padded_number(attacker, victim, app):
    before = app.accounts[account_of(victim)]["balance"]
    attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"from": f"0{account_of(victim)}"})
    return app.accounts[account_of(victim)]["balance"] != before


@attacks.add(OBJECT, "money of another's account is sent: the number with a fraction of nought")
def money_is_sent_from_a_fraction(attacker, victim, app):
    before = app.accounts[account_of(victim)]["balance"]
    attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"from": float(account_of(victim))})
    return app.accounts[account_of(victim)]["balance"] != before


@attacks.add(OBJECT, "money of another's account is sent: the field named in other letters, beside the own one")
def money_is_sent_by_a_name_in_other_letters(attacker, victim, app):
    before = app.accounts[account_of(victim)]["balance"]
    attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"From": account_of(victim)})
    return app.accounts[account_of(victim)]["balance"] != before


@attacks.add(OBJECT, "another's account is read: a number in the path")
def account_is_read(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/accounts/{account_of(victim)}"), victim)


@attacks.add(OBJECT, "another's account is read: noughts before the number")
def account_is_read_padded(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/accounts/00{account_of(victim)}"), victim)


@attacks.add(OBJECT, "another's account is read: a digit percent-encoded")
def account_is_read_encoded(attacker, victim, app):
    text = str(account_of(victim))
    return is_leaked(attacker.attempt("GET", f"/api/accounts/%3{text[0]}{text[1:]}"), victim)


@attacks.add(OBJECT, "another's account is read: the number in scientific notation")
def account_is_read_as_an_exponent(attacker, victim, app):
    text = str(account_of(victim))
    return is_leaked(attacker.attempt("GET", f"/api/accounts/{text[0]}.{text[1:]}e{len(text) - 1}"), victim)


@attacks.add(OBJECT, "another's transactions are read: a number in the query")
def transactions_are_read(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/transactions?account={account_of(victim)}"), victim)


@attacks.add(OBJECT, "another's transactions are read: the own number first, the foreign one second")
def transactions_are_read_by_a_second_number(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/transactions?account={attacker.accounts[0]}&account={account_of(victim)}"), victim)


@attacks.add(LIST, "another's cards are listed, for a parameter that no client sends")
def cards_are_listed(attacker, victim, app):
    answer = attacker.attempt("GET", f"/api/cards?owner={victim.account['no']}")
    return app.accounts[account_of(victim)]["card"] in answer.text


@attacks.add(LIST, "another's accounts are listed, as clerks do")
def accounts_are_listed(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/accounts?customer={victim.account['no']}"), victim)


@attacks.add(LIST, "statements of many: one foreign number in a list of own ones")
def statements_are_made(attacker, victim, app):
    return is_leaked(attacker.attempt("POST", "/api/statements", {"accounts": [*attacker.accounts, account_of(victim)]}), victim)


@attacks.add(OBJECT, "another's account is read after a statement of it was made: what an answer to a number in a body shows is no proof of whose "
                     "the caller is")
def account_is_read_after_a_statement(attacker, victim, app):
    attacker.attempt("POST", "/api/statements", {"accounts": [account_of(victim)]})
    return is_leaked(attacker.attempt("GET", f"/api/accounts/{account_of(victim)}"), victim)


@attacks.add(OBJECT, "another's account is read by an account of today, whose first call is for another's receipt: the answer tells the owner, and is no "
                     "proof of whose the caller is")
def account_is_read_by_a_newcomer(attacker, victim, app):
    newcomer = type(attacker)(attacker.world, attacker.number + 800_000)
    newcomer.login()
    newcomer.attempt("GET", f"/api/receipts?order={victim.orders[0]}")
    answer = newcomer.attempt("GET", f"/api/accounts/{account_of(victim)}")
    attacker.tried += newcomer.tried
    return is_leaked(answer, victim)


@attacks.add(OBJECT, "another's account is read by an account of today, by its first call")
def account_is_read_by_a_first_call(attacker, victim, app):
    newcomer = type(attacker)(attacker.world, attacker.number + 800_000)
    newcomer.login()
    answer = newcomer.attempt("GET", f"/api/accounts/{account_of(victim)}")
    attacker.tried += newcomer.tried
    return is_leaked(answer, victim)


@attacks.add(OBJECT, "another's receipt is read: a number in a parameter called order, as what sorts lists is called elsewhere")
def receipt_is_read(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/receipts?order={victim.orders[0]}"), victim)


@attacks.add(OBJECT, "another's payee gets the attacker's account: PUT")
def payee_is_changed(attacker, victim, app):
    attacker.attempt("PUT", f"/api/payees/{victim.payees[-1]}", {"name": "x", "account": attacker.landlord})
    return app.payees[victim.payees[-1]]["account"] == attacker.landlord


@attacks.add(OBJECT, "another's payee is deleted: DELETE")
def payee_is_deleted(attacker, victim, app):
    attacker.attempt("DELETE", f"/api/payees/{victim.payees[0]}")
    return victim.payees[0] not in app.payees


@attacks.add(OBJECT, "another's payee is deleted: POST with an overridden method")
def payee_is_deleted_by_override(attacker, victim, app):
    attacker.attempt("POST", f"/api/payees/{victim.payees[0]}", fields={"X-HTTP-Method-Override": "DELETE"})
    return victim.payees[0] not in app.payees


@attacks.add(OBJECT, "another's standing order is changed: JSON Patch")
def order_is_changed(attacker, victim, app):
    order = app.orders[victim.orders[0]]
    wanted = order["amount"] // 2 + 1
    attacker.attempt("PATCH", f"/api/orders/{order['order']}", [{"op": "replace", "path": "/amount", "value": wanted}], kind="application/json-patch+json")
    return order["amount"] == wanted


@attacks.add(OBJECT, "another's transfer is read, which was handed to its owner")
def transfer_is_read(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/api/transfers/{victim.transfers[-1]}"), victim)


@attacks.add(OBJECT, "a transfer of before bartizan is read: nobody was handed its number, its owner stands in the answer alone, as a number "
                     "where the token has a name")
def transfer_of_before_is_read(attacker, victim, app):
    old = {"transfer": app.take("transfer"), "from": account_of(victim), "to": 1, "amount": 7, "text": "old", "fee": 0.5,
           "status": "booked", "owner": victim.account["no"]}
    app.transfers[old["transfer"]] = old
    return is_leaked(attacker.attempt("GET", f"/api/transfers/{old['transfer']}"), victim)


@attacks.add(TENANT, "an account of the other bank is read: nobody was handed its number, the tenant is in the token")
def account_of_another_bank_is_read(attacker, victim, app):
    other = next(it for it in BANKS if it != attacker.bank)
    account = app.take("account")
    app.accounts[account] = {"account": account, "owner": app.take("owner"), "bank": other, "balance": 1.0, "currency": "EUR", "card": "4000"}
    answer = attacker.attempt("GET", f"/api/accounts/{account}")
    del app.accounts[account]
    return answer.is_good and str(account) in answer.text


@attacks.add(UNDECLARED, "a field that no client sends is stored in a transfer")
def unknown_field_is_stored(attacker, victim, app):
    attacker.attempt("POST", "/api/transfers", attacker.order(0) | {"skip_checks": True})
    return any("skip_checks" in it for it in attacker_transfers(attacker, app))


@attacks.add(EXPOSURE, "accounts of everybody whom a partner's key may see: taken with the key of the partner from a customer's device, one "
                       "number that the partner was never handed")
def partner_reads_beyond_its_list(attacker, victim, app):
    other = next(it for it in app.accounts.values() if it["bank"] != "north" and it["owner"] == victim.account["no"] or it["bank"] == "south")
    partner = type(attacker)(attacker.world, attacker.number + 700_000, "partner")
    partner.session()
    answer = partner.attempt("GET", f"/api/accounts/{other['account']}")
    attacker.tried += partner.tried
    return answer.is_good and str(other["account"]) in answer.text


@attacks.add(LOST, "after a release, accounts need no token: anybody reads one")
def account_is_read_without_token(attacker, victim, app):
    app.is_open, attacker.token = True, None
    answer = attacker.attempt("GET", f"/api/accounts/{account_of(victim)}")
    app.is_open = False
    return is_leaked(answer, victim)
