"""As much of GraphQL as the project tracker speaks: operations, variables, aliases, fragments, lists and objects as arguments."""

import re

TOKEN = re.compile(r'[\s,]*(?:#[^\n]*\n[\s,]*)*(\.\.\.|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[_A-Za-z]\w*|[!$():=@\[\]{}|])')
DEPTH_MAX = 12
KINDS = ("query", "mutation")


class Fault(Exception):
    """The document is not valid, or a resolver says no."""


class Field:
    def __init__(self, name, alias, arguments, selection):
        self.name, self.alias, self.arguments, self.selection = name, alias, arguments, selection


class Variable(str):
    """The name of one, where a value stands."""


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        text = text.strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise Fault("syntax")
            self.tokens.append(found[1])
            at = found.end()
        self.fragments = {}

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def take(self, expected=None):
        if not self.tokens or expected not in (None, self.tokens[0]):
            raise Fault("syntax")
        return self.tokens.pop(0)

    def document(self):
        operations = []
        while self.tokens:
            if self.peek() == "fragment":
                self.take()
                name = self.take()
                self.take("on")
                self.take()
                self.fragments[name] = self.selection()
                continue
            kind = self.take() if self.peek() in KINDS else "query"
            while self.peek() not in ("{", ""):
                # Names and types of variables say nothing that is needed here.
                self.take()
            operations.append((kind, self.selection()))
        return operations

    def selection(self, depth=0):
        if depth > DEPTH_MAX:
            raise Fault("too deep")
        self.take("{")
        out = []
        while self.peek() != "}":
            if self.peek() == "...":
                self.take()
                if self.peek() == "on":
                    self.take()
                    self.take()
                    out += self.selection(depth + 1)
                else:
                    out.append(self.take())
                continue
            alias = name = self.take()
            if self.peek() == ":":
                self.take()
                name = self.take()
            arguments = self.arguments() if self.peek() == "(" else {}
            out.append(Field(name, alias, arguments, self.selection(depth + 1) if self.peek() == "{" else []))
        self.take("}")
        return out

    def arguments(self, close=")"):
        self.take()
        out = {}
        while self.peek() != close:
            name = self.take()
            self.take(":")
            out[name] = self.value()
        self.take(close)
        return out

    def value(self):
        token = self.peek()
        if token == "{":
            return self.arguments("}")
        self.take()
        if token == "[":
            out = []
            while self.peek() != "]":
                out.append(self.value())
            self.take("]")
            return out
        if token == "$":
            return Variable(self.take())
        if token.startswith('"'):
            return token[1:-1].replace('\\"', '"')
        if re.match(r"-?\d", token):
            return float(token) if "." in token else int(token)
        return {"true": True, "false": False, "null": None}.get(token, token)


def filled(value, variables):
    """A value with its variables put in."""
    if isinstance(value, Variable):
        return variables.get(value)
    if isinstance(value, dict):
        return {name: filled(it, variables) for name, it in value.items()}
    return [filled(it, variables) for it in value] if isinstance(value, list) else value


def execute(text, variables, roots):
    """The answer to one document; `roots` has a dictionary of resolvers for queries and one for mutations."""
    try:
        parser = Parser(text)
        operations = parser.document()
        data = {}
        for kind, selection in operations[:1]:
            data |= select(selection, roots[kind], variables or {}, parser.fragments)
        return {"data": data}
    except Fault as fault:
        return {"data": None, "errors": [{"message": str(fault)}]}


def select(selection, source, variables, fragments, depth=0):
    if depth > DEPTH_MAX:
        raise Fault("too deep")
    out = {}
    for it in selection:
        if isinstance(it, str):
            out |= select(fragments.get(it, []), source, variables, fragments, depth + 1)
            continue
        if it.name not in source:
            raise Fault(f"no field {it.name}")
        value = source[it.name]
        value = value(**filled(it.arguments, variables)) if callable(value) else value
        out[it.alias] = shaped(value, it.selection, variables, fragments, depth + 1)
    return out


def shaped(value, selection, variables, fragments, depth):
    if isinstance(value, list):
        return [shaped(it, selection, variables, fragments, depth) for it in value]
    return select(selection, value, variables, fragments, depth) if isinstance(value, dict) else value
