package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.vrrp.election.GroupElection;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.RouterState;
import java.util.ArrayList;
import java.util.List;

/** Keeps the members of sync groups together, as {@link GroupElection} says. Used by the control thread. */
final class SyncGroups {
    private final Notifier notifier;
    private final List<Group> groups = new ArrayList<>();

    private static final class Group {
        private final SyncGroup group;
        private final List<RunningRouter> members = new ArrayList<>();
        private Phase told = Phase.INITIALIZE;

        private Group(SyncGroup group, List<RunningRouter> members) {
            this.group = group;
            this.members.addAll(members);
        }
    }

    SyncGroups(List<SyncGroup> given, List<RunningRouter> routers, Notifier notifier) {
        this.notifier = notifier;
        for (var group : given) {
            groups.add(new Group(
                    group,
                    routers.stream()
                            .filter(each ->
                                    group.members().contains(each.router().name()))
                            .toList()));
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
                for (var message : GroupElection.after(states(group), place, outcome)) {
                    group.members.get(message.member()).on(message.event());
                }
                tell(group);
            }
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
            notifier.tell(
                    Notifier.Kind.GROUP,
                    group.group.name(),
                    Notifier.Change.to(group.told),
                    0,
                    group.group.notifications());
        }
    }
}
