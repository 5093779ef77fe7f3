package io.steelyard.config.haproxy.grammar;

import java.util.List;

/**
 * A section: the line that begins it, and those up to the next.
 *
 * @param head such as {@code frontend www}
 * @param lines in file order
 */
public record Section(Line head, List<Line> lines) {
    public Section {
        lines = List.copyOf(lines);
    }

    /** Such as {@code frontend}. */
    public String kind() {
        return head.keyword();
    }

    /** The word after the kind; empty where there is none. */
    public String name() {
        return head.arguments().isEmpty() ? "" : head.arguments().getFirst().text();
    }
}
