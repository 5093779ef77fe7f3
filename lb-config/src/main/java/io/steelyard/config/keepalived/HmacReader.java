package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code auth_hmac} of keepalived 2.4. One use. */
final class HmacReader {
    private static final int MOST_KEY_FILE = 4_096;

    private final Findings findings;
    private final Values values;
    private final List<HmacAuthentication.Key> keys = new ArrayList<>();
    private OptionalInt active = OptionalInt.empty();
    private HmacAuthentication.AntiReplay antiReplay = HmacAuthentication.AntiReplay.TIME;
    private HmacAuthentication.Mode mode = HmacAuthentication.Mode.ENFORCE;
    private Duration window = Duration.ZERO;

    HmacReader(Findings findings) {
        this.findings = findings;
        values = new Values(findings);
    }

    Optional<HmacAuthentication> read(Entry block) {
        Blocks.read(block.entries(), KeywordTable.HMAC, findings, this::readEntry);
        if (keys.isEmpty()) {
            findings.error(block.position(), "auth_hmac has no key", "a line 'key ID SECRET'");
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new HmacAuthentication(keys, active.orElse(keys.getFirst().id()), antiReplay, window, mode));
        } catch (IllegalArgumentException wrong) {
            findings.refused(block.position(), wrong);
            return Optional.empty();
        }
    }

    private void readEntry(Entry entry) {
        switch (entry.keyword()) {
            case "key" -> readKey(entry);
            case "active_key" -> active = values.number(entry, 1, 255);
            case "time_window" -> values.seconds(entry, 1, 300).ifPresent(time -> window = time);
            case "anti_replay" ->
                values.one(entry).ifPresent(word -> {
                    switch (word.text()) {
                        case "time" -> antiReplay = HmacAuthentication.AntiReplay.TIME;
                        case "monotonic" -> antiReplay = HmacAuthentication.AntiReplay.MONOTONIC;
                        default ->
                            findings.error(word.position(), "anti_replay is '" + word + "'", "time or monotonic");
                    }
                });
            default ->
                values.one(entry).ifPresent(word -> {
                    switch (word.text()) {
                        case "enforce" -> mode = HmacAuthentication.Mode.ENFORCE;
                        case "permissive" -> mode = HmacAuthentication.Mode.PERMISSIVE;
                        case "receive-only" -> mode = HmacAuthentication.Mode.RECEIVE_ONLY;
                        default ->
                            findings.error(
                                    word.position(), "mode is '" + word + "'", "enforce, permissive or receive-only");
                    }
                });
        }
    }

    private void readKey(Entry entry) {
        if (entry.arguments().size() != 2) {
            values.wrongCount(entry, "an id and a secret");
            return;
        }
        var secret = entry.arguments().get(1);
        var id = values.number(entry.arguments().getFirst(), "key id", 1, 255);
        if (id.isEmpty()) {
            return;
        }
        try {
            keys.add(new HmacAuthentication.Key(id.getAsInt(), hex(secret)));
        } catch (IllegalArgumentException | IOException wrong) {
            findings.error(
                    secret.position(),
                    "this secret cannot be used: " + wrong.getMessage(),
                    "32 to 64 characters, 'hex:' and as many bytes, or 'file:' and a path");
        }
    }

    private static String hex(Word secret) throws IOException {
        var text = secret.text();
        if (text.startsWith("hex:")) {
            return text.substring("hex:".length());
        }
        if (text.startsWith("file:")) {
            try (var in = Files.newInputStream(Path.of(text.substring("file:".length())))) {
                var content = new String(in.readNBytes(MOST_KEY_FILE), StandardCharsets.UTF_8).strip();
                return content.startsWith("hex:")
                        ? content.substring("hex:".length())
                        : HexFormat.of().formatHex(content.getBytes(StandardCharsets.UTF_8));
            } catch (InvalidPathException wrong) {
                throw new IOException("it is no file name", wrong);
            }
        }
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
