package io.steelyard.vrrp.witness;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key in etcd that lives under an etcd lease, made only where it is not there. Its creator holds it.
 *
 * <p><b>Why it is safe.</b> Each question renews the etcd lease, or makes one, and then makes sure by a transaction that the key is under this lease.
 * A transaction that could write goes through consensus, so it sees what every member agreed on. etcd lets a lease live for at least the TTL asked
 * for, counted from when it handled the renewal, which was after the question; a change of etcd's leader makes it longer. So while we count from
 * the question the key is ours, unless somebody deletes it by hand. TTLs are whole seconds, rounded up; etcd's least is 2 s with its standard
 * timers. The revision in which the key was made is the epoch: it grows from holder to holder.
 *
 * <p>Who is refused and has a higher priority than the holder sets a second key, under its own lease; the holder reads it with each renewal.
 */
final class EtcdWitness implements Witness {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdWitness.class);
    private static final long SECOND_NS = 1_000_000_000L;

    private final String asker;
    private final String prefix;
    private final EtcdGateway gateway;

    /** By lease; used by the thread that asks only. */
    private final Map<String, Held> leases = new HashMap<>();

    /** One lease. Guarded by itself: who asks and the client's threads use it. */
    private static final class Held {
        private final String key;
        private long etcdLease;
        private long generation;
        private boolean isBusy;
        private boolean mayHold;

        private Held(String key) {
            this.key = key;
        }
    }

    EtcdWitness(String asker, String prefix, EtcdGateway gateway) {
        this.asker = asker;
        this.prefix = prefix;
        this.gateway = gateway;
    }

    @Override
    public void ask(Question question, Listener listener) {
        var held = leases.computeIfAbsent(question.lease(), lease -> new Held(prefix + lease));
        long generation;
        synchronized (held) {
            if (held.isBusy) {
                // The question before is not answered yet; its answer or its timeout comes first.
                return;
            }
            held.isBusy = true;
            generation = held.generation;
        }
        long seconds = (question.leaseNs() + SECOND_NS - 1) / SECOND_NS;
        leaseOf(held, seconds, generation)
                .thenCompose(lease -> hold(held, lease, question, generation))
                .whenComplete((answer, failed) -> {
                    boolean isCurrent;
                    synchronized (held) {
                        held.isBusy = false;
                        isCurrent = held.generation == generation;
                        if (failed != null && isCurrent) {
                            // Whether the lease is there is not known; the next question makes another where it is not.
                            held.etcdLease = held.mayHold ? held.etcdLease : 0;
                        }
                    }
                    if (failed != null) {
                        listener.failed("asking " + description() + ": " + reason(failed));
                    } else if (isCurrent) {
                        listener.answered(answer);
                    }
                });
    }

    private static String reason(Throwable failed) {
        var cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }

    /** The etcd lease, renewed; another where it is not there any more. */
    private CompletableFuture<Long> leaseOf(Held held, long seconds, long generation) {
        long known;
        synchronized (held) {
            known = held.etcdLease;
        }
        if (known == 0) {
            return grant(held, seconds, generation);
        }
        return gateway.keepAlive(known, seconds).thenCompose(isThere -> {
            if (isThere) {
                return CompletableFuture.completedFuture(known);
            }
            synchronized (held) {
                held.mayHold = false;
            }
            return grant(held, seconds, generation);
        });
    }

    private CompletableFuture<Long> grant(Held held, long seconds, long generation) {
        return gateway.grant(seconds).thenApply(lease -> {
            boolean isCurrent;
            synchronized (held) {
                isCurrent = held.generation == generation;
                if (isCurrent) {
                    held.etcdLease = lease;
                }
            }
            if (!isCurrent) {
                revoke(lease);
            }
            return lease;
        });
    }

    private CompletableFuture<Answer> hold(Held held, long lease, Question question, long generation) {
        synchronized (held) {
            if (held.generation != generation) {
                return CompletableFuture.completedFuture(new Answer(false, 0, false));
            }
            held.mayHold = true;
        }
        var value = question.priority() + " " + asker;
        return gateway.make(held.key, value, lease, held.key + "/wanted").thenApply(made -> {
            if (made.isMade()) {
                return new Answer(true, made.revision(), false);
            }
            if (made.existing().lease() == lease) {
                boolean isWanted = priority(made.other().value()) > question.priority();
                return new Answer(true, made.existing().createRevision(), isWanted);
            }
            synchronized (held) {
                held.mayHold = false;
            }
            if (made.existing().createRevision() != 0
                    && question.priority() > priority(made.existing().value())) {
                gateway.set(held.key + "/wanted", value, lease).exceptionally(failed -> {
                    LOG.debug("the wish for {} cannot be told: {}", held.key, reason(failed));
                    return false;
                });
            }
            return new Answer(false, made.existing().createRevision(), false);
        });
    }

    private static int priority(String value) {
        var first = value.split(" ", 2)[0];
        return first.matches("\\d{1,3}") ? Integer.parseInt(first) : 0;
    }

    @Override
    public void giveUp(String lease, long sequence) {
        var held = leases.get(lease);
        if (held == null) {
            return;
        }
        long revoked;
        synchronized (held) {
            held.generation++;
            // A lease under which only a wish stands goes on for the next question, and ends by itself without one.
            revoked = held.mayHold ? held.etcdLease : 0;
            if (revoked != 0) {
                held.etcdLease = 0;
                held.mayHold = false;
            }
        }
        if (revoked != 0) {
            revoke(revoked);
        }
    }

    private void revoke(long lease) {
        gateway.revoke(lease).exceptionally(failed -> {
            LOG.debug("an etcd lease cannot be ended and ends by itself: {}", reason(failed));
            return false;
        });
    }

    @Override
    public String description() {
        return "etcd " + gateway.endpoint();
    }

    @Override
    public void close() {
        gateway.close();
    }
}
