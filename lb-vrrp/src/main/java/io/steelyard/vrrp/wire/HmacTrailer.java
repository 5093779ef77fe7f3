package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.HmacAuthentication;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Signs adverts and checks signed ones: keepalived's {@code auth_hmac} as of 2.4.1. Used by one thread at a time.
 *
 * <pre>
 *   0               1               2               3
 *  +---------------+---------------+-------------------------------+
 *  | type = 1      | key id        | 0                             |
 *  +---------------+---------------+-------------------------------+
 *  | seconds since 1970                                            |
 *  +-------------------------------+-------------------------------+
 *  | 1/65536 seconds               | counter                       |
 *  +-------------------------------+-------------------------------+
 *  | HMAC-SHA256, the first 16 of 32 octets                        |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The code covers the octets {family 4 or 6, version, virtual router id, 0, source address in 16 octets}, then the message with its checksum
 * read as zero, then this trailer with its code read as zero. The second to fourth rows are one number of 64 bits that must grow from packet to
 * packet of a sender, by serial arithmetic (RFC 1982).
 */
public final class HmacTrailer {
    /** In octets. */
    public static final int LENGTH = 28;

    private static final int TYPE_SHA256 = 1;
    private static final int KEY_ID = 1;
    private static final int RESERVED = 2;
    private static final int SEQUENCE = 4;
    private static final int CODE = 12;
    private static final int CODE_LENGTH = 16;
    private static final int PSEUDO_LENGTH = 20;

    /** How many senders are remembered, as keepalived does for multicast. */
    private static final int SENDERS = 4;

    /** What a check found. */
    public enum Result {
        OK,
        MALFORMED,
        UNKNOWN_KEY,
        WRONG_CODE,
        STALE,
        REPLAYED
    }

    private final boolean isByTime;
    private final boolean signs;
    private final boolean isEnforced;
    private final long windowSeconds;
    private final int activeKeyId;
    private final KeyedDigest[] digests = new KeyedDigest[256];
    private final byte[] pseudo = new byte[PSEUDO_LENGTH];
    private long sequence;

    private final long[] senderHigh;
    private final long[] senderLow;
    private final long[] senderSequence;
    private final long[] senderUsed;
    private long uses;

    /**
     * Without anything sent or heard.
     *
     * @param advertInterval of the router, which the window may follow from
     * @param senders how many are remembered: the unicast peers, or 4
     */
    public HmacTrailer(HmacAuthentication configuration, Duration advertInterval, int senders) {
        isByTime = configuration.antiReplay() == HmacAuthentication.AntiReplay.TIME;
        signs = configuration.mode() != HmacAuthentication.Mode.RECEIVE_ONLY;
        isEnforced = configuration.mode() == HmacAuthentication.Mode.ENFORCE;
        windowSeconds = configuration.window(advertInterval).toSeconds();
        activeKeyId = configuration.activeKeyId();
        addKeys(configuration.keys());
        int places = Math.max(senders, SENDERS);
        senderHigh = new long[places];
        senderLow = new long[places];
        senderSequence = new long[places];
        senderUsed = new long[places];
    }

    private void addKeys(List<HmacAuthentication.Key> keys) {
        for (var key : keys) {
            var secret = key.bytes();
            digests[key.id()] = new KeyedDigest("SHA-256", secret);
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Whether our own adverts have a trailer. */
    public boolean signs() {
        return signs;
    }

    /** Whether what has no trailer is dropped. */
    public boolean isEnforced() {
        return isEnforced;
    }

    /**
     * Puts a trailer behind a message whose checksum may be there or not.
     *
     * @param length of the message without the trailer
     * @param wallNs time of day, nanoseconds since 1970
     */
    public void sign(
            MemorySegment memory,
            long offset,
            int length,
            boolean isIpv6,
            long sourceHigh,
            long sourceLow,
            long wallNs) {
        long trailer = offset + length;
        Bytes.putByte(memory, trailer, TYPE_SHA256);
        Bytes.putByte(memory, trailer + KEY_ID, activeKeyId);
        Bytes.putShort(memory, trailer + RESERVED, 0);
        Bytes.putLong(memory, trailer + SEQUENCE, nextSequence(wallNs));
        var code = code(digests[activeKeyId], memory, offset, length, isIpv6, sourceHigh, sourceLow);
        MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, trailer + CODE, CODE_LENGTH);
    }

    private long nextSequence(long wallNs) {
        long clock = clock(wallNs);
        boolean isStranded = isByTime && (int) ((sequence >>> 32) - (clock >>> 32)) > windowSeconds;
        // A clock that was set back leaves the last stamp where no receiver takes it any more; then the clock wins.
        sequence = clock - sequence > 0 || isStranded ? clock : sequence + 1;
        return sequence;
    }

    private static long clock(long wallNs) {
        long seconds = Math.floorDiv(wallNs, 1_000_000_000L);
        long rest = Math.floorMod(wallNs, 1_000_000_000L);
        return seconds << 32 | (rest << 16) / 1_000_000_000L << 16;
    }

    /**
     * Checks a message with a trailer; a good one is remembered as its sender's last.
     *
     * @param length of the message without the trailer
     * @param wallNs time of day, nanoseconds since 1970
     */
    public Result check(
            MemorySegment memory,
            long offset,
            int length,
            boolean isIpv6,
            long sourceHigh,
            long sourceLow,
            long wallNs) {
        long trailer = offset + length;
        if (Bytes.byteAt(memory, trailer) != TYPE_SHA256 || Bytes.shortAt(memory, trailer + RESERVED) != 0) {
            return Result.MALFORMED;
        }
        long stamp = Bytes.longAt(memory, trailer + SEQUENCE);
        // Before the code is worked out, so that a flood of old packets costs little. It only ever refuses.
        if (isByTime && isOutside(stamp, wallNs)) {
            return Result.STALE;
        }
        var digest = digests[Bytes.byteAt(memory, trailer + KEY_ID)];
        if (digest == null) {
            return Result.UNKNOWN_KEY;
        }
        var code = code(digest, memory, offset, length, isIpv6, sourceHigh, sourceLow);
        if (!KeyedDigest.isEqual(code, memory, trailer + CODE, CODE_LENGTH)) {
            return Result.WRONG_CODE;
        }
        return isNext(sourceHigh, sourceLow, stamp, wallNs) ? Result.OK : Result.REPLAYED;
    }

    private boolean isOutside(long stamp, long wallNs) {
        int difference = (int) (Math.floorDiv(wallNs, 1_000_000_000L) - (stamp >>> 32));
        return difference > windowSeconds || difference < -windowSeconds;
    }

    private byte[] code(
            KeyedDigest digest,
            MemorySegment memory,
            long offset,
            int length,
            boolean isIpv6,
            long sourceHigh,
            long sourceLow) {
        Arrays.fill(pseudo, (byte) 0);
        pseudo[0] = (byte) (isIpv6 ? 6 : 4);
        pseudo[1] = (byte) (Bytes.byteAt(memory, offset) >>> 4);
        pseudo[2] = (byte) Bytes.byteAt(memory, offset + 1);
        for (int i = 0; i < (isIpv6 ? 8 : 4); i++) {
            pseudo[4 + i] = (byte) (isIpv6 ? sourceHigh >>> 56 - 8 * i : sourceLow >>> 24 - 8 * i);
        }
        for (int i = 0; isIpv6 && i < 8; i++) {
            pseudo[12 + i] = (byte) (sourceLow >>> 56 - 8 * i);
        }
        int rest = AdvertFlyweight.CHECKSUM + 2;
        return digest.begin()
                .add(pseudo, PSEUDO_LENGTH)
                .add(memory, offset, AdvertFlyweight.CHECKSUM)
                .addZeros(2)
                .add(memory, offset + rest, length - rest + CODE)
                .addZeros(CODE_LENGTH)
                .finish();
    }

    /** Only called for what is genuine, so that forged senders cannot push others out. */
    private boolean isNext(long high, long low, long stamp, long wallNs) {
        int place = 0;
        for (int i = 0; i < senderUsed.length; i++) {
            if (senderUsed[i] != 0 && senderHigh[i] == high && senderLow[i] == low) {
                senderUsed[i] = ++uses;
                // What is remembered may lie outside the window after a clock was set: then it says nothing any more.
                boolean counts = !isByTime || !isOutside(senderSequence[i], wallNs);
                if (counts && stamp - senderSequence[i] <= 0) {
                    return false;
                }
                senderSequence[i] = stamp;
                return true;
            }
            if (senderUsed[i] < senderUsed[place]) {
                place = i;
            }
        }
        senderHigh[place] = high;
        senderLow[place] = low;
        senderSequence[place] = stamp;
        senderUsed[place] = ++uses;
        return true;
    }
}
