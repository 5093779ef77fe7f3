package io.steelyard.launcher.vrrp;

import io.steelyard.vrrp.DrillReport;
import java.util.Locale;

/** What came of a drill, as text for people. Pure. */
final class DrillText {
    private DrillText() {}

    static String of(DrillReport report) {
        var text = new StringBuilder();
        for (var happening : report.happenings()) {
            text.append(String.format(
                    Locale.ROOT, "%8.3f s  %s%n", happening.after().toNanos() / 1e9, happening.text()));
        }
        text.append(report.router())
                .append(": ")
                .append(
                        switch (report.outcome()) {
                            case TAKEN_OVER_AND_BACK -> "another took over, and the addresses are here again";
                            case TAKEN_OVER -> "another took over and has the addresses";
                            case NOBODY_TOOK_OVER -> "nobody took over";
                            case ENDED_EARLY -> "it stopped being active for another reason";
                        })
                .append("; no advert for ")
                .append(StatusText.time(report.withheld()))
                .append('\n');
        report.takeover()
                .ifPresent(takeover -> text.append(takeover.address())
                        .append(" took over with priority ")
                        .append(takeover.priority())
                        .append(" after ")
                        .append(StatusText.time(takeover.after()))
                        .append('\n'));
        report.backAfter()
                .ifPresent(back ->
                        text.append("back after ").append(StatusText.time(back)).append('\n'));
        return text.toString();
    }
}
