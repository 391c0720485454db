"""Harmless text that looks like an attack to whoever only looks at words: what people write to shops, and to those who fix them."""

import random
from urllib.parse import quote

ITEMS = ("lamp", "desk lamp", "chair", "table", "shelf", "mirror", "carpet", "clock", "vase", "candle", "sofa", "stool", "drop-leaf table", "union jack cushion", "select oak board")
FIRST = ("Aoife", "Seán", "Mary-Jane", "D'Arcy", "Björn", "Zoë", "Ngũgĩ", "Li", "Oleg", "Fatima", "Ana", "T'Pol")
LAST = ("O'Neil", "O'Brien", "D'Angelo", "N'Diaye", "van 't Hoff", "Null", "Drop", "Select", "Union", "Smith & Sons", "Grant", "McDonald's", "Exec", "Or")
TABLES = ("orders", "users", "customers", "reviews", "products", "invoices", "stock", "shipments")
COLUMNS = ("id", "name", "price", "created_at", "email", "quantity", "status", "city")
CITIES = ("Paris", "Union City", "St. John's", "King's Lynn", "'s-Hertogenbosch", "Coeur d'Alene", "Vienna", "L'Aquila")
ADJECTIVES = ("great", "awful", "so-so", "5/5", "\"perfect\"", "over-priced", "better than expected", "not what was shown")
SHELLS = ("rm old.log && ls -la", "cat notes.txt | grep lamp", "ps aux | less", "echo $PATH", "cd ~/shop; make test", "git commit -m 'fix; really'", "pip install requests", "curl -s localhost:3000/health | jq .status")
MARKUP = ("<b>Sale!</b> 20 % off <i>everything</i>", "<p>New &amp; improved: {item}s for < 30 €</p>", "I <3 this {item}", "a < b and b > c, so the {item} fits", "<h2>{item}s</h2><ul><li>oak<li>pine</ul>",
          "<a href=\"https://shop.example/{item}\">see the {item}</a>", "<table><tr><td>width</td><td>80 cm</td></tr></table>", "use <script> tags sparingly, says our style guide", "<em>Don't</em> miss it -- today only")
PATHS = ("docs/guides/{item}.md", "C:\\Users\\{first}\\Documents\\{item}.pdf", "/home/{first}/notes/{item}.txt", "../images/{item}.png in the README is broken", "~/Downloads/{item} (1).zip", "/etc/hosts is where I would look, {first}",
         "src/{item}/index.ts:42", "file:///tmp/{item}.log did not open", "\\\\server\\share\\{item}")
TEMPLATES = ("Dear {{{{name}}}}, your {item} is on its way.", "Hi {{{{ customer.first_name }}}}! Order {{{{order_id}}}} has shipped.", "Hello ${{name}}, thanks for the {item}", "%(name)s bought %(count)d {item}s", "<%= name %> likes the {item}",
             "{{{{#if vip}}}}Thank you{{{{/if}}}} for your {item}", "{{% if stock %}}in stock{{% endif %}} is shown twice next to the {item}", "#{{order.total}} is what the mail says, not the total")
SENTENCES = (
    "Please select the {item} from the drop-down; then drop me a line -- {first}",
    "Select all, copy; paste into the order form. Where do I insert my card?",
    "The union of {city} and {city2} workers ordered {count} {item}s and {count} or more {item2}s",
    "I'd like to order {count} {item}s from table {count}, where it's cheaper than {price}",
    "{first} {last} here. It's {adjective}; I can't update my address -- delete my account or drop by",
    "'{item}' and \"{item2}\" are the same thing, or aren't they?",
    "Don't drop table {count}! It's reserved for {first} {last}.",
    "where's my {item}? order #{count} -- it hasn't come; having waited {count} days I'm cross",
    "1=1 is on the sticker and '{item}' on the box; the label says A=A",
    "Rock 'n' roll {item}: {adjective}! Group by colour, order by size, limit of {count} each",
    "If you insert the key into the {item} and turn it 90°, the lid drops. Select models only!",
    "You can't have it both ways: either {item} or {item2}; and 'or' means or",
    "Union Square store: select {item}s from £{price}, all colours",
    "RE: FW: [ticket #{count}] can't log in as {first}.{last}@mail.example; error says \"near '{item}': syntax error\"",
    "What does UNION ALL SELECT do that UNION SELECT doesn't? My teacher's answer wasn't clear",
    "Exam on Monday -- revise: SELECT, INSERT, UPDATE, DELETE; DROP TABLE isn't on it",
    "Our database course: 'SELECT * FROM {table}' is on page {count}, joins follow",
    "The query took {count} s; EXPLAIN ANALYZE says seq scan on {table}. Any index you'd suggest?",
    "after the update I get ORA-00933: SQL command not properly ended; what's that?",
    "Benchmark of the {item}: {count}; sleep({count}) in the test made no difference",
    "He said: \"it's a 5' 11\" {item}\" -- I think it's 6'",
    "name: {first} O'{last}; note: leave with neighbour (no. {count}/{count}); key = under pot",
    "/* comment from the seller */ the {item} is {adjective}",
    "C# or Java? {first}'s {item} -- 3.5mm; 50/50 cotton; 100% wool || silk",
    "AND THEN IT BROKE!!! {adjective} {item}; NULL POINTS from {city}",
    "cast iron {item}, char-grilled; convert {count} inch to cm, round up",
    "Is 'like new' the same as 'as new'? I'd like '{item}%' off, haha",
    "I waited for delay '0:0:5' of the train; no {item} in the shop in {city} when I came",
)
CODES = (
    "SELECT {column}, {column2} FROM {table} WHERE {column} = '{item}' ORDER BY {column2};",
    "```sql\nUPDATE {table} SET {column} = '{item}' WHERE id = {count};\n```\nruns for {count} minutes, is that normal?",
    "My query `SELECT count(*) FROM {table} t JOIN {table2} u ON u.id = t.{column}` gives {count}, but I'd expect {price}",
    "for (int i = 0; i < {count}; i++) {{ printf(\"%d\\n\", i); }} // doesn't compile",
    "const q = `select ${{cols}} from {table}`; console.log(q); // '{item}'",
    "if x == '{item}' or y == '{item2}': print(\"it's\", x, '--', y)",
    "ALTER TABLE {table} ADD COLUMN {column} TEXT; -- then restart, says {first}",
    "INSERT INTO {table} ({column}, {column2}) VALUES ('{item}', {count}); fails with \"duplicate key\"",
    "db.query('SELECT * FROM {table} WHERE {column} = ?', [id]) is how it's done, not with '+'",
    "| {column} | {column2} |\n|---|---|\n| {item} | {count} |\n\n> it's a *Markdown* table; see `docs/{table}.md`",
    "- [ ] drop `{table}`\n- [x] select a new {item}\n- [ ] insert coin; -- {first}",
    "<pre>SELECT 1;</pre> is in the manual -- what is it good for?",
    "DELETE FROM {table} WHERE {column} IS NULL AND {column2} < {count}; -- cleaned up on Friday",
)
SEARCHES = ("{item} or {item2}", "\"{item}\" -{item2}", "{item} AND {item2}", "{first} {last}", "{item} under {price}", "select {item}", "{item}'s", "cheap {item}; {city}", "union {item}", "drop leaf {item}", "{item} (oak or pine) {count}cm",
            "o'{last} {item}", "how to insert a {item} leg", "{item} --new", "100% wool", "{item} 5'", "C++ book", "{item} & {item2}", "what's the best {item}?", "order by phone {city}", "like new {item}", "{item}*", "#{count}", "where to buy {item} in {city}")
ADDRESSES = ("{first} {last}, {count} King's Road, {city}", "{count}/{count} Select Street; {city} -- back door", "c/o {first} {last}, Unit #{count}, O'Connell St, {city}", "Flat {count} or {count}, Union St., {city}", "{last}'s, 1 Drop Lane, {city}")
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:{count}.0) Gecko/20100101 Firefox/{count}.0", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{count}.0.0.0 Safari/537.36",
          "O'Reilly-Reader/{count}.1 (like Kindle; it's free)", "shop-select/{count} (+https://shop.example/bot; {first}@mail.example)", "Mozilla/5.0 (compatible; UnionBot/{count}; -- {city})", "curl/7.{count}.0", "python-requests/2.{count}.1")
FILES = ("guide.txt", "{item}.md", "{item} manual (v{count}).pdf", "2024/{item}.txt", "{first}'s {item}.txt", "select-{item}.csv", "{city}/price list.txt", "read me -- first.txt")
ORDERS = ("price", "name", "price desc", "name, price", "-price", "created_at:desc", "relevance", "name asc, price desc")
HOSTS = ("shop", "mail.example", "union.example", "10.0.0.{count}", "{item}", "select-{count}.shop.example", "db-{count}", "O'Neil")
URLS = ("https://shop.example/{item}?or=1&and=2", "http://docs.example/select-from-where.html#{column}", "https://cdn.example/img/{item}.png", "https://o-neil.example/?q={item}%20or%20{item2}")

# What is sent where, and how often: the field, and what stands in it.
TEXTS = (SENTENCES, SENTENCES, SENTENCES, CODES, CODES, ADDRESSES, SHELLS, MARKUP, PATHS, TEMPLATES)
FIELDS = {
    "insert": (10, TEXTS),
    "json": (6, TEXTS),
    "like": (6, (SEARCHES, SEARCHES, SEARCHES, SENTENCES, CODES)),
    "string": (5, (SEARCHES, SENTENCES, ADDRESSES, CODES)),
    "greeting": (3, (TEMPLATES, SENTENCES, MARKUP)),
    "page": (2, (("{first} {last}",), ADDRESSES, SENTENCES)),
    "path": (2, (SEARCHES, ("{count}",))),
    "cookie": (2, (("t-{first}-{count}", "theme=dark|city={city}|note={first}'s {item}"), SEARCHES)),
    "header": (1, (AGENTS,)),
    "document": (1, (FILES,)),
    "order": (1, (ORDERS,)),
    "number": (1, (("{count}",),)),
    "lookup": (1, (HOSTS,)),
    "fetch": (1, (URLS,)),
}


def wording(dice):
    """Words for the gaps, other ones each time."""
    item, other = dice.sample(ITEMS, 2)
    column, column2 = dice.sample(COLUMNS, 2)
    table, table2 = dice.sample(TABLES, 2)
    city, city2 = dice.sample(CITIES, 2)
    return {"item": item, "item2": other, "column": column, "column2": column2, "table": table, "table2": table2, "city": city, "city2": city2,
            "first": dice.choice(FIRST), "last": dice.choice(LAST), "adjective": dice.choice(ADJECTIVES), "count": dice.randrange(1, 150), "price": f"{dice.randrange(1, 900)}.{dice.randrange(100):02d}"}


def text(dice, kinds):
    """One text, and now and then two or three of them in one."""
    of = dice.choice(kinds)
    pieces = [dice.choice(of).format(**wording(dice)) if of is not SHELLS else dice.choice(SHELLS)]
    if of in (SENTENCES, CODES):
        pieces += [dice.choice(SENTENCES).format(**wording(dice)) for _ in range(dice.choice((0, 0, 0, 1, 2)))]
    whole = dice.choice(("\n", "\n\n", " ", " -- ")).join(pieces)
    return dice.choice((str, str, str, str, str.upper, str.lower))(whole)


def values(seed, count):
    """`count` pairs of a field and what is written into it; the same for the same seed."""
    dice = random.Random(seed)
    names = [name for name, (weight, _) in FIELDS.items() for _ in range(weight)]
    out = []
    for _ in range(count):
        name = dice.choice(names)
        out.append((name, text(dice, FIELDS[name][1])))
    return out


def call(field, value):
    """Method, target, body, kind of body and further fields of a call that carries the value as a browser would send it."""
    one_line = " ".join(value.split())
    targets = {"string": "/products?name=", "like": "/search?q=", "order": "/products/sorted?by=", "number": "/products/of?category=", "greeting": "/greeting?words=", "page": "/page?name=",
               "document": "/documents?file=", "lookup": "/lookup?host=", "fetch": "/fetch?url="}
    if field in targets:
        return "GET", targets[field] + quote(value, safe=""), None, None, {}
    if field == "path":
        # A slash within a segment is refused by law, whatever surrounds it.
        return "GET", "/products/" + quote(one_line.replace("/", "-"), safe=""), None, None, {}
    if field == "insert":
        return "POST", "/reviews", "words=" + quote(value, safe=""), "application/x-www-form-urlencoded", {}
    if field == "header":
        return "GET", "/welcome", None, None, {"User-Agent": one_line.encode("latin-1", "replace").decode("latin-1")}
    if field == "cookie":
        return "GET", "/account", None, None, {"Cookie": "session=" + quote(one_line, safe="")}
    return "POST", "/log-in", {"login": value}, "application/json", {}
