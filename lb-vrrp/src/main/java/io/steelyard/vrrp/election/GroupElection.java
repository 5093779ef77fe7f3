package io.steelyard.vrrp.election;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the members of a sync group together: active only when all could be, FAULT when one is, backup when one becomes so. Pure and without a
 * state of its own: it looks at the members and says what to tell which.
 */
public final class GroupElection {
    private GroupElection() {}

    /**
     * What to tell a member.
     *
     * @param member its place in the list
     */
    public record Message(int member, ElectionEvent event) {}

    /** Which members wait for the others and may go on now: all of those that claim, once no member is neither claiming nor active. */
    public static List<Message> claims(List<RouterState> members) {
        var messages = new ArrayList<Message>();
        if (members.stream().allMatch(member -> member.isClaiming() || member.isActive())) {
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).isClaiming()) {
                    messages.add(new Message(i, new ElectionEvent.ClaimGranted()));
                }
            }
        }
        return messages;
    }

    /** What the others are told after {@code member} did something. */
    public static List<Message> after(List<RouterState> members, int member, Outcome outcome) {
        var messages = new ArrayList<Message>();
        for (var effect : outcome.effects()) {
            if (effect instanceof Effect.Changed changed) {
                if (changed.from() == Phase.ACTIVE && changed.to() == Phase.BACKUP) {
                    toOthers(members, member, new ElectionEvent.GroupBackup(), messages);
                }
            } else if (effect instanceof Effect.LowerPriorityHeard) {
                toOthers(members, member, new ElectionEvent.GroupLowerPriority(), messages);
            }
        }
        messages.addAll(settled(members));
        return messages;
    }

    /** What members are told whose group has changed: a member's own fault is everybody's; it ends for all when the last has none. */
    public static List<Message> settled(List<RouterState> members) {
        var messages = new ArrayList<Message>();
        for (int i = 0; i < members.size(); i++) {
            boolean isFaulty = false;
            for (int k = 0; k < members.size(); k++) {
                isFaulty |= k != i && members.get(k).isFaulty();
            }
            if (members.get(i).isGroupFaulty() != isFaulty) {
                messages.add(new Message(i, new ElectionEvent.GroupHealth(!isFaulty)));
            }
        }
        return messages;
    }

    private static void toOthers(List<RouterState> members, int member, ElectionEvent event, List<Message> messages) {
        for (int i = 0; i < members.size(); i++) {
            if (i != member && members.get(i).isActive()) {
                messages.add(new Message(i, event));
            }
        }
    }
}
