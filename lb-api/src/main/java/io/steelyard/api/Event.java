package io.steelyard.api;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.proxy.Protocol;
import java.time.Duration;
import java.util.Optional;

/** Something an application or operator wants to know as it happens. The text form is one line for a log. */
public sealed interface Event {
    /**
     * A listener accepts traffic.
     *
     * @param isHttp whether it speaks HTTP; {@code pool} names all its pools then, joined by commas
     */
    record ListenerReady(Protocol protocol, boolean isHttp, String address, String pool, String scheduler, int servers)
            implements Event {
        @Override
        public String toString() {
            var spoken = isHttp ? "http" : protocol.name().toLowerCase(java.util.Locale.ROOT);
            return "ready " + spoken + " " + address + " " + pool + " " + scheduler + " " + servers
                    + (servers == 1 ? " server" : " servers");
        }
    }

    /** A listener accepts traffic no longer. */
    record ListenerClosed(Protocol protocol, String address, String pool) implements Event {
        @Override
        public String toString() {
            return "closed " + protocol.name().toLowerCase(java.util.Locale.ROOT) + " " + address + " " + pool;
        }
    }

    /** A server's health changed. */
    record ServerHealthChanged(String pool, String server, HealthState from, HealthState to, String reason)
            implements Event {
        @Override
        public String toString() {
            return "server " + server + " in " + pool + " is " + to + ": " + reason;
        }
    }

    /**
     * A probe found something else than the one before it; what it comes to follows as {@link ServerHealthChanged}. Of probes that find the same
     * again nothing is told.
     *
     * @param check which of the server's checks, from 0
     * @param reason one phrase for people
     * @param duration how long the probe took
     * @param state what this check says of the server now
     * @param streak results in a row that speak against {@code state}, this one among them
     * @param finding the same in the words of {@link io.steelyard.api.health.CheckStatus}, where the check tells it
     */
    record ServerProbed(
            String pool,
            String server,
            int check,
            boolean isPassed,
            String reason,
            Duration duration,
            HealthState state,
            int streak,
            Optional<CheckFinding> finding)
            implements Event {
        @Override
        public String toString() {
            return "server " + server + " in " + pool + (isPassed ? " passed a check: " : " failed a check: ") + reason;
        }
    }

    /** A server that is up asked for no new clients, or takes them again. */
    record ServerStopping(String pool, String server, boolean isStopping, String reason) implements Event {
        @Override
        public String toString() {
            return "server " + server + " in " + pool
                    + (isStopping ? " wants no new clients: " : " takes new clients again: ") + reason;
        }
    }

    /** Passive health leaves a server alone, or lets flows try it again. */
    record ServerEjected(String pool, String server, boolean isEjected, String reason) implements Event {
        @Override
        public String toString() {
            return "server " + server + " in " + pool + (isEjected ? " is left alone: " : " is tried again: ") + reason;
        }
    }

    /** A server that is no longer configured was given back: its flows have ended or its drain deadline has passed. */
    record ServerRemoved(String pool, String server, int flowsCut) implements Event {
        @Override
        public String toString() {
            return "server " + server + " in " + pool + " is removed"
                    + (flowsCut == 0 ? "" : ", " + flowsCut + " flows cut");
        }
    }

    /** A new configuration runs. */
    record ConfigurationApplied(int listeners, int pools, int servers) implements Event {
        @Override
        public String toString() {
            return "configuration applied: " + listeners + " listeners, " + pools + " pools, " + servers + " servers";
        }
    }

    /**
     * A virtual router changed its state.
     *
     * @param from {@code INITIALIZE}, {@code BACKUP}, {@code ACTIVE} or {@code FAULT}, as {@code to}
     * @param priority its own, with what trackers add and take, 1 to 255
     * @param reason why, in words for people
     */
    record VirtualRouterChanged(String router, String from, String to, int priority, String reason) implements Event {
        @Override
        public String toString() {
            return "virtual router " + router + ": " + from + " -> " + to + " with priority " + priority + ": "
                    + reason;
        }
    }

    /**
     * A virtual router's priority changed, as its trackers turned.
     *
     * @param state it is in: {@code BACKUP} or {@code ACTIVE}
     * @param from its own before, with what trackers add and take, 1 to 255
     * @param to now
     */
    record VirtualRouterPriorityChanged(String router, String state, int from, int to) implements Event {
        @Override
        public String toString() {
            return "virtual router " + router + ": priority " + from + " -> " + to + " while " + state;
        }
    }

    /**
     * A BFD session that a virtual router follows changed its state.
     *
     * @param session the tracker's name
     * @param from its state before, in RFC 5880's words
     * @param to its state now
     * @param diagnostic why
     */
    record VirtualRouterSessionChanged(String router, String session, String from, String to, String diagnostic)
            implements Event {
        @Override
        public String toString() {
            return "virtual router " + router + ": BFD session " + session + ": " + from + " -> " + to + ": "
                    + diagnostic;
        }
    }

    /** Something about a virtual router needs an operator's attention, such as somebody else who answers for its address. */
    record VirtualRouterTrouble(String router, String what) implements Event {
        @Override
        public String toString() {
            return "virtual router " + router + ": " + what;
        }
    }

    /** Something needs an operator's attention; {@code what} says what and what to do. */
    record Trouble(String what) implements Event {
        @Override
        public String toString() {
            return what;
        }
    }
}
