package io.steelyard.api.schedule;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the flow a server is wanted for. A mutable carrier that its owner fills anew for each pick, so that picking allocates
 * nothing; one thread at a time.
 *
 * <p>Addresses are kept as 128 bits, IPv4 ones mapped (RFC 4291 section 2.5.5.2).
 */
public final class Flow {
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;
    private static final int NO_KEY = -1;
    private static final String[] NONE_WANTED = {};

    private boolean hasClientAddress;
    private long clientHigh;
    private long clientLow;
    private int clientPort;
    private boolean hasDestinationAddress;
    private long destinationHigh;
    private long destinationLow;
    private int destinationPort;
    private boolean isUdp;

    private String[] wanted = NONE_WANTED;
    private boolean insists;
    private @Nullable String avoided;
    private int priorityClass;
    private int priorityOffsetMs;

    private byte[] key = new byte[64];
    private int keyLength = NO_KEY;

    private long nowNs;
    private long random;
    private long[] tried = new long[1];
    private boolean hasTriedAny;

    /** A flow with a random seed of its own. */
    public Flow() {
        this(System.nanoTime() ^ System.identityHashCode(new Object()) * 0x9E3779B97F4A7C15L);
    }

    /** A flow whose random numbers follow from {@code seed}. */
    public Flow(long seed) {
        random = seed;
    }

    /** Forgets everything but the state of the random numbers. */
    public Flow clear() {
        hasClientAddress = false;
        clientHigh = clientLow = 0;
        clientPort = 0;
        hasDestinationAddress = false;
        destinationHigh = destinationLow = 0;
        destinationPort = 0;
        isUdp = false;
        keyLength = NO_KEY;
        wanted = NONE_WANTED;
        insists = false;
        avoided = null;
        priorityClass = 0;
        priorityOffsetMs = 0;
        clearTried();
        return this;
    }

    // ---- client

    public Flow client(InetAddress address, int port) {
        hasClientAddress = true;
        clientHigh = high(address);
        clientLow = low(address);
        clientPort = port;
        return this;
    }

    /** @param high the upper 64 bits, 0 for a mapped IPv4 address */
    public Flow client(long high, long low, int port) {
        hasClientAddress = true;
        clientHigh = high;
        clientLow = low;
        clientPort = port;
        return this;
    }

    /** @param address the four bytes, most significant first */
    public Flow clientIpv4(int address, int port) {
        return client(0, MAPPED_PREFIX | Integer.toUnsignedLong(address), port);
    }

    /** False for a client without an IP address, such as one on a UNIX socket. */
    public boolean hasClientAddress() {
        return hasClientAddress;
    }

    public boolean isClientIpv4() {
        return hasClientAddress && isIpv4(clientHigh, clientLow);
    }

    public long clientHigh() {
        return clientHigh;
    }

    public long clientLow() {
        return clientLow;
    }

    public int clientPort() {
        return clientPort;
    }

    // ---- destination: the address the client spoke to

    public Flow destination(InetAddress address, int port) {
        hasDestinationAddress = true;
        destinationHigh = high(address);
        destinationLow = low(address);
        destinationPort = port;
        return this;
    }

    /** @param high the upper 64 bits, 0 for a mapped IPv4 address */
    public Flow destination(long high, long low, int port) {
        hasDestinationAddress = true;
        destinationHigh = high;
        destinationLow = low;
        destinationPort = port;
        return this;
    }

    public boolean hasDestinationAddress() {
        return hasDestinationAddress;
    }

    public boolean isDestinationIpv4() {
        return hasDestinationAddress && isIpv4(destinationHigh, destinationLow);
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    public int destinationPort() {
        return destinationPort;
    }

    public Flow udp(boolean value) {
        isUdp = value;
        return this;
    }

    public boolean isUdp() {
        return isUdp;
    }

    // ---- the server that the client had before

    /**
     * Says which servers the flow wants, before tiers and scheduler are asked.
     *
     * @param ids of servers in order of preference; kept as it is, not to be changed
     * @param insistently whether it wants them even where they are down or were tried
     */
    public Flow wanted(String[] ids, boolean insistently) {
        wanted = ids;
        insists = insistently;
        return this;
    }

    /** Says which server it must not be given; null for none. */
    public Flow avoided(@Nullable String id) {
        avoided = id;
        return this;
    }

    public @Nullable String avoided() {
        return avoided;
    }

    /** The servers it wants; empty for none. Not to be changed. */
    public String[] wanted() {
        return wanted;
    }

    public boolean insists() {
        return insists;
    }

    // ---- waiting for room

    /**
     * When its turn comes where it has to wait.
     *
     * @param waitingClass the lowest is first
     * @param offsetMs within a class: by how much it is taken to have come later
     */
    public Flow priority(int waitingClass, int offsetMs) {
        priorityClass = waitingClass;
        priorityOffsetMs = offsetMs;
        return this;
    }

    public int priorityClass() {
        return priorityClass;
    }

    public int priorityOffsetMs() {
        return priorityOffsetMs;
    }

    // ---- hash key

    /** Copies the key in. */
    public Flow key(byte[] bytes, int offset, int length) {
        if (key.length < length) {
            key = new byte[Math.max(length, key.length * 2)];
        }
        System.arraycopy(bytes, offset, key, 0, length);
        keyLength = length;
        return this;
    }

    /** Copies the key in, as UTF-8. Allocates. */
    public Flow key(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return key(bytes, 0, bytes.length);
    }

    public Flow noKey() {
        keyLength = NO_KEY;
        return this;
    }

    /** Whether there is a key that is not empty. */
    public boolean hasKey() {
        return keyLength > 0;
    }

    /** The key's bytes, of which the first {@link #keyLength()} count. Not to be kept or changed. */
    public byte[] key() {
        return key;
    }

    /** 0 where there is no key. */
    public int keyLength() {
        return Math.max(keyLength, 0);
    }

    // ---- time and randomness

    /** The time of the pick, in nanoseconds of a monotonic clock. */
    public long nowNs() {
        return nowNs;
    }

    public Flow nowNs(long value) {
        nowNs = value;
        return this;
    }

    /** The next random 64 bits (SplitMix64). */
    public long nextLong() {
        random += 0x9E3779B97F4A7C15L;
        long z = random;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A random number from 0 to {@code bound - 1}; {@code bound} is at least 1. */
    public int nextInt(int bound) {
        return (int) ((nextLong() >>> 32) * bound >>> 32);
    }

    // ---- servers already tried, by their index in the candidates

    public Flow markTried(int index) {
        int word = index >>> 6;
        if (word >= tried.length) {
            tried = Arrays.copyOf(tried, word + 1);
        }
        tried[word] |= 1L << index;
        hasTriedAny = true;
        return this;
    }

    public boolean hasTried(int index) {
        int word = index >>> 6;
        return word < tried.length && (tried[word] >>> index & 1) != 0;
    }

    /** Whether any server was tried: false for a flow's first pick, which algorithms may answer from what they prepared. */
    public boolean hasTriedAny() {
        return hasTriedAny;
    }

    public Flow clearTried() {
        if (hasTriedAny) {
            Arrays.fill(tried, 0);
            hasTriedAny = false;
        }
        return this;
    }

    private static boolean isIpv4(long high, long low) {
        return high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == MAPPED_PREFIX;
    }

    private static long high(InetAddress address) {
        return address instanceof Inet4Address ? 0 : bigEndian(address.getAddress(), 0, 8);
    }

    private static long low(InetAddress address) {
        return address instanceof Inet4Address
                ? MAPPED_PREFIX | bigEndian(address.getAddress(), 0, 4)
                : bigEndian(address.getAddress(), 8, 8);
    }

    private static long bigEndian(byte[] bytes, int offset, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | bytes[offset + i] & 0xFF;
        }
        return value;
    }
}
