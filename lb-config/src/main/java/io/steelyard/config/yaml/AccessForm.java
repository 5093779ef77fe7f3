package io.steelyard.config.yaml;

import io.steelyard.api.proxy.AccessRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link AccessRule}s in order: each item allows or denies a network, or {@code all}, which is one rule for each IP version. */
final class AccessForm implements Form<List<AccessRule>> {
    private final Form<List<Networks>> items = Forms.list(new RuleSection());

    @Override
    public Optional<List<AccessRule>> read(Yaml yaml, Reading reading) {
        return items.read(yaml, reading)
                .map(given -> given.stream()
                        .flatMap(networks -> networks.rules().stream())
                        .toList());
    }

    @Override
    public Yaml write(List<AccessRule> rules) {
        var written = new ArrayList<Networks>();
        for (int i = 0; i < rules.size(); i++) {
            var rule = rules.get(i);
            var all = Networks.parse(rule.isAllowed(), "all");
            boolean isAll = i + 1 < rules.size() && rules.subList(i, i + 2).equals(all.rules());
            written.add(isAll ? all : Networks.parse(rule.isAllowed(), rule.text()));
            i += isAll ? 1 : 0;
        }
        return items.write(written);
    }

    @Override
    public Shape shape() {
        return items.shape();
    }

    /** What one item says. */
    record Networks(boolean isAllowed, String text, List<AccessRule> rules) {
        static Networks parse(boolean isAllowed, String text) {
            var texts = text.equals("all") ? Stream.of("0.0.0.0/0", "::/0") : Stream.of(text);
            return new Networks(
                    isAllowed,
                    text,
                    texts.map(network -> AccessRule.parse(isAllowed, network)).toList());
        }
    }

    /** One item. */
    static final class RuleSection extends Section<Networks> {
        private final Key<Networks, Networks> allow = network("allow", true, "Who may connect.");
        private final Key<Networks, Networks> deny = network("deny", false, "Who may not.");

        RuleSection() {
            super("access rule");
        }

        private Key<Networks, Networks> network(String name, boolean isAllowed, String description) {
            return absent(
                    name,
                    Forms.parsed("network or `all`", text -> Networks.parse(isAllowed, text), Networks::text),
                    networks -> Optional.of(networks).filter(rule -> rule.isAllowed() == isAllowed),
                    "",
                    description + " `10.0.0.0/8`, `2001:db8::/32`, a single address, or `all`.");
        }

        @Override
        Networks make(Values values) {
            if (values.find(allow).isPresent() == values.find(deny).isPresent()) {
                throw new IllegalArgumentException("an access rule has both keys or none; expected allow or deny");
            }
            return values.find(allow).orElseGet(() -> values.get(deny));
        }
    }
}
