"""Two houses that let rooms: the tenant is the host, slugs and references in the query, a public catalogue, shared bookings, signed
links, desk clerks who cross, and links in e-mail.

References count in any case, several may stand in one value, and what is included in an answer is up to the caller.
"""

import hashlib
import hmac

from service import Application, Refused, Reply, merge, route
from stage import EXPOSURE, LIST, MASS, OBJECT, RANGE, TENANT, UNDECLARED, Person, Scenarios

HOUSES = ("lyra", "orion")
VENUES = ("blue-hall", "garden-room", "attic-studio", "long-gallery", "vault", "music-room", "glass-house", "library")
# What a person who knows the application confirms of it.
PROFILE = "tenant=host"


class Bookings(Application):
    ISSUER = "https://login.house.test"

    def __init__(self, seed):
        super().__init__(seed)
        self.guests, self.bookings, self.documents, self.shared, self.files, self.reviews = {}, {}, {}, [], {}, {}
        self.venues = {it: {"slug": it, "name": it.replace("-", " "), "city": "Brno" if n % 2 else "Ghent", "seats": 20 + n} for n, it in enumerate(VENUES)}
        self.next = self.random.randint(2_000, 8_000)

    def enrol(self, mail, name, house, role):
        self.next += self.random.randint(1, 5)
        it = {"id": self.next, "name": name, "mail": mail, "phone": "", "tier": "basic", "credit": 0, "house": house, "role": role,
              "secret": self.hexadecimal(12), "card": f"4000{self.hexadecimal(10)}", "hash": f"$2b$12${self.hexadecimal(53)}"}
        self.guests[self.next] = it
        return it

    def house(self, request):
        return request.field("Host").partition(".")[0]

    def me(self, request):
        if request.who is None:
            raise Refused(401, "log in")
        return self.guests[int(request.who["sub"].removeprefix("u-"))]

    def found(self, reference):
        it = self.bookings.get(reference.strip().upper())
        if it is None:
            raise Refused(404, "unknown")
        return it

    def shown(self, booking, request):
        guest = self.guests[booking["guestId"]]
        out = {name: it for name, it in booking.items() if name != "guestId"}
        out["guest"] = {"id": guest["id"], "name": guest["name"], "mail": guest["mail"]}
        if "card" in request.query.get("expand", ""):
            out["guest"]["card"] = guest["card"]
        return out | ({"door": "east"} if self.version > 1 else {})

    def profile(self, guest):
        return {name: guest[name] for name in ("id", "name", "mail", "phone", "tier", "credit") + tuple(it for it in ("marketing", "locale") if it in guest)}

    def sign(self, name):
        return hmac.new(self.secret, name.encode(), hashlib.sha256).hexdigest()[:32]

    @route("GET", "/venues", anonymous=True)
    def list_venues(self, request):
        text = request.query.get("q", "").lower()
        return Reply({"venues": [it for it in self.venues.values() if text in it["name"]]})

    @route("GET", "/venues/{venue}", anonymous=True)
    def read_venue(self, request, venue):
        return Reply(self.venues[venue] if venue in self.venues else None, 200 if venue in self.venues else 404)

    @route("GET", "/reviews", anonymous=True)
    def list_reviews(self, request):
        mails = {it["name"]: it["mail"] for it in self.guests.values()}
        told = self.reviews.get(request.query["venue"], [])[-10:]
        # A release in which somebody returned whole rows.
        return Reply({"reviews": [it | {"mail": mails.get(it["by"])} for it in told] if self.leaks else told})

    @route("POST", "/reviews")
    def add_review(self, request):
        sent = request.json()
        made = {"by": self.me(request)["name"], "stars": sent["stars"], "text": sent["text"], "featured": False} | sent
        self.reviews.setdefault(sent["venue"], []).append(made)
        return Reply(made, 201)

    @route("POST", "/token", anonymous=True)
    def log_in(self, request):
        sent = request.json()
        it = next((it for it in self.guests.values() if it["mail"] == sent["mail"]), None)
        if not it or it["secret"] != sent["secret"]:
            raise Refused(401, "wrong")
        return Reply({"token": self.token(sub=f"u-{it['id']}", house=it["house"], role=it["role"])})

    @route("GET", "/profile")
    def read_profile(self, request):
        return Reply(self.profile(self.guests[int(request.query.get("guest", self.me(request)["id"]))]))

    @route("PUT", "/profile")
    def change_profile(self, request):
        return Reply(self.profile(merge(self.me(request), request.json())))

    @route("GET", "/guests")
    def search_guests(self, request):
        """Of desk clerks."""
        text = request.query["q"].lower()
        return Reply({"guests": [self.profile(it) | {"passwordHash": it["hash"]} for it in self.guests.values() if text in it["name"].lower() and it["house"] == self.house(request)][:10]})

    @route("GET", "/bookings")
    def list_bookings(self, request):
        guest = int(request.query.get("guest", self.me(request)["id"]))
        return Reply({"bookings": [self.shown(it, request) for it in self.bookings.values() if it["guestId"] == guest]})

    @route("POST", "/bookings")
    def book(self, request):
        sent = request.json()
        if int(sent["seats"]) < 1:
            raise Refused(422, "seats")
        made = {"ref": f"BK-{self.hexadecimal(8).upper()}", "house": self.house(request), "venue": "", "day": "", "seats": 1, "price": 50 * sent["seats"],
                "paid": False, "guestId": self.me(request)["id"]} | sent
        made["extras"] = [{"code": "", "count": 1, "price": 9} | it for it in sent.get("extras", [])]
        made["price"] += sum(it["count"] * it["price"] for it in made["extras"])
        self.bookings[made["ref"]] = made
        return Reply(self.shown(made, request), 201)

    @route("GET", "/booking")
    def read_booking(self, request):
        found = [self.shown(self.found(it), request) for it in request.query["ref"].split(",")]
        return Reply(found[0] if len(found) == 1 else found)

    @route("PUT", "/booking")
    def change_booking(self, request):
        found = self.found(request.query["ref"])
        return Reply(self.shown(merge(found, request.json()), request))

    @route("POST", "/booking")
    def overridden(self, request):
        if request.query.get("_method", "").upper() == "DELETE":
            return self.cancel(request)
        return self.change_booking(request)

    @route("DELETE", "/booking")
    def cancel(self, request):
        del self.bookings[self.found(request.query["ref"])["ref"]]
        return Reply(status=204)

    @route("POST", "/booking/share")
    def share(self, request):
        found = self.found(request.query["ref"])
        self.shared.append((request.json()["mail"], found["ref"]))
        return Reply({"shared": True}, 201)

    @route("GET", "/shared")
    def list_shared(self, request):
        mail = self.me(request)["mail"]
        return Reply({"shared": [{"ref": ref} for to, ref in self.shared if to == mail and ref in self.bookings][-5:]})

    @route("GET", "/invitations/{code}")
    def read_invitation(self, request, code):
        """What a link in an e-mail leads to; the code is known from that alone."""
        found = next((it for it in self.bookings.values() if self.sign(it["ref"])[:12] == code), None)
        return Reply({"venue": found["venue"], "day": found["day"]} if found else {"error": "unknown"}, 200 if found else 404)

    @route("GET", "/documents")
    def list_documents(self, request):
        owner = self.me(request)["id"]
        return Reply({"documents": [{"slug": it["slug"], "title": it["title"]} for it in self.documents.values() if it["ownerId"] == owner]})

    @route("POST", "/documents")
    def add_document(self, request):
        sent = request.json()
        me = self.me(request)
        slug = f"{me['name'].lower().split()[0]}-{sent['title'].lower().replace(' ', '-')}-{self.hexadecimal(5)}"
        made = {"slug": slug, "title": sent["title"], "text": sent["text"], "ownerId": me["id"], "scanned": False} | sent
        self.documents[slug] = made
        return Reply(made, 201)

    @route("GET", "/documents/{slug}")
    def read_document(self, request, slug):
        return Reply(self.documents[slug] if slug in self.documents else {"error": "unknown"}, 200 if slug in self.documents else 404)

    @route("GET", "/links")
    def link(self, request):
        name = f"INV-{self.found(request.query['ref'])['ref'][3:]}"
        self.files[name] = f"invoice {self.sign(name)[:10]}"
        return Reply({"url": f"/files/{name}?expires=1900000000&signature={self.sign(name)}"})

    @route("GET", "/files/{name}", anonymous=True)
    def download(self, request, name):
        if request.query.get("signature", self.sign(name)) != self.sign(name) or name not in self.files:
            raise Refused(403, "signature")
        return Reply(text=self.files[name])


class Guest(Person):
    """A guest, or a desk clerk (`staff`)."""

    NEW = {"occasion", "marketing"}

    def enrol(self):
        self.house = HOUSES[self.number % len(HOUSES)]
        self.mail = f"g{self.number}.{self.random.getrandbits(24):x}@mail.test"
        self.account = self.app.enrol(self.mail, self.name, self.house, self.role)
        self.token, self.own, self.papers, self.phone = None, [], [], ""

    def login(self):
        if self.random.random() < 0.08:
            self("POST", "/token", {"mail": self.mail, "secret": "forgotten"}, want=(401,))
        self.token = self("POST", "/token", {"mail": self.mail, "secret": self.account["secret"]})["token"]

    def fields(self):
        return super().fields() | {"Host": f"{self.house}.rooms.test"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def session(self):
        if self.random.random() < 0.6:
            self.look_around()
        if self.token is None or self.random.random() < 0.3:
            self.login()
        return self.desk() if self.role == "staff" else self.visit()

    def look_around(self):
        token, self.token = self.token, None
        self("GET", f"/venues?q={self.random.choice(('', 'room', 'hall'))}")
        self("GET", f"/venues/{self.random.choice(VENUES)}")
        self("GET", f"/reviews?venue={self.random.choice(VENUES)}")
        self.token = token

    def desk(self):
        """A clerk finds guests by their name and opens what they booked."""
        listed = self("GET", f"/guests?q={self.random.choice('aeio')}")["guests"]
        for guest in self.random.sample(listed, min(3, len(listed))):
            self.sees(guest["mail"], self.app.guests[guest["id"]]["mail"], "a guest's address, to which a clerk writes")
            for it in self("GET", f"/bookings?guest={guest['id']}")["bookings"][-2:]:
                self("GET", f"/booking?ref={it['ref']}", want=(200, 404))

    def visit(self):
        self.ordinary()
        profile = self("GET", "/profile")
        self.sees(profile["phone"], self.phone, "own phone")
        self.sees(profile["mail"], self.mail, "own address")
        if self.random.random() < 0.5:
            sent = {"name": self.name, "phone": f"+{self.random.randint(10**9, 10**10)}"}
            self("PUT", "/profile", sent | ({"marketing": False} if self.version > 1 else {}))
            self.phone = sent["phone"]
        chance = self.random.random()
        if chance < 0.08:
            self("GET", "/booking?ref=BK-00000000", want=(404,))
        elif chance < 0.16:
            self("POST", "/bookings", {"venue": VENUES[0], "day": "2026-07-01", "seats": 0, "extras": []}, want=(422,))
        elif chance < 0.3:
            self("GET", f"/booking?ref={self.own[-1]}", device=(second := self.device()))
            second.close()
        elif chance < 0.4 and len(self.own) > 1:
            self("DELETE", f"/booking?ref={self.own.pop()}", want=(204,))
        elif chance > 0.85:
            self.logged_out("/bookings", f"/booking?ref={self.own[-1]}", "/profile")
        if self.random.random() < 0.3:
            self.invite()
        for it in self("GET", "/shared")["shared"][:1]:
            self("GET", f"/booking?ref={it['ref']}", want=(200, 404))
        if self.random.random() < 0.4:
            self("POST", "/reviews", {"venue": self.random.choice(VENUES), "stars": self.random.randint(1, 5), "text": self.words(6)}, want=(201,))

    def invite(self):
        """A friend finds the booking in a list, or opens a link from an e-mail."""
        friends = [it for it in self.app.guests.values() if it["house"] == self.house and it["role"] == "user" and it["mail"] != self.mail]
        if friends:
            self("POST", f"/booking/share?ref={self.own[-1]}", {"mail": self.random.choice(friends)["mail"]}, want=(201,))
        strangers = [it for it in self.app.bookings.values() if it["house"] == self.house]
        self("GET", f"/invitations/{self.app.sign(self.random.choice(strangers)['ref'])[:12]}", want=(200, 404))

    def ordinary(self):
        if not self.token:
            self.login()
        extras = [{"code": self.random.choice(("tea", "screen", "piano")), "count": self.random.randint(1, 4)} for _ in range(self.random.randint(0, 2))]
        sent = {"venue": self.random.choice(VENUES), "day": f"2026-07-{self.random.randint(10, 28)}", "seats": self.random.randint(1, 9), "extras": extras}
        if self.version > 1:
            sent["occasion"] = self.words(1)
        made = self("POST", "/bookings", sent, want=(201,))
        self.sees(made["guest"]["mail"], self.mail, "own address in a booking")
        self.own.append(made["ref"])
        listed = self("GET", "/bookings")["bookings"]
        self("GET", f"/booking?ref={self.random.choice(listed)['ref']}")
        self("PUT", f"/booking?ref={made['ref']}", {"day": "2026-07-29", "seats": self.random.randint(1, 9)})
        if len(self.papers) < 3:
            title = self.random.choice(("Menu", "Floor plan", "Guest list", "Music"))
            self.papers.append(self("POST", "/documents", {"title": title, "text": f"{self.words(5)} {self.random.getrandbits(40):x}"}, want=(201,))["slug"])
        papers = self("GET", "/documents")["documents"]
        self("GET", f"/documents/{self.random.choice(papers)['slug']}")
        url = self("GET", f"/links?ref={made['ref']}")["url"]
        token, self.token = self.token, None
        # The browser opens the link without a token.
        self("GET", url)
        self.token = token


APPLICATION, PERSON = Bookings, Guest
attacks = Scenarios()


def booking_of(victim):
    return victim.app.bookings[victim.own[-1]]


def bookings_of(guest):
    return [it for it in guest.app.bookings.values() if it["guestId"] == guest.account["id"]]


def is_leaked(answer, victim):
    return answer.is_good and victim.mail in answer.text


@attacks.add(MASS, "a guest becomes a gold member")
def tier_is_set(attacker, victim, app):
    attacker.attempt("PUT", "/profile", {"name": "x", "phone": "1", "tier": "gold"})
    return attacker.account["tier"] == "gold"


@attacks.add(MASS, "a booking is paid by saying so")
def booking_is_paid(attacker, victim, app):
    attacker.attempt("POST", "/bookings", {"venue": VENUES[0], "day": "2026-07-11", "seats": 2, "extras": [], "paid": True})
    return any(it["paid"] is True for it in bookings_of(attacker))


@attacks.add(MASS, "an extra costs nothing: a field of an element of a list")
def extra_is_free(attacker, victim, app):
    extras = [{"code": "tea", "count": 1}, {"code": "piano", "count": 1, "price": 0}]
    attacker.attempt("POST", "/bookings", {"venue": VENUES[0], "day": "2026-07-11", "seats": 2, "extras": extras})
    return any(one["price"] == 0 for it in bookings_of(attacker) for one in it["extras"])


@attacks.add(MASS, "the price of a booking is changed later: PUT")
def price_is_changed(attacker, victim, app):
    attacker.attempt("PUT", f"/booking?ref={attacker.own[-1]}", {"day": "2026-07-12", "seats": 9, "price": 1})
    return app.bookings[attacker.own[-1]]["price"] == 1


@attacks.add(UNDECLARED, "a booking is written to somebody else's account: a field that no client sends and no answer shows")
def booking_is_given_away(attacker, victim, app):
    before = len(bookings_of(victim))
    attacker.attempt("POST", "/bookings", {"venue": VENUES[0], "day": "2026-07-11", "seats": 2, "extras": [], "guestId": victim.account["id"]})
    return len(bookings_of(victim)) != before


@attacks.add(MASS, "a review that is featured")
def review_is_featured(attacker, victim, app):
    attacker.attempt("POST", "/reviews", {"venue": VENUES[1], "stars": 5, "text": f"by {attacker.mail}", "featured": True})
    return any(it["featured"] is True and attacker.mail in it["text"] for all_ in app.reviews.values() for it in all_)


@attacks.add(EXPOSURE, "the number of the own card, for a parameter that no client sends")
def card_is_expanded(attacker, victim, app):
    answer = attacker.attempt("GET", f"/booking?ref={attacker.own[-1]}&expand=card")
    return attacker.account["card"] in answer.text


@attacks.add(RANGE, "a booking costs less than nothing: a count below nought, where counts are 1 to 4")
def price_is_negative(attacker, victim, app):
    extras = [{"code": "tea", "count": -500}]
    attacker.attempt("POST", "/bookings", {"venue": VENUES[0], "day": "2026-07-11", "seats": 2, "extras": extras})
    return any(it["price"] < 0 for it in bookings_of(attacker))


@attacks.add(EXPOSURE, "after a release, public reviews tell the addresses of guests: a class of data that never left there")
def reviews_tell_addresses(attacker, victim, app):
    app.reviews.setdefault(VENUES[2], []).append({"by": victim.name, "stars": 4, "text": "good", "featured": False, "venue": VENUES[2]})
    app.leaks = True
    answer = attacker.attempt("GET", f"/reviews?venue={VENUES[2]}")
    app.leaks = False
    return answer.is_good and victim.name in answer.text and "@mail.test" in answer.text


@attacks.add(OBJECT, "another's booking is read: a reference in the query")
def booking_is_read(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/booking?ref={booking_of(victim)['ref']}"), victim)


@attacks.add(OBJECT, "another's booking is read: the reference in small letters")
def booking_is_read_in_small_letters(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/booking?ref={booking_of(victim)['ref'].lower()}"), victim)


@attacks.add(OBJECT, "another's booking is read: the reference percent-encoded, with a space before it")
def booking_is_read_encoded(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/booking?ref=%20%42K%2D{booking_of(victim)['ref'][3:]}"), victim)


@attacks.add(OBJECT, "another's booking is read: the own reference and the foreign one in one value")
def booking_is_read_in_a_list(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/booking?ref={attacker.own[-1]},{booking_of(victim)['ref']}"), victim)


@attacks.add(OBJECT, "another's booking is read, of before bartizan: its owner stands in the answer alone")
def booking_of_before_is_read(attacker, victim, app):
    old = booking_of(victim) | {"ref": f"BK-{app.hexadecimal(8).upper()}"}
    app.bookings[old["ref"]] = old
    answer = attacker.attempt("GET", f"/booking?ref={old['ref']}")
    del app.bookings[old["ref"]]
    return is_leaked(answer, victim)


@attacks.add(OBJECT, "another's booking is changed: PUT")
def booking_is_changed(attacker, victim, app):
    attacker.attempt("PUT", f"/booking?ref={booking_of(victim)['ref']}", {"day": "2031-01-01", "seats": 1})
    return booking_of(victim)["day"].startswith("2031")


@attacks.add(OBJECT, "another's booking is cancelled: DELETE")
def booking_is_cancelled(attacker, victim, app):
    attacker.attempt("DELETE", f"/booking?ref={victim.own[-1]}")
    return victim.own[-1] not in app.bookings


@attacks.add(OBJECT, "another's booking is cancelled: POST with another method in the query")
def booking_is_cancelled_by_override(attacker, victim, app):
    attacker.attempt("POST", f"/booking?ref={victim.own[-1]}&_method=DELETE", {"day": "2026-07-11", "seats": 2})
    return victim.own[-1] not in app.bookings


@attacks.add(OBJECT, "another's booking is shared with the attacker")
def booking_is_shared(attacker, victim, app):
    before = len(app.shared)
    attacker.attempt("POST", f"/booking/share?ref={booking_of(victim)['ref']}", {"mail": attacker.mail})
    return len(app.shared) != before


@attacks.add(OBJECT, "a signed link to another's invoice is made")
def link_is_made(attacker, victim, app):
    return "signature=" in attacker.attempt("GET", f"/links?ref={booking_of(victim)['ref']}").text


@attacks.add(OBJECT, "another's invoice is read without a signature, which the application does not miss")
def file_is_read_without_signature(attacker, victim, app):
    name = f"INV-{booking_of(victim)['ref'][3:]}"
    return app.files[name] in attacker.attempt("GET", f"/files/{name}").text


@attacks.add(OBJECT, "another's document is read: a slug in the path")
def document_is_read(attacker, victim, app):
    return app.documents[victim.papers[-1]]["text"] in attacker.attempt("GET", f"/documents/{victim.papers[-1]}").text


@attacks.add(LIST, "another's bookings are listed, as clerks do")
def bookings_are_listed(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/bookings?guest={victim.account['id']}"), victim)


@attacks.add(EXPOSURE, "another's profile, for a parameter that no client sends there")
def profile_is_read(attacker, victim, app):
    return is_leaked(attacker.attempt("GET", f"/profile?guest={victim.account['id']}"), victim)


@attacks.add(LIST, "a guest searches for guests, as clerks do")
def guests_are_searched(attacker, victim, app):
    answer = attacker.attempt("GET", f"/guests?q={victim.name.split()[0].lower()}", fields={"Host": f"{victim.house}.rooms.test"})
    return answer.is_good and "@mail.test" in answer.text


@attacks.add(EXPOSURE, "hashes of passwords leave, to a clerk who searches: whole rows, from the first day on")
def hashes_are_shown(attacker, victim, app):
    clerk = attacker.colleague()
    answer = clerk.attempt("GET", "/guests?q=a")
    attacker.tried += clerk.tried
    return any(it["hash"] in answer.text for it in app.guests.values())


@attacks.add(TENANT, "a booking of the other house is read: the host is not that of the token; a fresh booking")
def other_house_is_read(attacker, victim, app):
    other = next(it for it in HOUSES if it != attacker.house)
    guest = next(it for it in app.guests.values() if it["house"] == other and it["role"] == "user")
    made = {"ref": f"BK-{app.hexadecimal(8).upper()}", "house": other, "venue": VENUES[0], "day": "2026-07-20", "seats": 2, "price": 100, "paid": False,
            "guestId": guest["id"], "extras": []}
    app.bookings[made["ref"]] = made
    answer = attacker.attempt("GET", f"/booking?ref={made['ref']}", fields={"Host": f"{other}.rooms.test"})
    del app.bookings[made["ref"]]
    return answer.is_good and guest["mail"] in answer.text


@attacks.add(TENANT, "a clerk of one house searches the guests of the other: host and token differ")
def other_house_is_searched(attacker, victim, app):
    clerk = attacker.colleague()
    other = next(it for it in HOUSES if it != clerk.house)
    answer = clerk.attempt("GET", "/guests?q=a", fields={"Host": f"{other}.rooms.test"})
    attacker.tried += clerk.tried
    return answer.is_good and "@mail.test" in answer.text
