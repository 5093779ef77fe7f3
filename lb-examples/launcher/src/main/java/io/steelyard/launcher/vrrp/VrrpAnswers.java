package io.steelyard.launcher.vrrp;

import io.steelyard.api.LoadBalancer;
import io.steelyard.vrrp.DrillReport;
import io.steelyard.vrrp.VirtualRouters;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/**
 * What a running program answers on its control socket: {@code vrrp status [NAME]} and {@code vrrp drill NAME MILLISECONDS}. The first line is
 * {@code ok} or {@code error}. Safe for all threads.
 */
public final class VrrpAnswers implements UnaryOperator<String> {
    private final LoadBalancer balancer;

    public VrrpAnswers(LoadBalancer balancer) {
        this.balancer = balancer;
    }

    @Override
    public String apply(String line) {
        var words = line.strip().split("\\s+");
        var routers = balancer.virtualRouters()
                .filter(VirtualRouters.class::isInstance)
                .map(VirtualRouters.class::cast);
        if (words.length < 2 || !words[0].equals("vrrp")) {
            return "error\nunknown command '" + line.strip() + "'; expected vrrp status or vrrp drill\n";
        }
        if (routers.isEmpty()) {
            return "error\nthis program runs no virtual routers\n";
        }
        return switch (words[1]) {
            case "status" -> status(routers.get(), words.length > 2 ? words[2] : "");
            case "drill" -> words.length == 4 ? drill(routers.get(), words[2], words[3]) : wrongDrill();
            default -> "error\nunknown command '" + line.strip() + "'; expected vrrp status or vrrp drill\n";
        };
    }

    private static String wrongDrill() {
        return "error\nexpected vrrp drill NAME MILLISECONDS\n";
    }

    private static String status(VirtualRouters routers, String name) {
        var all = routers.status();
        var wanted = all.stream()
                .filter(router -> name.isEmpty() || router.name().equals(name))
                .toList();
        return wanted.isEmpty() && !name.isEmpty()
                ? "error\nthere is no virtual router '" + name + "'; there are "
                        + all.stream().map(router -> router.name()).toList() + "\n"
                : "ok\n" + StatusText.of(wanted);
    }

    private static String drill(VirtualRouters routers, String name, String milliseconds) {
        try {
            var report = routers.drill(name, Duration.ofMillis(Long.parseLong(milliseconds)))
                    .join();
            boolean isWell = report.outcome() == DrillReport.Outcome.TAKEN_OVER_AND_BACK
                    || report.outcome() == DrillReport.Outcome.TAKEN_OVER;
            return (isWell ? "ok\n" : "error\n") + DrillText.of(report);
        } catch (NumberFormatException noNumber) {
            return wrongDrill();
        } catch (IllegalArgumentException refused) {
            return "error\n" + refused.getMessage() + "\n";
        } catch (CompletionException failed) {
            var cause = failed.getCause() == null ? failed : failed.getCause();
            return "error\n" + cause.getMessage() + "\n";
        }
    }
}
