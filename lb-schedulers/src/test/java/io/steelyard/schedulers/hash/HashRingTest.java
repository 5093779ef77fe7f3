package io.steelyard.schedulers.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class HashRingTest {
    @Test
    void findsTheSamePointsAsASortedMap() {
        var random = new Random(1);
        for (int round = 0; round < 60; round++) {
            var map = new TreeMap<Integer, Integer>(Integer::compareUnsigned);
            var builder = new HashRing.Builder(1);
            boolean isCrowded = round % 3 == 0;
            for (int i = 1 + random.nextInt(200); i > 0; i--) {
                int hash = isCrowded ? random.nextInt(500) : random.nextInt();
                map.merge(hash, i, Math::min);
                builder.add(hash, i);
            }
            var ring = builder.build(false);
            assertThat(ring.size()).isEqualTo(map.size());
            for (int i = 0; i < 400; i++) {
                int hash = isCrowded ? random.nextInt(600) : i == 0 ? -1 : i == 1 ? 0 : random.nextInt();
                var after = map.ceilingEntry(hash) == null ? map.firstEntry() : map.ceilingEntry(hash);
                var before = map.lowerEntry(hash) == null ? map.lastEntry() : map.lowerEntry(hash);
                assertThat(ring.owner(ring.ceiling(hash))).isEqualTo(after.getValue());
                boolean isBefore = Integer.compareUnsigned(hash - before.getKey(), after.getKey() - hash) <= 0;
                assertThat(ring.owner(ring.nearest(hash))).isEqualTo((isBefore ? before : after).getValue());
            }
        }
    }

    @Test
    void checksumsAreThoseOfTheLibrary() {
        var random = new Random(2);
        for (int length = 0; length < 70; length++) {
            var bytes = new byte[length];
            random.nextBytes(bytes);
            var expected = new CRC32();
            expected.update(bytes);
            assertThat(Crc32.of(bytes, length)).isEqualTo((int) expected.getValue());
            assertThat(Crc32.of(Arrays.copyOf(bytes, length + 5), length)).isEqualTo((int) expected.getValue());
        }
        var check = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(Crc32.of(check, check.length)).isEqualTo(0xCBF43926);
    }
}
