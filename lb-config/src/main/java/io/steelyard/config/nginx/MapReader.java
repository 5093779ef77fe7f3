package io.steelyard.config.nginx;

import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.text.VariableDefinition.Kind;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code map} and {@code split_clients}. */
final class MapReader {
    private final Findings findings;
    private final VariableScope variables;

    MapReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** What has been read of a map so far. */
    private static final class Draft {
        private final List<VariableDefinition.Rule> rules = new ArrayList<>();
        private final Set<String> keys = new HashSet<>();
        private @Nullable Template defaultValue;
        private boolean hasHostNames;
        private boolean isVolatile;
    }

    /** A {@code map} block; empty, and told, where its head is wrong. */
    Optional<VariableDefinition> readMap(Directive block) {
        var source = variables.template(block.argument(0));
        var name = variables.definedName(block.argument(1));
        var draft = new Draft();
        for (var line : block.children()) {
            if (line.arguments().isEmpty()
                    && line.block().isEmpty()
                    && line.keyword().equals("hostnames")) {
                draft.hasHostNames = true;
            } else if (line.arguments().isEmpty()
                    && line.block().isEmpty()
                    && line.keyword().equals("volatile")) {
                draft.isVolatile = true;
            } else if (isPair(line, "a value and a result, or one of hostnames, volatile")) {
                readRule(line, draft);
            }
        }
        if (source.isEmpty() || name.isEmpty() || !variables.define(name.get(), block.argument(1))) {
            return Optional.empty();
        }
        return Optional.of(new VariableDefinition.TextMap(
                name.get(),
                source.get(),
                draft.defaultValue == null ? Template.literal("") : draft.defaultValue,
                draft.rules,
                draft.isVolatile));
    }

    private void readRule(Directive line, Draft draft) {
        var value = variables.template(line.argument(0));
        var key = line.keyword();
        if (key.equals("default")) {
            if (draft.defaultValue != null) {
                findings.error(line.position(), "'default' is duplicate", "", "remove one of them");
            }
            draft.defaultValue = value.orElse(Template.literal(""));
            return;
        }
        if (key.startsWith("~")) {
            boolean ignoresCase = key.startsWith("~*");
            var text = key.substring(ignoresCase ? 2 : 1);
            var pattern = Patterns.check(findings, line.name(), text);
            if (pattern.isPresent() && value.isPresent()) {
                variables.defineGroups(pattern.get().names().stream());
                draft.rules.add(new VariableDefinition.Rule(
                        ignoresCase ? Kind.REGEX_IGNORING_CASE : Kind.REGEX, text, value.get()));
            }
            return;
        }
        var plain = (key.startsWith("\\") ? key.substring(1) : key).toLowerCase(Locale.ROOT);
        if (draft.hasHostNames && !isHostName(plain)) {
            findings.error(
                    line.position(),
                    "'" + plain + "' is not a host name or wildcard",
                    "a name, *.name, .name or name.*",
                    "");
            return;
        }
        if (!draft.keys.add(plain)) {
            findings.error(line.position(), "'" + plain + "' stands twice in this map", "", "remove one of them");
            return;
        }
        value.ifPresent(result -> draft.rules.add(
                new VariableDefinition.Rule(draft.hasHostNames ? Kind.HOST_NAME : Kind.EXACT, plain, result)));
    }

    /** Stars stand alone at one end, dots do not follow each other. */
    private static boolean isHostName(String key) {
        int star = key.indexOf('*');
        if (key.contains("..") || star != key.lastIndexOf('*')) {
            return false;
        }
        return star < 0
                || (star == 0 && key.startsWith("*.") && key.length() > 2)
                || (star > 1 && star == key.length() - 1 && key.charAt(star - 1) == '.');
    }

    /** A {@code split_clients} block; empty, and told, where it is wrong. */
    Optional<VariableDefinition> readSplit(Directive block) {
        var key = variables.template(block.argument(0));
        var name = variables.definedName(block.argument(1));
        var shares = new ArrayList<VariableDefinition.Share>();
        int sum = 0;
        boolean isGood = true;
        for (var line : block.children()) {
            if (!isPair(line, "a share such as 0.5% or *, and a value")) {
                isGood = false;
                continue;
            }
            int share = line.keyword().equals("*") ? VariableDefinition.Share.REST : hundredths(line.name());
            if (share == 0) {
                isGood = false;
                continue;
            }
            sum = share == VariableDefinition.Share.REST ? 10_000 : sum + share;
            if (sum > 10_000) {
                findings.error(line.position(), "the shares make more than 100 %", "", "make them smaller");
                isGood = false;
                sum = 0;
            }
            shares.add(new VariableDefinition.Share(share, line.argument(0).text()));
        }
        if (key.isEmpty() || name.isEmpty() || !variables.define(name.get(), block.argument(1)) || !isGood) {
            return Optional.empty();
        }
        return Optional.of(new VariableDefinition.Split(name.get(), key.get(), shares));
    }

    /** A share in hundredths of a per cent; 0, and told, where it is none. */
    private int hundredths(Word word) {
        var text = word.text();
        if (text.matches("\\d{1,3}(\\.\\d{1,2})?%|\\.\\d{1,2}%")) {
            int point = text.indexOf('.');
            var whole = point < 0 ? text.substring(0, text.length() - 1) : text.substring(0, point);
            var decimals = point < 0 ? "" : text.substring(point + 1, text.length() - 1);
            int share = Integer.parseInt("0" + whole) * 100 + Integer.parseInt((decimals + "00").substring(0, 2));
            if (share >= 1 && share <= 10_000) {
                return share;
            }
        }
        findings.error(word.position(), "'" + text + "' is not a share", "0.01% to 100%, or *", "");
        return 0;
    }

    private boolean isPair(Directive line, String expected) {
        boolean isPair = line.arguments().size() == 1 && line.block().isEmpty();
        if (!isPair) {
            findings.error(
                    line.position(),
                    line.block().isPresent()
                            ? "a block is not allowed here"
                            : "'" + line.keyword() + "' has " + line.arguments().size() + " words after it",
                    expected,
                    line.arguments().size() > 1 ? "look for a missing ';', or put the text in quotes" : "");
        }
        return isPair;
    }
}
