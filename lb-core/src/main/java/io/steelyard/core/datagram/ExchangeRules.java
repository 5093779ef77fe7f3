package io.steelyard.core.datagram;

/**
 * When a UDP session is over: nginx's rule for {@code proxy_requests} and {@code proxy_responses}.
 *
 * <p>Examples, as datagrams from the client and from the server:
 *
 * <pre>
 *  requests 0, responses -1   never finished; ends well when silent for the idle timeout
 *  requests 0, responses  1   finished when there are as many answers as questions, such as 1/1 or 3/3; 2/1 goes on
 *  requests 0, responses  0   finished after each datagram: every one is given a server of its own
 *  requests 2, responses  1   1/1 goes on; 2/1 waits for an answer and the client's next datagram begins another session; 2/2 is finished
 *  requests 2, responses -1   after 2 the next datagram begins another session; this one lasts until it is silent
 * </pre>
 *
 * @param requests datagrams of the client a session takes; 0 for no limit
 * @param responses answers expected for each; -1 for not counted
 */
record ExchangeRules(int requests, int responses) {
    /** Whether the client's next datagram belongs to this session. */
    boolean takesMore(long sent, long answered) {
        return (requests == 0 || sent < requests) && !isFinished(sent, answered);
    }

    /** Whether nothing more is to be waited for. */
    boolean isFinished(long sent, long answered) {
        return sent >= requests && responses >= 0 && isAnswered(sent, answered);
    }

    /** Whether a session that has fallen silent ended well; otherwise its server failed to answer. */
    boolean isAnswered(long sent, long answered) {
        return responses < 0 || answered >= responses * sent;
    }
}
