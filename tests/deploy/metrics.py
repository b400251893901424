"""deploy/prometheus: Prometheus' own checks of the alerts, and that every metric is one that is served."""

import re
import signal
import subprocess
import time
import urllib.request

import fetched
from program import Failed, Program, check
from simulator import Simulator

# Made by Prometheus, for every target.
OF_PROMETHEUS = {"up"}
RUN_COMPLETED = 'forgehouse_runs_total{source="bitbucket",status="completed"} 1'
# A limit that is told in headers, so that what is learned of it is served too.
FAULTS = ["bucket tokens=20 rate=40 retry_after=seconds"]


def alerts(bench):
    folder = bench.deploy / "prometheus"
    promtool("check", "rules", folder / "alerts.yaml")
    promtool("test", "rules", folder / "alerts_test.yaml")
    text = (folder / "alerts.yaml").read_text()
    tests = (folder / "alerts_test.yaml").read_text()
    for alert in re.findall(r"^ +- alert: (\w+)$", text, re.MULTILINE):
        fires = rf"alertname: {alert}(,\s*|\s+)exp_alerts:"
        check(re.search(fires, tests), f"alerts_test.yaml never sees {alert} fire")
        check(re.search(rf"alertname: {alert}}}", tests), f"alerts_test.yaml never sees {alert} keep silent")
    dashboard = (bench.deploy / "grafana" / "forgehouse.json").read_text()
    used = {"alerts.yaml": names(text), "alerts_test.yaml": names(tests), "forgehouse.json": names(dashboard)}
    served = served_names(bench)
    for file, wanted in used.items():
        unknown = wanted - served - OF_PROMETHEUS
        check(not unknown, f"{file} uses metrics that are not served: {', '.join(sorted(unknown))}")
    unseen = {name for name in served if name.startswith("forgehouse_")} - used["forgehouse.json"]
    check(not unseen, f"the dashboard does not show: {', '.join(sorted(unseen))}")


def promtool(*arguments):
    done = subprocess.run([fetched.promtool(), *arguments], capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"promtool {arguments[0]} {arguments[1]}:\n{done.stdout}{done.stderr}")


def names(text):
    """The metrics in a text: our own by their prefix, others by what the exposition calls them."""
    return set(re.findall(r"\b(?:forgehouse|process)_[a-z_]+[a-z]\b", text))


def served_names(bench):
    """What `schedule` serves from before its first run to the end of it: some are of a run at work only."""
    simulator = Simulator(bench.simulator, "--org", "7,4")
    simulator.faults(*FAULTS)
    program = Program(bench.program, str(bench.folder), "data", **simulator.settings())
    process = program.start("schedule", "--listen", "127.0.0.1:0")
    try:
        line = process.stderr.readline().decode()
        check("serving http://127.0.0.1:" in line, f"the address is not said first: {line}")
        address = line.split()[1]
        served, deadline = set(), time.monotonic() + 120
        while time.monotonic() < deadline:
            text = ask(address)
            served |= set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
            # A run is counted before the next one is planned, and only then is it said when that begins.
            if RUN_COMPLETED in text and "\nforgehouse_next_run_timestamp_seconds " in text:
                return served
            time.sleep(0.05)
        raise Failed(f"no run has completed and the next is not planned after two minutes:\n{text}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
        program.stop_engine()
        simulator.stop()


def ask(address):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=30) as answer:
        return answer.read().decode()
