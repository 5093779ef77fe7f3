package io.steelyard.realip.proxyprotocol;

import io.steelyard.realip.address.AddressReader;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Command;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Family;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder.Result;
import java.nio.ByteBuffer;

/**
 * Version 1: {@code PROXY TCP4 source destination port port}, a line of at most 107 bytes with its end; single spaces, no leading zeros in
 * numbers. An IPv6 address may be a mapped IPv4 one. Reusable; one thread at a time.
 */
final class TextHeaderParser {
    /** With carriage return and line feed. */
    static final int MOST_BYTES = 107;

    private static final byte[] PREFIX = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final byte[] UNKNOWN = {'U', 'N', 'K', 'N', 'O', 'W', 'N'};
    private static final int TRANSPORT_AT = PREFIX.length;
    private static final int ADDRESSES_AT = TRANSPORT_AT + 5;

    private final AddressReader address = new AddressReader();
    private HeaderProblem problem = HeaderProblem.NONE;

    /** Why the last result was {@link Result#INVALID}. */
    HeaderProblem problem() {
        return problem;
    }

    Result parse(ByteBuffer bytes, ProxyHeader into) {
        problem = HeaderProblem.NONE;
        int start = bytes.position();
        int available = Math.min(bytes.remaining(), MOST_BYTES);
        for (int i = 0; i < Math.min(available, PREFIX.length); i++) {
            if (bytes.get(start + i) != PREFIX[i]) {
                return invalid(HeaderProblem.NOT_A_HEADER);
            }
        }
        int length = lineLength(bytes, start, available);
        if (length < 0) {
            return invalid(HeaderProblem.BARE_LINE_END);
        }
        if (length == available) {
            return available == MOST_BYTES ? invalid(HeaderProblem.LINE_TOO_LONG) : Result.NEED_MORE;
        }
        into.endsAt(start + length + 2, start + length + 2);
        return parseLine(bytes, start, start + length, into);
    }

    /** Bytes before the line's end; {@code available} where that has not come, -1 where half of one stands alone. */
    private static int lineLength(ByteBuffer bytes, int start, int available) {
        for (int i = PREFIX.length; i < available; i++) {
            byte b = bytes.get(start + i);
            if (b == '\n') {
                return -1;
            }
            if (b == '\r') {
                if (i + 1 == available) {
                    return available;
                }
                return bytes.get(start + i + 1) == '\n' ? i : -1;
            }
        }
        return available;
    }

    private Result parseLine(ByteBuffer bytes, int start, int end, ProxyHeader into) {
        if (isUnknown(bytes, start + TRANSPORT_AT, end)) {
            into.kind(Command.PROXY, Family.UNSPECIFIED, Transport.UNSPECIFIED);
            return Result.COMPLETE;
        }
        if (end - start < ADDRESSES_AT
                || bytes.get(start + TRANSPORT_AT) != 'T'
                || bytes.get(start + TRANSPORT_AT + 1) != 'C'
                || bytes.get(start + TRANSPORT_AT + 2) != 'P'
                || bytes.get(start + TRANSPORT_AT + 4) != ' ') {
            return invalid(HeaderProblem.BAD_TRANSPORT);
        }
        byte digit = bytes.get(start + TRANSPORT_AT + 3);
        if (digit != '4' && digit != '6') {
            return invalid(HeaderProblem.BAD_TRANSPORT);
        }
        boolean isIpv4 = digit == '4';
        int sourceEnd = wordEnd(bytes, start + ADDRESSES_AT, end);
        if (!readAddress(bytes, start + ADDRESSES_AT, sourceEnd, isIpv4)) {
            return invalid(HeaderProblem.BAD_SOURCE);
        }
        into.source(address.high(), address.low());
        int destinationEnd = wordEnd(bytes, sourceEnd + 1, end);
        if (!readAddress(bytes, sourceEnd + 1, destinationEnd, isIpv4)) {
            return invalid(HeaderProblem.BAD_DESTINATION);
        }
        into.destination(address.high(), address.low());
        int portEnd = wordEnd(bytes, destinationEnd + 1, end);
        int sourcePort = port(bytes, destinationEnd + 1, portEnd);
        int destinationPort = port(bytes, portEnd + 1, end);
        if (sourcePort < 0 || destinationPort < 0) {
            return invalid(HeaderProblem.BAD_PORT);
        }
        into.ports(sourcePort, destinationPort);
        into.kind(Command.PROXY, isIpv4 ? Family.IPV4 : Family.IPV6, Transport.STREAM);
        return Result.COMPLETE;
    }

    private static boolean isUnknown(ByteBuffer bytes, int at, int end) {
        if (end - at < UNKNOWN.length) {
            return false;
        }
        for (int i = 0; i < UNKNOWN.length; i++) {
            if (bytes.get(at + i) != UNKNOWN[i]) {
                return false;
            }
        }
        return at + UNKNOWN.length == end || bytes.get(at + UNKNOWN.length) == ' ';
    }

    private static int wordEnd(ByteBuffer bytes, int at, int end) {
        while (at < end && bytes.get(at) != ' ') {
            at++;
        }
        return at;
    }

    private boolean readAddress(ByteBuffer bytes, int from, int to, boolean isIpv4) {
        if (!address.read(bytes, from, to)) {
            return false;
        }
        boolean hasColon = false;
        for (int at = from; at < to && !hasColon; at++) {
            hasColon = bytes.get(at) == ':';
        }
        return isIpv4 != hasColon;
    }

    /** 0 to 65535; -1 where the text is no port. */
    private static int port(ByteBuffer bytes, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 5 || (length > 1 && bytes.get(from) == '0')) {
            return -1;
        }
        int port = 0;
        for (int at = from; at < to; at++) {
            int digit = bytes.get(at) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            port = port * 10 + digit;
        }
        return port <= 65_535 ? port : -1;
    }

    private Result invalid(HeaderProblem why) {
        problem = why;
        return Result.INVALID;
    }
}
