package io.steelyard.config.haproxy;

import java.util.Set;

/**
 * What we know of a keyword.
 *
 * @param name one word, or two such as {@code timeout client}
 * @param places where it has a meaning
 * @param least how many arguments at least, those of the name not counted
 * @param most how many at most
 * @param treatment what becomes of it
 * @param note why, for what is not honoured; today's form, for what is old
 */
record Keyword(String name, Set<Place> places, int least, int most, Treatment treatment, String note) {
    static final int ANY = Integer.MAX_VALUE;

    /** What becomes of a keyword. */
    enum Treatment {
        HONOURED('+'),
        /** Has a meaning in {@code mode http} alone. */
        HTTP('h'),
        /** Taken, and named in a notice. */
        ACCEPTED('-'),
        /** Of old versions: taken, with a warning that names today's form. */
        OLD('o'),
        /** An error that gives the reason. */
        REFUSED('x');

        private final char letter;

        Treatment(char letter) {
            this.letter = letter;
        }

        static Treatment of(char letter) {
            for (var treatment : values()) {
                if (treatment.letter == letter) {
                    return treatment;
                }
            }
            throw new IllegalArgumentException("no treatment '" + letter + "'");
        }
    }

    /** Whether {@code no} and {@code default} may stand before it. */
    boolean isNegatable() {
        return (name.startsWith("option ") && !PLAIN_OPTIONS.contains(name))
                || name.equals("log")
                || NEGATABLE.contains(name);
    }

    /** Options with a meaning of their own each time, which a later one replaces. */
    private static final Set<String> PLAIN_OPTIONS = Set.of(
            "option tcpka",
            "option tcp-check",
            "option redis-check",
            "option ldap-check",
            "option ssl-hello-chk",
            "option smtpchk",
            "option mysql-check",
            "option pgsql-check",
            "option httpchk",
            "option external-check",
            "option spop-check",
            "option tcplog",
            "option httplog",
            "option httpslog",
            "option http_proxy",
            "option forwardfor",
            "option forwarded",
            "option originalto",
            "option http-restrict-req-hdr-names");

    private static final Set<String> NEGATABLE =
            Set.of("busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "numa-cpu-mapping");

    /** Such as {@code 2 arguments} or {@code at least 1 argument}. */
    String arity() {
        if (most == 0) {
            return "no argument";
        }
        if (most == ANY) {
            return "at least " + count(least);
        }
        return least == most ? count(least) : least + " to " + count(most);
    }

    private static String count(int number) {
        return number + (number == 1 ? " argument" : " arguments");
    }
}
