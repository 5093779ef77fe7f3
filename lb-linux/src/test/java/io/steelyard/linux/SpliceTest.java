package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpliceTest {
    private final Loopback loopback = new Loopback();

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void bytesMoveFromSocketToSocketThroughAPipe() {
        long pipe = Loopback.ok(Linux.pipe());
        int readEnd = loopback.own((int) (pipe >>> 32));
        int writeEnd = loopback.own((int) pipe);
        int[] in = loopback.pair();
        int[] out = loopback.pair();

        assertThat(Linux.setPipeSize(writeEnd, 1 << 18)).isEqualTo(1 << 18);
        assertThat(Linux.pipeSize(readEnd)).isEqualTo(1 << 18);
        assertThat(Linux.splice(in[1], writeEnd, 4_096)).as("nothing there yet").isEqualTo(-Errno.EAGAIN);
        assertThat(Linux.splice(readEnd, out[0], 4_096)).as("the pipe is empty").isEqualTo(-Errno.EAGAIN);

        loopback.send(in[0], "through the kernel");
        Loopback.await(in[1], Linux.POLLIN);
        assertThat(Linux.splice(in[1], writeEnd, 1 << 18)).isEqualTo(18);
        assertThat(Linux.splice(readEnd, out[0], 18, Linux.SPLICE_F_MORE)).isEqualTo(18);
        assertThat(loopback.receive(out[1])).isEqualTo("through the kernel");

        Loopback.ok(Linux.shutdownWrite(in[0]));
        Loopback.await(in[1], Linux.POLLIN);
        assertThat(Linux.splice(in[1], writeEnd, 4_096)).as("the end").isZero();
    }

    @Test
    void aPipeLargerThanAllowedIsRefused() {
        long pipe = Loopback.ok(Linux.pipe());
        loopback.own((int) (pipe >>> 32));
        int writeEnd = loopback.own((int) pipe);
        assertThat(Linux.setPipeSize(writeEnd, Integer.MAX_VALUE)).isNegative();
        assertThat(Linux.pipeSize(writeEnd)).isEqualTo(65_536);
    }

    @Test
    void splicingBetweenTwoSocketsIsRefused() {
        int[] pair = loopback.pair();
        assertThat(Linux.splice(pair[0], pair[1], 10)).isEqualTo(-Errno.EINVAL);
    }
}
