package io.steelyard.config.keepalived.grammar;

import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** What {@code ${_RANDOM}}, {@code ${_RANDOM LEAST}} and {@code ${_RANDOM LEAST MOST}} stand for: another number each time. One file and what it includes. */
final class RandomNumbers {
    private static final String BEGINNING = "${_RANDOM";
    private static final int MOST = 32_767;
    private static final Pattern WHOLE = Pattern.compile("\\$\\{_RANDOM(?:\\s+(\\d{1,9}))?(?:\\s+(\\d{1,9}))?\\s*\\}");

    private RandomGenerator random;

    RandomNumbers(RandomGenerator random) {
        this.random = random;
    }

    /** The same numbers from now on whenever the file is read (keepalived {@code random_seed}); they are not keepalived's own. */
    void seed(long seed) {
        random = new Random(seed);
    }

    /** Where such a name ends that begins at a place of a text; the place itself where none begins there. */
    static int end(String text, int at) {
        if (!text.startsWith(BEGINNING, at)) {
            return at;
        }
        var matcher = WHOLE.matcher(text).region(at, text.length());
        return matcher.lookingAt() ? matcher.end() : at;
    }

    /**
     * A number for a name.
     *
     * @param name the whole of it, braces included
     * @throws IllegalArgumentException where the least is greater than the most
     */
    String draw(String name) {
        var matcher = WHOLE.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + name + "' is no ${_RANDOM}");
        }
        int least = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
        int most = matcher.group(2) == null ? MOST : Integer.parseInt(matcher.group(2));
        if (least > most) {
            throw new IllegalArgumentException("'" + name + "' goes from " + least + " to " + most);
        }
        return Integer.toString(least + random.nextInt(most - least + 1));
    }
}
