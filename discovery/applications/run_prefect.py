#!/usr/bin/env python3
"""Prefect server behind the gateway, at ordinary work.

    pip install prefect==3.8.8 fastapi==0.139.0 requests==2.34.2
    BARTIZAN=target/debug/bartizan discovery/applications/run_prefect.py --folder NEW

(Prefect 3.8.8 does not start with the newest FastAPI that it admits.) Three clients of the product's own: its command line,
its Python client, and flows that run in processes of their own and report, with tasks, logs, artifacts and a worker. A fourth
asks what a dashboard asks: filters, counts and pages, as the documentation of its API has them. One password for all, as the
server has but one.

Bounded: `SECONDS_MAX` in all. Mistakes are among it: missing names and ids, bad bodies, duplicates, no credential.
"""

import argparse
import asyncio
import base64
import datetime
import json
import os
import random
import subprocess
import sys
import uuid
from pathlib import Path

import requests
from stand import Stand, arguments, free_port, said

SECONDS_MAX = 540
PASSWORD = "admin:correct-horse"
CALL_S = 60
COMMAND_S = 60
ROUNDS = 14
WORDS = ("ingest", "clean", "report", "train", "score", "publish", "archive", "reconcile", "mirror", "bill")
FLOWS = '''
import sys
from prefect import flow, get_run_logger, tags, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.variables import Variable

@task(retries=1)
def fetch(n):
    get_run_logger().info("fetching %s", n)
    if n == 3:
        raise ValueError("no such page")
    return list(range(n))

@task(tags=["db"])
def store(rows):
    get_run_logger().warning("storing %d rows", len(rows))
    return len(rows)

@flow(name=sys.argv[1], log_prints=True)
def work(pages: int = 2, label: str = "day"):
    print("begins", label, Variable.get("region", default="none"))
    done = [store(fetch(n)) for n in range(pages)]
    create_table_artifact(key=f"rows-{label}", table=[{"page": n, "rows": r} for n, r in enumerate(done)])
    create_markdown_artifact(key="summary", markdown=f"# {sum(done)} rows", description="what was done")
    return sum(done)

if __name__ == "__main__":
    with tags("demo", sys.argv[2]):
        try:
            work(int(sys.argv[3]), sys.argv[2])
        except Exception as error:
            print("failed", error)
'''


def settings(url, home):
    return {"PREFECT_API_URL": f"{url}/api", "PREFECT_API_AUTH_STRING": PASSWORD, "PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1", "PREFECT_CLI_COLORS": "false", "PREFECT_CLI_PROMPT": "false", "HOME": str(home)}


def run(stand, environment, *command, many=False):
    """One process to its end (or a started one): success is not asked for, since mistakes are part of the work."""
    log = open(stand.folder / "clients.log", "ab")
    process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=stand.folder, env={**os.environ, **environment})
    if many:
        return process
    try:
        process.wait(COMMAND_S)
    except subprocess.TimeoutExpired:
        process.kill()
    return process


def flows(stand, environment, random_):
    file = stand.folder / "work.py"
    file.write_text(FLOWS)
    for at in range(0, 12, 3):
        names = [WORDS[(at + it) % len(WORDS)] for it in range(3)]
        batch = [run(stand, environment, sys.executable, file, name, random_.choice(("day", "night")), random_.randint(1, 4), many=True) for name in names]
        for process in batch:
            process.wait(COMMAND_S)


def command_line(stand, environment):
    prefect = Path(sys.executable).with_name("prefect")
    lines = ["version", "work-pool create fast --type process", "work-pool create slow --type process", "work-pool ls", "work-pool inspect fast",
             "work-pool set-concurrency-limit fast 3", "work-pool pause slow", "work-pool resume slow", "work-queue create urgent --pool fast",
             "work-queue ls --pool fast", "work-queue inspect urgent --pool fast", "work-queue pause urgent --pool fast",
             "work-pool inspect nowhere", "variable set region north", "variable set region south", "variable set region east --overwrite",
             "variable get region", "variable get nothing", "variable ls", "concurrency-limit create db 4", "concurrency-limit ls",
             "concurrency-limit inspect db", "concurrency-limit reset db", "gcl create api --limit 3 --slot-decay-per-second 1", "gcl ls",
             "gcl inspect api", "gcl update api --limit 5", "gcl disable api", "block ls", "block type ls", "flow ls", "flow-run ls", "artifact ls",
             "artifact inspect summary", "deployment ls", "automation ls", "task-run ls", "work-pool preview fast", "events emit demo.done --resource-id demo.1"]
    for line in lines:
        run(stand, environment, prefect, *line.split())


async def client(random_):
    """The product's Python client; environment says where to."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import ArtifactCreate, GlobalConcurrencyLimitCreate, LogCreate, WorkPoolCreate
    from prefect.client.schemas.filters import DeploymentFilter, FlowFilter, FlowFilterName, FlowRunFilter, LogFilter, LogFilterFlowRunId
    from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
    from prefect.events.schemas.automations import AutomationCore, EventTrigger
    from prefect.states import Completed, Pending, Running, Scheduled
    from prefect.events.actions import DoNothing

    async def tried(awaitable):
        try:
            return await awaitable
        except Exception as error:  # a mistake that is meant, or a method that needs what is not there
            print("client:", type(error).__name__, str(error)[:160].replace("\n", " "), file=sys.stderr)

    async with get_client() as prefect:
        await tried(prefect.create_work_pool(WorkPoolCreate(name="hand", type="process")))
        for number in range(ROUNDS):
            word = WORDS[number % len(WORDS)]
            flow = await prefect.create_flow_from_name(f"{word}-{number // len(WORDS)}")
            schedule = CronSchedule(cron="0 6 * * *") if number % 2 else IntervalSchedule(interval=datetime.timedelta(hours=6))
            deployment = await tried(prefect.create_deployment(
                flow, name=f"{word}-daily", work_pool_name="hand", tags=["demo", word], version=f"{number}.0", description=random_.choice((None, "each day")),
                parameters={"pages": number, "label": word}, path=".", entrypoint="work.py:work", parameter_openapi_schema={"type": "object", "properties": {}}))
            if deployment:
                await tried(prefect.create_deployment_schedules(deployment, [(schedule, True)]))
                await tried(prefect.read_deployment(deployment))
                await tried(prefect.read_deployment_by_name(f"{word}-{number // len(WORDS)}/{word}-daily"))
                for it in await tried(prefect.read_deployment_schedules(deployment)) or []:
                    await tried(prefect.update_deployment_schedule(deployment, it.id, active=False))
                made = await tried(prefect.create_flow_run_from_deployment(deployment, parameters={"pages": 1}, state=Scheduled()))
                if made:
                    await tried(prefect.set_flow_run_state(made.id, Pending()))
                    await tried(prefect.set_flow_run_state(made.id, Running()))
                    await tried(prefect.create_logs([LogCreate(name="prefect.flow_runs", level=20, message=f"step {it}", timestamp=datetime.datetime.now(
                        datetime.timezone.utc), flow_run_id=made.id) for it in range(3)]))
                    await tried(prefect.create_artifact(ArtifactCreate(key=f"out-{word}", type="markdown", data="# done", flow_run_id=made.id)))
                    await tried(prefect.create_flow_run_input(made.id, f"answer-{number}", json.dumps({"go": True})))
                    await tried(prefect.read_flow_run_input(made.id, f"answer-{number}"))
                    await tried(prefect.filter_flow_run_input(made.id, "answer", limit=5, exclude_keys=set()))
                    await tried(prefect.delete_flow_run_input(made.id, f"answer-{number}"))
                    await tried(prefect.update_flow_run_labels(made.id, {"team": word}))
                    await tried(prefect.set_flow_run_state(made.id, Completed()))
                    await tried(prefect.read_flow_run(made.id))
                    await tried(prefect.read_flow_run_states(made.id))
                    await tried(prefect.set_flow_run_name(made.id, f"run-{number}"))
                    if number % 3 == 0:
                        await tried(prefect.delete_flow_run(made.id))
                await tried(prefect.pause_deployment(deployment))
                await tried(prefect.resume_deployment(deployment))
            await tried(prefect.read_flow(flow))
            await tried(prefect.read_flow_by_name(f"{word}-{number // len(WORDS)}"))
            await tried(prefect.read_flows(flow_filter=FlowFilter(name=FlowFilterName(like_=word)), limit=10))
            await tried(prefect.read_deployments(deployment_filter=DeploymentFilter(), limit=5))
            runs = await tried(prefect.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=8)) or []
            for it in runs[:2]:
                await tried(prefect.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[it.id]))))
            for it in (await tried(prefect.read_task_runs(limit=6)) or [])[:2]:
                await tried(prefect.read_task_run(it.id))
                await tried(prefect.read_task_run_states(it.id))
            await tried(prefect.read_work_pools())
            await tried(prefect.read_work_pool("hand"))
            for it in (await tried(prefect.read_work_queues(work_pool_name="hand")) or [])[:1]:
                await tried(prefect.read_work_queue(it.id))
                await tried(prefect.read_work_queue_status(it.id))
            await tried(prefect.send_worker_heartbeat("hand", f"worker-{number % 3}", heartbeat_interval_seconds=30))
            await tried(prefect.read_workers_for_work_pool("hand"))
            await tried(prefect.get_scheduled_flow_runs_for_work_pool("hand"))
            await tried(prefect.create_variable(_variable(f"{word}_{number}", random_)))
            await tried(prefect.read_variable_by_name(f"{word}_{number}"))
            await tried(prefect.update_variable(_variable(f"{word}_{number}", random_, update=True)))
            if number % 4 == 0:
                await tried(prefect.delete_variable_by_name(f"{word}_{number}"))
            await tried(prefect.create_concurrency_limit(f"tag-{word}", 2 + number))
            await tried(prefect.read_concurrency_limit_by_tag(f"tag-{word}"))
            await tried(prefect.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=f"gate-{number}", limit=4)))
            await tried(prefect.read_global_concurrency_limit_by_name(f"gate-{number}"))
            await tried(prefect.increment_concurrency_slots([f"gate-{number}"], 1, "concurrency"))
            await tried(prefect.release_concurrency_slots([f"gate-{number}"], 1, 0.5))
            trigger = EventTrigger(posture="Reactive", expect={"demo.done"}, threshold=1, within=datetime.timedelta(seconds=0))
            rule = await tried(prefect.create_automation(AutomationCore(name=f"on {word}", trigger=trigger, actions=[DoNothing()])))
            if rule:
                await tried(prefect.read_automation(rule))
                await tried(prefect.pause_automation(rule))
                if number % 2:
                    await tried(prefect.delete_automation(rule))
            types = await tried(prefect.read_block_types()) or []
            for it in types[number % 5 : number % 5 + 2]:
                await tried(prefect.read_block_type_by_slug(it.slug))
                await tried(prefect.read_block_documents_by_type(it.slug))
                await tried(prefect.get_most_recent_block_schema_for_block_type(it.id))
            # Mistakes: what is not there.
            await tried(prefect.read_flow(uuid.UUID(int=random_.getrandbits(128))))
            await tried(prefect.read_flow_by_name("nothing"))
            await tried(prefect.read_work_pool("nowhere"))
            if deployment and number % 4 == 3:
                await tried(prefect.delete_deployment(deployment))
                await tried(prefect.delete_flow(flow))


def _variable(name, random_, update=False):
    from prefect.client.schemas.actions import VariableCreate, VariableUpdate

    value = random_.choice(("north", {"limit": 3}, ["a", "b"], 7, None, True))
    return (VariableUpdate if update else VariableCreate)(name=name, value=value, tags=random_.choice(([], ["prod"])))


def dashboard(url, random_):
    """What a page of runs, flows and pools asks for."""
    http = requests.Session()
    http.headers.update({"Authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode(), "User-Agent": "Mozilla/5.0"})

    def ask(method, path, body=None, **query):
        answer = http.request(method, f"{url}/api{path}", json=body, params=query, timeout=CALL_S)
        return answer.json() if answer.ok and "json" in answer.headers.get("content-type", "") else None

    since = "2020-01-01T00:00:00Z"
    for number in range(ROUNDS):
        for path in ("/health", "/ready", "/version", "/hello", "/admin/settings", "/admin/version", "/block_capabilities/"):
            ask("GET", path)
        page = {"limit": random_.choice((5, 20)), "page": 1 + number % 2}
        for kind in ("flows", "flow_runs", "task_runs", "deployments"):
            ask("POST", f"/{kind}/paginate", {**page, "sort": "ID_DESC" if "runs" in kind else "NAME_ASC"})
            ask("POST", f"/{kind}/count", {})
            ask("POST", f"/{kind}/filter", {"limit": 5, "offset": number, **({} if number % 2 else {"flows": {"name": {"like_": "in"}}})})
        for kind in ("artifacts", "artifacts/latest", "variables", "work_pools", "block_documents", "automations"):
            ask("POST", f"/{kind}/filter", {"limit": 5})
            ask("POST", f"/{kind}/count", {})
        for kind in ("logs", "events", "concurrency_limits", "v2/concurrency_limits", "block_types", "block_schemas", "saved_searches", "work_queues"):
            ask("POST", f"/{kind}/filter", {"limit": 3})
        for run_ in (ask("POST", "/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 3}) or []):
            ask("GET", f"/flow_runs/{run_['id']}")
            ask("GET", f"/flow_runs/{run_['id']}/graph-v2")
            ask("GET", "/flow_run_states/", flow_run_id=run_["id"])
            ask("POST", "/ui/flow_runs/count-task-runs", {"flow_run_ids": [run_["id"]]})
            ask("GET", f"/flow_run_states/{run_['state_id']}")
        for task in (ask("POST", "/task_runs/filter", {"limit": 2}) or []):
            ask("GET", f"/ui/task_runs/{task['id']}")
            ask("GET", f"/task_run_states/{task['state_id']}")
        for it in (ask("POST", "/artifacts/filter", {"limit": 2}) or []):
            ask("GET", f"/artifacts/{it['id']}")
            ask("GET", f"/artifacts/{it['key']}/latest")
        for it in (ask("POST", "/variables/filter", {"limit": 2}) or []):
            ask("GET", f"/variables/{it['id']}")
            ask("GET", f"/variables/name/{it['name']}")
            ask("PATCH", f"/variables/name/{it['name']}", {"value": random_.choice((1, "x", None))})
        flows_ = ask("POST", "/flows/filter", {"limit": 4}) or []
        ids = [it["id"] for it in flows_]
        ask("POST", "/ui/flows/count-deployments", {"flow_ids": ids})
        ask("POST", "/ui/flows/next-runs", {"flow_ids": ids})
        ask("POST", "/ui/flow_runs/history", {"sort": "EXPECTED_START_TIME_DESC", "limit": 20})
        ask("POST", "/ui/task_runs/count", {})
        ask("POST", "/flow_runs/history", {"history_start": since, "history_end": "2020-02-01T00:00:00Z", "history_interval_seconds": 864000})
        ask("GET", "/collections/views/aggregate-worker-metadata")
        ask("POST", "/work_pools/hand/queues/filter", {})
        ask("GET", "/work_pools/hand/queues/default")
        ask("POST", "/saved_searches/filter", {})
        saved = ask("PUT", "/saved_searches/", {"name": f"search {number}", "filters": [{"object": "flow", "property": "name", "type": "string",
                                                                                              "operation": "equals", "value": "ingest"}]})
        if saved:
            ask("GET", f"/saved_searches/{saved['id']}")
            if number % 2:
                ask("DELETE", f"/saved_searches/{saved['id']}")
        # Mistakes.
        ask("POST", "/flows/filter", {"limit": -1})
        ask("POST", "/flows/", {"name": ""})
        ask("GET", "/flows/not-an-id")
        ask("GET", f"/deployments/{uuid.UUID(int=random_.getrandbits(128))}")
        requests.post(f"{url}/api/flows/filter", json={}, timeout=CALL_S)


def main():
    if sys.argv[1:2] == ["client"]:
        return asyncio.run(client(random.Random(int(sys.argv[2]))))
    wishes = arguments(argparse.ArgumentParser(description=__doc__.splitlines()[0]))
    random_ = random.Random(wishes.seed)
    with Stand(wishes.folder, wishes.bartizan, SECONDS_MAX) as stand:
        home, port = stand.folder / "home", free_port()
        home.mkdir()
        server = {"PREFECT_HOME": str(home), "HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_SERVER_API_AUTH_STRING": PASSWORD,
                  "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home}/prefect.db", "DO_NOT_TRACK": "1"}
        prefect = Path(sys.executable).with_name("prefect")
        url = stand.application([prefect, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"], f"http://127.0.0.1:{port}/api/health", **server)
        answer = requests.get(f"http://127.0.0.1:{port}/api/openapi.json", auth=tuple(PASSWORD.split(":")), timeout=CALL_S)
        (stand.folder / "description.json").write_text(answer.text)
        environment = settings(url, home / "client")
        (home / "client").mkdir()
        worker = stand.start("worker", [prefect, "worker", "start", "--pool", "fast", "--type", "process"], **environment)
        parts = [run(stand, environment, sys.executable, __file__, "client", wishes.seed, many=True)]
        flows(stand, environment, random_)
        command_line(stand, environment)
        dashboard(url, random_)
        parts[0].wait(120)
        stand.started.remove(worker)
        worker.terminate()
        worker.wait(30)
    print(said(stand.folder))


if __name__ == "__main__":
    main()
