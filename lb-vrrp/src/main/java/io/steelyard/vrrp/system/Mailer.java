package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VrrpSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mails about changes of state by plain SMTP (RFC 5321), one after the other from a thread of its own. At most 100 wait; what comes then
 * is dropped and logged. Without TLS and without a password, as keepalived sends them.
 */
final class Mailer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mailer.class);
    private static final int MOST_WAITING = 100;

    private final VrrpSettings.Mail settings;
    private final String routerId;
    private final ExecutorService thread = new ThreadPoolExecutor(
            0,
            1,
            5,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().name("vrrp-mail").daemon().factory(),
            (mail, executor) -> LOG.warn("a mail is dropped, as {} others wait", MOST_WAITING));

    Mailer(VrrpSettings.Mail settings, String routerId) {
        this.settings = settings;
        this.routerId = routerId.isEmpty() ? hostName() : routerId;
    }

    /** Sends a mail about a change, later. */
    void send(Notifier.Kind kind, String name, Notifier.Change change) {
        var what = kind == Notifier.Kind.GROUP ? "VRRP Group " : "VRRP Instance ";
        var subject = "[" + routerId + "] " + what + name + " - "
                + (change == Notifier.Change.STOP ? "Stopping" : "Entering " + change + " state");
        thread.execute(() -> {
            try {
                deliver(subject, text(what + name, change));
            } catch (IOException failed) {
                LOG.warn("mail '{}' to {}: {}", subject, settings.server(), failed.getMessage());
            }
        });
    }

    private static String text(String name, Notifier.Change change) {
        return "=> " + name + " is now " + change.name().toLowerCase(Locale.ROOT) + " <=";
    }

    private void deliver(String subject, String text) throws IOException {
        int limitMs = (int) settings.timeout().toMillis();
        try (var socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(
                            settings.server().getHostString(), settings.server().getPort()),
                    limitMs);
            socket.setSoTimeout(limitMs);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            var out = socket.getOutputStream();
            expect(in, '2', "its greeting");
            say(in, out, "HELO " + (settings.heloName().isEmpty() ? hostName() : settings.heloName()), '2');
            say(in, out, "MAIL FROM:<" + settings.from() + ">", '2');
            for (var to : settings.to()) {
                say(in, out, "RCPT TO:<" + to + ">", '2');
            }
            say(in, out, "DATA", '3');
            say(in, out, message(subject, text), '2');
            say(in, out, "QUIT", '2');
        }
    }

    private String message(String subject, String text) {
        return "Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(java.time.ZoneOffset.UTC))
                + "\r\n"
                + "From: " + settings.from() + "\r\n"
                + "To: " + String.join(", ", settings.to()) + "\r\n"
                + "Subject: " + oneLine(subject) + "\r\n"
                + "\r\n" + oneLine(text) + "\r\n.";
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\r\\n]+", " ");
    }

    private static void say(BufferedReader in, OutputStream out, String line, char expected) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        expect(in, expected, line.lines().findFirst().orElse(""));
    }

    /** Reads an answer, which may have several lines, the last without a hyphen behind its number. */
    private static void expect(BufferedReader in, char expected, String to) throws IOException {
        String line;
        do {
            line = in.readLine();
        } while (line != null && line.length() > 3 && line.charAt(3) == '-');
        if (line == null || line.isEmpty() || line.charAt(0) != expected) {
            throw new IOException("the mail server answered " + (line == null ? "nothing" : "'" + line + "'") + " to "
                    + to + "; expected a code that begins with " + expected);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException unnamed) {
            return "localhost";
        }
    }

    /** Lets a mail that is being sent end within its own limits, and drops the rest. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
