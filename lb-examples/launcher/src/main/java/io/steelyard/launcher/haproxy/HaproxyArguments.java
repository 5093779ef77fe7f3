package io.steelyard.launcher.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * HAProxy's command line (management guide 2.6, section 3). Options about how it was built or polls are taken and do nothing.
 *
 * @param question what is only to be answered
 * @param condition of {@code -cc}
 * @param files {@code -f}, and what stands behind {@code --}
 * @param directory {@code -C}
 * @param pidFile {@code -p}
 * @param maxConnections {@code -n}; 0 for what the files say
 * @param isMaster {@code -W} or {@code -Ws}
 * @param notifies {@code -Ws}: whether the service manager is told
 * @param isDebugging {@code -d}
 * @param isDaemon {@code -D}
 * @param isQuiet {@code -q}
 * @param masterSocket {@code -S}, without its options
 * @param finishes {@code -sf}: who is to end softly
 * @param terminates {@code -st}: who is to end at once
 */
record HaproxyArguments(
        Question question,
        Optional<String> condition,
        List<String> files,
        Optional<String> directory,
        Optional<String> pidFile,
        int maxConnections,
        boolean isMaster,
        boolean notifies,
        boolean isDebugging,
        boolean isDaemon,
        boolean isQuiet,
        Optional<String> masterSocket,
        List<Long> finishes,
        List<Long> terminates) {
    enum Question {
        NONE,
        VERSION,
        VERSION_AND_FEATURES,
        CHECK,
        CONDITION,
        USAGE
    }

    HaproxyArguments {
        files = List.copyOf(files);
        finishes = List.copyOf(finishes);
        terminates = List.copyOf(terminates);
    }

    /** Reads the words; words that HAProxy would not take ask for its usage. */
    static HaproxyArguments parse(String... words) {
        return new Reader(List.of(words)).read();
    }

    private static final class Reader {
        private final List<String> words;
        private final List<String> files = new ArrayList<>();
        private final List<Long> finishes = new ArrayList<>();
        private final List<Long> terminates = new ArrayList<>();
        private Question question = Question.NONE;
        private Optional<String> condition = Optional.empty();
        private Optional<String> directory = Optional.empty();
        private Optional<String> pidFile = Optional.empty();
        private Optional<String> masterSocket = Optional.empty();
        private int maxConnections;
        private boolean isMaster;
        private boolean notifies;
        private boolean isDebugging;
        private boolean isDaemon;
        private boolean isQuiet;
        private int at;

        Reader(List<String> words) {
            this.words = words;
        }

        HaproxyArguments read() {
            while (at < words.size()) {
                option(words.get(at++));
            }
            if (files.isEmpty() && (question == Question.NONE || question == Question.CHECK)) {
                question = Question.USAGE;
            }
            return new HaproxyArguments(
                    question,
                    condition,
                    files,
                    directory,
                    pidFile,
                    maxConnections,
                    isMaster,
                    notifies,
                    isDebugging,
                    isDaemon,
                    isQuiet,
                    masterSocket,
                    finishes,
                    terminates);
        }

        private void option(String word) {
            switch (word) {
                case "-v" -> ask(Question.VERSION);
                case "-vv" -> ask(Question.VERSION_AND_FEATURES);
                case "-c" -> ask(Question.CHECK);
                case "-cc" -> {
                    ask(Question.CONDITION);
                    condition = Optional.of(value());
                }
                case "-f" -> files.add(value());
                case "-C" -> directory = Optional.of(value());
                case "-p" -> pidFile = Optional.of(value());
                case "-n" -> maxConnections = number();
                case "-N", "-m" -> number();
                case "-L", "-x" -> value();
                case "-S" -> masterSocket = Optional.of(value().split(",", 2)[0]);
                case "-W" -> isMaster = true;
                case "-Ws" -> {
                    isMaster = true;
                    notifies = true;
                }
                case "-d" -> isDebugging = true;
                case "-D" -> isDaemon = true;
                case "-q" -> isQuiet = true;
                case "-sf" -> processes(finishes);
                case "-st" -> processes(terminates);
                case "--" -> {
                    files.addAll(words.subList(at, words.size()));
                    at = words.size();
                }
                case "-V", "-de", "-dp", "-dS", "-dG", "-dr", "-db", "-dV", "-dL", "-dW", "-dR", "-dF", "-dZ" -> {}
                default -> {
                    if (!word.startsWith("-dM")
                            && !word.startsWith("-dK")
                            && !word.startsWith("-dD")
                            && !word.startsWith("-dI")) {
                        question = Question.USAGE;
                        at = words.size();
                    }
                }
            }
        }

        /** The first question counts, except that what is wrong counts more. */
        private void ask(Question asked) {
            if (question == Question.NONE) {
                question = asked;
            }
        }

        private String value() {
            if (at < words.size() && !words.get(at).isEmpty()) {
                return words.get(at++);
            }
            question = Question.USAGE;
            return "";
        }

        private int number() {
            try {
                return Math.max(0, Integer.parseInt(value()));
            } catch (NumberFormatException notOne) {
                question = Question.USAGE;
                return 0;
            }
        }

        private void processes(List<Long> into) {
            while (at < words.size() && words.get(at).matches("[0-9]{1,9}")) {
                into.add(Long.parseLong(words.get(at++)));
            }
        }
    }
}
