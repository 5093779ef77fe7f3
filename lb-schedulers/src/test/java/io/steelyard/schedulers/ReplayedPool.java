package io.steelyard.schedulers;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.ServerLoad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pool that answers the lines of a recording. Servers are a, b, c … in order. */
final class ReplayedPool {
    private static final class Member {
        private final RealServer server;
        private final boolean isDead;
        private final ServerLoad load = new ServerLoad();
        private int weight;
        private boolean isUp;
        private int fails;

        private Member(String text) {
            var parts = text.substring(text.lastIndexOf('*') + 1).split(",");
            var builder = RealServer.builder(text.substring(0, text.lastIndexOf('*')));
            weight = Integer.parseInt(parts[0]);
            builder.weight(weight);
            for (var part : parts) {
                if (part.startsWith("max_conns=")) {
                    builder.maxConnections(Integer.parseInt(part.substring(10)));
                } else if (part.startsWith("max_fails=")) {
                    builder.maxFails(Integer.parseInt(part.substring(10)));
                }
            }
            isUp = !Arrays.asList(parts).contains("down");
            isDead = Arrays.asList(parts).contains("dead");
            server = builder.build();
        }
    }

    private final Scheduler scheduler;
    private final List<Member> members;
    private final Flow flow = new Flow(1);
    private Candidates candidates;
    private Picker picker;

    ReplayedPool(Scheduler scheduler, String servers) {
        this.scheduler = scheduler;
        members = Arrays.stream(servers.split(" ")).map(Member::new).toList();
        candidates = candidates();
        picker = scheduler.build(candidates, null);
    }

    /** What we say to the question in a recording's line; null where it asks none. */
    @Nullable
    String answer(String[] fields) {
        switch (fields[0]) {
            case "key" -> {
                flow.clear().key(fields[1]);
                return serve();
            }
            case "client" -> {
                flow.clear().client(ServerAddress.numericAddress(fields[1]), 1234);
                return serve();
            }
            case "sequence" -> {
                var letters = new StringBuilder();
                for (int i = 0; i < fields[1].length(); i++) {
                    flow.clear();
                    letters.append(serve());
                }
                return letters.toString();
            }
            case "tries" -> {
                return tries(fields[1].split(" ").length);
            }
            case "load" -> {
                return load(fields[1]);
            }
            case "from" -> flow.clear().client(ServerAddress.numericAddress(fields[1]), 1234);
            case "change" -> change(fields[1].split(" "));
            default -> throw new IllegalArgumentException(fields[0]);
        }
        return null;
    }

    private String serve() {
        int index = picker.pick(flow);
        if (index == Picker.NONE) {
            return "-";
        }
        candidates.load(index).addActive(1);
        candidates.load(index).addActive(-1);
        picker.onCompleted(index, 1_000_000);
        return letter(index);
    }

    private String tries(int count) {
        var words = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var word = new StringBuilder();
            flow.clear();
            int index = picker.pick(flow);
            for (; index != Picker.NONE && members.get(index).isDead; index = picker.pick(flow)) {
                word.append(letter(index));
                members.get(index).fails++;
                flow.markTried(index);
                picker.onFailed(index, 1_000_000);
            }
            words.add(word + (index == Picker.NONE ? "-" : letter(index)));
        }
        return String.join(" ", words);
    }

    private String load(String script) {
        var letters = new StringBuilder();
        var opened = new ArrayList<Integer>();
        var closed = new boolean[script.length()];
        for (char step : script.toCharArray()) {
            if (step == '+') {
                int index = picker.pick(flow);
                letters.append(letter(index));
                candidates.load(index).addActive(1);
                opened.add(index);
            } else {
                int which = Character.digit(step, 36);
                close(opened.get(which));
                closed[which] = true;
            }
        }
        for (int i = 0; i < opened.size(); i++) {
            if (!closed[i]) {
                close(opened.get(i));
            }
        }
        return letters.toString();
    }

    private void close(int index) {
        candidates.load(index).addActive(-1);
        picker.onCompleted(index, 1_000_000);
    }

    private void change(String[] words) {
        var member = members.get(words[1].charAt(0) - 'a');
        switch (words[0]) {
            case "up" -> member.isUp = true;
            case "down" -> member.isUp = false;
            case "weight" -> member.weight = Integer.parseInt(words[2]);
            default -> throw new IllegalArgumentException(words[0]);
        }
        candidates = candidates();
        picker = scheduler.build(candidates, picker);
    }

    private Candidates candidates() {
        var builder = Candidates.builder();
        for (var member : members) {
            int maxFails = member.server.maxFails();
            builder.add(member.server, member.weight, member.isUp, member.load, nowNs -> member.fails < maxFails);
        }
        return builder.build();
    }

    private static String letter(int index) {
        return String.valueOf((char) ('a' + index));
    }
}
