package io.steelyard.schedulers.rotation;

/** Servers ordered by a key, and among equal keys by when they were queued. Keys belong to the owner and stay while a server is in. Not thread-safe. */
final class ServerHeap {
    private final long[] keys;
    private final long[] stamps;
    private final int[] heap;
    private int size;

    ServerHeap(long[] keys, long[] stamps) {
        this.keys = keys;
        this.stamps = stamps;
        heap = new int[keys.length];
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        size = 0;
    }

    /** The first; there must be one. */
    int first() {
        return heap[0];
    }

    void add(int server) {
        int at = size++;
        while (at > 0 && isBefore(server, heap[(at - 1) >>> 1])) {
            heap[at] = heap[(at - 1) >>> 1];
            at = (at - 1) >>> 1;
        }
        heap[at] = server;
    }

    int removeFirst() {
        int first = heap[0];
        int moving = heap[--size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], moving)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moving;
        return first;
    }

    private boolean isBefore(int one, int other) {
        return keys[one] < keys[other] || (keys[one] == keys[other] && stamps[one] < stamps[other]);
    }
}
