package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.expression.NormalizedUri;
import java.util.List;

/** Reads {@code http-request normalize-uri}. Stateless. */
final class UriRules {
    private UriRules() {}

    /**
     * A normalizer.
     *
     * @param isStrict whether a request that it cannot change is refused
     */
    record Normalizer(String name, String option, boolean isStrict) {
        /** An expression of the target in the other form, which has no value where a request is to be refused. */
        String expression() {
            return "pathq,normalize-uri(" + name + (option.isEmpty() ? "" : "," + option) + ")";
        }
    }

    /** @throws IllegalArgumentException with what is wrong with the words behind the action's name */
    static Normalizer read(List<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException(
                    "'normalize-uri' names no normalizer, expected " + String.join(", ", NormalizedUri.NORMALIZERS));
        }
        var name = words.getFirst();
        if (!NormalizedUri.NORMALIZERS.contains(name)) {
            throw new IllegalArgumentException("'normalize-uri' knows no '" + name + "', expected "
                    + String.join(", ", NormalizedUri.NORMALIZERS));
        }
        var known = NormalizedUri.option(name);
        var option = words.size() < 2 ? "" : words.get(1);
        if (words.size() > 2 || !option.isEmpty() && !option.equals(known)) {
            throw new IllegalArgumentException("'" + words.getLast() + "' stands behind '" + name + "', expected "
                    + (known.isEmpty() ? "nothing" : "at most '" + known + "'"));
        }
        return new Normalizer(name, option, option.equals("strict"));
    }
}
