package io.steelyard.core.ocsp;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the status of certificates and keeps it fresh, with nginx's times (ngx_event_openssl_stapling.c): again after an hour, or five minutes
 * before it expires, but never within five minutes; and five minutes after a failure. What was fetched stays until it expires, whatever fails.
 * nginx asks when a client does; this asks by itself, from the start, so that the first client has a staple, too.
 *
 * <p>Nobody waits: responders are asked without a thread, and one thread of its own does the rest. A staple that nobody holds any more is not
 * fetched again, and one that is wanted again while somebody holds it is the same, so that a new configuration begins with what is there.
 */
public final class Stapling implements AutoCloseable {
    static final long LEAST_MS = 300_000;
    static final long MOST_MS = 3_600_000;
    static final int MOST_AT_ONCE = 4;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Responder responder;
    private final Timing timing;
    private final Consumer<String> trouble;

    /** Put by whoever wants a staple, removed by the thread that tends them. */
    private final ConcurrentHashMap<StatusQuestion, Tending> tended = new ConcurrentHashMap<>();

    /** Those due that wait for others to be answered, and how many these are; only the tending thread. */
    private final ArrayDeque<Tending> waiting = new ArrayDeque<>();

    private int asking;

    /** @param trouble is told, on a thread of this, why something could not be fetched */
    public Stapling(Consumer<String> trouble) {
        this(new HttpResponder(TIMEOUT), Timing.real(), trouble);
    }

    Stapling(Responder responder, Timing timing, Consumer<String> trouble) {
        this.responder = responder;
        this.timing = timing;
        this.trouble = trouble;
    }

    /** A question with its staple for as long as somebody holds that. */
    private final class Tending {
        private final StatusQuestion question;
        private final WeakReference<Staple> staple;

        /** What was said of the last failure; empty after a success. Only the tending thread. */
        private String told = "";

        private Tending(StatusQuestion question, Staple staple) {
            this.question = question;
            this.staple = new WeakReference<>(staple);
        }

        private void onDue() {
            if (staple.get() == null) {
                tended.remove(question, this);
            } else if (asking < MOST_AT_ONCE) {
                ask();
            } else {
                waiting.add(this);
            }
        }

        private void ask() {
            asking++;
            try {
                responder
                        .ask(question.request())
                        .whenComplete((response, failed) -> timing.after(0, () -> onAnswer(response, failed)));
            } catch (OcspException | RuntimeException impossible) {
                onAnswer(null, impossible);
            }
        }

        private void onAnswer(byte @Nullable [] response, @Nullable Throwable failed) {
            asking--;
            long nowMs = timing.nowMs();
            long delayMs = LEAST_MS;
            try {
                if (response == null) {
                    tell(reason(failed));
                } else {
                    delayMs = take(response, nowMs);
                    told = "";
                }
            } catch (OcspException refused) {
                tell(refused.why());
            }
            timing.after(delayMs, this::onDue);
            var next = waiting.poll();
            if (next != null) {
                next.onDue();
            }
        }

        /** @return how long it is good for, in milliseconds */
        private long take(byte[] response, long nowMs) throws OcspException {
            long validUntilMs = ResponseCheck.validUntilMs(response, question, nowMs);
            var holder = staple.get();
            if (holder != null) {
                holder.hold(response, validUntilMs);
            }
            return refreshDelayMs(validUntilMs, nowMs);
        }

        private void tell(String why) {
            if (!why.equals(told)) {
                told = why;
                trouble.accept("no new status of " + question.name() + " from " + question.responder() + ": " + why
                        + "; it is asked again every five minutes, and this is said once");
            }
        }
    }

    /** After which time a response that expires then is replaced. */
    static long refreshDelayMs(long validUntilMs, long nowMs) {
        long lifeMs = validUntilMs == Long.MAX_VALUE ? MOST_MS : validUntilMs - nowMs - ResponseCheck.SKEW_MS;
        return Math.max(Math.min(lifeMs, MOST_MS), LEAST_MS);
    }

    private static String reason(@Nullable Throwable failed) {
        var cause = failed;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "it does not answer";
        }
        if (cause == null || cause.getMessage() == null) {
            return cause instanceof IOException ? "it cannot be reached" : "it cannot be asked: " + cause;
        }
        return String.valueOf(cause.getMessage());
    }

    /** The staple for a certificate, which is filled as soon as its responder has answered. Control thread. */
    public Staple staple(StatusQuestion question) {
        var known = tended.get(question);
        var held = known == null ? null : known.staple.get();
        if (held != null) {
            return held;
        }
        var staple = new Staple();
        var tending = new Tending(question, staple);
        tended.put(question, tending);
        timing.after(0, tending::onDue);
        return staple;
    }

    @Override
    public void close() {
        timing.close();
        responder.close();
    }
}
