package io.steelyard.api;

import java.util.List;

/**
 * What passed through something since it began.
 *
 * @param bytesIn from clients
 * @param bytesOut to clients
 * @param mostOpen the most flows at once
 * @param flowRate flows that began in the last second
 * @param mostFlowRate the most that began in one second
 * @param idleSeconds since the last flow began; -1 where none did
 * @param requests of HTTP
 * @param requestRate requests in the last second
 * @param mostRequestRate the most requests in one second
 * @param answers of HTTP, by the hundreds of their status: 1xx to 5xx at 1 to 5, all others at 0
 */
public record Traffic(
        long bytesIn,
        long bytesOut,
        long mostOpen,
        long flowRate,
        long mostFlowRate,
        long idleSeconds,
        long requests,
        long requestRate,
        long mostRequestRate,
        List<Long> answers) {
    /** Nothing passed. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, -1, 0, 0, 0, List.of(0L, 0L, 0L, 0L, 0L, 0L));

    public Traffic {
        answers = List.copyOf(answers);
        if (answers.size() != 6) {
            throw new IllegalArgumentException("there are " + answers.size() + " classes of answers, expected 6");
        }
    }

    /** What passed since an earlier moment; rates and greatest values are those of now. */
    public Traffic since(Traffic before) {
        var left = new java.util.ArrayList<Long>();
        for (int i = 0; i < answers.size(); i++) {
            left.add(answers.get(i) - before.answers.get(i));
        }
        return new Traffic(
                bytesIn - before.bytesIn,
                bytesOut - before.bytesOut,
                mostOpen,
                flowRate,
                mostFlowRate,
                idleSeconds,
                requests - before.requests,
                requestRate,
                mostRequestRate,
                left);
    }
}
