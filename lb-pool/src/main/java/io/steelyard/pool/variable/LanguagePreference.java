package io.steelyard.pool.variable;

import java.util.List;
import java.util.Locale;

/**
 * Which of some languages a client likes best, by its {@code Accept-Language} (RFC 9110 section 12.5.4). Weights are thousandths; a member of the
 * list that cannot be read is left out. Pure.
 */
final class LanguagePreference {
    private static final int NONE_BEST = -1;
    private static final int MOST_WEIGHT = 1_000;

    private LanguagePreference() {}

    /**
     * The best of those offered.
     *
     * @param field the field's value; empty where there is none
     * @param offered language tags; of those liked alike the first counts
     * @return its index; -1 where the client takes none
     */
    static int best(String field, List<String> offered) {
        if (field.isBlank()) {
            return offered.isEmpty() ? NONE_BEST : 0;
        }
        var members = field.split(",", -1);
        int best = NONE_BEST;
        int most = 0;
        for (int i = 0; i < offered.size(); i++) {
            int weight = weight(offered.get(i).toLowerCase(Locale.ROOT), members);
            if (weight > most) {
                most = weight;
                best = i;
            }
        }
        return best;
    }

    /** The weight of the range that says most about a language: those it begins like, by length, then those that begin like it, then {@code *}. */
    private static int weight(String tag, String[] members) {
        int found = 0;
        int closest = -1;
        for (var member : members) {
            int semicolon = member.indexOf(';');
            var range = (semicolon < 0 ? member : member.substring(0, semicolon))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            int weight = semicolon < 0 ? MOST_WEIGHT : quality(member.substring(semicolon + 1));
            int closeness = closeness(tag, range);
            if (weight < 0 || closeness < 0) {
                continue;
            }
            if (closeness > closest || closeness == closest && weight > found) {
                closest = closeness;
                found = weight;
            }
        }
        return found;
    }

    /** How much a range says about a language; -1 for nothing. */
    private static int closeness(String tag, String range) {
        if (range.equals("*")) {
            return 0;
        }
        if (range.isEmpty()) {
            return -1;
        }
        if (isWithin(tag, range)) {
            return 1 + range.length();
        }
        return isWithin(range, tag) ? 1 : -1;
    }

    /** Whether a tag is the other, or begins with it and a hyphen (RFC 4647 section 3.3.1). */
    private static boolean isWithin(String tag, String other) {
        return tag.startsWith(other) && (tag.length() == other.length() || tag.charAt(other.length()) == '-');
    }

    /** The weight of {@code q=0.5} (RFC 9110 section 12.4.2) in thousandths; -1 where it is none. */
    private static int quality(String parameter) {
        var text = parameter.strip().toLowerCase(Locale.ROOT);
        if (!text.matches("q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")) {
            return -1;
        }
        return (int) Math.round(Double.parseDouble(text.substring(2)) * MOST_WEIGHT);
    }
}
