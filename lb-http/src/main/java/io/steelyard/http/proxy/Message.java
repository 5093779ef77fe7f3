package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.RequestHead;
import java.util.ArrayDeque;

/**
 * The memory one request is read into and answered from. A connection has it only while a request is under way, so that one that waits for
 * its next request holds none.
 */
record Message(RequestHead head, FieldBlock answerFields) {
    private static final int KEPT_BYTES = 16 << 10;

    /** Those of one loop that nobody uses just now. Owned by the loop. */
    static final class Spare {
        private static final int MOST = 1_024;

        private final ArrayDeque<Message> messages = new ArrayDeque<>();

        Message take() {
            var message = messages.pollLast();
            return message != null ? message : new Message(new RequestHead(), new FieldBlock());
        }

        void giveBack(Message message) {
            if (messages.size() < MOST) {
                message.head().clear();
                message.head().fields().trim(KEPT_BYTES);
                message.answerFields().clear();
                message.answerFields().trim(KEPT_BYTES);
                messages.addLast(message);
            }
        }
    }
}
