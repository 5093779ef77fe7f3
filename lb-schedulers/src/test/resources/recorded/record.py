#!/usr/bin/env python3
"""Records decisions of the installed nginx and HAProxy on loopback: record.py nginx|haproxy > FILE. See README.md."""
import os, re, signal, socket, subprocess, sys, tempfile, threading, time

HTTP, TCP, FRONT, ADMIN = 19101, 19201, 19300, 19399
KEYS = ["user:%d" % i for i in range(40)] + ["/index.html", "bar", "x", "-17", "4294967301", "a longer key of some sixty bytes to see every step of hash loops"]
CLIENTS = ["10.0.0.1", "192.168.1.1", "192.168.1.2", "192.168.15.1", "172.16.5.4", "127.0.0.1", "8.8.8.8", "203.0.113.77",
           "100.64.3.9", "2001:db8::2", "2001:db8::3", "::1", "fe80::1:2:3:4", "2a00:1450:4001:81b::200e"]


def serve(sock, letter):
    """A server that names itself: at once to a TCP client, after the request head to an HTTP one."""
    def one(connection, is_http):
        try:
            if is_http:
                head = b""
                while b"\r\n\r\n" not in head:
                    more = connection.recv(4096)
                    if not more:
                        return
                    head += more
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n" + letter.encode())
            else:
                connection.sendall(letter.encode())
                while connection.recv(4096):
                    pass
        except OSError:
            pass
        finally:
            connection.close()

    def loop():
        while True:
            connection, _ = sock.accept()
            is_http = sock.family == socket.AF_UNIX or sock.getsockname()[1] < TCP
            threading.Thread(target=one, args=(connection, is_http), daemon=True).start()
    sock.listen(128)
    threading.Thread(target=loop, daemon=True).start()


def listen(family, address, letter):
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(address)
    serve(sock, letter)


class Program:
    """nginx or haproxy with one configuration, stopped at the end of the block."""
    def __init__(self, name, configuration):
        self.directory = tempfile.mkdtemp()
        path = os.path.join(self.directory, name + ".conf")
        with open(path, "w") as file:
            file.write(configuration.replace("DIRECTORY", self.directory))
        command = {"nginx": ["nginx", "-p", self.directory, "-c", path], "haproxy": ["haproxy", "-db", "-f", path]}[name]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", ADMIN), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise SystemExit("the program did not start: " + self.directory)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def request(headers="", preface=""):
    with socket.create_connection(("127.0.0.1", FRONT), 5) as connection:
        connection.sendall((preface + "GET / HTTP/1.0\r\n" + headers + "\r\n").encode())
        answer = b""
        while True:
            more = connection.recv(4096)
            if not more:
                break
            answer += more
    time.sleep(0.003)
    return answer.decode()


def picked(answer):
    return answer[-1] if " 200 " in answer.split("\r\n")[0] else "-"


def sequence(count):
    return "".join(picked(request()) for _ in range(count))


def keyed(keys, kind="key"):
    for key in keys:
        if kind == "client":
            family = "TCP6" if ":" in key else "TCP4"
            to = "::1" if ":" in key else "127.0.0.1"
            print("%s\t%s\t%s" % (kind, key, picked(request(preface="PROXY %s %s %s 1234 80\r\n" % (family, key, to)))))
        else:
            print("%s\t%s\t%s" % (kind, key, picked(request("X-Key: " + key + "\r\n"))))


def load(script):
    """Opens (+) and closes (a digit: the how-many-th opened) TCP flows; gives the letter of each opened one."""
    flows, out = [], ""
    for step in script:
        if step == "+":
            connection = socket.create_connection(("127.0.0.1", FRONT), 5)
            connection.settimeout(5)
            out += (connection.recv(1) or b"-").decode()
            flows.append(connection)
        else:
            flows[int(step, 36)].close()
        time.sleep(0.02)
    for connection in flows:
        connection.close()
    time.sleep(0.05)
    return out


def title(scheduler, options, servers):
    print("case\t%s\t%s\t%s" % (scheduler, options, " ".join(servers)))


LETTERS = "abcdefgh"
SCRIPTS = ["+++++++++", "+++0+1+2+++", "++++++35+0+4++", "+0+1+2+3+4+5+6+7", "++++++++40+8+2++"]


def weights(text):
    return [int(w) for w in text.split(",")]


# ---- nginx

def nginx(upstream, is_stream=False):
    front = "server { listen 127.0.0.1:%d; proxy_pass up; }" % FRONT if is_stream else """
        log_format tries '$upstream_addr'; access_log DIRECTORY/tries.log tries;
        server { listen 127.0.0.1:%d; location / { proxy_pass http://up; proxy_connect_timeout 1s; } }""" % FRONT
    other = "http { server { listen 127.0.0.1:%d; } access_log off; }" % ADMIN if is_stream else ""
    admin = "" if is_stream else "server { listen 127.0.0.1:%d; access_log off; }" % ADMIN
    return Program("nginx", """
        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
        daemon off; master_process off; pid DIRECTORY/pid; error_log DIRECTORY/error.log; events {}
        %s { upstream up { %s } %s %s } %s""" % ("stream" if is_stream else "http", upstream, front, admin, other))


def nginx_servers(ws, port=HTTP, more=""):
    return ["server 127.0.0.1:%d weight=%d%s;" % (port + i, w, more) for i, w in enumerate(ws)]


def record_nginx():
    for text in ["1,1,1", "2,3,4,1", "7,3,5", "4,2,2", "1,2,3,4,5", "10,1"]:
        ws = weights(text)
        with nginx(" ".join(nginx_servers(ws))):
            title("nginx.round_robin", "", ["127.0.0.1:%d*%d" % (HTTP + i, w) for i, w in enumerate(ws)])
            print("sequence\t" + sequence(2 * sum(ws) + 3))
    for text, fails in [("1,1,1", 1), ("5,3,2", 2), ("6,1,1", 3), ("4,4,1", 5), ("9,2,5", 4)]:
        ws = weights(text)
        servers = nginx_servers(ws, more=" max_fails=%d fail_timeout=100s" % fails)
        servers[0] = servers[0].replace(str(HTTP), "9")
        with nginx(" ".join(servers)) as program:
            title("nginx.round_robin", "", ["127.0.0.1:%d*%d,max_fails=%d%s" % (HTTP + i, w, fails, "" if i else ",dead") for i, w in enumerate(ws)])
            for _ in range(40):
                request()
            with open(os.path.join(program.directory, "tries.log")) as log:
                tries = [re.sub(r"[^a-h]", "", re.sub(r"127\.0\.0\.1:(\d+)", lambda m: LETTERS[0 if m[1] == "9" else int(m[1]) - HTTP], line)) for line in log]
            print("tries\t" + " ".join(tries))
    for text in ["1,1,1", "1,3,6", "4,2,2"]:
        ws = weights(text)
        for script in SCRIPTS:
            with nginx("least_conn; " + " ".join(nginx_servers(ws, TCP)), is_stream=True):
                title("nginx.least_conn", "", ["127.0.0.1:%d*%d" % (TCP + i, w) for i, w in enumerate(ws)])
                print("load\t%s\t%s" % (script, load(script)))
    sock = "/tmp/recorded-c.sock"
    if os.path.exists(sock):
        os.unlink(sock)
    listen(socket.AF_UNIX, sock, "c")
    listen(socket.AF_INET6, ("::1", HTTP + 1, 0, 0), "b")
    written = [("127.0.0.1:%d" % HTTP, 2), ("[::1]:%d" % (HTTP + 1), 1), ("unix:" + sock, 1), ("127.0.0.4:%d" % (HTTP + 3), 3)]
    listen(socket.AF_INET, ("127.0.0.4", HTTP + 3), "d")
    for options, directive in [("consistent=true", "hash $http_x_key consistent;"), ("", "hash $http_x_key;")]:
        for down in [-1, 0, 3]:
            lines = ["server %s weight=%d%s;" % (name, w, " down" if i == down else "") for i, (name, w) in enumerate(written)]
            with nginx(directive + " " + " ".join(lines)):
                title("nginx.hash", options, ["%s*%d%s" % (name, w, ",down" if i == down else "") for i, (name, w) in enumerate(written)])
                keyed(KEYS)
                if not options:
                    print("sequence\t" + sequence(14))


# ---- haproxy

def haproxy(backend, servers, mode="http", accept=""):
    lines = "\n".join("  server %s 127.0.0.1:%d %s" % (LETTERS[i], (HTTP if mode == "http" else TCP) + i, more) for i, more in enumerate(servers))
    return Program("haproxy", """
global
  stats socket DIRECTORY/admin level admin
defaults
  mode %s
  timeout connect 2s
  timeout client 9s
  timeout server 9s
  timeout queue 300ms
listen admin
  bind 127.0.0.1:%d
listen front
  bind 127.0.0.1:%d %s
%s
%s
""" % (mode, ADMIN, FRONT, accept, backend, lines))


def command(program, text):
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(os.path.join(program.directory, "admin"))
        admin.sendall((text + "\n").encode())
        admin.recv(4096)


def haproxy_servers(ws, port=HTTP, more=""):
    return ["127.0.0.1:%d*%d%s" % (port + i, w, more) for i, w in enumerate(ws)]


def record_haproxy():
    for balance in ["roundrobin", "static-rr"]:
        for text in ["1,1,1", "3,1,2", "7,3,5", "1,2,3,4,5", "6,3,2,5,2,7,2", "100,1,30"]:
            ws = weights(text)
            with haproxy("  balance " + balance, ["weight %d" % w for w in ws]):
                title("haproxy." + balance, "", haproxy_servers(ws))
                print("sequence\t" + sequence(300 if text == "6,3,2,5,2,7,2" else 60))
    for balance, text in [("roundrobin", "1,3,6"), ("roundrobin", "2,2,2"), ("roundrobin", "5,1,4,2"), ("static-rr", "1,3,6"), ("static-rr", "2,2,4")]:
        ws = weights(text)
        with haproxy("  balance " + balance, ["weight %d" % w for w in ws]) as program:
            title("haproxy." + balance, "", haproxy_servers(ws))
            for count, change in [(7, "disable server front/b"), (9, "enable server front/b"), (11, "disable server front/c"),
                                  (3, "disable server front/a"), (6, "enable server front/a"), (5, "enable server front/c")]:
                print("sequence\t" + sequence(count))
                command(program, change)
                print("change\t" + re.sub("front/", "", change.replace("disable server", "down").replace("enable server", "up")))
            print("sequence\t" + sequence(40))
    with haproxy("  balance roundrobin", ["weight 4", "weight 2", "weight 3"]) as program:
        title("haproxy.roundrobin", "", haproxy_servers([4, 2, 3]))
        for count, server, weight in [(5, "a", 1), (8, "c", 9), (10, "a", 6), (13, "b", 1)]:
            print("sequence\t" + sequence(count))
            command(program, "set weight front/%s %d" % (server, weight))
            print("change\tweight %s %d" % (server, weight))
        print("sequence\t" + sequence(40))
    for text in ["1,1,1", "1,3,6", "4,2,2"]:
        ws = weights(text)
        for script in SCRIPTS:
            for balance in ["leastconn", "roundrobin", "static-rr"]:
                limit = 99 if balance == "leastconn" else 4
                with haproxy("  balance " + balance, ["weight %d maxconn %d" % (w, limit) for w in ws], "tcp"):
                    title("haproxy." + balance, "", haproxy_servers(ws, TCP, ",max_conns=%d" % limit))
                    print("load\t%s\t%s" % (script, load(script)))
    with haproxy("  balance first", ["maxconn 2", "maxconn 1", "maxconn 3"], "tcp"):
        title("haproxy.first", "", ["127.0.0.1:%d*1,max_conns=%d" % (TCP + i, n) for i, n in enumerate([2, 1, 3])])
        print("load\t++++0+2++1+\t" + load("++++0+2++1+"))
    for text in ["1,1,1", "2,1,4,1"]:
        ws = weights(text)
        for function in ["", "sdbm", "djb2", "wt6", "crc32"]:
            for kind in ["map-based", "consistent"]:
                for avalanche in ["", "avalanche"]:
                    if avalanche and not function:
                        continue
                    options = " ".join(filter(None, ["hash-type=" + kind, function and "function=" + function, avalanche and "avalanche=true"]))
                    for down in [-1, 1]:
                        with haproxy("  balance hdr(x-key)\n  hash-type %s %s %s" % (kind, function, avalanche),
                                     ["weight %d%s" % (w, " disabled" if i == down else "") for i, w in enumerate(ws)]):
                            title("haproxy.hash", options, haproxy_servers(ws) if down < 0 else [s + (",down" if i == down else "") for i, s in enumerate(haproxy_servers(ws))])
                            keyed(KEYS if down < 0 else KEYS[:12])
                            if function == "" and down < 0:
                                print("sequence\t" + sequence(40))
        for kind in ["map-based", "consistent", "map-based sdbm avalanche", "consistent djb2"]:
            words = kind.split()
            options = " ".join(["hash-type=" + words[0]] + ["function=" + w for w in words[1:2]] + ["avalanche=true" for _ in words[2:]])
            with haproxy("  balance source\n  hash-type " + kind, ["weight %d" % w for w in ws], accept="accept-proxy"):
                title("haproxy.source", options, haproxy_servers(ws))
                keyed(CLIENTS, "client")
    for text, factor in [("1,1,1", 125), ("1,3,6", 150), ("2,1,4,1", 110)]:
        ws = weights(text)
        with haproxy("  balance source\n  hash-type consistent\n  hash-balance-factor %d" % factor, ["weight %d" % w for w in ws], "tcp"):
            title("haproxy.source", "hash-type=consistent hash-balance-factor=%d" % factor, haproxy_servers(ws, TCP))
            print("from\t127.0.0.1")
            print("load\t+++++++++++\t" + load("+++++++++++"))
            print("load\t++++++01++++\t" + load("++++++01++++"))


if __name__ == "__main__":
    for index in range(8):
        listen(socket.AF_INET, ("127.0.0.1", HTTP + index), LETTERS[index])
        listen(socket.AF_INET, ("127.0.0.1", TCP + index), LETTERS[index])
    {"nginx": record_nginx, "haproxy": record_haproxy}[sys.argv[1]]()
    sys.stdout.flush()
    os._exit(0)
