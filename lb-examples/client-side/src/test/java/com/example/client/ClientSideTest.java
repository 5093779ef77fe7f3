package com.example.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientSideTest {
    @Test
    void everyCallIsAnsweredThoughAServerEnds() throws Exception {
        var answered = ClientSide.call(200);
        assertThat(answered).containsOnlyKeys("one", "two", "three");
        assertThat(answered.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
        assertThat(answered.get("one")).isLessThan(100);
    }
}
