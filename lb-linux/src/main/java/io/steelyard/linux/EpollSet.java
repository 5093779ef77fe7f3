package io.steelyard.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * An epoll set of descriptors that are waited for until there is something to read (epoll(7)), level-triggered. Each is added with a number
 * of the caller's, its tag, and {@link #await} gives the tags of those that are ready. The set is a descriptor itself, readable while one
 * of its own is, and can so be part of another set; closing it ends the set. Closing a descriptor takes it out. Used by one thread;
 * {@link #add}, {@link #await} and {@link #tag} allocate nothing.
 *
 * <p>A tag may come once more after its descriptor was closed, where both happened after the same {@code await}.
 */
public final class EpollSet {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLLIN = 1;

    /** struct epoll_event is packed on x86-64 alone: events 0, data 4; elsewhere data 8. */
    private static final int DATA_OFFSET = System.getProperty("os.arch").equals("amd64") ? 4 : 8;

    private static final int EVENT_SIZE = DATA_OFFSET + 8;

    private final int fd;
    private final int capacity;

    /** What is ready, and behind it what is being added. */
    private final MemorySegment events;

    private EpollSet(int fd, int capacity) {
        this.fd = fd;
        this.capacity = capacity;
        events = Arena.ofAuto().allocate((capacity + 1L) * EVENT_SIZE, 8);
    }

    /**
     * An empty set.
     *
     * @param capacity how many tags one {@link #await} gives at most; at least 1
     * @throws ErrnoException where there is no descriptor or memory left
     */
    public static EpollSet create(int capacity) throws ErrnoException {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ", expected at least 1");
        }
        int fd = Libc.epollCreate1(EPOLL_CLOEXEC);
        if (fd < 0) {
            throw new ErrnoException("epoll_create1", fd);
        }
        return new EpollSet(fd, capacity);
    }

    /** The set's own descriptor. */
    public int fd() {
        return fd;
    }

    /** Adds a descriptor. @return 0, or the negative error number */
    public int add(int added, long tag) {
        long event = (long) capacity * EVENT_SIZE;
        events.set(JAVA_INT_UNALIGNED, event, EPOLLIN);
        events.set(JAVA_LONG_UNALIGNED, event + DATA_OFFSET, tag);
        int result = Libc.epollCtl(fd, EPOLL_CTL_ADD, added, events.address() + event);
        Reference.reachabilityFence(this);
        return result;
    }

    /** Takes out a descriptor that stays open. @return 0, or the negative error number */
    public int remove(int removed) {
        int result = Libc.epollCtl(fd, EPOLL_CTL_DEL, removed, events.address());
        Reference.reachabilityFence(this);
        return result;
    }

    /**
     * Finds what is ready. What was found before is forgotten.
     *
     * @param timeoutMs 0 to look only, -1 to wait for ever
     * @return how many are ready, or the negative error number
     */
    public int await(int timeoutMs) {
        int result = Libc.epollWait(fd, events.address(), capacity, timeoutMs);
        Reference.reachabilityFence(this);
        return result;
    }

    /** The tag of one that is ready. @param index 0 to the number {@link #await} gave, less one */
    public long tag(int index) {
        return events.get(JAVA_LONG_UNALIGNED, (long) index * EVENT_SIZE + DATA_OFFSET);
    }
}
