package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class DescriptorTest {
    @Test
    void aDuplicateGoesOnWhenTheFirstIsClosed() {
        long pipe = Linux.pipe();
        int read = (int) (pipe >>> 32);
        int write = (int) pipe;
        int other = Linux.duplicate(write);
        assertThat(other).isNotNegative().isNotEqualTo(write);
        Linux.close(write);
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(1);
            assertThat(Linux.write(other, memory, 0, 1)).isEqualTo(1);
            Linux.close(other);
            assertThat(Linux.read(read, memory, 0, 1)).isEqualTo(1);
            assertThat(Linux.read(read, memory, 0, 1)).isZero();
        }
        Linux.close(read);
    }

    @Test
    void aDescriptorIsReplacedByAnother() {
        long first = Linux.pipe();
        long second = Linux.pipe();
        assertThat(Linux.duplicateTo((int) second, (int) first)).isEqualTo((int) first);
        Linux.close((int) second);
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(1);
            assertThat(Linux.write((int) first, memory, 0, 1)).isEqualTo(1);
            assertThat(Linux.read((int) (second >>> 32), memory, 0, 1)).isEqualTo(1);
        }
        Linux.close((int) first);
        Linux.close((int) (first >>> 32));
        Linux.close((int) (second >>> 32));
    }

    @Test
    void aSignalReachesNobodyButAProcess() {
        assertThat(Linux.signal(ProcessHandle.current().pid(), 0)).isZero();
        assertThat(Linux.signal(Integer.MAX_VALUE, 0)).isEqualTo(-Errno.ESRCH);
        assertThatThrownBy(() -> Linux.signal(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
