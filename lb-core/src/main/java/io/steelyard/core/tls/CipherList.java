package io.steelyard.core.tls;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * OpenSSL's language for suites of TLS 1.2 (its manual page ciphers(1)), for the suites there are today: words name suites or groups of them,
 * {@code +} between words those that are in both, {@code !} before a word takes suites away for good, {@code -} takes them away, {@code +} before
 * a word moves them to the end. Stateless.
 */
final class CipherList {
    private CipherList() {}

    /**
     * What an expression leaves, in its order.
     *
     * @param available the suites there are, by OpenSSL's names, best first
     * @return none where nothing is left
     */
    static List<String> expand(String expression, List<String> available) {
        var chosen = new LinkedHashSet<String>();
        var forbidden = new LinkedHashSet<String>();
        for (var word : expression.split("[:, ;]+", -1)) {
            if (word.isEmpty() || word.startsWith("@")) {
                continue;
            }
            char sign = word.charAt(0);
            var matching = matching(sign == '!' || sign == '-' || sign == '+' ? word.substring(1) : word, available);
            switch (sign) {
                case '!' -> {
                    forbidden.addAll(matching);
                    chosen.removeAll(matching);
                }
                case '-' -> chosen.removeAll(matching);
                case '+' -> {
                    matching.retainAll(chosen);
                    chosen.removeAll(matching);
                    chosen.addAll(matching);
                }
                default ->
                    matching.stream()
                            .filter(suite -> !forbidden.contains(suite))
                            .forEach(chosen::add);
            }
        }
        return new ArrayList<>(chosen);
    }

    private static List<String> matching(String word, List<String> available) {
        var parts = word.split("\\+", -1);
        var found = new ArrayList<String>();
        for (var suite : available) {
            boolean isIn = true;
            for (var part : parts) {
                isIn &= isIn(part, suite);
            }
            if (isIn) {
                found.add(suite);
            }
        }
        return found;
    }

    private static boolean isIn(String word, String suite) {
        if (word.equalsIgnoreCase(suite)) {
            return true;
        }
        return switch (word) {
            case "ALL", "DEFAULT", "HIGH" -> true;
            case "TLSv1.2" -> suite.contains("GCM") || suite.contains("CHACHA20");
            case "ECDHE", "EECDH", "kECDHE", "kEECDH" -> suite.startsWith("ECDHE-");
            case "ECDSA", "aECDSA" -> suite.startsWith("ECDHE-ECDSA-");
            case "aRSA", "RSA" -> !suite.startsWith("ECDHE-ECDSA-");
            case "kRSA" -> !suite.startsWith("ECDHE-");
            case "AESGCM" -> suite.contains("-GCM-");
            case "AES" -> suite.contains("AES");
            case "AES128" -> suite.contains("AES128");
            case "AES256" -> suite.contains("AES256");
            case "CHACHA20" -> suite.contains("CHACHA20");
            case "SHA", "SHA1" -> suite.endsWith("-SHA");
            default -> false;
        };
    }

    /** The suites of TLS 1.2 among those a library has, by OpenSSL's names. */
    static List<String> ofTls12(Set<String> openSslNames) {
        return openSslNames.stream()
                .filter(name -> !name.startsWith("TLS_") && !name.startsWith("AEAD-") && !name.contains("PSK"))
                .toList();
    }
}
