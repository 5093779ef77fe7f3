package io.steelyard.launcher;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * An HTTP/1.1 server with a name, whose page has a browser ask who serves it, open a WebSocket (RFC 6455) and report what it saw. Its WebSocket
 * says each text again behind the name. Safe for all threads.
 */
final class WebSocketServer implements AutoCloseable {
    private static final String PAGE = """
            <!DOCTYPE html><title>page</title><body><script>
            const seen = [];
            const report = text => fetch('/report?' + encodeURIComponent(text));
            async function look() {
              for (let i = 0; i < 6; i++) {
                seen.push(await (await fetch('/who?' + i)).text());
              }
              const protocol = performance.getEntriesByType('resource')[0].nextHopProtocol;
              const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
              socket.onopen = () => socket.send('first');
              socket.onmessage = message => {
                seen.push(message.data);
                if (message.data.endsWith('first')) {
                  socket.send('x'.repeat(100000));
                } else {
                  socket.close(1000);
                }
              };
              socket.onclose = end => report(protocol + ' ' + seen.map(text => text.substring(0, 12) + text.length).join() + ' ' + end.code
                + ' ' + document.cookie.split('=')[0]);
            }
            look().catch(failed => report('failed ' + failed));
            </script></body>
            """;

    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final Pattern KEY = Pattern.compile("(?i)\r\nSec-WebSocket-Key: ([^\r]+)");
    private static final int TEXT = 1;
    private static final int CLOSE = 8;

    private final String name;
    private final ServerSocket listener;
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    WebSocketServer(String name) throws IOException {
        this.name = name;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What pages reported, percent-encoded. */
    List<String> reports() {
        return reports;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            var out = socket.getOutputStream();
            for (var head = head(in); !head.isEmpty(); head = head(in)) {
                var path = head.split(" ", 3)[1];
                var key = KEY.matcher(head);
                if (key.find()) {
                    speak(in, out, key.group(1));
                    return;
                }
                if (path.startsWith("/report?")) {
                    reports.add(path.substring("/report?".length()));
                }
                var body = path.equals("/") ? PAGE : name;
                write(
                        out,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body);
            }
        } catch (IOException gone) {
            // The balancer closed the connection.
        }
    }

    /** A request's head; empty at the end. */
    private static String head(DataInputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 4) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            ends = next == '\r' || next == '\n' ? ends + 1 : 0;
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private void speak(DataInputStream in, OutputStream out, String key) throws IOException {
        write(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + accepted(key) + "\r\n\r\n");
        while (true) {
            int kind = in.readUnsignedByte() & 15;
            int length = in.readUnsignedByte() & 127;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = Math.toIntExact(in.readLong());
            }
            var mask = in.readNBytes(4);
            var payload = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i % 4];
            }
            if (kind == TEXT) {
                frame(
                        out,
                        TEXT,
                        (name + " says " + new String(payload, StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8));
            } else if (kind == CLOSE) {
                frame(out, CLOSE, payload);
                return;
            }
        }
    }

    private static String accepted(String key) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-1").digest((key + KEY_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void frame(OutputStream out, int kind, byte[] payload) throws IOException {
        var frame = new ByteArrayOutputStream();
        frame.write(0x80 | kind);
        if (payload.length < 126) {
            frame.write(payload.length);
        } else {
            frame.write(127);
            frame.writeBytes(new byte[4]);
            for (int shift = 24; shift >= 0; shift -= 8) {
                frame.write(payload.length >>> shift);
            }
        }
        frame.writeBytes(payload);
        out.write(frame.toByteArray());
        out.flush();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
