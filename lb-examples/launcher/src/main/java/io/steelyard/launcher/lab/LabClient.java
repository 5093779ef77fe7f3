package io.steelyard.launcher.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that asks again and again, each time on a connection of its own, and prints a line for each: {@code + ANSWER} or {@code - REASON}. */
final class LabClient {
    private static final int PAUSE_MS = 10;

    /** Short, so that one lost packet does not look like a longer gap. */
    private static final int TIMEOUT_MS = 100;

    private LabClient() {}

    /** Goes on until it is killed. @param arguments address and port */
    public static void main(String[] arguments) throws InterruptedException {
        var target = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        while (!System.out.checkError()) {
            System.out.println(ask(target));
            Thread.sleep(PAUSE_MS);
        }
    }

    private static String ask(InetSocketAddress target) {
        try (var socket = new Socket()) {
            socket.connect(target, TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write("GET / HTTP/1.0\r\nHost: lab\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.contains(" 200 ")
                    ? "+ " + answer.substring(answer.indexOf("\r\n\r\n") + 4).strip()
                    : "- " + answer.lines().findFirst().orElse("closed without an answer");
        } catch (IOException failed) {
            return "- " + failed.getMessage();
        }
    }
}
