"""Observe, bypass, and taking bartizan out of the path while requests go on."""

import shutil
import signal
import threading

from stage import ATTACK, CLIENT, Seen, request


def play(stage):
    stage.needs("nginx")
    front, ours, admin, api = (stage.port() for _ in range(4))
    data = stage.dir / "data"
    reached = stage.api(api)
    places = {"127.0.0.1:8080": f"127.0.0.1:{ours}", "127.0.0.1:3000": f"127.0.0.1:{api}",
              "127.0.0.1:9440": f"127.0.0.1:{admin}", "/var/lib/bartizan": data}
    file = stage.file("bartizan.yaml", places)
    guard = stage.guard(file, ours, admin, data)
    listen = {"listen 8000": f"listen 127.0.0.1:{front}"}
    config = stage.file("nginx.conf", {**listen, "127.0.0.1:8080": f"127.0.0.1:{ours}"})
    without = stage.file("nginx-without.conf", {**listen, "127.0.0.1:3000": f"127.0.0.1:{api}"})
    nginx = stage.nginx(config, front)

    stage.passes(front, "api.example.com", CLIENT, "http", client=CLIENT)
    stage.forged(front, "api.example.com", CLIENT, client=CLIENT)
    stage.blocked(front, "api.example.com", reached, guard, client=CLIENT)

    # 1. Observe, and back.
    text = file.read_text()
    for mode, expected in (("observe", 200), ("enforce", 403)):
        file.write_text(text.replace("mode: enforce", f"mode: {mode}"))
        stage.until(f"mode: {mode}", lambda expected=expected: attack(front).status == expected)
        stage.same(f"an attack in mode {mode}", attack(front).status, expected)

    # 2. Bypass, and back.
    code, said = stage.bartizan("bypass", "--for", "1m", "--reason", "a test", "--data", data)
    stage.holds(f"bartizan bypass: {said}", code == 0)
    stage.same("an attack during a bypass", attack(front).status, 200)
    code, said = stage.bartizan("bypass", "--end", "--data", data)
    stage.holds(f"bartizan bypass --end: {said}", code == 0)
    stage.same("an attack after the bypass", attack(front).status, 403)

    # 3. Out of the path, while requests go on.
    decision = attack(front).json()["decision_id"]
    stage.explained(guard, decision)
    sent, failed, go_on = [], [], threading.Event()
    go_on.set()

    def keep_asking(number):
        while go_on.is_set():
            try:
                seen = Seen(request(front, f"/orders/{number}", client=CLIENT))
                sent.append(seen.told("x-forwarded-for"))
            except Exception as error:
                failed.append(repr(error))

    askers = [threading.Thread(target=keep_asking, args=(it,)) for it in range(4)]
    for it in askers:
        it.start()
    try:
        stage.until("some requests before", lambda: len(sent) > 50)
        shutil.copy(patched(stage, without), config)
        nginx.send_signal(signal.SIGHUP)
        stage.until("nginx sends to the API", lambda: attack(front).status == 200)
        stage.until("no connections", lambda: '"connections":0' in status(stage, data))
        guard.terminate()
        stage.same("exit code of bartizan", guard.wait(20), 0)
        stage.until("some requests after", lambda before=len(sent): len(sent) > before + 50)
    finally:
        go_on.clear()
        for it in askers:
            it.join()
    stage.same("requests that failed", failed, [])
    stage.same("client addresses at the API", set(sent), {CLIENT})

    # What was decided can still be explained, and tail still reads.
    stage.explained(guard, decision)
    stage.holds("tail reads", len(stage.logged(guard, "--refused")) >= 2)


def patched(stage, without):
    """The file without bartizan, with the same temporary folders as the one with it."""
    places = "".join(f"{it}_temp_path {stage.dir};" for it in
                     ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    without.write_text(without.read_text().replace("http {", f"http {{ access_log off; {places}", 1))
    return without


def status(stage, data):
    return stage.bartizan("status", "--data", data, "-o", "json")[1].replace(" ", "")


def attack(port):
    return request(port, ATTACK, client=CLIENT)
