package io.steelyard.vrrp.witness;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What goes between an asker and our witness, each in a datagram of at most {@value #MOST_BYTES} octets, and none longer in answer than in question.
 *
 * <pre>
 *   0  "SYWT"                        4  format = 1      5  kind: 1 ask, 2 give up, 3 answer
 *   6  priority, 8 bits              7  1: granted, 2: wanted
 *   8  sequence, 64 bits            16  lease in ns, 64 bits      24  epoch, 64 bits
 *  32  lease: text                  ..  asker: text
 *      the first 16 octets of HMAC-SHA256 over all of the above
 *
 *   a text is its length in octets, 8 bits, and UTF-8; numbers are in network order
 * </pre>
 *
 * <p>An answer repeats sequence, lease and asker of its question, so that nobody else's and no earlier answer passes for it. A question that is
 * repeated by somebody who listened has an old sequence number, which the witness drops as long as the asker holds the lease; later it gives the
 * lease to an asker that does not want it any more, for one lease, and so can only do what cutting the cable does.
 *
 * @param kind one of three
 * @param priority of the asker; 0 in answers
 * @param sequence of the question
 * @param leaseNs for how long it is asked
 * @param epoch in questions the one held, or 0; in answers the lease's
 */
record WitnessMessage(
        Kind kind,
        String lease,
        String asker,
        int priority,
        long sequence,
        long leaseNs,
        long epoch,
        boolean isGranted,
        boolean isWanted) {
    static final int MOST_BYTES = 600;

    /** The least length of a key in octets. */
    static final int LEAST_KEY_BYTES = 16;

    private static final int MAGIC = 0x53595754;
    private static final int FORMAT = 1;
    private static final int CODE_LENGTH = 16;
    private static final int GRANTED = 1;
    private static final int WANTED = 2;
    private static final Kind[] KINDS = Kind.values();

    /** What a message is. */
    enum Kind {
        ASK,
        GIVE_UP,
        ANSWER
    }

    /** Checks a key and makes it one. @throws IllegalArgumentException where it is too short */
    static SecretKeySpec key(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < LEAST_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the witness's key has " + bytes.length + " octets, expected at least " + LEAST_KEY_BYTES);
        }
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    WitnessMessage answer(boolean granted, long leaseEpoch, boolean wanted) {
        return new WitnessMessage(Kind.ANSWER, lease, asker, 0, sequence, leaseNs, leaseEpoch, granted, wanted);
    }

    /** The datagram. @throws IllegalArgumentException for a name that is too long */
    ByteBuffer encode(SecretKeySpec key) {
        var buffer = ByteBuffer.allocate(MOST_BYTES);
        try {
            buffer.putInt(MAGIC).put((byte) FORMAT).put((byte) (kind.ordinal() + 1));
            buffer.put((byte) priority).put((byte) ((isGranted ? GRANTED : 0) | (isWanted ? WANTED : 0)));
            buffer.putLong(sequence).putLong(leaseNs).putLong(epoch);
            putText(buffer, lease);
            putText(buffer, asker);
            buffer.put(code(key, buffer.array(), buffer.position()), 0, CODE_LENGTH);
        } catch (BufferOverflowException tooLong) {
            throw new IllegalArgumentException("the names '" + lease + "' and '" + asker + "' are too long", tooLong);
        }
        return buffer.flip();
    }

    private static void putText(ByteBuffer buffer, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 255) {
            throw new IllegalArgumentException("a name of " + bytes.length + " octets is too long, expected up to 255");
        }
        buffer.put((byte) bytes.length).put(bytes);
    }

    /** The message of a datagram; absent where it is none, is malformed, or is not signed with this key. */
    static Optional<WitnessMessage> decode(ByteBuffer datagram, SecretKeySpec key) {
        var bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        int signed = bytes.length - CODE_LENGTH;
        if (signed < 0 || !isGenuine(bytes, signed, key)) {
            return Optional.empty();
        }
        try {
            var buffer = ByteBuffer.wrap(bytes, 0, signed);
            if (buffer.getInt() != MAGIC || buffer.get() != FORMAT) {
                return Optional.empty();
            }
            int kind = buffer.get() - 1;
            int priority = buffer.get() & 0xFF;
            int flags = buffer.get();
            long sequence = buffer.getLong();
            long leaseNs = buffer.getLong();
            long epoch = buffer.getLong();
            var lease = text(buffer);
            var asker = text(buffer);
            if (kind < 0 || kind >= KINDS.length || buffer.hasRemaining()) {
                return Optional.empty();
            }
            return Optional.of(new WitnessMessage(
                    KINDS[kind],
                    lease,
                    asker,
                    priority,
                    sequence,
                    leaseNs,
                    epoch,
                    (flags & GRANTED) != 0,
                    (flags & WANTED) != 0));
        } catch (BufferUnderflowException malformed) {
            return Optional.empty();
        }
    }

    private static String text(ByteBuffer buffer) {
        var bytes = new byte[buffer.get() & 0xFF];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean isGenuine(byte[] bytes, int length, SecretKeySpec key) {
        var code = code(key, bytes, length);
        var own = java.util.Arrays.copyOf(code, CODE_LENGTH);
        return MessageDigest.isEqual(own, java.util.Arrays.copyOfRange(bytes, length, bytes.length));
    }

    private static byte[] code(SecretKeySpec key, byte[] bytes, int length) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(bytes, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java platform has no HmacSHA256", missing);
        }
    }
}
