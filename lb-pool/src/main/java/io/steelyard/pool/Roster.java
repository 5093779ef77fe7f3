package io.steelyard.pool;

import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who the members of a pool are: those that are configured, those that are not any more and still have flows, and those that may come back. Owned
 * by the control thread.
 */
final class Roster {
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Member> removed = new HashMap<>();

    /**
     * Removed servers without flows. A flow that goes on with an old snapshot may still be given one, so a server that returns must get the
     * same counters for as long as such a snapshot is in use.
     */
    private final Map<String, WeakReference<Member>> forgotten = new HashMap<>();

    private int nextNumber;
    private boolean hasUsedAllNumbers;

    /**
     * What a changed configuration did.
     *
     * @param arrived members that were not configured before
     * @param gone members that are not configured any more
     * @param lost members whose name has no address any more
     */
    record Change(List<Member> arrived, List<Member> gone, List<Member> lost) {}

    /** The configured ones, in their order. */
    Collection<Member> all() {
        return members.values();
    }

    Set<String> ids() {
        return members.keySet();
    }

    @Nullable
    Member find(String serverId) {
        return members.get(serverId);
    }

    boolean hasRemoved() {
        return !removed.isEmpty();
    }

    /** Has the servers of this pool for members. */
    Change change(ServerPool pool, boolean isAtRunTime) {
        var arrived = new ArrayList<Member>();
        var lost = new ArrayList<Member>();
        var before = new LinkedHashMap<>(members);
        members.clear();
        for (var server : pool.servers()) {
            var known = before.remove(server.id());
            var member = known == null ? arrive(server, isAtRunTime) : known;
            if (known == null) {
                arrived.add(member);
            } else {
                if (server.lacksAddress() && !known.server.lacksAddress()) {
                    lost.add(known);
                }
                update(known, server);
            }
            members.put(server.id(), member);
            if (pool.healthChecksOf(server).isEmpty()) {
                member.health = HealthState.UNKNOWN;
                member.reason = "no health check";
            }
        }
        for (var gone : before.values()) {
            gone.remove();
            removed.put(gone.server.id(), gone);
        }
        return new Change(arrived, List.copyOf(before.values()), lost);
    }

    private Member arrive(RealServer server, boolean isAtRunTime) {
        var returning = removed.remove(server.id());
        var reference = forgotten.remove(server.id());
        if (returning == null && reference != null) {
            returning = reference.get();
        }
        if (returning == null) {
            return new Member(freeNumber(), server, isAtRunTime);
        }
        returning.restore();
        update(returning, server);
        returning.health = HealthState.UNKNOWN;
        returning.reason = Member.NOT_CHECKED;
        returning.adminState = server.adminState();
        returning.isInSlowStart = false;
        return returning;
    }

    /** The next number that no member has. They come round only after a million servers. */
    private int freeNumber() {
        while (true) {
            int number = nextNumber;
            nextNumber++;
            if (nextNumber == AffinityTable.NUMBERS) {
                nextNumber = 0;
                hasUsedAllNumbers = true;
            }
            if (!hasUsedAllNumbers
                    || Stream.concat(members.values().stream(), removed.values().stream())
                            .noneMatch(member -> member.number == number)) {
                return number;
            }
        }
    }

    private static void update(Member member, RealServer server) {
        if (!server.address().equals(member.server.address())) {
            member.health = HealthState.UNKNOWN;
            member.reason = Member.NOT_CHECKED;
        }
        if (server.adminState() != member.server.adminState()) {
            member.adminState = server.adminState();
        }
        member.configure(server);
    }

    /** Open flows of a server, also of one that is no longer configured; 0 for an unknown one. */
    int activeFlowsOf(String serverId) {
        var member = members.getOrDefault(serverId, removed.get(serverId));
        return member == null ? 0 : member.load.active();
    }

    /** The ids of servers that are no longer configured and still have flows. */
    List<String> draining() {
        return removed.values().stream()
                .filter(member -> member.load.active() > 0)
                .map(member -> member.server.id())
                .sorted()
                .toList();
    }

    /**
     * Gives up removed members whose flows have ended.
     *
     * @param each is given every removed one
     * @param drained is given those that are given up
     */
    void forgetDrained(Consumer<Member> each, Consumer<Member> drained) {
        removed.values().removeIf(member -> {
            each.accept(member);
            boolean isDrained = member.load.active() == 0;
            if (isDrained) {
                drained.accept(member);
                forgotten.put(member.server.id(), new WeakReference<>(member));
            }
            return isDrained;
        });
        forgotten.values().removeIf(reference -> reference.get() == null);
    }
}
