package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.grammar.Word;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks arguments whose form is the same wherever they stand, be the statement of use or not. */
final class FormCheck {
    private static final Set<String> FACILITIES = Set.of(
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp",
            "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7");
    private static final Set<String> FUNCTIONS = Set.of("sdbm", "djb2", "wt6", "crc32", "none");

    private static final Pattern ALGORITHM = Pattern.compile(
            "roundrobin|static-rr|leastconn|first|source|hash|uri|url_param|random|random\\(0*[1-9]\\d{0,2}\\)"
                    + "|hdr\\(.+\\)|rdp-cookie(\\(.*\\))?");

    private FormCheck() {}

    /** Tells what is wrong with the arguments of a keyword. */
    static void check(String name, List<Word> arguments, Findings findings) {
        if (arguments.isEmpty()) {
            return;
        }
        var first = arguments.getFirst();
        try {
            if (name.startsWith("timeout ")
                    || Set.of("contimeout", "clitimeout", "srvtimeout").contains(name)) {
                Values.time(first.text());
                return;
            }
            switch (name) {
                case "mode" -> oneOf(first, Set.of("tcp", "http"), "tcp or http");
                case "id" -> Values.number(first.text(), 1, Integer.MAX_VALUE);
                case "hash-balance-factor" -> factor(first);
                case "balance" -> balance(first);
                case "hash-type" -> hashType(name, arguments, findings);
                case "log" -> log(arguments, findings);
                default -> {}
            }
        } catch (IllegalArgumentException wrong) {
            tell(name, first, String.valueOf(wrong.getMessage()), findings);
        }
    }

    private static void oneOf(Word word, Set<String> words, String expected) {
        if (!words.contains(word.text())) {
            throw new IllegalArgumentException(expected);
        }
    }

    private static void balance(Word word) {
        if (!ALGORITHM.matcher(word.text()).matches()) {
            throw new IllegalArgumentException(
                    "roundrobin, static-rr, leastconn, first, random(1 to 999), source, hash, uri, url_param, hdr(name) or rdp-cookie");
        }
    }

    private static void factor(Word word) {
        int factor = Values.number(word.text(), 0, 65_535);
        if (factor != 0 && factor <= 100) {
            throw new IllegalArgumentException("0, or more than 100");
        }
    }

    private static void hashType(String name, List<Word> words, Findings findings) {
        oneOf(words.getFirst(), Set.of("map-based", "consistent"), "map-based or consistent");
        if (words.size() > 1 && !FUNCTIONS.contains(words.get(1).text())) {
            tell(name, words.get(1), "sdbm, djb2, wt6 or crc32", findings);
        }
        if (words.size() > 2 && !words.get(2).text().equals("avalanche")) {
            tell(name, words.get(2), "avalanche", findings);
        }
    }

    private static void log(List<Word> words, Findings findings) {
        var first = words.getFirst();
        if (words.size() == 1) {
            oneOf(first, Set.of("global"), "global, or an address and a facility");
            return;
        }
        int at = 1;
        while (at + 1 < words.size()
                && Set.of("len", "format", "sample").contains(words.get(at).text())) {
            at += 2;
        }
        int last = Math.min(at, words.size() - 1);
        if (last < at || !FACILITIES.contains(words.get(last).text())) {
            tell("log", words.get(last), "a facility such as local0", findings);
        }
    }

    private static void tell(String name, Word word, String expected, Findings findings) {
        findings.error(word.position(), "'" + name + "' has the argument '" + word + "'", expected, "");
    }
}
