"""Mixed load, from a seed: what backends, readers, strangers and SES do, in any order."""

import random
import threading
import uuid
from collections import defaultdict

from callers import PAGE, VERIFY, Call

# Users and addresses at any time. The limits allow each a few mails a day, so some leave and new
# ones come with each request.
PEOPLE = 300
LEAVING = 0.1
# Of the addresses that several users ask for.
SHARED = 12
SHARE_OF_SHARED = 0.1

LANGUAGES = ("en", "de", "fr", "ar", "ja", "pt-BR", "xx")
# Networks from which readers and guessers come.
CLIENTS = [f"198.51.100.{number}" for number in range(1, 41)]
# Who guesses codes on the page comes from one network, or from many.
GUESSER = "192.0.2.66"
# Guesses are for so few users at any time that they meet the limits.
GUESSED = 5

ACTIONS = {
    "request": 26,
    "resend": 8,
    "same_key": 6,
    "move": 5,
    "link": 20,
    "page_link": 8,
    "code": 10,
    "page_code": 6,
    "guess": 8,
    "page_guess": 8,
    "stop": 2,
    "allow": 2,
    "foreign": 3,
    "new_mail": 2,
    "status": 10,
}

# What SES reports of a mail. The rest is delivered.
BOUNCES, COMPLAINTS, SECOND_REPORTS = 0.03, 0.02, 0.1


class Person:
    def __init__(self, uuid, address):
        self.uuid, self.address = uuid, address
        # That of the last request with one.
        self.key = None


class Load:
    """The state that all workers share. Each worker has randomness of its own."""

    def __init__(self, seed, callers):
        self.seed, self.callers = seed, callers
        self.lock = threading.Lock()
        self.random = random.Random(seed)
        self.numbers = 0
        self.people = [self._person() for _ in range(PEOPLE)]
        # The mails of each user that have a proof, the newest last.
        self.mails = defaultdict(list)
        # Those of which SES has yet to report, and whether it does.
        self.unreported, self.is_reported = [], True

    def _person(self):
        self.numbers += 1
        user = uuid.UUID(int=self.random.getrandbits(128), version=4)
        return Person(str(user), self._address())

    def _address(self):
        if self.random.random() < SHARE_OF_SHARED:
            return f"team{self.random.randrange(SHARED)}@shared.example"
        spelling = f"reader{self.numbers}.{self.random.randrange(1000)}@mail.example"
        return spelling.capitalize() if self.random.random() < 0.2 else spelling

    def got(self, mail):
        with self.lock:
            if self.is_reported:
                self.unreported.append(mail)
            if mail["token"]:
                self.mails[mail["user"]].append(mail)

    def work(self, number):
        """A worker, which acts until `ended`."""
        chance = random.Random(f"{self.seed} {number}")

        def run(ended):
            while not ended.is_set():
                (action,) = chance.choices(list(ACTIONS), ACTIONS.values())
                with self.lock:
                    person = chance.choice(self.people)
                    mails = list(self.mails[person.uuid])
                call = getattr(self, action)(chance, person, mails)
                if call:
                    self.callers.ask(call)
                else:
                    # A reader without a mail.
                    ended.wait(0.001)

        return run

    def report(self, ended):
        """What SES reports, until `ended`. A failed event is retried."""
        chance = random.Random(f"{self.seed} reports")
        while not ended.wait(0.05):
            with self.lock:
                mails, self.unreported = self.unreported, []
            for mail in mails:
                for outcome in self._outcomes(chance):
                    while self.callers.ask(Call.report(mail, outcome))["status"] is None:
                        ended.wait(0.2)

    def _outcomes(self, chance):
        of = chance.random()
        if of < BOUNCES:
            outcomes = ["bounced"]
        elif of < BOUNCES + COMPLAINTS:
            outcomes = ["delivered", "complained"]
        else:
            outcomes = ["delivered"]
        if chance.random() < SECOND_REPORTS:
            outcomes *= 2
        chance.shuffle(outcomes)
        return outcomes

    def request(self, chance, person, mails):
        if chance.random() < LEAVING:
            with self.lock:
                person = self.people[chance.randrange(PEOPLE)] = self._person()
        key = f"key-{chance.getrandbits(64)}" if chance.random() < 0.5 else None
        person.key = key
        language = chance.choice(LANGUAGES)
        return Call.request(person.uuid, person.address, key, language=language)

    def resend(self, chance, person, mails):
        return Call.request(person.uuid, person.address) if mails else None

    def same_key(self, chance, person, mails):
        key = person.key
        return Call.request(person.uuid, person.address, key) if key else None

    def move(self, chance, person, mails):
        with self.lock:
            person.address = self._address()
        person.key = None
        return Call.request(person.uuid, person.address)

    def link(self, chance, person, mails, function=VERIFY):
        if mails:
            mail = self._recent(chance, mails)
            client = chance.choice(CLIENTS)
            return Call.proof(function, person.uuid, "token", mail["token"], client)

    def page_link(self, chance, person, mails):
        return self.link(chance, person, mails, PAGE)

    def code(self, chance, person, mails, function=VERIFY):
        if mails:
            mail = self._recent(chance, mails)
            client = chance.choice(CLIENTS)
            return Call.proof(function, person.uuid, "code", mail["code"], client)

    def page_code(self, chance, person, mails):
        return self.code(chance, person, mails, PAGE)

    def _recent(self, chance, mails):
        return chance.choice(mails[-3:] if chance.random() < 0.8 else mails)

    def guess(self, chance, person, mails, function=VERIFY, client=None):
        code = f"{chance.randrange(10**6):06}"
        user = self.people[chance.randrange(GUESSED)].uuid
        return Call.proof(function, user, "code", code, client or chance.choice(CLIENTS))

    def page_guess(self, chance, person, mails):
        client = GUESSER if chance.random() < 0.5 else None
        return self.guess(chance, person, mails, PAGE, client)

    def stop(self, chance, person, mails):
        return Call.press(self._recent(chance, mails), "stop") if mails else None

    def allow(self, chance, person, mails):
        return Call.press(self._recent(chance, mails), "allow") if mails else None

    def foreign(self, chance, person, mails):
        """The proof of another user."""
        with self.lock:
            others = [of for of in self.mails.values() if of and of[-1]["user"] != person.uuid]
            other = chance.choice(others)[-1] if others else None
        if other:
            kind = chance.choice(("token", "code"))
            return Call.proof(chance.choice((VERIFY, PAGE)), person.uuid, kind, other[kind])

    def new_mail(self, chance, person, mails):
        # No link has expired, so this is refused.
        return Call.new_mail(self._recent(chance, mails)) if mails else None

    def status(self, chance, person, mails):
        return Call.status(person.uuid)
