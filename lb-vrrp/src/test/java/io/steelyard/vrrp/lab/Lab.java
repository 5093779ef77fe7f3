package io.steelyard.vrrp.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two routers and a client on one switch, each a network namespace of its own:
 *
 * <pre>
 *   one 10.9.0.1, fe80::1      other 10.9.0.2, fe80::2      client 10.9.0.9
 *      └──────────────────────── bridge ──────────────────────────┘
 * </pre>
 */
final class Lab implements AutoCloseable {
    private static final int PORT = 8080;

    final PrivateNetwork wire;
    final PrivateNetwork one;
    final PrivateNetwork other;
    final PrivateNetwork client;
    private final Path folder;
    private final List<ServerSocket> servers = new ArrayList<>();

    private Lab(Path folder) throws Exception {
        this.folder = folder;
        wire = PrivateNetwork.create();
        one = PrivateNetwork.create();
        other = PrivateNetwork.create();
        client = PrivateNetwork.create();
    }

    /** Why no laboratory can be made here; empty where one can. */
    static String missing() {
        if (!PrivateNetwork.missing().isEmpty()) {
            return PrivateNetwork.missing();
        }
        for (var program : List.of(
                "/usr/sbin/keepalived", "/usr/bin/tshark", "/usr/bin/ping", "/usr/bin/tcpdump", "/usr/sbin/nft")) {
            if (!Files.isExecutable(Path.of(program))) {
                return "needs " + program;
            }
        }
        return "";
    }

    /** @param folder for what programs need and print */
    static Lab create(Path folder) throws Exception {
        var lab = new Lab(folder);
        lab.wire.ip("link", "add", "br0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0");
        lab.wire.ip("link", "set", "br0", "up");
        lab.wire.run("nft", "add table bridge cuts");
        lab.wire.run("nft", "add chain bridge cuts forward { type filter hook forward priority 0; }");
        lab.plugIn(lab.one, "one", 1);
        lab.plugIn(lab.other, "other", 2);
        lab.plugIn(lab.client, "client", 9);
        lab.serve(lab.one, "one");
        lab.serve(lab.other, "other");
        return lab;
    }

    private void plugIn(PrivateNetwork host, String port, int number) throws Exception {
        host.call(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/default/accept_dad"), "0");
            return true;
        });
        PrivateNetwork.join(wire, port, host, "eth0");
        wire.ip("link", "set", port, "master", "br0");
        host.ip("addr", "add", "10.9.0." + number + "/24", "dev", "eth0");
        host.ip("-6", "addr", "flush", "dev", "eth0", "scope", "link");
        host.ip("addr", "add", "fe80::" + number + "/64", "dev", "eth0", "nodad");
        host.ip("addr", "add", "2001:db8::" + number + "/64", "dev", "eth0", "nodad");
    }

    /** The wire between the switch and a host breaks or heals. */
    void cable(String port, boolean isWhole) throws Exception {
        wire.ip("link", "set", port, isWhole ? "up" : "down");
    }

    /** The switch passes nothing on from one port to another, until {@link #heal}; the other way is not touched. */
    void cut(String from, String to) throws Exception {
        wire.run("nft", "add rule bridge cuts forward iifname " + from + " oifname " + to + " drop");
    }

    /** The switch passes on everything again. */
    void heal() throws Exception {
        wire.run("nft", "flush chain bridge cuts forward");
    }

    /** Whether a host has an address. */
    static boolean has(PrivateNetwork host, String address) throws Exception {
        return host.ip("-o", "addr", "show").contains(" " + address + "/");
    }

    /** Whether the client gets an answer from an address. */
    boolean answers(String address) throws Exception {
        return client.succeeds("ping", "-c", "1", "-W", "1", address);
    }

    /** A server of TCP on a host, at all of its addresses: it says its name and closes. */
    private void serve(PrivateNetwork host, String name) throws Exception {
        var listening = host.call(() -> new ServerSocket(PORT));
        servers.add(listening);
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try (var client = listening.accept()) {
                    client.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closed) {
                    // The next client, or the end.
                }
            }
        });
    }

    /** Which host's server the client gets by TCP at an address; empty where none answers within a second. */
    String servedBy(String address) throws Exception {
        return client.call(() -> {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, PORT), 1_000);
                socket.setSoTimeout(1_000);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            } catch (IOException nobody) {
                return "";
            }
        });
    }

    /** Starts keepalived with these lines in its instance. */
    Keepalived keepalived(PrivateNetwork host, int priority, String instance, String addresses) throws Exception {
        int number = ++started;
        var file = Files.writeString(
                folder.resolve("keepalived" + number + ".conf"), """
                global_defs {
                  router_id lab
                  script_user root
                  vrrp_garp_master_delay 1
                }
                vrrp_instance VI_1 {
                  state BACKUP
                  interface eth0
                  virtual_router_id 51
                  priority %d
                %s
                  virtual_ipaddress {
                %s
                  }
                }
                """.formatted(priority, instance, addresses));
        var output = folder.resolve("keepalived" + number + ".out");
        var process = host.start(
                output,
                "keepalived",
                "-n",
                "-l",
                "-D",
                "-P",
                "-R",
                "-G",
                "-f",
                file.toString(),
                "-p",
                folder.resolve("keepalived" + number + ".pid").toString(),
                "-r",
                folder.resolve("vrrp" + number + ".pid").toString());
        return new Keepalived(process, output);
    }

    private int started;

    /** A running keepalived. */
    record Keepalived(Process process, Path output) {
        /** Whether it has said something. */
        boolean said(String text) throws IOException {
            return Files.readString(output).contains(text);
        }

        /** Ends it as its host's losing power would: without a word. */
        void kill() throws InterruptedException {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }

        /** Ends it in order. */
        void terminate() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }

        /** Stops or continues it. @param signal STOP or CONT */
        void signal(String signal) throws Exception {
            for (var each : java.util.stream.Stream.concat(
                            process.descendants(), java.util.stream.Stream.of(process.toHandle()))
                    .toList()) {
                new ProcessBuilder("kill", "-" + signal, Long.toString(each.pid()))
                        .start()
                        .waitFor();
            }
        }
    }

    @Override
    public void close() throws Exception {
        for (var server : servers) {
            server.close();
        }
        one.close();
        other.close();
        client.close();
        wire.close();
    }
}
