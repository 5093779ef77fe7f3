package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.GroupElection;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.RouterState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Keeps the members of sync groups together, as {@link GroupElection} says. Used by the control thread. */
final class SyncGroups {
    private final BiConsumer<SyncGroup, Notifier.Change> notice;
    private final List<Group> groups = new ArrayList<>();

    private static final class Group {
        private final SyncGroup group;
        private final List<RunningRouter> members = new ArrayList<>();
        private Phase told;

        private Group(SyncGroup group, List<RunningRouter> members, Phase told) {
            this.group = group;
            this.told = told;
            this.members.addAll(members);
        }
    }

    /** None yet. @param notice told of each state that all members of a group have */
    SyncGroups(BiConsumer<SyncGroup, Notifier.Change> notice) {
        this.notice = notice;
    }

    /** Has these from now on. A group that is known by its name stays what it is; who is in none any more is free of its group's faults. */
    void become(List<SyncGroup> wanted, List<RunningRouter> routers) {
        var before = List.copyOf(groups);
        groups.clear();
        for (var group : wanted) {
            var members = routers.stream()
                    .filter(each -> group.members().contains(each.router().name()))
                    .toList();
            var told = before.stream()
                    .filter(each -> each.group.name().equals(group.name()))
                    .map(each -> each.told)
                    .findFirst()
                    .orElse(Phase.INITIALIZE);
            groups.add(new Group(group, members, told));
        }
        for (var router : routers) {
            if (router.state().isGroupFaulty() && !contain(router)) {
                router.on(new ElectionEvent.GroupHealth(true));
            }
        }
        for (var group : List.copyOf(groups)) {
            send(group, GroupElection.settled(states(group)));
            tell(group);
        }
    }

    /** A router has taken another's place. */
    void replace(RunningRouter before, RunningRouter after) {
        groups.forEach(group -> group.members.replaceAll(each -> each == before ? after : each));
    }

    boolean contain(RunningRouter router) {
        return groups.stream().anyMatch(group -> group.members.contains(router));
    }

    /** All that move together with a router, itself among them. */
    List<RunningRouter> companions(RunningRouter router) {
        return groups.stream()
                .filter(group -> group.members.contains(router))
                .findFirst()
                .map(group -> group.members)
                .orElseGet(() -> List.of(router));
    }

    /** A member's claim waits for its group alone. */
    void claimed(RunningRouter member) {
        for (var group : groups) {
            if (group.members.contains(member)
                    && group.members.stream()
                            .allMatch(each ->
                                    each.isReadyForGroup() || each.state().isActive())) {
                group.members.forEach(RunningRouter::groupMayClaim);
            }
        }
    }

    void memberDid(RunningRouter member, Outcome outcome) {
        for (var group : groups) {
            int place = group.members.indexOf(member);
            if (place >= 0) {
                send(group, GroupElection.after(states(group), place, outcome));
                tell(group);
            }
        }
    }

    private static void send(Group group, List<GroupElection.Message> messages) {
        for (var message : messages) {
            group.members.get(message.member()).on(message.event());
        }
    }

    private static List<RouterState> states(Group group) {
        return group.members.stream().map(RunningRouter::state).toList();
    }

    /** A group has a state where all its members have the same. */
    private void tell(Group group) {
        var phases = group.members.stream()
                .map(each -> each.state().phase())
                .distinct()
                .toList();
        if (phases.size() == 1 && phases.getFirst() != group.told) {
            group.told = phases.getFirst();
            notice.accept(group.group, Notifier.Change.to(group.told));
        }
    }
}
