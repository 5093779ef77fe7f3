package io.steelyard.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog.Destination;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** The shape is that of nginx 1.22.1's datagrams, with its tag and time. */
class SyslogSinkTest {
    private static String message(boolean hasHostName, int day) {
        var to = new Destination.Syslog(ServerAddress.parse("127.0.0.1:514"), 23, 6, "nginx", hasHostName);
        var now = ZonedDateTime.of(2026, 11, day, 7, 5, 9, 0, ZoneOffset.UTC);
        return new String(
                SyslogSink.message(to, "lab", now, "200 ok\n".getBytes(StandardCharsets.US_ASCII)),
                StandardCharsets.US_ASCII);
    }

    @Test
    void aLineHasPriorityTimeHostAndTagBeforeIt() {
        assertThat(message(true, 21)).isEqualTo("<190>Nov 21 07:05:09 lab nginx: 200 ok");
    }

    @Test
    void theNumberOfTheProcessMayStandBehindTheTag() {
        var to = new Destination.Syslog(ServerAddress.parse("127.0.0.1:514"), 16, 6, "haproxy", false, true);
        var now = ZonedDateTime.of(2026, 11, 21, 7, 5, 9, 0, ZoneOffset.UTC);
        assertThat(SyslogSink.message(to, "lab", now, "x".getBytes(StandardCharsets.US_ASCII)))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("<134>Nov 21 07:05:09 haproxy[%d]: x"
                        .formatted(ProcessHandle.current().pid()));
    }

    @Test
    void theDayIsPaddedWithASpaceAndTheHostMayBeLeftOut() {
        assertThat(message(false, 3)).isEqualTo("<190>Nov  3 07:05:09 nginx: 200 ok");
    }
}
