package io.steelyard.pool.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.text.Template;
import io.steelyard.realip.address.AddressText;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashKeyTest {
    @ParameterizedTest
    @CsvSource({
        "$remote_addr, 10.20.3.104",
        "${remote_addr}:$remote_port, 10.20.3.104:50123",
        "$server_addr-$server_port, 192.168.0.1-80",
        "a$protocol, aTCP",
        "constant, constant"
    })
    void writesWhatTheTemplateNames(String template, String expected) {
        assertThat(key(template, flow("10.20.3.104", 50_123))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "::1, ::1",
        "::, ::",
        "2001:db8::1, 2001:db8::1",
        "2001:db8:0:1:0:0:0:9, 2001:db8:0:1::9",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "1:0:0:2:0:0:3:4, 1::2:0:0:3:4",
        "fe80:0:1:0:1:0:1:0, fe80:0:1:0:1:0:1:0",
        "::abcd:1234, ::171.205.18.52",
        "0:0:0:0:0:0:0:102, ::0.0.1.2",
        "FFFF:ABCD:1234:5678:9ABC:DEF0:1234:5678, ffff:abcd:1234:5678:9abc:def0:1234:5678",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::"
    })
    void writesIpv6AsNginxDoes(String address, String expected) {
        assertThat(key("$remote_addr", flow(address, 1))).isEqualTo(expected);
        assertThat(AddressText.of(ServerAddress.numericAddress(address))).isEqualTo(expected);
    }

    @Test
    void writesTheAddressInBytes() {
        var flow = flow("10.0.0.255", 9);
        HashKey.compile(Template.parse("$binary_remote_addr")).fill(flow);
        assertThat(Arrays.copyOf(flow.key(), flow.keyLength())).containsExactly(10, 0, 0, 255);
        flow.client(ServerAddress.numericAddress("2001:db8::7"), 9);
        HashKey.compile(Template.parse("$binary_remote_addr")).fill(flow);
        assertThat(Arrays.copyOf(flow.key(), flow.keyLength()))
                .containsExactly(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
    }

    @Test
    void clientWithoutAddressIsUnix() {
        assertThat(key("$remote_addr", new Flow(1))).isEqualTo("unix:");
        var flow = new Flow(1);
        HashKey.compile(Template.parse("$binary_remote_addr$remote_port")).fill(flow);
        assertThat(flow.hasKey()).isFalse();
    }

    @Test
    void refusesWhatAFlowDoesNotTell() {
        assertThat(HashKey.supports(Template.parse("$remote_addr$msec"))).isFalse();
        assertThatThrownBy(() -> HashKey.compile(Template.parse("$Session_time")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("$session_time");
    }

    @Test
    void fillingAllocatesNothing() {
        var key = HashKey.compile(Template.parse("$remote_addr:$remote_port/$server_addr/$protocol"));
        var flow = flow("2001:db8:1111:2222:3333:4444:5555:6666", 65_535);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            key.fill(flow);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
            key.fill(flow);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
    }

    private static Flow flow(String client, int port) {
        return new Flow(1)
                .client(ServerAddress.numericAddress(client), port)
                .destination(ServerAddress.numericAddress("192.168.0.1"), 80);
    }

    private static String key(String template, Flow flow) {
        HashKey.compile(Template.parse(template)).fill(flow);
        return new String(flow.key(), 0, flow.keyLength(), StandardCharsets.UTF_8);
    }
}
