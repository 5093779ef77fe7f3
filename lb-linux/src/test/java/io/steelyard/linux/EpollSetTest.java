package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EpollSetTest {
    private static final long LARGE_TAG = 0xFEDC_BA98_7654_3210L;

    private final MemorySegment one = Arena.ofAuto().allocate(8, 8);
    private final EpollSet set;
    private final int[] events = {Linux.eventfd(), Linux.eventfd(), Linux.eventfd()};

    EpollSetTest() throws ErrnoException {
        set = EpollSet.create(2);
    }

    @AfterEach
    void closeAll() {
        Linux.close(set.fd());
        for (int fd : events) {
            Linux.close(fd);
        }
    }

    @Test
    void givesTheTagOfWhatIsReady() {
        assertThat(set.add(events[0], 7)).isZero();
        assertThat(set.add(events[1], LARGE_TAG)).isZero();
        assertThat(set.await(0)).isZero();
        raise(1);
        assertThat(set.await(10_000)).isOne();
        assertThat(set.tag(0)).isEqualTo(LARGE_TAG);
        assertThat(set.await(0)).as("still ready, as it was not read").isOne();
    }

    @Test
    void addingLeavesWhatWasFound() {
        set.add(events[0], 7);
        raise(0);
        assertThat(set.await(0)).isOne();
        set.add(events[1], 8);
        assertThat(set.tag(0)).isEqualTo(7);
    }

    @Test
    void givesNoMoreThanItsCapacityAtOnceAndIsReadableItself() {
        for (int i = 0; i < 3; i++) {
            set.add(events[i], i);
            raise(i);
        }
        assertThat(set.await(0)).isEqualTo(2);
        assertThat(Linux.poll(set.fd(), Linux.POLLIN, 0)).isEqualTo(Linux.POLLIN);
    }

    @Test
    void whatIsClosedIsOut() {
        set.add(events[0], 7);
        raise(0);
        Linux.close(events[0]);
        assertThat(set.await(0)).isZero();
        events[0] = Linux.eventfd();
    }

    @Test
    void whatIsRemovedIsOutAndCanBeAddedAgain() {
        set.add(events[0], 7);
        raise(0);
        assertThat(set.remove(events[0])).isZero();
        assertThat(set.await(0)).isZero();
        assertThat(set.remove(events[0])).isEqualTo(-Errno.ENOENT);
        assertThat(set.add(events[0], 8)).isZero();
        assertThat(set.await(0)).isOne();
    }

    @Test
    void saysWhyADescriptorCannotBeAdded() {
        assertThat(set.add(events[0], 7)).isZero();
        assertThat(set.add(events[0], 8)).isEqualTo(-Errno.EEXIST);
        assertThat(set.add(-1, 9)).isEqualTo(-Errno.EBADF);
        assertThatThrownBy(() -> EpollSet.create(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void raise(int index) {
        one.set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, 1);
        assertThat(Linux.write(events[index], one, 0, 8)).isEqualTo(8);
    }
}
