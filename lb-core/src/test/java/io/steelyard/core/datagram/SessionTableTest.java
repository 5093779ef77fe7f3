package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTableTest {
    private final SessionTable<Object> table = new SessionTable<>(42);

    private record Key(long high, long low, long port, long localHigh, long localLow) {}

    private @org.jspecify.annotations.Nullable Object find(Key key) {
        return table.find(key.high, key.low, key.port, key.localHigh, key.localLow);
    }

    private void put(Key key, Object session) {
        table.put(key.high, key.low, key.port, key.localHigh, key.localLow, session);
    }

    private void remove(Key key, Object session) {
        table.remove(key.high, key.low, key.port, key.localHigh, key.localLow, session);
    }

    @Test
    void everyPartOfTheKeyCounts() {
        var keys = List.of(
                new Key(1, 2, 3, 4, 5),
                new Key(0, 2, 3, 4, 5),
                new Key(1, 0, 3, 4, 5),
                new Key(1, 2, 0, 4, 5),
                new Key(1, 2, 3, 0, 5),
                new Key(1, 2, 3, 4, 0));
        for (var key : keys) {
            put(key, key);
        }
        for (var key : keys) {
            assertThat(find(key)).isSameAs(key);
        }
        assertThat(table.size()).isEqualTo(keys.size());
    }

    @Test
    void onlyTheSessionMeantIsRemoved() {
        var key = new Key(1, 2, 3, 4, 5);
        put(key, "old");
        put(key, "new");
        remove(key, "old");
        assertThat(find(key)).isEqualTo("new");
        assertThat(table.size()).isOne();
        remove(key, "new");
        remove(key, "new");
        assertThat(find(key)).isNull();
        assertThat(table.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesAsAMapOverRandomOperations(long seed) {
        var random = new Random(seed);
        var model = new HashMap<Key, Object>();
        var used = new ArrayList<Key>();
        for (int i = 0; i < 200_000; i++) {
            var key = new Key(0, random.nextInt(40), random.nextInt(40), 0, random.nextInt(3));
            if (random.nextInt(5) < (i / 20_000 % 2 == 0 ? 4 : 1)) {
                var session = new Object();
                put(key, session);
                model.put(key, session);
                used.add(key);
            } else {
                var session = model.remove(key);
                remove(key, session == null ? "none" : session);
            }
            var probe = used.isEmpty() ? key : used.get(random.nextInt(used.size()));
            assertThat(find(probe)).isSameAs(model.get(probe));
        }
        assertThat(table.size()).isEqualTo(model.size());
        model.forEach((key, session) -> assertThat(find(key)).isSameAs(session));
    }
}
