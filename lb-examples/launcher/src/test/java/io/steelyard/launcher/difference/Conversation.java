package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.HttpText.Field;
import io.steelyard.launcher.difference.HttpText.Head;
import io.steelyard.launcher.difference.RequestMaker.Request;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A client's connection: its requests are sent, and the answers read until the connection ends. */
final class Conversation {
    private static final int TIMEOUT_MS = Integer.getInteger("steelyard.timeoutMs", 20_000);

    private Conversation() {}

    /** An answer, with the fields in the order they came. */
    record Answer(String status, List<String> fields, String body) {}

    /** What requests are answered that were not understood. */
    private static final Set<String> REFUSALS = Set.of("400", "405", "414", "431", "501", "505");

    private static final Answer NONE = new Answer("no answer", List.of(), "");

    /** One answer for each request; what is not answered has none. */
    static List<Answer> answers(int port, List<Request> sent) {
        var answers = new ArrayList<Answer>();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            boolean ends = sent.getLast().fault().ends();
            var writer = Thread.ofVirtual().start(() -> write(socket, sent, ends));
            var in = new HttpText(new BufferedInputStream(socket.getInputStream()));
            for (var request : sent) {
                answers.add(answer(in, request));
            }
            var more = in.rest();
            if (!more.isEmpty()) {
                answers.set(answers.size() - 1, new Answer("more than its answer", List.of(), more));
            }
            writer.interrupt();
        } catch (SocketTimeoutException late) {
            answers.add(new Answer("nothing more in time", List.of(), ""));
        } catch (IOException broken) {
            answers.add(new Answer("the connection broke: " + broken.getMessage(), List.of(), ""));
        }
        while (answers.size() < sent.size()) {
            answers.add(NONE);
        }
        return answers.subList(0, sent.size());
    }

    /** Requests are sent at once, but for those that come in pieces: each of these when the one before has been read. */
    private static void write(Socket socket, List<Request> sent, boolean ends) {
        try {
            var unsent = new StringBuilder();
            for (var request : sent) {
                for (int i = 0; i < request.pieces().size(); i++) {
                    if (i > 0) {
                        send(socket, unsent);
                        ReadWait.await(socket);
                    }
                    unsent.append(request.pieces().get(i));
                }
            }
            send(socket, unsent);
            if (ends) {
                socket.shutdownOutput();
            }
        } catch (IOException refused) {
            // An answer that ended the connection early says why.
        }
    }

    private static void send(Socket socket, StringBuilder text) throws IOException {
        socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        text.setLength(0);
    }

    private static Answer answer(HttpText in, Request request) throws IOException {
        var interim = new StringBuilder();
        for (var head = in.head(); head != null; head = in.head()) {
            if (!head.start().startsWith("HTTP/1.1 1")) {
                return new Answer(
                        interim + head.start(),
                        head.fields().stream().map(Field::toString).toList(),
                        body(in, head, request));
            }
            interim.append(head.start()).append(", ");
        }
        return NONE;
    }

    private static String body(HttpText in, Head head, Request request) throws IOException {
        var status = head.start().substring(Math.min(9, head.start().length()));
        if (request.fault() != ClientFault.NONE
                && REFUSALS.contains(status.substring(0, Math.min(3, status.length())))) {
            // What method it was need not have been understood.
            var length = head.value("content-length");
            return request.method().equals("HEAD") || length == null ? in.rest() : in.fixed(Integer.parseInt(length));
        }
        if (request.method().equals("HEAD") || status.startsWith("204") || status.startsWith("304")) {
            return "";
        }
        if (head.isChunked()) {
            return in.chunks();
        }
        var length = head.value("content-length");
        return length == null ? in.rest() : in.fixed(Integer.parseInt(length));
    }
}
