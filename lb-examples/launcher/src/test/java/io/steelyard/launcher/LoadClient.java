package io.steelyard.launcher;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens connections, asks for {@code /} on each, and counts who answered. Usage: {@code LoadClient HOST PORT COUNT PARALLEL}; prints one line
 * {@code BODY COUNT} for each different answer, and {@code failed COUNT}.
 */
public final class LoadClient {
    private LoadClient() {}

    public static void main(String[] arguments) throws Exception {
        var host = arguments[0];
        int port = Integer.parseInt(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        int parallel = Integer.parseInt(arguments[3]);
        var answers = new ConcurrentSkipListMap<String, AtomicInteger>();
        var failed = new AtomicInteger();
        var left = new AtomicInteger(count);
        try (var threads = Executors.newFixedThreadPool(parallel)) {
            for (int i = 0; i < parallel; i++) {
                threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        try {
                            answers.computeIfAbsent(ask(host, port), body -> new AtomicInteger())
                                    .incrementAndGet();
                        } catch (IOException lost) {
                            failed.incrementAndGet();
                            System.out.println("# " + lost);
                        }
                    }
                });
            }
        }
        answers.forEach((body, times) -> System.out.println(body + " " + times));
        System.out.println("failed " + failed);
    }

    private static String ask(String host, int port) throws IOException {
        try (var socket = new Socket(host, port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int end = answer.indexOf("\r\n\r\n");
            if (!answer.startsWith("HTTP/1.1 200") || end < 0) {
                throw new IOException("answered '" + answer + "'");
            }
            return answer.substring(end + 4).strip();
        }
    }
}
