package io.steelyard.config.keepalived;

import io.steelyard.api.Position;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.reading.Suggestion;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** The trackers of a file: {@code vrrp_script}, {@code vrrp_track_process}, {@code vrrp_track_file}, {@code bfd_instance}, and the interfaces that routers name. */
final class Trackers {
    private static final double LONGEST = 86_400;
    private static final double LONGEST_DELAY = 3_600;

    private final Findings findings;
    private final Values values;
    private final Commands commands;
    private final Map<String, Tracker> byName = new LinkedHashMap<>();
    private final Map<String, Delays> delays = new LinkedHashMap<>();
    private final Set<String> reversed = new HashSet<>();

    /** How long an interface must be up or down before it counts. */
    private record Delays(Duration up, Duration down) {}

    Trackers(Findings findings) {
        this.findings = findings;
        values = new Values(findings);
        commands = new Commands(findings);
    }

    List<Tracker> all() {
        return List.copyOf(byName.values());
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** Whether up and down are exchanged wherever it is used. */
    boolean isReversed(String name) {
        return reversed.contains(name);
    }

    String suggestion(String name) {
        return Suggestion.of(name, byName.keySet())
                .map(near -> "did you mean '" + near + "'?")
                .orElse("define it before, or remove the line");
    }

    /** The tracker of an interface, made where it is not yet there. @return its name */
    String interfaceNamed(String name, Position at) {
        var tracker = "interface " + name;
        if (!byName.containsKey(tracker)) {
            var own = delays.getOrDefault(name, new Delays(Duration.ZERO, Duration.ZERO));
            try {
                byName.put(tracker, new Tracker.Interface(tracker, 0, name, own.up(), own.down()));
                findings.place("trackers." + tracker, at);
            } catch (IllegalArgumentException wrong) {
                findings.refused(at, wrong);
            }
        }
        return tracker;
    }

    /** Whether an interface must be up or down for a while before it counts. */
    boolean delays(String interfaceName) {
        return delays.containsKey(interfaceName);
    }

    /** Shortens what is too long for one that waits on an interface, as keepalived does. */
    void limitDownDelay(String interfaceName, Duration longest, Position at) {
        var given = delays.getOrDefault(interfaceName, new Delays(Duration.ZERO, Duration.ZERO));
        if (given.down().compareTo(longest) > 0) {
            var limit = longest.isNegative() ? Duration.ZERO : longest;
            findings.warning(
                    at,
                    "interface " + interfaceName + " may not be down for "
                            + given.down().toMillis() / 1_000.0 + " s unnoticed: a backup takes over before; "
                            + limit.toMillis() / 1_000.0 + " s is used",
                    "shorten it in interface_up_down_delays");
            delays.put(interfaceName, new Delays(given.up(), limit));
            byName.computeIfPresent(
                    "interface " + interfaceName,
                    (name, made) -> new Tracker.Interface(name, 0, interfaceName, given.up(), limit));
        }
    }

    /** Reads {@code interface_up_down_delays}: {@code eth0 DOWN [UP]} in seconds; without the second both are the first. */
    void readDelays(Entry block) {
        for (var line : block.entries()) {
            if (line.arguments().isEmpty() || line.arguments().size() > 2) {
                values.wrongCount(line, "one or two times");
                continue;
            }
            var down = values.seconds(line.arguments().getFirst(), "down delay", 0, 255);
            var up = line.arguments().size() == 1
                    ? down
                    : values.seconds(line.arguments().get(1), "up delay", 0, 255);
            if (down.isPresent() && up.isPresent()) {
                delays.put(line.keyword(), new Delays(up.get(), down.get()));
            }
        }
    }

    void readScript(Entry block) {
        var draft = new ScriptDraft();
        Blocks.read(block.entries(), KeywordTable.SCRIPT, findings, entry -> {
            switch (entry.keyword()) {
                case "script" -> commands.wholeLine(entry).ifPresent(words -> draft.command = words);
                case "interval" -> values.seconds(entry, 0.001, LONGEST).ifPresent(time -> draft.interval = time);
                case "timeout" -> values.seconds(entry, 0.001, LONGEST).ifPresent(time -> draft.timeout = time);
                case "weight" -> readWeight(block, entry, 253).ifPresent(weight -> draft.weight = weight);
                case "rise" -> values.number(entry, 1, Integer.MAX_VALUE).ifPresent(count -> draft.rise = count);
                case "fall" -> values.number(entry, 1, Integer.MAX_VALUE).ifPresent(count -> draft.fall = count);
                case "init_fail" -> draft.startsDown = true;
                default -> {
                    if (entry.arguments().isEmpty() || entry.arguments().size() > 2) {
                        values.wrongCount(entry, "a user, and perhaps a group");
                    } else {
                        draft.user = Commands.user(entry.arguments());
                    }
                }
            }
        });
        named(block).ifPresent(name -> {
            if (draft.command.isEmpty()) {
                findings.error(block.position(), "vrrp_script '" + name + "' has no script", "a line 'script \"…\"'");
            } else {
                add(
                        block,
                        new Tracker.Script(
                                name,
                                draft.weight,
                                draft.command,
                                draft.interval,
                                draft.timeout,
                                draft.rise,
                                draft.fall,
                                draft.startsDown,
                                draft.user));
            }
        });
    }

    /** What is said of a script so far. */
    private static final class ScriptDraft {
        private List<String> command = List.of();
        private Duration interval = Duration.ofSeconds(1);
        private Duration timeout = Duration.ZERO;
        private int weight;
        private int rise = 1;
        private int fall = 1;
        private boolean startsDown;
        private Optional<String> user = Optional.empty();
    }

    void readProcess(Entry block) {
        var draft = new ProcessDraft();
        Blocks.read(block.entries(), KeywordTable.PROCESS_TRACKER, findings, entry -> {
            switch (entry.keyword()) {
                case "process" -> {
                    var words = new ArrayList<String>();
                    entry.arguments().forEach(word -> words.add(word.text()));
                    draft.process = String.join(" ", words);
                }
                case "param_match" -> readMatching(entry, draft);
                case "full_command" -> draft.matching = Tracker.Matching.COMMAND;
                case "weight" -> readWeight(block, entry, 254).ifPresent(weight -> draft.weight = weight);
                case "quorum" -> values.number(entry, 1, 65_535).ifPresent(count -> draft.quorum = count);
                case "quorum_max" -> draft.mostQuorum = values.number(entry, 0, 65_535);
                case "delay" ->
                    values.seconds(entry, 0.000_001, LONGEST_DELAY).ifPresent(time -> {
                        draft.forkDelay = time;
                        draft.terminateDelay = time;
                    });
                case "fork_delay" ->
                    values.seconds(entry, 0.000_001, LONGEST_DELAY).ifPresent(time -> draft.forkDelay = time);
                default ->
                    values.seconds(entry, 0.000_001, LONGEST_DELAY).ifPresent(time -> draft.terminateDelay = time);
            }
        });
        named(block)
                .ifPresent(name -> add(
                        block,
                        () -> new Tracker.Process(
                                name,
                                draft.weight,
                                draft.process,
                                draft.matching,
                                draft.quorum,
                                draft.mostQuorum,
                                draft.forkDelay,
                                draft.terminateDelay)));
    }

    /** What is said of a process so far. */
    private static final class ProcessDraft {
        private String process = "";
        private Tracker.Matching matching = Tracker.Matching.NAME;
        private int weight;
        private int quorum = 1;
        private OptionalInt mostQuorum = OptionalInt.empty();
        private Duration forkDelay = Duration.ZERO;
        private Duration terminateDelay = Duration.ZERO;
    }

    private void readMatching(Entry entry, ProcessDraft draft) {
        values.one(entry).ifPresent(word -> {
            switch (word.text()) {
                case "initial" -> draft.matching = Tracker.Matching.INITIAL;
                case "partial" -> draft.matching = Tracker.Matching.PARTIAL;
                default -> findings.error(word.position(), "param_match is '" + word + "'", "initial or partial");
            }
        });
    }

    void readFile(Entry block) {
        var draft = new FileDraft();
        Blocks.read(block.entries(), KeywordTable.FILE_TRACKER, findings, entry -> {
            switch (entry.keyword()) {
                case "file" ->
                    values.one(entry).ifPresent(word -> {
                        try {
                            draft.path = Optional.of(Path.of(word.text()));
                        } catch (InvalidPathException wrong) {
                            findings.error(word.position(), "'" + word + "' is no file name", "a path");
                        }
                    });
                case "weight" -> readWeight(block, entry, 254).ifPresent(weight -> draft.weight = weight);
                default -> {
                    draft.initial = OptionalInt.of(0);
                    for (var word : entry.arguments()) {
                        if (word.text().equals("overwrite")) {
                            draft.overwrites = true;
                        } else {
                            draft.initial = values.number(word, "init_file", -65_536, 65_535);
                        }
                    }
                }
            }
        });
        named(block).ifPresent(name -> {
            if (draft.path.isEmpty()) {
                findings.error(block.position(), "track file '" + name + "' has no file", "a line 'file PATH'");
            } else {
                add(block, new Tracker.File(name, draft.weight, draft.path.get(), draft.initial, draft.overwrites));
            }
        });
    }

    /** What is said of a file so far. */
    private static final class FileDraft {
        private Optional<Path> path = Optional.empty();
        private int weight = 1;
        private OptionalInt initial = OptionalInt.empty();
        private boolean overwrites;
    }

    void readSession(Entry block) {
        var draft = new BfdReader(findings, values);
        var weight = new int[1];
        Blocks.read(block.entries(), KeywordTable.BFD, findings, entry -> {
            if (entry.keyword().equals("weight")) {
                readWeight(block, entry, 253).ifPresent(given -> weight[0] = given);
            } else {
                draft.read(entry);
            }
        });
        named(block)
                .flatMap(name -> draft.session(block, name)
                        .map(session -> (Supplier<Tracker>) () -> new Tracker.Bfd(name, weight[0], session)))
                .ifPresent(tracker -> add(block, tracker));
    }

    private OptionalInt readWeight(Entry block, Entry entry, int most) {
        var arguments = entry.arguments();
        boolean isReversed = arguments.size() == 2 && arguments.get(1).text().equals("reverse");
        if (arguments.isEmpty() || arguments.size() > 1 && !isReversed) {
            values.wrongCount(entry, "a number from -" + most + " to " + most);
            return OptionalInt.empty();
        }
        if (isReversed) {
            named(block).ifPresent(reversed::add);
        }
        return values.number(arguments.getFirst(), "weight", -most, most);
    }

    private Optional<String> named(Entry block) {
        if (block.arguments().size() == 1
                && !block.arguments().getFirst().text().isEmpty()) {
            return Optional.of(block.arguments().getFirst().text());
        }
        values.wrongCount(block, "a name");
        return Optional.empty();
    }

    private void add(Entry block, Supplier<Tracker> made) {
        try {
            add(block, made.get());
        } catch (IllegalArgumentException wrong) {
            findings.refused(block.position(), wrong);
        }
    }

    private void add(Entry block, Tracker tracker) {
        if (byName.putIfAbsent(tracker.name(), tracker) != null) {
            findings.error(block.position(), "tracker '" + tracker.name() + "' is defined twice", "another name");
        }
        findings.place("trackers." + tracker.name(), block.position());
    }
}
