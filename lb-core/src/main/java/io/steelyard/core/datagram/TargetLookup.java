package io.steelyard.core.datagram;

import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.session.Session;
import io.steelyard.linux.DatagramBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's target while a name server is asked for it, and the one datagram that waits meanwhile. Owned by one loop; the question is
 * asked on a virtual thread.
 */
final class TargetLookup {
    private final DatagramWorker worker;
    private boolean isPending;
    private byte @Nullable [] first;

    /** Tells one lookup from the next. */
    private int lookups;

    TargetLookup(DatagramWorker worker) {
        this.worker = worker;
    }

    boolean isPending() {
        return isPending;
    }

    /** Asks for a target, and gives {@code onFound} the result on the loop, null where there is none; unless cancelled before. */
    void start(Session asking, String target, Consumer<@Nullable Balancer> onFound) {
        isPending = true;
        int asked = ++lookups;
        Thread.ofVirtual().start(() -> {
            var found = asking.resolve(target);
            worker.loop().execute(() -> {
                if (isPending && asked == lookups) {
                    isPending = false;
                    onFound.accept(found);
                }
            });
        });
    }

    /** Keeps a datagram where none waits yet. @return whether it was kept */
    boolean keep(DatagramBatch batch, int slot) {
        if (first != null) {
            return false;
        }
        first = batch.buffer(slot).asSlice(0, batch.lengthBytes(slot)).toArray(ValueLayout.JAVA_BYTE);
        return true;
    }

    /** Puts the datagram that waited into the first slot of a batch. @return whether there was one */
    boolean take(DatagramBatch batch) {
        var kept = first;
        first = null;
        if (kept == null) {
            return false;
        }
        MemorySegment.copy(kept, 0, batch.buffer(0), ValueLayout.JAVA_BYTE, 0, kept.length);
        batch.lengthBytes(0, kept.length);
        return true;
    }

    /** Forgets the question and the datagram. */
    void cancel() {
        isPending = false;
        first = null;
    }
}
