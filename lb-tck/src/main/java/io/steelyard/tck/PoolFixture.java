package io.steelyard.tck;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.ServerLoad;
import java.util.LinkedHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool for tests, written in one line: {@code PoolFixture.of("a=5,b,c=0")} has the servers a, b and c with the weights 5, 1 and 0 at
 * 10.0.0.1:80, 10.0.0.2:80 and 10.0.0.3:80. Each change shows in the next {@link #candidates()}; counters belong to the fixture and are
 * shared by all candidates it makes. Not thread-safe, but what it makes is.
 */
public final class PoolFixture {
    private final LinkedHashMap<String, Member> members = new LinkedHashMap<>();
    private int added;

    private PoolFixture() {}

    /** What the fixture knows of one server. */
    private static final class Member {
        private RealServer server;
        private int weight;
        private boolean isUsable = true;
        private boolean isAdmitted = true;
        private final ServerLoad load = new ServerLoad();

        private Member(RealServer server) {
            this.server = server;
            weight = server.weight();
        }
    }

    /**
     * Servers as {@code name} or {@code name=weight}, separated by commas; empty text for an empty pool. The n-th server ever added listens
     * at 10.x.y.z:80 where x.y.z is n.
     */
    public static PoolFixture of(String servers) {
        var fixture = new PoolFixture();
        for (var server : servers.split(",")) {
            if (!server.isEmpty()) {
                fixture.add(server);
            }
        }
        return fixture;
    }

    /** {@code count} servers s0, s1, … with these weights, used again from the first where there are fewer. */
    public static PoolFixture ofSize(int count, int... weights) {
        var fixture = new PoolFixture();
        for (int i = 0; i < count; i++) {
            fixture.add("s" + i + "=" + weights[i % weights.length]);
        }
        return fixture;
    }

    /** Adds a server, written as {@code name} or {@code name=weight}, at the end. */
    public PoolFixture add(String server) {
        int equals = server.indexOf('=');
        var name = equals < 0 ? server : server.substring(0, equals);
        int weight = equals < 0 ? 1 : Integer.parseInt(server.substring(equals + 1));
        int number = ++added;
        var address = "10." + (number >> 16) + "." + (number >> 8 & 0xFF) + "." + (number & 0xFF) + ":80";
        return add(RealServer.builder(address).id(name).weight(weight).build());
    }

    /** Adds a server at the end. */
    public PoolFixture add(RealServer server) {
        if (members.put(server.id(), new Member(server)) != null) {
            throw new IllegalArgumentException("the pool has two servers named " + server.id());
        }
        return this;
    }

    public PoolFixture remove(String name) {
        member(name);
        members.remove(name);
        return this;
    }

    /** Changes the weight. */
    public PoolFixture weight(String name, int weight) {
        var member = member(name);
        member.weight = weight;
        member.server = member.server.toBuilder().weight(weight).build();
        return this;
    }

    /** Marks a server as one that gets no new flow: down, drained or disabled, which is all one to a scheduler. */
    public PoolFixture down(String name) {
        member(name).isUsable = false;
        return this;
    }

    public PoolFixture up(String name) {
        member(name).isUsable = true;
        return this;
    }

    /** Gives a server a limit of one connection and one open flow. */
    public PoolFixture full(String name) {
        var member = member(name);
        member.server = member.server.toBuilder().maxConnections(1).build();
        member.load.addActive(1 - member.load.active());
        return this;
    }

    /** Lets passive health refuse a server. */
    public PoolFixture ejected(String name) {
        member(name).isAdmitted = false;
        return this;
    }

    /** Sets the label of a server. */
    public PoolFixture label(String name, String label, String value) {
        var member = member(name);
        var labels = new LinkedHashMap<>(member.server.labels());
        labels.put(label, value);
        member.server = member.server.toBuilder().labels(labels).build();
        return this;
    }

    /** Sets the open flows of a server. */
    public PoolFixture active(String name, int active) {
        return active(name, active, 0);
    }

    /** Sets the open flows of a server and those that are over but tracked. */
    public PoolFixture active(String name, int active, int inactive) {
        var load = load(name);
        load.addActive(active - load.active());
        load.addInactive(inactive - load.inactive());
        return this;
    }

    /** The live counters of a server. */
    public ServerLoad load(String name) {
        return member(name).load;
    }

    /** The same servers in the opposite order. */
    public PoolFixture reversed() {
        var reversed = new LinkedHashMap<String, Member>();
        members.reversed().forEach(reversed::put);
        members.clear();
        members.putAll(reversed);
        return this;
    }

    /** The pool as it is now. */
    public Candidates candidates() {
        var builder = Candidates.builder();
        for (var member : members.values()) {
            builder.add(
                    member.server,
                    member.weight,
                    member.isUsable,
                    member.load,
                    member.isAdmitted ? null : nowNs -> false);
        }
        return builder.build();
    }

    /** The names of the servers picked one after the other, nothing counted; {@code -} where none was. */
    public static String sequence(Candidates candidates, Picker picker, Supplier<Flow> flows, int count) {
        return sequence(candidates, picker, flows, count, false);
    }

    /** The names of the servers picked one after the other; each flow is counted as an open one and none ends. */
    public static String fillingSequence(Candidates candidates, Picker picker, Supplier<Flow> flows, int count) {
        return sequence(candidates, picker, flows, count, true);
    }

    private static String sequence(
            Candidates candidates, Picker picker, Supplier<Flow> flows, int count, boolean isFilling) {
        var names = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int index = picker.pick(flows.get());
            names.append(index == Picker.NONE ? "-" : candidates.id(index));
            if (isFilling && index != Picker.NONE) {
                candidates.load(index).addActive(1);
            }
        }
        return names.toString();
    }

    private Member member(String name) {
        @Nullable Member member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException("the pool has no server named " + name);
        }
        return member;
    }
}
