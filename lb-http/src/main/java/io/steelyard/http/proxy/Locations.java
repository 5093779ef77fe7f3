package io.steelyard.http.proxy;

import io.steelyard.http.route.ProxyPlan;
import io.steelyard.pool.variable.Evaluation;
import java.util.List;

/** Leads a server's redirections to where its clients can follow (nginx {@code proxy_redirect}). */
final class Locations {
    private Locations() {}

    /** The value of {@code Location}, or of {@code Refresh} behind its {@code url=}, changed by the first rule that matches. */
    static String rewritten(String value, List<ProxyPlan.Location> rules, Evaluation evaluation) {
        int url = value.toLowerCase(java.util.Locale.ROOT).indexOf("url=");
        boolean isRefresh = url > 0 && Character.isDigit(value.charAt(0));
        int start = isRefresh ? url + 4 : 0;
        var place = value.substring(start);
        for (var rule : rules) {
            var pattern = rule.pattern();
            if (pattern != null) {
                if (evaluation.matches(pattern, place)) {
                    return value.substring(0, start) + evaluation.raw(rule.to());
                }
            } else {
                var from = evaluation.raw(rule.from());
                if (place.startsWith(from)) {
                    return value.substring(0, start) + evaluation.raw(rule.to()) + place.substring(from.length());
                }
            }
        }
        return value;
    }
}
