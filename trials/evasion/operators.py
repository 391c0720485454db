"""What an operator is: a small pure function that writes an attack differently, and for which attacks and victims it holds."""

from dataclasses import dataclass
from typing import Callable

# Victims that read the same text differently. A mutated text need only stay an attack on one of those that the
# original was one on; operators of one child must leave at least one of them.
SQL = frozenset(("mysql", "mssql", "postgres", "oracle", "sqlite"))
SHELL = frozenset(("sh", "bash"))
FILES = frozenset(("linux", "windows"))
TEMPLATES = frozenset(("jinja", "twig", "other"))
EVERY = frozenset(("every",))

# Operators of a child are applied in this order: the attack's own text, then encodings of the value as a whole, then where
# it stands, how it is written there, how the message is framed, and what is done to the body.
TEXT, VALUE, MOVE, WRITE, FRAME, BODY = range(6)


@dataclass(frozen=True)
class Operator:
    name: str
    classes: frozenset
    apply: Callable
    stage: int = TEXT
    victims: frozenset = EVERY
    # What the victim has to do beyond what it did for the original; empty if any victim takes the child like the parent.
    needs: str = ""


class Operators:
    """Operators of one module, in the order in which they are written down."""

    def __init__(self, classes=frozenset(), victims=EVERY):
        self.classes, self.victims, self.all = frozenset(classes), victims, []

    def __call__(self, name, classes=None, stage=TEXT, victims=None, needs=""):
        def keep(apply):
            held = self.classes if classes is None else frozenset(classes)
            where = self.victims if victims is None else frozenset(victims)
            self.all.append(Operator(name, held, apply, stage, where, needs))
            return apply
        return keep


def some(places, random, share=0.6):
    """A random part of what could be changed, never none of it."""
    places = list(places)
    if not places:
        return []
    chosen = [it for it in places if random.random() < share]
    return chosen or [random.choice(places)]
