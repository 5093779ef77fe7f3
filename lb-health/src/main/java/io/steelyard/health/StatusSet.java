package io.steelyard.health;

import java.util.BitSet;

/** HTTP status codes as people list them: {@code 200}, {@code 200-399}, {@code 200,204,301-303}; {@code !} before it for all others. */
final class StatusSet {
    private final String text;
    private final boolean isNegated;
    private final BitSet codes = new BitSet();

    private StatusSet(String text) {
        this.text = text;
        isNegated = text.startsWith("!");
    }

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException with the item that is wrong
     */
    static StatusSet parse(String text) {
        var set = new StatusSet(text.strip());
        for (var item :
                (set.isNegated ? set.text.substring(1) : set.text).strip().split("[,\\s]+", -1)) {
            int dash = item.indexOf('-');
            int first = code(item, dash < 0 ? item : item.substring(0, dash));
            int last = dash < 0 ? first : code(item, item.substring(dash + 1));
            if (last < first) {
                throw wrong(item);
            }
            set.codes.set(first, last + 1);
        }
        return set;
    }

    boolean contains(int status) {
        return codes.get(status) != isNegated;
    }

    @Override
    public String toString() {
        return text;
    }

    private static int code(String item, String text) {
        if (text.length() != 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9') || text.charAt(0) == '0') {
            throw wrong(item);
        }
        return Integer.parseInt(text);
    }

    private static IllegalArgumentException wrong(String item) {
        return new IllegalArgumentException(
                "status '" + item + "' is wrong; expected codes and ranges such as 200,204,300-399");
    }
}
