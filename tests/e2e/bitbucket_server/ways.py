"""What stands between the program and the server in a company: certificates of its own authority, TLS
in front of the simulator, an HTTP proxy. All end with close()."""

import base64
import os
import re
import select
import socket
import ssl
import subprocess
import threading

from program import Failed

PIECE = 1 << 18


class Certificates:
    """Files of PEM in a folder, made by `openssl`: ca, and by name what it has signed."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.authority("ca")

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=False)
        if done.returncode:
            raise Failed(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")

    def key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key"]

    def authority(self, name):
        self.openssl("req", "-x509", *self.key(name), "-out", name + ".pem", "-subj", "/CN=" + name)
        return self.path(name + ".pem")

    def make(self, name, host="IP:127.0.0.1", days=1, by="ca"):
        """NAME.pem and NAME.key; with -1 days it expired yesterday."""
        self.openssl(
            "req", "-new", *self.key(name), "-out", name + ".csr", "-subj", "/CN=" + name,
            "-addext", "subjectAltName=" + host,
        )  # fmt: skip
        self.openssl(
            "x509", "-req", "-in", name + ".csr", "-days", str(days), "-copy_extensions", "copy",
            "-CA", by + ".pem", "-CAkey", by + ".key", "-out", name + ".pem",
        )  # fmt: skip
        return name


def pump(one, other, hear=lambda piece: None):
    """Carries bytes both ways until either side ends; `hear` gets what the first says. One thread, since
    an SSL object bears no two."""
    while True:
        waiting = isinstance(one, ssl.SSLSocket) and one.pending()
        ready = [one] if waiting else select.select([one, other], [], [])[0]
        for source in ready:
            piece = source.recv(PIECE)
            if not piece:
                return
            if source is one:
                hear(piece)
            (other if source is one else one).sendall(piece)


class Listener:
    """Accepts on a port of its own, and serves each connection in a thread."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.open, self.lock = set(), threading.Lock()
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.guarded, args=(connection,), daemon=True).start()

    def guarded(self, connection):
        with self.lock:
            self.open.add(connection)
        try:
            self.serve(connection)
        except OSError:  # of TLS too: whoever connects hears of it by himself
            pass
        finally:
            with self.lock:
                self.open.discard(connection)
            connection.close()

    def close(self):
        with self.lock:
            for connection in (self.socket, *self.open):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.thread.join()
        self.socket.close()


class NoTls(Listener):
    """A web server that is spoken to in TLS, and answers as those do."""

    def __init__(self):
        super().__init__()
        self.url = f"https://127.0.0.1:{self.port}"

    def serve(self, connection):
        connection.recv(PIECE)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


class TlsFront(Listener):
    """TLS before the simulator. `clients`: the authority of the certificates that it wants to see.
    `asked` has the path of each request."""

    def __init__(self, simulator, certificates, name, clients=None):
        self.to = ("127.0.0.1", int(simulator.url.rpartition(":")[2]))
        self.asked = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificates.path(name + ".pem"), certificates.path(name + ".key"))
        if clients:
            self.context.load_verify_locations(clients)
            self.context.verify_mode = ssl.CERT_REQUIRED
        super().__init__()
        self.url = f"https://127.0.0.1:{self.port}"

    def hear(self, piece):
        self.asked += re.findall(rb"^(?:GET|POST) (\S+) HTTP/1", piece, re.MULTILINE)

    def serve(self, connection):
        with self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as inner:
            try:
                inner.do_handshake()
            except ssl.SSLError:
                # To close over what was not read would be a reset, which overtakes our alert.
                inner.shutdown(socket.SHUT_WR)
                while inner.recv(PIECE):
                    pass
                return
            with socket.create_connection(self.to) as outer:
                pump(inner, outer, self.hear)


class Proxy(Listener):
    """Forwards requests and tunnels. It alone knows the hosts: `names` says where each HOST:PORT is.
    `seen` has each request that it let through: (method, host, user agent)."""

    def __init__(self, names, user=None, password=None):
        self.names, self.seen, self.refused = names, [], 0
        self.pass_ = None
        if user:
            self.pass_ = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"

    def serve(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(PIECE)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        method, target, version = line.split(" ")
        values = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        if self.pass_ and values.get("proxy-authorization") != self.pass_:
            self.refused += 1
            connection.sendall(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n"
                b"Content-Length: 0\r\nConnection: close\r\n\r\n"
            )
            return
        scheme, _, rest = target.rpartition("://")
        host, slash, path = (rest if scheme else target).partition("/")
        host = host if ":" in host else host + ":80"
        if host not in self.names:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.seen.append((method, host, values.get("user-agent", "")))
        with socket.create_connection(("127.0.0.1", self.names[host])) as outer:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                outer.sendall(body)
            else:
                # One request a connection: what follows would have to be read, too.
                kept = [f for f in fields if not f.lower().startswith(("proxy-", "connection:"))]
                text = "\r\n".join([f"{method} {slash}{path} {version}", *kept, "Connection: close"])
                outer.sendall(text.encode() + b"\r\n\r\n" + body)
            pump(connection, outer)

    def agents(self):
        """Who came: `git`, `forgehouse`."""
        return {agent.partition("/")[0] for _, _, agent in self.seen}


class Watch:
    """Looks at the command lines of all processes, and at the environment of each git, while it is open."""

    def __init__(self, *secrets):
        self.secrets = [secret.encode() for secret in secrets]
        self.found, self.looked_at = set(), set()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.ended.wait(0.002):
            for pid in filter(str.isdigit, os.listdir("/proc")):
                line = self.read(pid, "cmdline")
                program = os.path.basename(line.partition(b"\0")[0])
                if program == b"forgehouse-sim":  # it is told by its options what to accept
                    continue
                self.looked_at.add(program.decode(errors="replace"))
                texts = [line]
                if program.startswith(b"git"):
                    texts.append(self.read(pid, "environ"))
                for text in texts:
                    if any(secret in text for secret in self.secrets):
                        self.found.add(line)

    @staticmethod
    def read(pid, name):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                return file.read()
        except OSError:
            return b""

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
