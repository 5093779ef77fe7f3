package io.steelyard.vrrp.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VrrpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trackers and notifications with real programs, pipes and files. */
@Timeout(120)
class ScriptsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final ConcurrentLinkedQueue<String> turned = new ConcurrentLinkedQueue<>();
    private ControlThread control;
    private TrackerSet trackers;

    @BeforeEach
    void start() throws Exception {
        control = new ControlThread("vrrp-test");
        trackers = new TrackerSet(control, new TrackerSet.Listener() {
            @Override
            public void turned(Tracker tracker, boolean isUp, int value) {
                turned.add(tracker.name() + (isUp ? " up " : " down ") + value);
            }

            @Override
            public void refused(Tracker tracker) {
                turned.add(tracker.name() + " refused");
            }
        });
        control.start();
    }

    @AfterEach
    void close() throws Exception {
        control.call(() -> {
                    trackers.close();
                    return true;
                })
                .get();
        control.close();
    }

    private void add(Tracker tracker, boolean isSecure) throws Exception {
        control.call(() -> {
                    trackers.add(tracker, "", isSecure, new InterfaceState());
                    return true;
                })
                .get();
    }

    @Test
    void aScriptTurnsItsTracker() throws Exception {
        var flag = folder.resolve("good");
        Files.createFile(flag);
        add(
                new Tracker.Script(
                        "flag",
                        0,
                        List.of("/usr/bin/test", "-e", flag.toString()),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(30),
                        2,
                        2,
                        false,
                        Optional.empty()),
                false);
        await().atMost(LIMIT).until(() -> turned.contains("flag up 0"));

        Files.delete(flag);

        await().atMost(LIMIT).until(() -> turned.contains("flag down 0"));
    }

    @Test
    void aScriptThatHangsIsEndedAndCountedAndFails() throws Exception {
        var script =
                program("hang", "#!/bin/sh\ntrap '' TERM\necho $$ >> " + folder + "/pids\nwhile :; do sleep 1; done\n");
        add(
                new Tracker.Script(
                        "hang",
                        0,
                        List.of(script.toString()),
                        Duration.ofMillis(200),
                        Duration.ZERO,
                        1,
                        1,
                        false,
                        Optional.empty()),
                false);

        await().atMost(LIMIT).until(() -> turned.contains("hang down 0"));
        await().atMost(LIMIT)
                .until(() -> control.call(() -> trackers.hungRuns("hang")).get() >= 2);
        long first = Long.parseLong(Files.readAllLines(folder.resolve("pids")).getFirst());
        assertThat(ProcessHandle.of(first).map(ProcessHandle::isAlive).orElse(false))
                .as("the first run lives")
                .isFalse();
    }

    @Test
    void aScriptThatCannotRunIsLeftOutAndSaysWhy() throws Exception {
        var plain = Files.writeString(folder.resolve("plain"), "#!/bin/sh\n");

        assertThat(new Command(List.of("/no/such/script"), "").refusal(false))
                .hasValueSatisfying(text -> assertThat(text).contains("/no/such/script does not exist"));
        assertThat(new Command(List.of(plain.toString()), "").refusal(false))
                .hasValueSatisfying(text -> assertThat(text).contains("is not executable"));
        add(Tracker.Script.of("plain", plain.toString()), false);
        await().atMost(LIMIT).until(() -> turned.contains("plain refused"));
        assertThat(turned).hasSize(1);
    }

    @Test
    void scriptSecurityRefusesWhatOthersMayChange() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        var script = program("open", "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(new Command(List.of(script.toString()), "").refusal(true))
                .hasValueSatisfying(text -> assertThat(text).contains("script security is on", "everybody"));
        assertThat(new Command(List.of(script.toString()), "").refusal(false)).isEmpty();
        assertThat(new Command(List.of("/usr/bin/true"), "").refusal(true)).isEmpty();
    }

    @Test
    void scriptSecurityLooksAtFoldersUnlessTheyAreSticky() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        var script = program("closed", "#!/bin/sh\n");
        var command = new Command(List.of(script.toString()), "root");
        assertThat(command.refusal(true)).isEmpty();

        Files.setAttribute(folder, "unix:mode", 0_777);
        assertThat(command.refusal(true))
                .hasValueSatisfying(text -> assertThat(text).contains(folder + " can be changed by everybody"));

        Files.setAttribute(folder, "unix:mode", 01_777);
        assertThat(command.refusal(true)).isEmpty();
    }

    @Test
    void scriptsRunAsTheirUserWithItsGroupsOrTheOneGiven() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assertThat(identity("nobody")).isEqualTo(printed("id", "nobody"));
        assertThat(identity("nobody:adm"))
                .contains("uid=65534(nobody) gid=4(adm)")
                .doesNotContain("root");
        assertThat(identity("root")).contains("uid=0(root) gid=0(root)");
    }

    private String identity(String user) throws Exception {
        var out = folder.resolve("identity " + user);
        Files.createFile(out);
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setAttribute(folder, "unix:mode", 0_755);
        var script = program("id " + user, "#!/bin/sh\nid > '" + out + "'\n");
        assertThat(new Command(List.of(script.toString()), user).start().waitFor())
                .isZero();
        return Files.readString(out);
    }

    private static String printed(String... words) throws Exception {
        var process = new ProcessBuilder(words).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aUserOrGroupThatDoesNotExistIsNamed() {
        var nobody = new Command(List.of("/usr/bin/true"), "no-such-user");
        var group = new Command(List.of("/usr/bin/true"), "nobody:no-such-group");

        assertThat(nobody.refusal(false))
                .hasValueSatisfying(text -> assertThat(text).contains("user no-such-user"));
        assertThat(group.refusal(false))
                .hasValueSatisfying(text -> assertThat(text).contains("group no-such-group"));
    }

    @Test
    void aPipesReaderThatIsNotSafeIsNotStarted() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        var trace = folder.resolve("started");
        var reader = program("reader", "#!/bin/sh\ntouch " + trace + "\n");
        Files.setPosixFilePermissions(reader, PosixFilePermissions.fromString("rwxrwxrwx"));
        var pipe = folder.resolve("pipe");
        var fifo = new VrrpSettings.Fifo(pipe, Optional.of(Notifications.Command.of(reader.toString())));

        try (var writer = new FifoWriter(fifo, "root", true);
                var lines = new java.io.RandomAccessFile(pipeOf(pipe).toFile(), "rw")) {
            writer.write("told\n");
            assertThat(lines.readLine()).isEqualTo("told");
        }
        assertThat(trace).doesNotExist();
    }

    private static Path pipeOf(Path pipe) {
        await().atMost(LIMIT).until(() -> Files.exists(pipe));
        return pipe;
    }

    @Test
    void theProcesssOwnScriptIsWaitedForAndKilledWhenItsTimeIsOver() throws Exception {
        var out = folder.resolve("out");
        var good = program("good", "#!/bin/sh\necho done > " + out + "\n");
        var slow = program("slow", "#!/bin/sh\nsleep 600\necho late > " + out + "\n");

        ProcessScript.run(script(good, Duration.ofSeconds(30)), VrrpSettings.DEFAULT);
        assertThat(lines(out)).containsExactly("done");

        ProcessScript.run(script(slow, Duration.ofMillis(50)), VrrpSettings.DEFAULT);
        assertThat(lines(out)).containsExactly("done");
    }

    private static Optional<VrrpSettings.Script> script(Path program, Duration timeout) {
        return Optional.of(new VrrpSettings.Script(Notifications.Command.of(program.toString()), timeout));
    }

    @Test
    void deletionIsAFaultUnlessItIsToldAndChangesOfPriorityGoIntoPipesAlone() throws Exception {
        var out = folder.resolve("out");
        var script = program("notify", "#!/bin/sh\necho \"$@\" >> " + out + "\n");
        var pipe = folder.resolve("pipe");
        var plain = Notifications.builder()
                .onFault(Notifications.Command.of(script.toString(), "fault"))
                .onAny(Notifications.Command.of(script.toString()))
                .build();
        var telling = Notifications.builder()
                .onDeleted(Notifications.Command.of(script.toString(), "deleted"))
                .build();

        try (var notifier = new Notifier(VrrpSettings.builder()
                        .fifo(new VrrpSettings.Fifo(pipe, Optional.empty()))
                        .build());
                var lines = new java.io.RandomAccessFile(pipeOf(pipe).toFile(), "rw")) {
            notifier.tell(Notifier.Kind.INSTANCE, "A", Notifier.Change.DELETED, 100, plain);
            notifier.tell(Notifier.Kind.INSTANCE, "B", Notifier.Change.DELETED, 90, telling);
            notifier.tell(Notifier.Kind.INSTANCE, "A", Notifier.Change.MASTER_PRIORITY, 80, plain);

            assertThat(lines.readLine()).isEqualTo("INSTANCE \"A\" FAULT 100");
            assertThat(lines.readLine()).isEqualTo("INSTANCE \"B\" DELETED 90");
            assertThat(lines.readLine()).isEqualTo("INSTANCE \"A\" MASTER_PRIORITY 80");
        }
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(lines(out)).containsExactlyInAnyOrder("fault", "INSTANCE A FAULT 100", "deleted"));
    }

    @Test
    void aFileGivesItsNumber() throws Exception {
        var file = folder.resolve("weight");
        add(new Tracker.File("file", 1, file, OptionalInt.of(7), false), false);
        await().atMost(LIMIT).until(() -> turned.contains("file up 7"));

        Files.writeString(file, "-254 and more\n");

        await().atMost(LIMIT).until(() -> turned.contains("file up -254"));
    }

    @Test
    void processesAreCounted() throws Exception {
        var name = "lb" + ProcessHandle.current().pid();
        var program = folder.resolve(name);
        Files.copy(Path.of("/usr/bin/sleep"), program);
        add(Tracker.Process.of("process", name), false);
        await().atMost(LIMIT).until(() -> turned.contains("process down 0"));

        var process = new ProcessBuilder(program.toString(), "60").start();
        try {
            await().atMost(LIMIT).until(() -> turned.contains("process up 0"));
        } finally {
            process.destroyForcibly().waitFor();
        }
        await().atMost(LIMIT)
                .until(() -> turned.stream().filter("process down 0"::equals).count() == 2);
    }

    @Test
    void commandLinesAreComparedAsFarAsWanted() {
        var words = List.of("/usr/sbin/nginx", "-c", "/etc/nginx/a.conf");

        assertThat(meant("nginx", Tracker.Matching.NAME, words)).isTrue();
        assertThat(meant("nginx -x", Tracker.Matching.NAME, words)).isTrue();
        assertThat(meant("/usr/sbin/nginx", Tracker.Matching.NAME, words)).isTrue();
        assertThat(meant("/sbin/nginx", Tracker.Matching.NAME, words)).isFalse();
        assertThat(meant("nginx -c", Tracker.Matching.COMMAND, words)).isFalse();
        assertThat(meant("nginx -c /etc/nginx/a.conf", Tracker.Matching.COMMAND, words))
                .isTrue();
        assertThat(meant("nginx -c", Tracker.Matching.INITIAL, words)).isTrue();
        assertThat(meant("nginx -c /etc", Tracker.Matching.INITIAL, words)).isFalse();
        assertThat(meant("nginx -c /etc", Tracker.Matching.PARTIAL, words)).isTrue();
        assertThat(meant("nginx -d", Tracker.Matching.PARTIAL, words)).isFalse();
    }

    private static boolean meant(String wanted, Tracker.Matching matching, List<String> words) {
        return ProcessMatch.isMeant(List.of(wanted.split(" ")), matching, words.getFirst(), words);
    }

    @Test
    void commandsAndPipesGetKeepalivedsWords() throws Exception {
        var out = folder.resolve("out");
        var script = program("notify", "#!/bin/sh\necho \"$@\" >> " + out + "\n");
        var pipe = folder.resolve("pipe");
        var reader = program("reader", "#!/bin/sh\nexec cat \"$1\" > " + folder + "/lines\n");
        var settings = VrrpSettings.builder()
                .fifo(new VrrpSettings.Fifo(pipe, Optional.of(Notifications.Command.of(reader.toString()))))
                .build();
        var notifications = Notifications.builder()
                .onActive(Notifications.Command.of(script.toString(), "mine"))
                .onAny(Notifications.Command.of(script.toString()))
                .build();

        try (var notifier = new Notifier(settings)) {
            notifier.tell(Notifier.Kind.INSTANCE, "VI_1", Notifier.Change.MASTER, 100, notifications);
            notifier.tell(Notifier.Kind.GROUP, "G1", Notifier.Change.BACKUP, 0, Notifications.NONE);

            await().atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(lines(out)).containsExactlyInAnyOrder("mine", "INSTANCE VI_1 MASTER 100"));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(lines(folder.resolve("lines")))
                            .containsExactly("INSTANCE \"VI_1\" MASTER 100", "GROUP \"G1\" BACKUP 0"));
        }
    }

    @Test
    void mailsAreSentByPlainSmtp() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var heard = new ConcurrentLinkedQueue<String>();
            Thread.ofVirtual().start(() -> serveMail(server, heard));
            var settings = VrrpSettings.builder()
                    .routerId("lb1")
                    .mail(new VrrpSettings.Mail(
                            new InetSocketAddress("127.0.0.1", server.getLocalPort()),
                            "lb@example.org",
                            List.of("ops@example.org", "dba@example.org"),
                            "lb1.example.org",
                            Duration.ofSeconds(30)))
                    .build();
            try (var notifier = new Notifier(settings)) {
                notifier.tell(
                        Notifier.Kind.INSTANCE,
                        "VI_1",
                        Notifier.Change.MASTER,
                        100,
                        Notifications.builder().mails(true).build());

                await().atMost(LIMIT).until(() -> heard.contains("QUIT"));
            }
            assertThat(heard)
                    .contains(
                            "HELO lb1.example.org",
                            "MAIL FROM:<lb@example.org>",
                            "RCPT TO:<ops@example.org>",
                            "RCPT TO:<dba@example.org>",
                            "Subject: [lb1] VRRP Instance VI_1 - Entering MASTER state");
        }
    }

    private static void serveMail(ServerSocket server, ConcurrentLinkedQueue<String> heard) {
        try (var socket = server.accept();
                var in = new java.io.BufferedReader(
                        new java.io.InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            var out = socket.getOutputStream();
            out.write("220-hello\r\n220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
            boolean isData = false;
            for (String line; (line = in.readLine()) != null; ) {
                heard.add(line);
                if (isData && !line.equals(".")) {
                    continue;
                }
                isData = line.equals("DATA");
                out.write((isData ? "354 go on\r\n" : "250 ok\r\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException ended) {
            heard.add("ended: " + ended.getMessage());
        }
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private Path program(String name, String text) throws IOException {
        var file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
