package io.steelyard.vrrp.wire;

import java.lang.foreign.MemorySegment;

/**
 * A VRRP message in memory: holds no data, trusts the length that its user checked. Used by one thread at a time.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+-------+---------------+---------------+---------------+
 *  |version| type  | virtual rtr id|   priority    |  addresses    |
 *  +-------+-------+---------------+---------------+---------------+
 *  |  auth type (v2)               |
 *  |  or 0, interval 12 bits (v3)  |            checksum           |     v2: octet 5 is the interval in seconds
 *  +-------------------------------+-------------------------------+
 *  |  addresses, 4 or 16 octets each                               |
 *  |  authentication data, 8 octets, version 2 only                |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>RFC 3768 section 5.1, RFC 9568 section 5.1.
 */
public final class AdvertFlyweight {
    /** The fixed part, in octets. */
    public static final int HEADER_LENGTH = 8;

    /** Authentication data of version 2, in octets. */
    public static final int AUTHENTICATION_LENGTH = 8;

    /** The only type there is. */
    public static final int TYPE_ADVERTISEMENT = 1;

    static final int CHECKSUM = 6;

    private static final int VERSION_TYPE = 0;
    private static final int ROUTER_ID = 1;
    private static final int PRIORITY = 2;
    private static final int COUNT = 3;
    private static final int AUTH_TYPE = 4;
    private static final int INTERVAL_SECONDS = 5;
    private static final int INTERVAL = 4;

    private MemorySegment memory = MemorySegment.NULL;
    private long offset;

    public AdvertFlyweight() {}

    /** Looks at the message at {@code offset} of {@code memory}, of which the fixed part must be there. */
    public AdvertFlyweight wrap(MemorySegment memory, long offset) {
        this.memory = memory;
        this.offset = offset;
        return this;
    }

    MemorySegment memory() {
        return memory;
    }

    long offset() {
        return offset;
    }

    public int version() {
        return Bytes.byteAt(memory, offset + VERSION_TYPE) >>> 4;
    }

    public int type() {
        return Bytes.byteAt(memory, offset + VERSION_TYPE) & 0xF;
    }

    public AdvertFlyweight versionAndType(int version, int type) {
        Bytes.putByte(memory, offset + VERSION_TYPE, version << 4 | type);
        return this;
    }

    public int virtualRouterId() {
        return Bytes.byteAt(memory, offset + ROUTER_ID);
    }

    public AdvertFlyweight virtualRouterId(int id) {
        Bytes.putByte(memory, offset + ROUTER_ID, id);
        return this;
    }

    public int priority() {
        return Bytes.byteAt(memory, offset + PRIORITY);
    }

    public AdvertFlyweight priority(int priority) {
        Bytes.putByte(memory, offset + PRIORITY, priority);
        return this;
    }

    public int addressCount() {
        return Bytes.byteAt(memory, offset + COUNT);
    }

    public AdvertFlyweight addressCount(int count) {
        Bytes.putByte(memory, offset + COUNT, count);
        return this;
    }

    /** Version 2. */
    public int authenticationType() {
        return Bytes.byteAt(memory, offset + AUTH_TYPE);
    }

    public AdvertFlyweight authenticationType(int type) {
        Bytes.putByte(memory, offset + AUTH_TYPE, type);
        return this;
    }

    /** Version 2. */
    public int intervalSeconds() {
        return Bytes.byteAt(memory, offset + INTERVAL_SECONDS);
    }

    public AdvertFlyweight intervalSeconds(int seconds) {
        Bytes.putByte(memory, offset + INTERVAL_SECONDS, seconds);
        return this;
    }

    /** Version 3, 0 to 4095; the four bits above are reserved and not looked at. */
    public int intervalCentiseconds() {
        return Bytes.shortAt(memory, offset + INTERVAL) & 0xFFF;
    }

    public AdvertFlyweight intervalCentiseconds(int centiseconds) {
        Bytes.putShort(memory, offset + INTERVAL, centiseconds & 0xFFF);
        return this;
    }

    public int checksum() {
        return Bytes.shortAt(memory, offset + CHECKSUM);
    }

    public AdvertFlyweight checksum(int checksum) {
        Bytes.putShort(memory, offset + CHECKSUM, checksum);
        return this;
    }

    /** The upper half of the address at {@code index}; 0 for IPv4. */
    public long addressHigh(int index, boolean isIpv6) {
        return isIpv6 ? Bytes.longAt(memory, offset + HEADER_LENGTH + 16L * index) : 0;
    }

    /** The lower half of the address at {@code index}, IPv4 mapped. */
    public long addressLow(int index, boolean isIpv6) {
        return isIpv6
                ? Bytes.longAt(memory, offset + HEADER_LENGTH + 16L * index + 8)
                : Bytes.MAPPED | Bytes.intAt(memory, offset + HEADER_LENGTH + 4L * index) & 0xFFFF_FFFFL;
    }

    AdvertFlyweight address(int index, boolean isIpv6, long high, long low) {
        if (isIpv6) {
            Bytes.putLong(memory, offset + HEADER_LENGTH + 16L * index, high);
            Bytes.putLong(memory, offset + HEADER_LENGTH + 16L * index + 8, low);
        } else {
            Bytes.putInt(memory, offset + HEADER_LENGTH + 4L * index, (int) low);
        }
        return this;
    }

    /** The octets of a message of this version with that many addresses, without a trailer. */
    public static int length(int version, int addresses, boolean isIpv6) {
        return HEADER_LENGTH + addresses * (isIpv6 ? 16 : 4) + (version == 2 ? AUTHENTICATION_LENGTH : 0);
    }
}
