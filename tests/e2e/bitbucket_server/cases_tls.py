"""The cases of who lets us in: TLS, client certificates, proxies, tokens and headers that change."""

import os
import re
import stat

import truth as truths
from cases import check_record, configured
from program import check
from ways import Certificates, NoTls, Proxy, TlsFront, Watch
from zst import unpacked

SMALL = "3,3"


class Place:
    """A bench with what these cases start besides; it ends with the case."""

    def __init__(self, bench):
        self.bench, self.open, self.count = bench, [], 0
        self.certificates = Certificates(os.path.join(bench.folder, "certificates"))
        self.certificates.authority("nobody")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for listener in self.open:
            listener.close()

    def front(self, simulator, name, **how):
        self.open.append(TlsFront(simulator, self.certificates, name, **how))
        return self.open[-1]

    def proxy(self, names, **how):
        self.open.append(Proxy(names, **how))
        return self.open[-1]

    def program(self, server, *lines, **how):
        """Its environment would lead astray whoever heeds it: only the source's settings count."""
        self.count += 1
        program = configured(self.bench, f"data-{self.count}", server, *lines, **how)
        nowhere = "http://127.0.0.1:9"
        program.environment.update(http_proxy=nowhere, https_proxy=nowhere, NO_PROXY="bitbucket.test")
        program.environment["GIT_SSL_CAINFO"] = self.certificates.path("nobody.pem")
        return program

    def ca(self):
        return f"ca_file: {self.certificates.path('ca.pem')}"


class Server:
    """An address, as `configured` wants one."""

    def __init__(self, url):
        self.url = url


def collects(program, simulator, when):
    outcome = program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=when)
    check_record(program)
    return outcome


class Refusals:
    """Each mistake has its own words, of collect and of doctor, and says what to do."""

    def __init__(self):
        self.seen = {}

    def expect(self, name, program, *words, hint=""):
        collect, doctor = program.run("collect"), program.run("doctor")
        check(collect.code == 1, f"{name}: collect: {collect}")
        check(doctor.code == 1, f"{name}: doctor: {doctor}")
        for verb, outcome in (("collect", collect), ("doctor", doctor)):
            said = outcome.out + outcome.error
            for word in (*words, hint):
                check(word in said, f"{name}: {verb} does not say '{word}': {outcome}")
            check("sim-token" not in said, f"{name}: {verb} shows the token")
        check(words[0] not in self.seen, f"{name} has the words of {self.seen.get(words[0])}")
        self.seen[words[0]] = name


def tls(bench):
    """A private authority by ca_file, for the API and for git; each certificate that is wrong is
    refused in words of its own, by collect and by doctor."""
    simulator = bench.simulator(org=SMALL)
    with Place(bench) as place:
        good = place.front(simulator, place.certificates.make("good"))
        program = place.program(good, place.ca())
        # The simulator names itself in its clone links: git must not follow them around the front.
        collects(program, simulator, "behind TLS of a private authority")
        counted = simulator.counters()
        check(counted["calls"]["git_fetch"] > 0, f"nothing was fetched by git: {counted}")
        check(len(good.asked) == counted["total"], f"{len(good.asked)} requests by the front of {counted}")
        doctor = program.run("doctor")
        check(re.search(r"source server +Bitbucket .* at https://", doctor.out), f"doctor: {doctor}")

        refusals = Refusals()
        refusals.expect("no ca_file", place.program(good), "from an unknown authority", hint="ca_file")
        place.certificates.authority("other")
        refusals.expect(
            "no such ca_file",
            place.program(good, f"ca_file: {place.certificates.path('none.pem')}"),
            "file of certificate authorities cannot be used",
            hint="ca_file",
        )
        expired = place.front(simulator, place.certificates.make("expired", days=-1))
        refusals.expect("expired", place.program(expired, place.ca()), "certificate has expired", hint="renewed")
        elsewhere = place.front(simulator, place.certificates.make("elsewhere", host="DNS:elsewhere.example.org"))
        refusals.expect("wrong host", place.program(elsewhere, place.ca()), "certificate is for another host", hint="name")
        place.open.append(NoTls())
        refusals.expect("no TLS", place.program(place.open[-1], place.ca()), "does not speak TLS", hint="http://")

        wrong = place.program(good, f"ca_file: {place.certificates.path('other.pem')}").run("collect")
        check(wrong.code == 1 and "unknown authority" in wrong.error, f"another authority: {wrong}")


def client_certificates(bench):
    """A server that wants to see a certificate gets it, from the API's client and from git."""
    simulator = bench.simulator(org=SMALL)
    with Place(bench) as place:
        make, path = place.certificates.make, place.certificates.path
        front = place.front(simulator, make("server"), clients=path("ca.pem"))
        make("client")
        with open(path("both.pem"), "w", encoding="ascii") as both:
            for name in ("client.pem", "client.key"):
                with open(path(name), encoding="ascii") as part:
                    both.write(part.read())
        ours = (f"client_certificate: {path('client.pem')}", f"client_key: {path('client.key')}")
        collects(place.program(front, place.ca(), *ours), simulator, "with a client certificate")
        in_one = place.program(front, place.ca(), f"client_certificate: {path('both.pem')}")
        collects(in_one, simulator, "with certificate and key in one file")

        refusals = Refusals()
        refusals.expect(
            "no client certificate",
            place.program(front, place.ca()),
            "does not accept us without another certificate",
            hint="client_certificate",
        )
        place.certificates.authority("other")
        make("stranger", by="other")
        strange = place.program(
            front, place.ca(), f"client_certificate: {path('stranger.pem')}", f"client_key: {path('stranger.key')}"
        ).run("collect")
        check(strange.code == 1 and "another certificate" in strange.error, f"a stranger's certificate: {strange}")
        refusals.expect(
            "another's key",
            place.program(front, place.ca(), ours[0], f"client_key: {path('stranger.key')}"),
            "client certificate or its key cannot be used",
            hint="client_key",
        )


def proxies(bench):
    """All goes through the proxy, which alone knows the server's name: the API and git, plain and by
    tunnel, with and without a password."""
    simulator = bench.simulator(org=SMALL)
    port = int(simulator.url.rpartition(":")[2])
    with Place(bench) as place:
        front = place.front(simulator, place.certificates.make("server", host="DNS:bitbucket.test"))
        names = {"bitbucket.test:443": front.port, "bitbucket.test:80": port}
        known = {"user": "jane", "password": 'p@ss:w%rd "x\\'}
        for url in ("https://bitbucket.test", "http://bitbucket.test"):
            for who in ({}, known):
                proxy = place.proxy(names, **who)
                lines = [place.ca(), f"proxy: {proxy.url}"]
                if who:
                    lines += ["proxy_user: jane", "proxy_password: {env: THE_PROXY_PASSWORD}"]
                program = place.program(Server(url), *lines)
                program.environment["THE_PROXY_PASSWORD"] = known["password"]
                simulator.reset()
                with Watch("sim-token", known["password"]) as watch:
                    outcome = collects(program, simulator, f"{url} by a proxy, {who and 'with a password'}")
                check(proxy.agents() == {"git", "forgehouse"}, f"who came to the proxy: {proxy.agents()}")
                methods = {method for method, _, _ in proxy.seen}
                check(("CONNECT" in methods) == url.startswith("https"), f"{url}: {methods}")
                check(known["password"] not in outcome.out + outcome.error, "the proxy's password is shown")
                check(not watch.found, f"command lines with secrets: {watch.found}")
                if url.startswith("http:"):
                    total = simulator.counters()["total"]
                    check(len(proxy.seen) == total, f"{total} requests, {len(proxy.seen)} of them by the proxy")

        refusals = Refusals()
        proxy = place.proxy(names, **known)
        for url in ("https://bitbucket.test", "http://bitbucket.test"):
            lines = [place.ca(), f"proxy: {proxy.url}", "proxy_user: jane", "proxy_password: {env: THE_TOKEN}"]
            wrong = place.program(Server(url), *lines).run("collect")
            said = wrong.out + wrong.error
            check(wrong.code == 1 and "proxy" in said and "proxy_password" in said, f"a wrong password: {wrong}")
        refusals.expect(
            "no password",
            place.program(Server("https://bitbucket.test"), place.ca(), f"proxy: {proxy.url}"),
            "proxy wants a user and a password",
            hint="proxy_user",
        )
        closed = place.proxy(names)
        closed.close()
        gone = place.program(Server("https://bitbucket.test"), place.ca(), f"proxy: {closed.url}").run("collect")
        check(gone.code == 1 and "proxy" in gone.out + gone.error, f"a proxy that is not there: {gone}")
        check(not proxy.seen, f"a proxy let through what had no password: {proxy.seen}")


def telling(place, name, body):
    """A command, and what it has told so far: its script may use $N, the number of this call."""
    script, count = (os.path.join(place.bench.folder, name + tail) for tail in ("", ".calls"))
    with open(script, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\necho called >> "{count}"\nN=$(wc -l < "{count}")\n{body}\n')
    os.chmod(script, 0o700)

    def calls():
        try:
            with open(count, encoding="utf-8") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0

    return f"{{command: [{script}]}}", calls


def renewal(bench):
    """A token that expires in the middle of a run is asked for again, for the API and for git, once
    for each time that it expires; where the new one is no better the run says so."""
    with Place(bench) as place:
        for name, fault in (
            ("by the API", "expire token=sim-token-1 after=8 kind=activities,pull_requests"),
            ("by git", "expire token=sim-token-1 after=1 kind=git_refs,git_fetch"),
        ):
            simulator = bench.simulator(org="5,6")
            simulator.faults(fault)
            command, calls = telling(place, "tell " + name, 'echo "sim-token-$N"')
            program = place.program(simulator, f"token: {command}")
            collects(program, simulator, f"a token that expired, seen {name}")
            check(simulator.counters()["faults"].get("expire"), f"{name}: nothing has expired")
            check(calls() == 2, f"{name}: {calls()} calls of the command instead of 2")

        simulator = bench.simulator(org=SMALL)
        simulator.faults("expire after=6")
        command, calls = telling(place, "tell the same", "echo sim-token")
        program = place.program(simulator, f"token: {command}")
        outcome = program.run("collect")
        check(outcome.code in (1, 3), f"a token that stays expired: {outcome}")
        check("token may have expired" in " ".join(outcome.error.split()), f"a token that stays expired: {outcome}")
        simulator.faults()
        collects(program, simulator, "after the token was good again")

        command, calls = telling(place, "fail", "echo sim-secret; echo cannot reach the vault >&2; exit 7")
        refused = place.program(simulator, f"token: {command}").run("collect")
        said = refused.out + refused.error
        check(refused.code == 1 and "cannot reach the vault" in said, f"a command that fails: {refused}")
        check("sim-secret" not in said, f"what a failing command told is shown: {refused}")


def places_of_secrets(bench):
    """The gateway's header and the token from a variable, .env, a file and a command; never seen
    anywhere else: not in the output, the data, the logs, command lines, git's environment."""
    header, token = "assertion 7f3c=", "token-91b2"
    simulator = bench.simulator("--gateway", f"X-Gate={header}", "--token", token, org=SMALL)
    with Place(bench) as place:
        front = place.front(simulator, place.certificates.make("server"))
        files = {}
        for name, value in (("header", header), ("token", token)):
            files[name] = os.path.join(bench.folder, name + ".secret")
            with open(files[name], "w", encoding="utf-8") as file:
                file.write(value + "\n")
            os.chmod(files[name], 0o600)
        command, calls = telling(place, "tell the header", f"cat {files['header']}")
        for name, value_of_header, value_of_token in (
            ("a variable", "{env: THE_HEADER}", "{env: THE_TOKEN}"),
            (".env", "{env: HEADER_OF_DOTENV}", "{env: TOKEN_OF_DOTENV}"),
            ("a file", f"{{file: {files['header']}}}", f"{{file: {files['token']}}}"),
            ("a command", command, f"{{file: {files['token']}}}"),
        ):
            lines = [place.ca(), "header: X-Gate", f"header_value: {value_of_header}", f"token: {value_of_token}"]
            program = place.program(front, *lines, token=token if name == "a variable" else "none")
            if name == "a variable":
                program.environment["THE_HEADER"] = header
            if name == ".env":
                with open(os.path.join(program.home, ".env"), "w", encoding="utf-8") as file:
                    file.write(f'HEADER_OF_DOTENV="{header}"\nTOKEN_OF_DOTENV={token}\n')
                os.chmod(file.name, 0o600)
            with Watch(header, token) as watch:
                outcome = program.run("collect", "-vv")
                check(outcome.code == 0, f"secrets from {name}: {outcome}")
                told = [outcome, program.run("doctor"), program.run("config", "print"), program.run("runs")]
            check({"git", "forgehouse"} <= watch.looked_at, f"the watch saw no git: {watch.looked_at}")
            check(not watch.found, f"secrets from {name} in command lines: {watch.found}")
            truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=f"secrets from {name}")
            program.stop_engine()
            hold_secret(program, told, (header, token, header.encode().hex()), f"secrets from {name}")
        check(calls() == 2, f"{calls()} calls of the command instead of 2, by collect and by doctor")

        os.chmod(files["token"], stat.S_IRUSR | stat.S_IROTH)
        open_file = place.program(front, place.ca(), f"token: {{file: {files['token']}}}").run("collect")
        check(open_file.code == 1 and "everybody may read" in open_file.error, f"an open file: {open_file}")


def content(path):
    with open(path, "rb") as file:
        raw = file.read()
    return raw + unpacked(raw) if path.endswith(".zst") else raw


def hold_secret(program, told, secrets, when):
    for secret in secrets:
        for outcome in told:
            check(secret not in outcome.out + outcome.error, f"{when}: the output shows '{secret}': {outcome}")
        for folder, _, names in os.walk(program.data):
            for name in names:
                path = os.path.join(folder, name)
                check(secret not in path, f"{when}: {path}")
                if os.path.isfile(path):
                    check(secret.encode() not in content(path), f"{when}: {path} holds '{secret}'")


CASES = {case.__name__: case for case in (tls, client_certificates, proxies, renewal, places_of_secrets)}
