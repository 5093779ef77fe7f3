package io.steelyard.config.haproxy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Template;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.List;
import java.util.regex.Pattern;

/** Reads {@code source}: where connections to servers come from. One thread. */
final class SourceReader {
    private static final String OWN_EXPECTED = "a numeric address, with a port or without";

    /** A field's name, and which of its values counts; the last where nothing is said. */
    private static final Pattern FIELD = Pattern.compile("hdr_ip\\(\\s*([^,)\\s]+)\\s*(?:,\\s*(-?\\d{1,3})?\\s*)?\\)");

    private final Findings findings;
    private final Texts texts;

    SourceReader(Findings findings, Texts texts) {
        this.findings = findings;
        this.texts = texts;
    }

    void read(Proxy backend, ProxyOptions.Builder options) {
        var source = backend.last("source");
        if (source.isEmpty()) {
            return;
        }
        var words = source.get().arguments();
        if (words.size() > 1) {
            borrow(backend, words, options);
            return;
        }
        var word = words.getFirst();
        var text = word.text().endsWith(":0")
                ? word.text().substring(0, word.text().length() - 2)
                : word.text();
        if (text.equals("*") || text.equals("0.0.0.0") || text.isEmpty()) {
            return;
        }
        own(word, text, "'source' is '" + word + "'", OWN_EXPECTED, options);
    }

    /** {@code usesrc}: servers see the client's address, or another that is not of this machine. */
    private void borrow(Proxy backend, List<Word> words, ProxyOptions.Builder options) {
        var kind = words.get(1);
        if (!kind.text().equals("usesrc") || words.size() != 3) {
            findings.error(
                    kind.position(),
                    "'" + kind + "' of 'source' cannot be honoured",
                    "an address alone, or 'usesrc' with client, clientip, hdr_ip(NAME) or an address",
                    "");
            return;
        }
        var whose = words.get(2);
        options.transparent(true);
        switch (whose.text()) {
            case "client" ->
                options.sourceText(
                        backend.isHttp()
                                ? texts.format(backend, "[%[src]]:%[src_port]")
                                : Template.parse("[$remote_addr]:$remote_port"));
            case "clientip" ->
                options.sourceText(backend.isHttp() ? texts.format(backend, "%[src]") : Template.parse("$remote_addr"));
            default -> other(backend, whose, options);
        }
    }

    private void other(Proxy backend, Word whose, ProxyOptions.Builder options) {
        var field = FIELD.matcher(whose.text());
        if (!field.matches()) {
            own(
                    whose,
                    whose.text(),
                    "'usesrc' of 'source' is '" + whose + "'",
                    "client, clientip, hdr_ip(NAME) or " + OWN_EXPECTED,
                    options);
        } else if (backend.isHttp()) {
            int which = field.group(2) == null ? -1 : Integer.parseInt(field.group(2));
            options.sourceText(texts.format(backend, "%[req.hdr_ip(" + field.group(1) + "," + which + ")]"));
        } else {
            findings.warning(
                    whose.position(), "mode tcp knows no field '" + field.group(1) + "': 'usesrc' is left out", "");
        }
    }

    private void own(Word word, String text, String what, String expected, ProxyOptions.Builder options) {
        try {
            if (isWithPort(text) && ServerAddress.parse(text) instanceof ServerAddress.Ip from) {
                options.sourceAddress(from.address().getHostAddress()).sourcePort(from.port());
            } else {
                ServerAddress.numericAddress(text);
                options.sourceAddress(text);
            }
        } catch (IllegalArgumentException wrong) {
            findings.error(word.position(), what, expected, "");
        }
    }

    /** IPv6 addresses with a port stand in brackets. */
    private static boolean isWithPort(String text) {
        int colon = text.indexOf(':');
        return text.startsWith("[") ? text.contains("]:") : colon >= 0 && colon == text.lastIndexOf(':');
    }
}
