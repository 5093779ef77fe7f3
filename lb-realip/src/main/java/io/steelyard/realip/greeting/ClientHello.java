package io.steelyard.realip.greeting;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the ClientHello of TLS tells (RFC 8446 section 4.1.2, RFC 6066 section 3, RFC 7301). With Encrypted ClientHello it is the outer name.
 *
 * @param serverName the host name asked for, in bytes of ISO 8859-1; empty where none is
 * @param version the newest version offered, such as {@code 0x0304} for TLS 1.3
 * @param protocols the application protocols asked for, in bytes of ISO 8859-1, in order
 * @param takesEcdsa whether a server may show a certificate with an elliptic-curve key (RFC 8446 section 4.2.3, RFC 8422 section 5.3)
 */
public record ClientHello(String serverName, int version, List<String> protocols, boolean takesEcdsa) {
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int MOST_RECORD = (1 << 14) + 256;

    public ClientHello {
        protocols = List.copyOf(protocols);
    }

    /** What was found in the bytes so far. */
    public sealed interface Result {
        /** The whole greeting. */
        record Found(ClientHello hello) implements Result {}

        /** A greeting so far, and not all of it. */
        record NeedMore() implements Result {}

        /** Something else. */
        record NotTls() implements Result {}
    }

    private static final Result NEED_MORE = new Result.NeedMore();
    private static final Result NOT_TLS = new Result.NotTls();

    /**
     * Reads the first bytes of a connection. The greeting may lie in several records; each call begins anew with all bytes so far.
     *
     * @param bytes of which {@code length} count; the greeting's length is bounded by that alone
     */
    public static Result parse(byte[] bytes, int length) {
        if (length >= RECORD_HEADER && isVersion2(bytes)) {
            return new Result.Found(new ClientHello("", number(bytes, 3, 2), List.of(), false));
        }
        var message = new byte[length];
        int filled = 0;
        int at = 0;
        while (true) {
            int known = Math.min(length - at, RECORD_HEADER);
            boolean mayBeVersion2 = at == 0 && known > 0 && bytes[0] < 0;
            if (mayBeVersion2 && known < RECORD_HEADER) {
                return NEED_MORE;
            }
            if ((known > 0 && bytes[at] != HANDSHAKE) || (known > 1 && bytes[at + 1] != 3)) {
                return NOT_TLS;
            }
            if (known < RECORD_HEADER) {
                return NEED_MORE;
            }
            int size = number(bytes, at + 3, 2);
            if (size == 0 || size > MOST_RECORD) {
                return NOT_TLS;
            }
            at += RECORD_HEADER;
            int there = Math.min(size, length - at);
            System.arraycopy(bytes, at, message, filled, there);
            filled += there;
            if (filled > 0 && message[0] != CLIENT_HELLO) {
                return NOT_TLS;
            }
            if (filled >= HANDSHAKE_HEADER && filled - HANDSHAKE_HEADER >= number(message, 1, 3)) {
                return new Reader(message, HANDSHAKE_HEADER, HANDSHAKE_HEADER + number(message, 1, 3)).read();
            }
            if (there < size) {
                return NEED_MORE;
            }
            at += size;
        }
    }

    /** The version as nginx names it in {@code $ssl_preread_protocol}; empty for one it does not know. */
    public String protocolName() {
        return switch (version) {
            case 0x0002 -> "SSLv2";
            case 0x0300 -> "SSLv3";
            case 0x0301 -> "TLSv1";
            case 0x0302 -> "TLSv1.1";
            case 0x0303 -> "TLSv1.2";
            case 0x0304 -> "TLSv1.3";
            default -> "";
        };
    }

    /** The greeting of SSL 2, which newer clients could offer newer versions in too; it has no extensions. */
    private static boolean isVersion2(byte[] bytes) {
        return bytes[0] < 0 && bytes[2] == CLIENT_HELLO && (bytes[3] == 0 || bytes[3] == 3);
    }

    private static int number(byte[] bytes, int at, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    /** Goes through the message; a length that leads out of it makes it no greeting. */
    private static final class Reader {
        private final byte[] bytes;
        private int at;
        private int end;
        private boolean isBroken;
        private String serverName = "";
        private int version;
        private final List<String> protocols = new ArrayList<>();
        private boolean hasEcdsaSuite;
        private boolean hasEcdsaSignature;

        Reader(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            at = from;
            end = to;
        }

        Result read() {
            version = take(2);
            skip(32);
            skip(take(1)); // session id
            suites();
            skip(take(1)); // compression methods
            if (!isBroken && at < end) {
                int extensionsEnd = enter(take(2));
                while (!isBroken && at < extensionsEnd) {
                    int type = take(2);
                    int outer = end;
                    int extensionEnd = enter(take(2));
                    extension(type);
                    at = extensionEnd;
                    end = outer;
                }
            }
            return isBroken
                    ? NOT_TLS
                    : new Result.Found(new ClientHello(
                            serverName, version, protocols, hasEcdsaSignature && (hasEcdsaSuite || version >= 0x0304)));
        }

        private void suites() {
            int outer = end;
            int suitesEnd = enter(take(2));
            while (!isBroken && at < suitesEnd) {
                hasEcdsaSuite |= isEcdsa(take(2));
            }
            end = outer;
        }

        /** Whether a suite of TLS 1.2 has ECDHE_ECDSA in its name and is one that is in use. */
        private static boolean isEcdsa(int suite) {
            return switch (suite) {
                case 0xC009, 0xC00A, 0xC023, 0xC024, 0xC02B, 0xC02C, 0xCCA9 -> true;
                default -> false;
            };
        }

        private void extension(int type) {
            switch (type) {
                case SERVER_NAME -> {
                    enter(take(2));
                    while (!isBroken && at < end) {
                        int kind = take(1);
                        var name = text(take(2));
                        if (kind == 0 && serverName.isEmpty()) {
                            serverName = name;
                        }
                    }
                }
                case ALPN -> {
                    enter(take(2));
                    while (!isBroken && at < end) {
                        protocols.add(text(take(1)));
                    }
                }
                case SIGNATURE_ALGORITHMS -> {
                    enter(take(2));
                    while (!isBroken && at < end) {
                        int scheme = take(2);
                        hasEcdsaSignature |= (scheme & 0xFF) == 3 && scheme >= 0x0403 && scheme <= 0x0603;
                    }
                }
                case SUPPORTED_VERSIONS -> {
                    enter(take(1));
                    int newest = 0;
                    while (!isBroken && at < end) {
                        int offered = take(2);
                        newest = offered >= 0x0300 && offered <= 0x0304 ? Math.max(newest, offered) : newest;
                    }
                    version = newest == 0 ? version : newest;
                }
                default -> {}
            }
        }

        /** Makes the next {@code size} bytes all there is. @return where they end */
        private int enter(int size) {
            if (size > end - at) {
                isBroken = true;
                return end;
            }
            end = at + size;
            return end;
        }

        private int take(int size) {
            if (isBroken || size > end - at) {
                isBroken = true;
                return 0;
            }
            at += size;
            return number(bytes, at - size, size);
        }

        private void skip(int size) {
            if (isBroken || size > end - at) {
                isBroken = true;
                return;
            }
            at += size;
        }

        private String text(int size) {
            int start = at;
            skip(size);
            return isBroken ? "" : new String(bytes, start, size, StandardCharsets.ISO_8859_1);
        }
    }
}
