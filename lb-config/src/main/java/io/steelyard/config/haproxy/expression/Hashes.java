package io.steelyard.config.haproxy.expression;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The converters that make a number of 32 bits of bytes: {@code crc32} {@code crc32c} {@code djb2} {@code sdbm} {@code wt6} (HAProxy 2.6, configuration
 * manual, section 7.3.1), each of its own bytes alone or, with the argument 1, mixed once more by HAProxy's full avalanche. Stateless.
 */
final class Hashes {
    private Hashes() {}

    /** Tells every converter with its name. */
    static void forEach(BiConsumer<String, Converter.Work> taker) {
        taker.accept("crc32", work("crc32", bytes -> {
            var sum = new CRC32();
            sum.update(bytes);
            return (int) sum.getValue();
        }));
        taker.accept("crc32c", work("crc32c", bytes -> {
            var sum = new CRC32C();
            sum.update(bytes);
            return (int) sum.getValue();
        }));
        taker.accept("djb2", work("djb2", Hashes::djb2));
        taker.accept("sdbm", work("sdbm", Hashes::sdbm));
        taker.accept("wt6", work("wt6", Hashes::wt6));
    }

    private static Converter.Work work(String name, ToIntFunction<byte[]> hash) {
        return (sample, arguments) -> {
            int value = hash.applyAsInt(Converters.bytes(sample));
            return Optional.of(
                    new Sample.Sint(Integer.toUnsignedLong(isMixed(name, arguments) ? avalanche(value) : value)));
        };
    }

    private static boolean isMixed(String name, List<String> arguments) {
        return !arguments.isEmpty() && Converters.integer(name, arguments, 0) != 0;
    }

    private static int djb2(byte[] bytes) {
        int hash = 5381;
        for (byte octet : bytes) {
            hash = (hash << 5) + hash + (octet & 0xFF);
        }
        return hash;
    }

    private static int sdbm(byte[] bytes) {
        int hash = 0;
        for (byte octet : bytes) {
            hash = (octet & 0xFF) + (hash << 6) + (hash << 16) - hash;
        }
        return hash;
    }

    /** HAProxy's own, whose turns depend on what was hashed before. */
    private static int wt6(byte[] bytes) {
        int one = 0xA53C965A;
        int two = 0x5CA6953A;
        int turnOne = 6;
        int turnTwo = 18;
        for (byte octet : bytes) {
            int value = octet & 0xFF;
            int turned = Integer.rotateLeft(~(two + value), turnOne);
            two = Integer.rotateLeft(~(one ^ value), turnTwo);
            one = turned;
            int mixed = (one >>> 16 ^ two) & 0xFFFF;
            turnOne = mixed & 0x1F;
            turnTwo = mixed >>> 11;
        }
        return one ^ two;
    }

    /** Bob Jenkins' full avalanche in six steps, then a product with a prime of about three quarters of 2^32. */
    static int avalanche(int hash) {
        int a = hash;
        a = (a + 0x7ED55D16) + (a << 12);
        a = (a ^ 0xC761C23C) ^ (a >>> 19);
        a = (a + 0x165667B1) + (a << 5);
        a = (a + 0xD3A2646C) ^ (a << 9);
        a = (a + 0xFD7046C5) + (a << 3);
        a = (a ^ 0xB55A4F09) ^ (a >>> 16);
        return a * 0xC0000001;
    }
}
