package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.expression.Condition;
import io.steelyard.config.haproxy.expression.Conditions;
import io.steelyard.config.haproxy.expression.MalformedConditionException;
import io.steelyard.config.haproxy.grammar.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The ACLs of each proxy, and the conditions of its rules. One use, one thread. */
final class Rules {
    private static final long MOST_FILE_BYTES = 64 << 20;

    private final Findings findings;
    private final Map<Proxy, Conditions> conditions = new HashMap<>();

    /** The names of ACLs that are wrong, which was told: no condition with one of them is read. */
    private final Map<Proxy, Set<String>> broken = new HashMap<>();

    Rules(Findings findings) {
        this.findings = findings;
    }

    /** Reads the ACLs of a proxy, telling those that are wrong. */
    void readAcls(Proxy proxy) {
        var all = new Conditions(file -> {
            try {
                var path = Path.of(file);
                if (!Files.isRegularFile(path) || Files.size(path) > MOST_FILE_BYTES) {
                    throw new IOException("no file of at most " + MOST_FILE_BYTES + " bytes");
                }
                return Files.readAllLines(path, StandardCharsets.ISO_8859_1);
            } catch (InvalidPathException wrong) {
                throw new IOException(wrong);
            }
        });
        for (var acl : proxy.all("acl")) {
            try {
                all.add(acl.texts());
            } catch (MalformedConditionException wrong) {
                tell(wrong, acl.arguments());
                broken.computeIfAbsent(proxy, ignored -> new HashSet<>())
                        .add(acl.argument(0).text());
            }
        }
        conditions.put(proxy, all);
    }

    /** Where {@code if} or {@code unless} stands; the number of words where neither does. */
    static int conditionStart(List<Word> words) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).text().equals("if") || words.get(i).text().equals("unless")) {
                return i;
            }
        }
        return words.size();
    }

    /** The condition of a rule; empty, and told, where it is wrong. */
    Optional<Condition> condition(Proxy proxy, List<Word> words) {
        var without = broken.getOrDefault(proxy, Set.of());
        if (words.stream().anyMatch(word -> without.contains(word.text().replaceFirst("^!+", "")))) {
            return Optional.empty();
        }
        try {
            var known = conditions.get(proxy);
            return known == null
                    ? Optional.empty()
                    : Optional.of(known.read(words.stream().map(Word::text).toList()));
        } catch (MalformedConditionException wrong) {
            tell(wrong, words);
            return Optional.empty();
        }
    }

    private void tell(MalformedConditionException wrong, List<Word> words) {
        boolean isInside = wrong.word() < words.size();
        findings.error(
                isInside ? words.get(wrong.word()).position() : words.getLast().end(), wrong.what());
    }
}
