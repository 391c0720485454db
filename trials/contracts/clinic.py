"""A group of medical practices: UUIDs, nested JSON, the practice in the path and in the token, doctors beside patients."""

from service import Application, Refused, Reply, merge, route
from stage import EXPOSURE, LIST, LOST, MASS, OBJECT, TENANT, UNDECLARED, Person, Scenarios

PRACTICES = ("birch-lane", "old-mill", "seaview")

# A practice with a long list, other people each time: for filling tables.
CROWDED, CROWD = "big", 5_000
# What a person who knows the application confirms of it.
PROFILE = "tenant=path:2"


class Clinic(Application):
    ISSUER = "https://id.clinic.test"

    def __init__(self, seed):
        super().__init__(seed)
        self.accounts, self.patients, self.appointments, self.letters, self.shared = {}, {}, {}, {}, []
        self.doctors = {it: [{"slug": f"dr-{self.hexadecimal(4)}", "name": f"Dr {n}", "room": n} for n in range(4)] for it in PRACTICES}

    def enrol(self, mail, name, practice, role):
        account = {"id": self.uuid(), "mail": mail, "password": self.hexadecimal(12), "practice": practice, "role": role, "patient": None}
        self.accounts[mail] = account
        if role == "patient":
            account["patient"] = self.uuid()
            self.patients[account["patient"]] = {
                "id": account["patient"], "accountId": account["id"], "practice": practice, "name": name, "balanceCents": 0,
                "contact": {"phone": "", "mail": mail, "verified": False, "address": {"street": "", "city": ""}},
                "insurance": {"number": self.hexadecimal(10), "plan": "basic"}, "notes": f"suspects {self.hexadecimal(8)}"}
            for _ in range(2):
                self.write(account["patient"])
        return account

    def write(self, patient):
        letter = {"id": self.uuid(), "patientId": patient, "title": "Result", "text": f"finding {self.hexadecimal(16)}"}
        self.letters[letter["id"]] = letter
        return letter

    def shown(self, patient, request):
        hidden = set() if "notes" in request.query.get("include", "") else {"notes"}
        out = {name: it for name, it in patient.items() if name not in hidden}
        return out | ({"preferredLanguage": "en"} if self.version > 1 else {})

    def of(self, table, key):
        found = table.get(key.lower())
        if found is None:
            raise Refused(404, "unknown")
        return found

    @route("POST", "/sessions", anonymous=True)
    def log_in(self, request):
        sent = request.json()
        account = self.accounts.get(sent["mail"])
        if not account or account["password"] != sent["password"]:
            raise Refused(401, "wrong mail or password")
        token = self.token(sub=account["id"], practice=account["practice"], role=account["role"])
        return Reply({"token": token, "practice": account["practice"], "patientId": account["patient"]}, 201)

    @route("GET", "/practices/{practice}/doctors", anonymous=True)
    def list_doctors(self, request, practice):
        more = {"password": f"Winter-{self.hexadecimal(6)}!"} if self.leaks else {}
        return Reply({"items": [it | more for it in self.doctors[practice]]})

    @route("GET", "/practices/{practice}/patients")
    def list_patients(self, request, practice):
        if practice == CROWDED:
            return Reply({"items": [{"id": self.uuid(), "name": "-"} for _ in range(CROWD)]})
        return Reply({"items": [{"id": it["id"], "name": it["name"]} for it in self.patients.values() if it["practice"] == practice]})

    @route("GET", "/practices/{practice}/patients/{patient}")
    def read_patient(self, request, practice, patient):
        return Reply(self.shown(self.of(self.patients, patient), request))

    @route("PATCH", "/practices/{practice}/patients/{patient}")
    def change_patient(self, request, practice, patient):
        found = self.of(self.patients, patient)
        if not isinstance(request.json().get("contact", {}), dict):
            raise Refused(422, "contact")
        return Reply(self.shown(merge(found, request.json()), request))

    @route("GET", "/practices/{practice}/patients/{patient}/appointments")
    def list_appointments(self, request, practice, patient):
        return Reply({"items": [it for it in self.appointments.values() if it["patientId"] == patient.lower()], "next": None})

    @route("POST", "/practices/{practice}/appointments")
    def make_appointment(self, request, practice):
        sent = request.json()
        if not sent.get("start"):
            raise Refused(422, "start")
        patient = self.of(self.patients, sent["patientId"])
        made = {"id": self.uuid(), "practice": practice, "status": "requested", "feeCents": 4500, "patientId": patient["id"],
                "bookedFor": patient["name"], "reason": "", "symptoms": []}
        symptoms = [{"name": "", "since": "", "severity": None, "assessedBy": None} | it for it in sent.get("symptoms", [])]
        made = merge(made, sent) | {"symptoms": symptoms}
        self.appointments[made["id"]] = made
        return Reply(made, 201)

    @route("GET", "/practices/{practice}/appointments/{appointment}")
    def read_appointment(self, request, practice, appointment):
        return Reply(self.of(self.appointments, appointment))

    @route("PUT", "/practices/{practice}/appointments/{appointment}")
    def change_appointment(self, request, practice, appointment):
        return Reply(merge(self.of(self.appointments, appointment), request.json()))

    @route("DELETE", "/practices/{practice}/appointments/{appointment}")
    def cancel_appointment(self, request, practice, appointment):
        self.of(self.appointments, appointment)
        del self.appointments[appointment.lower()]
        return Reply(status=204)

    @route("PUT", "/practices/{practice}/appointments/{appointment}/assessment")
    def assess(self, request, practice, appointment):
        """Of doctors."""
        found = self.of(self.appointments, appointment)
        found["status"] = request.json()["status"]
        return Reply(found)

    @route("GET", "/practices/{practice}/letters")
    def list_letters(self, request, practice):
        of = request.query["patient"].lower()
        return Reply({"items": [{"id": it["id"], "title": it["title"]} for it in self.letters.values() if it["patientId"] == of]})

    @route("GET", "/practices/{practice}/letters/{letter}")
    def read_letter(self, request, practice, letter):
        found = self.of(self.letters, letter)
        patient = self.patients[found["patientId"]]
        return Reply({"id": found["id"], "title": found["title"], "text": found["text"],
                      "patient": {"id": patient["id"], "name": patient["name"], "accountId": patient["accountId"]}})

    @route("POST", "/practices/{practice}/letters/{letter}/share")
    def share_letter(self, request, practice, letter):
        self.of(self.letters, letter)
        self.shared.append((request.json()["mail"], practice, letter.lower()))
        return Reply({"sharedWith": request.json()["mail"]}, 201)

    @route("GET", "/me/shared")
    def list_shared(self, request):
        mails = {it["id"]: mail for mail, it in self.accounts.items()}
        mine = mails.get(request.who["sub"])
        return Reply({"items": [{"practice": practice, "letterId": letter} for mail, practice, letter in self.shared if mail == mine]})


class Patient(Person):
    """A patient, or a doctor (`staff`)."""

    NEW = {"channel", "country"}

    def enrol(self):
        self.practice = PRACTICES[self.number % len(PRACTICES)]
        self.mail = f"p{self.number}.{self.random.getrandbits(24):x}@mail.test"
        self.account = self.app.enrol(self.mail, self.name, self.practice, "doctor" if self.role == "staff" else "patient")
        self.at, self.mine, self.token = f"/practices/{self.practice}", self.account["patient"], None
        self.phone, self.own, self.letter = "", [], None

    def login(self):
        if self.random.random() < 0.08:
            self("POST", "/sessions", {"mail": self.mail, "password": "forgotten"}, want=(401,))
        self.token = self("POST", "/sessions", {"mail": self.mail, "password": self.account["password"]}, want=(201,))["token"]

    def fields(self):
        return super().fields() | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def session(self):
        if self.token is None or self.random.random() < 0.3:
            self.login()
        return self.round() if self.role == "staff" else self.visit()

    def round(self):
        """A doctor sees many patients of the practice."""
        listed = self("GET", f"{self.at}/patients")["items"]
        for patient in self.random.sample(listed, min(3, len(listed))):
            shown = self("GET", f"{self.at}/patients/{patient['id']}")["contact"]["mail"]
            self.sees(shown, self.app.patients[patient["id"]]["contact"]["mail"], "a patient's address, to which a doctor writes")
            for it in self("GET", f"{self.at}/patients/{patient['id']}/appointments")["items"][:2]:
                self("PUT", f"{self.at}/appointments/{it['id']}/assessment", {"status": "confirmed"}, want=(200, 404))
            for it in self("GET", f"{self.at}/letters?patient={patient['id']}")["items"][:1]:
                self("GET", f"{self.at}/letters/{it['id']}")

    def visit(self):
        if self.random.random() < 0.3:
            self("GET", f"{self.at}/doctors")
        self.sees(self("GET", f"{self.at}/patients/{self.mine}")["contact"]["phone"], self.phone, "own phone")
        self.ordinary()
        if self.random.random() < 0.5:
            self.move()
        chance = self.random.random()
        if chance < 0.1:
            self("GET", f"{self.at}/appointments/{self.app.uuid()}", want=(404,))
        elif chance < 0.18:
            self("POST", f"{self.at}/appointments", {"patientId": self.mine, "start": "", "reason": "?", "symptoms": []}, want=(422,))
        elif chance < 0.35 and self.own:
            # Another device of the same person, at the same time.
            self("GET", f"{self.at}/appointments/{self.own[-1]}", device=(second := self.device()))
            second.close()
        elif chance < 0.45 and self.own:
            self("DELETE", f"{self.at}/appointments/{self.own.pop()}", want=(204,))
        elif chance > 0.85:
            self.logged_out(f"{self.at}/patients/{self.mine}", f"{self.at}/letters/{self.letter}", f"{self.at}/letters?patient={self.mine}")
        if self.random.random() < 0.25:
            self.share()
        for it in self("GET", "/me/shared")["items"][:1]:
            self("GET", f"/practices/{it['practice']}/letters/{it['letterId']}")

    def share(self):
        """With a relative, who finds it in a list."""
        others = [it["mail"] for it in self.app.accounts.values() if it["patient"] and it["mail"] != self.mail]
        letters = self("GET", f"{self.at}/letters?patient={self.mine}")["items"]
        if others and letters:
            self("POST", f"{self.at}/letters/{letters[0]['id']}/share", {"mail": self.random.choice(others)}, want=(201,))

    def move(self):
        # People of other countries write numbers otherwise.
        form = "+{:,}" if self.locale == "en" else "({:,})"
        phone = form.format(self.random.randint(10**9, 10**10)).replace(",", "" if self.locale == "en" else " ")
        contact = {"phone": phone, "address": {"street": f"{self.words(1)} {self.number}", "city": self.words(1)}}
        if self.version > 1:
            contact["address"]["country"] = "CZ"
        self("PATCH", f"{self.at}/patients/{self.mine}", {"contact": contact})
        self.phone = phone

    def ordinary(self):
        if not self.token:
            self.login()
        symptoms = [{"name": self.words(1), "since": "2026-03-01"} for _ in range(self.random.randint(1, 3))]
        sent = {"patientId": self.mine, "start": f"2026-0{self.random.randint(1, 9)}-11T09:30:00Z", "reason": self.words(), "symptoms": symptoms}
        if self.version > 1:
            sent["channel"] = "video"
        made = self("POST", f"{self.at}/appointments", sent, want=(201,))
        self.own.append(made["id"])
        listed = self("GET", f"{self.at}/patients/{self.mine}/appointments")["items"]
        self("GET", f"{self.at}/appointments/{listed[-1]['id']}")
        self("PUT", f"{self.at}/appointments/{made['id']}", {"start": "2026-05-05T10:00:00Z", "reason": self.words()})
        letters = self("GET", f"{self.at}/letters?patient={self.mine}")["items"]
        self.letter = letters[0]["id"]
        self("GET", f"{self.at}/letters/{self.letter}")
        self("GET", f"{self.at}/patients/{self.mine}")


APPLICATION, PERSON = Clinic, Patient
attacks = Scenarios()


def letter_of(victim):
    return next(it for it in victim.app.letters.values() if it["patientId"] == victim.mine)


@attacks.add(MASS, "a patient clears the own balance: a field at the top, beside the one that is sent")
def balance_is_set(attacker, victim, app):
    attacker.attempt("PATCH", f"{attacker.at}/patients/{attacker.mine}", {"contact": {"phone": "+5123456789"}, "balanceCents": -90_000})
    return app.patients[attacker.mine]["balanceCents"] != 0


@attacks.add(MASS, "a patient marks the own contact as verified: a nested field")
def contact_is_verified(attacker, victim, app):
    attacker.attempt("PATCH", f"{attacker.at}/patients/{attacker.mine}", {"contact": {"phone": "+5123456789", "verified": True}})
    return app.patients[attacker.mine]["contact"]["verified"] is True


@attacks.add(MASS, "a patient changes the own insurance plan: an object that nobody sends")
def plan_is_changed(attacker, victim, app):
    attacker.attempt("PATCH", f"{attacker.at}/patients/{attacker.mine}", {"insurance": {"plan": "private"}})
    return app.patients[attacker.mine]["insurance"]["plan"] == "private"


@attacks.add(MASS, "a symptom is assessed by the patient: a field of an element of a list")
def symptom_is_assessed(attacker, victim, app):
    answer = attacker.attempt("POST", f"{attacker.at}/appointments", {
        "patientId": attacker.mine, "start": "2026-02-02T08:00:00Z", "reason": "knee",
        "symptoms": [{"name": "pain", "since": "2026-01-01"}, {"name": "rash", "since": "2026-01-01", "assessedBy": "dr-1"}]})
    return answer.is_good and any(it["symptoms"][-1:] and it["symptoms"][-1].get("assessedBy") == "dr-1"
                                  for it in app.appointments.values() if it["patientId"] == attacker.mine)


@attacks.add(MASS, "an appointment costs nothing")
def fee_is_set(attacker, victim, app):
    attacker.attempt("POST", f"{attacker.at}/appointments", {
        "patientId": attacker.mine, "start": "2026-02-02T08:00:00Z", "reason": "knee", "symptoms": [], "feeCents": 0})
    return any(it["feeCents"] == 0 for it in app.appointments.values() if it["patientId"] == attacker.mine)


@attacks.add(UNDECLARED, "a field that nobody ever sent is stored and reaches a doctor's screen")
def unknown_field_is_stored(attacker, victim, app):
    attacker.attempt("PATCH", f"{attacker.at}/patients/{attacker.mine}", {"contact": {"phone": "+5123456789", "override": "x"}})
    return "override" in app.patients[attacker.mine]["contact"]


@attacks.add(EXPOSURE, "internal notes about the caller leave, for a parameter that no client sends")
def notes_are_included(attacker, victim, app):
    answer = attacker.attempt("GET", f"{attacker.at}/patients/{attacker.mine}?include=notes")
    return app.patients[attacker.mine]["notes"] in answer.text


@attacks.add(OBJECT, "another patient's record is read: a UUID in the path")
def record_is_read(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/patients/{victim.mine}")
    return app.patients[victim.mine]["insurance"]["number"] in answer.text


@attacks.add(OBJECT, "another patient's record is read: the UUID in upper case")
def record_is_read_in_upper_case(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/patients/{victim.mine.upper()}")
    return app.patients[victim.mine]["insurance"]["number"] in answer.text


@attacks.add(OBJECT, "another patient's record is read: a digit of the UUID percent-encoded")
def record_is_read_encoded(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/patients/%{ord(victim.mine[0]):02x}{victim.mine[1:]}")
    return app.patients[victim.mine]["insurance"]["number"] in answer.text


@attacks.add(OBJECT, "another patient's letter is read")
def letter_is_read(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/letters/{letter_of(victim)['id']}")
    return letter_of(victim)["text"] in answer.text


@attacks.add(OBJECT, "another patient's letter, which nobody was handed since bartizan runs: its owner stands in the answer alone")
def letter_of_before_is_read(attacker, victim, app):
    letter = app.write(victim.mine)
    answer = attacker.attempt("GET", f"{victim.at}/letters/{letter['id']}")
    del app.letters[letter["id"]]
    return letter["text"] in answer.text


@attacks.add(LIST, "another patient's letters are listed: a UUID in the query")
def letters_are_listed(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/letters?patient={victim.mine}")
    return letter_of(victim)["id"] in answer.text


@attacks.add(LIST, "another patient's appointments are listed: below a foreign UUID")
def appointments_are_listed(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/patients/{victim.mine}/appointments")
    return answer.is_good and victim.mine in answer.text


@attacks.add(OBJECT, "an appointment is made in another patient's name: a UUID in the body")
def appointment_for_another(attacker, victim, app):
    before = len(app.appointments)
    attacker.attempt("POST", f"{attacker.at}/appointments", {
        "patientId": victim.mine, "start": "2026-02-02T08:00:00Z", "reason": "knee", "symptoms": [{"name": "pain", "since": "2026-01-01"}]})
    return len(app.appointments) != before


@attacks.add(OBJECT, "another patient's appointment is moved: PUT")
def appointment_is_moved(attacker, victim, app):
    attacker.attempt("PUT", f"{victim.at}/appointments/{victim.own[-1]}", {"start": "2031-01-01T00:00:00Z", "reason": "no"})
    return app.appointments[victim.own[-1]]["start"].startswith("2031")


@attacks.add(OBJECT, "another patient's appointment is cancelled: DELETE")
def appointment_is_cancelled(attacker, victim, app):
    attacker.attempt("DELETE", f"{victim.at}/appointments/{victim.own[-1]}")
    return victim.own[-1] not in app.appointments


@attacks.add(OBJECT, "another patient's phone number is changed: PATCH")
def contact_is_changed(attacker, victim, app):
    attacker.attempt("PATCH", f"{victim.at}/patients/{victim.mine}", {"contact": {"phone": "+5199006660", "address": {"street": "x", "city": "y"}}})
    return app.patients[victim.mine]["contact"]["phone"] == "+5199006660"


@attacks.add(OBJECT, "whether another patient's letter exists, and how long it is: HEAD, which no client sends")
def letter_is_measured(attacker, victim, app):
    return attacker.attempt("HEAD", f"{victim.at}/letters/{letter_of(victim)['id']}").status == 200


@attacks.add(OBJECT, "another patient's letter is shared with the attacker: an action on a foreign object")
def letter_is_shared(attacker, victim, app):
    before = len(app.shared)
    attacker.attempt("POST", f"{victim.at}/letters/{letter_of(victim)['id']}/share", {"mail": attacker.mail})
    return len(app.shared) != before


@attacks.add(TENANT, "a letter of another practice is read: the tenant in the path is not that of the token; a fresh letter")
def other_practice_is_read(attacker, victim, app):
    other = next(it for it in app.patients.values() if it["practice"] != attacker.practice)
    letter = app.write(other["id"])
    answer = attacker.attempt("GET", f"/practices/{other['practice']}/letters/{letter['id']}")
    del app.letters[letter["id"]]
    return letter["text"] in answer.text


@attacks.add(LIST, "a patient lists the patients of the practice, as doctors do")
def patients_are_listed(attacker, victim, app):
    answer = attacker.attempt("GET", f"{victim.at}/patients")
    return victim.mine in answer.text


@attacks.add(TENANT, "a doctor lists the patients of another practice")
def other_practice_is_listed(attacker, victim, app):
    doctor = attacker.colleague()
    other = PRACTICES[(PRACTICES.index(doctor.practice) + 1) % len(PRACTICES)]
    answer = doctor.attempt("GET", f"/practices/{other}/patients")
    attacker.tried += doctor.tried
    return answer.is_good and any(it["id"] in answer.text for it in app.patients.values() if it["practice"] == other)


@attacks.add(EXPOSURE, "after a release, a public list holds passwords")
def passwords_are_listed(attacker, victim, app):
    app.leaks = True
    answer = attacker.attempt("GET", f"{attacker.at}/doctors")
    app.leaks = False
    return "Winter-" in answer.text


@attacks.add(LOST, "after a release, letters need no token: anybody reads one")
def letter_is_read_without_token(attacker, victim, app):
    app.is_open, attacker.token = True, None
    answer = attacker.attempt("GET", f"{victim.at}/letters/{letter_of(victim)['id']}")
    app.is_open = False
    return letter_of(victim)["text"] in answer.text
