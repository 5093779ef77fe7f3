package io.steelyard.core.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The keys that seal clients' tickets, AES-128 and HMAC-SHA256 as RFC 5077 section 4 recommends: the process's own for all contexts of an engine, so
 * that sessions can be taken up again on another loop and after a change of configuration, or those of files, which other machines have too. The
 * first seals, all open. Immutable.
 */
final class TicketKeys {
    private static final int KEY_BYTES = 48;
    private static final int LONG_KEY_BYTES = 80;
    private static final int PART_BYTES = 16;
    private static final String FILE = "ticket key file";

    private final OpenSslSessionTicketKey[] keys;

    /** The process's own. */
    TicketKeys() {
        var bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        keys = new OpenSslSessionTicketKey[] {key(bytes)};
    }

    private TicketKeys(List<OpenSslSessionTicketKey> keys) {
        this.keys = keys.toArray(OpenSslSessionTicketKey[]::new);
    }

    /** @throws TlsFileException where a file holds no keys that the library can use */
    static TicketKeys read(List<String> files) throws TlsFileException {
        var keys = new ArrayList<OpenSslSessionTicketKey>();
        for (var file : files) {
            if (!TlsLibrary.isNative()) {
                throw new TlsFileException(
                        FILE,
                        file,
                        "the JDK's library takes no keys for tickets",
                        "leave it out, or put netty-tcnative-boringssl-static on the path");
            }
            keys.addAll(readFile(file));
        }
        return new TicketKeys(keys);
    }

    private static List<OpenSslSessionTicketKey> readFile(String file) throws TlsFileException {
        var bytes = PemFile.bytes(file, FILE);
        if (bytes.length == KEY_BYTES) {
            return List.of(key(bytes));
        }
        if (bytes.length == LONG_KEY_BYTES) {
            throw longKey(file);
        }
        var keys = new ArrayList<OpenSslSessionTicketKey>();
        for (var line : new String(bytes, StandardCharsets.ISO_8859_1).lines().toList()) {
            if (!line.isBlank()) {
                keys.add(key(decode(file, line.strip())));
            }
        }
        if (keys.isEmpty()) {
            throw malformed(file);
        }
        if (keys.size() > 1) {
            keys.addFirst(keys.remove(keys.size() - 2));
        }
        return keys;
    }

    private static byte[] decode(String file, String line) throws TlsFileException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(line);
        } catch (IllegalArgumentException wrong) {
            throw malformed(file);
        }
        if (bytes.length == LONG_KEY_BYTES) {
            throw longKey(file);
        }
        if (bytes.length != KEY_BYTES) {
            throw malformed(file);
        }
        return bytes;
    }

    private static TlsFileException malformed(String file) {
        return new TlsFileException(
                FILE,
                file,
                "it holds no key of 48 bytes, and no lines of base64 of such",
                "make one with 'openssl rand 48'");
    }

    private static TlsFileException longKey(String file) {
        return new TlsFileException(
                FILE,
                file,
                "its key of 80 bytes is for AES-256, which the library does not seal tickets by",
                "make one with 'openssl rand 48'");
    }

    /** In the order of files: name, AES key, HMAC key. */
    private static OpenSslSessionTicketKey key(byte[] bytes) {
        return new OpenSslSessionTicketKey(part(bytes, 0), part(bytes, 2), part(bytes, 1));
    }

    private static byte[] part(byte[] bytes, int index) {
        return Arrays.copyOfRange(bytes, index * PART_BYTES, (index + 1) * PART_BYTES);
    }

    OpenSslSessionTicketKey[] keys() {
        return keys.clone();
    }
}
