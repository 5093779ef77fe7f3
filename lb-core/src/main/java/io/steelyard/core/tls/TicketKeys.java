package io.steelyard.core.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;

/**
 * The key that seals clients' tickets: one for all contexts of an engine, so that sessions can be taken up again on another loop and after a change
 * of configuration. Immutable.
 */
final class TicketKeys {
    private final OpenSslSessionTicketKey key;

    TicketKeys() {
        var random = new SecureRandom();
        key = new OpenSslSessionTicketKey(
                bytes(random, OpenSslSessionTicketKey.NAME_SIZE),
                bytes(random, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(random, OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private static byte[] bytes(SecureRandom random, int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    OpenSslSessionTicketKey keys() {
        return key;
    }
}
