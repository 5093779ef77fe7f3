package io.steelyard.launcher;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a scripted server does with a connection, act by act: {@code ?} hears what is sent at once, {@code >} says what is behind it, in which
 * {@code ~} is a line end and {@code #} begins hexadecimal digits, {@code !} resets, {@code _} waits for the end.
 */
final class ServerScript {
    private ServerScript() {}

    /** Does one act; what it hears is added to {@code all}. */
    static void perform(String act, Socket client, StringBuilder all) throws IOException {
        switch (act.charAt(0)) {
            case '?' -> hear(client, all);
            case '_' -> {
                while (hear(client, all)) {
                    // Until the other end closes.
                }
            }
            case '!' -> {
                client.setSoLinger(true, 0);
                client.close();
            }
            default -> {
                var text = act.substring(1);
                client.getOutputStream()
                        .write(
                                text.startsWith("#")
                                        ? HexFormat.of().parseHex(text.substring(1))
                                        : text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    private static boolean hear(Socket client, StringBuilder all) throws IOException {
        var bytes = new byte[4_096];
        int count = client.getInputStream().read(bytes);
        all.append(new String(bytes, 0, Math.max(0, count), StandardCharsets.ISO_8859_1));
        return count >= 0;
    }
}
