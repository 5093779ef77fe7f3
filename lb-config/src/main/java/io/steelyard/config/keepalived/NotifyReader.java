package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.config.keepalived.grammar.Entry;

/** Reads {@code notify} and its kin. One use for each router or group. */
final class NotifyReader {
    private final Commands commands;
    private final Values values;
    private final Notifications.Builder notifications = Notifications.builder();

    /**
     * @param mails whether mails are sent unless the block says otherwise
     * @param tellsPriority whether changes of priority are told unless the block says otherwise
     */
    NotifyReader(Findings findings, boolean mails, boolean tellsPriority) {
        commands = new Commands(findings);
        values = new Values(findings);
        notifications.mails(mails).tellsPriority(tellsPriority);
    }

    /** @return whether the entry was one of these */
    boolean read(Entry entry) {
        switch (entry.keyword()) {
            case "notify" -> commands.withUser(entry).ifPresent(notifications::onAny);
            case "notify_master" -> commands.withUser(entry).ifPresent(notifications::onActive);
            case "notify_backup" -> commands.withUser(entry).ifPresent(notifications::onBackup);
            case "notify_fault" -> commands.withUser(entry).ifPresent(notifications::onFault);
            case "notify_stop" -> commands.withUser(entry).ifPresent(notifications::onStop);
            case "notify_deleted" -> {
                notifications.tellsDeletion(true);
                if (!entry.arguments().isEmpty()) {
                    commands.withUser(entry).ifPresent(notifications::onDeleted);
                }
            }
            case "notify_master_rx_lower_pri" -> commands.withUser(entry).ifPresent(notifications::onLowerPriority);
            case "notify_priority_changes" -> notifications.tellsPriority(values.truth(entry));
            case "smtp_alert" -> notifications.mails(values.truth(entry));
            default -> {
                return false;
            }
        }
        return true;
    }

    Notifications notifications() {
        return notifications.build();
    }
}
