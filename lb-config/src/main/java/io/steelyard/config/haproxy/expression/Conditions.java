package io.steelyard.config.haproxy.expression;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ACLs of one proxy, named and predefined, and the conditions that use them. Adding and reading: one thread. */
public final class Conditions {
    private static final Map<String, List<String>> PREDEFINED = Map.ofEntries(
            Map.entry("TRUE", List.of("always_true")),
            Map.entry("FALSE", List.of("always_false")),
            Map.entry("LOCALHOST", List.of("src", "127.0.0.1/8", "::1")),
            Map.entry("HTTP", List.of("req.proto_http")),
            Map.entry("HTTP_1.0", List.of("req.ver", "1.0")),
            Map.entry("HTTP_1.1", List.of("req.ver", "1.1")),
            Map.entry("HTTP_2.0", List.of("req.ver", "2.0")),
            Map.entry("HTTP_CONTENT", List.of("req.hdr_val(content-length)", "gt", "0")),
            Map.entry("HTTP_URL_ABS", List.of("url_reg", "^[^/:]*://")),
            Map.entry("HTTP_URL_SLASH", List.of("url_beg", "/")),
            Map.entry("HTTP_URL_STAR", List.of("url", "*")),
            Map.entry("METH_CONNECT", List.of("method", "CONNECT")),
            Map.entry("METH_DELETE", List.of("method", "DELETE")),
            Map.entry("METH_GET", List.of("method", "GET", "HEAD")),
            Map.entry("METH_HEAD", List.of("method", "HEAD")),
            Map.entry("METH_OPTIONS", List.of("method", "OPTIONS")),
            Map.entry("METH_POST", List.of("method", "POST")),
            Map.entry("METH_PUT", List.of("method", "PUT")),
            Map.entry("METH_TRACE", List.of("method", "TRACE")),
            Map.entry("RDP_COOKIE", List.of("req.rdp_cookie_cnt", "gt", "0")),
            Map.entry("REQ_CONTENT", List.of("req.len", "gt", "0")),
            Map.entry("WAIT_END", List.of("wait_end")));

    private final AclReader reader;
    private final Map<String, List<Acl>> named = new LinkedHashMap<>();

    /** Reads the file of {@code -f}. */
    @FunctionalInterface
    public interface PatternFiles {
        /** The lines of a file. */
        List<String> lines(String file) throws IOException;
    }

    /** No ACL but the predefined ones. */
    public Conditions(PatternFiles files) {
        reader = new AclReader(files);
    }

    /**
     * Takes {@code acl} in. One of a name that is there already holds too.
     *
     * @param words the name, the expression, flags and patterns
     */
    public void add(List<String> words) throws MalformedConditionException {
        var name = words.getFirst();
        for (char c : name.toCharArray()) {
            boolean isGood = c < 128 && (Character.isLetterOrDigit(c) || "-_.:".indexOf(c) >= 0);
            if (!isGood) {
                throw new MalformedConditionException(0, "the name of ACL '" + name + "' has '" + c + "'");
            }
        }
        if (name.equals("or")) {
            throw new MalformedConditionException(0, "an ACL cannot be called 'or'");
        }
        named.computeIfAbsent(name, ignored -> new ArrayList<>(1)).add(reader.read(words, 1, words.size()));
    }

    /**
     * Reads what follows a rule: nothing, {@code if …} or {@code unless …}.
     *
     * @param words {@code if} or {@code unless} and all that follows
     */
    public Condition read(List<String> words) throws MalformedConditionException {
        if (words.isEmpty()) {
            return Condition.ALWAYS;
        }
        boolean isUnless = words.getFirst().equals("unless");
        if (!isUnless && !words.getFirst().equals("if")) {
            throw new MalformedConditionException(
                    0, "'" + words.getFirst() + "' stands where 'if' or 'unless' is expected");
        }
        var alternatives = new ArrayList<List<Condition.Term>>();
        var terms = new ArrayList<Condition.Term>();
        boolean isNegated = false;
        int at = 1;
        while (at < words.size()) {
            var word = words.get(at);
            if (word.equals("or") || word.equals("||")) {
                if (terms.isEmpty() || isNegated) {
                    throw new MalformedConditionException(at, "'" + word + "' has nothing before it");
                }
                alternatives.add(List.copyOf(terms));
                terms.clear();
                at++;
                continue;
            }
            while (word.startsWith("!")) {
                isNegated = !isNegated;
                word = word.substring(1);
            }
            if (word.isEmpty()) {
                at++;
                continue;
            }
            if (word.equals("{")) {
                int end = closing(words, at);
                terms.add(new Condition.Term(isNegated, "", List.of(reader.read(words, at + 1, end))));
                at = end + 1;
            } else {
                terms.add(new Condition.Term(isNegated, word, find(word, at)));
                at++;
            }
            isNegated = false;
        }
        if (terms.isEmpty() || isNegated) {
            throw new MalformedConditionException(words.size(), "the condition ends before an ACL");
        }
        alternatives.add(terms);
        return new Condition(isUnless, alternatives);
    }

    private static int closing(List<String> words, int open) throws MalformedConditionException {
        for (int i = open + 1; i < words.size(); i++) {
            if (words.get(i).equals("}")) {
                return i;
            }
        }
        throw new MalformedConditionException(open, "'{' has no '}'");
    }

    private List<Acl> find(String name, int at) throws MalformedConditionException {
        var own = named.get(name);
        if (own != null) {
            return own;
        }
        var predefined = PREDEFINED.get(name);
        if (predefined == null) {
            throw new MalformedConditionException(
                    at,
                    "unknown ACL '" + name + "'"
                            + (named.isEmpty() ? "" : ", expected one of " + String.join(", ", named.keySet())));
        }
        return List.of(reader.read(predefined, 0, predefined.size()));
    }
}
